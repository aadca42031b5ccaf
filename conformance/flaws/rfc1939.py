"""Flaws of POP3 (RFC 1939): the form of what is said, its states, the numbers of messages."""

from __future__ import annotations

from collections.abc import Callable

from conformance.flaws.flaw import flaw
from conformance.flaws.pop3.act import Pop3Talk, name_of, number_of
from conformance.flaws.pop3.acts import on_command, on_listings, on_reply, on_status, send_as
from conformance.wire.pop3.framing import CRLF, Pop3Reply

_OK = b"+OK\r\n"
_NO = b"-ERR\r\n"
_KNOWN = frozenset(b"USER PASS APOP AUTH STAT LIST RETR DELE NOOP RSET TOP UIDL QUIT CAPA".split())


def _unstuffed(_talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    if reply.body is None:
        return reply.octets()
    return reply.status + CRLF + reply.body + b".\r\n"


def _without_cr(_talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    return reply.octets().replace(CRLF, b"\n")


def _without_end(_talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    octets = reply.octets()
    return octets if reply.body is None else octets.removesuffix(b".\r\n")


def _taken_whatever(_talk: Pop3Talk, command: bytes) -> bytes | None:
    return None if name_of(command) in _KNOWN else _OK


def _taken_without_number(_talk: Pop3Talk, command: bytes) -> bytes | None:
    return _OK if command.upper() in (b"RETR", b"DELE") else None


def _taken_too_early(talk: Pop3Talk, command: bytes) -> bytes | None:
    return None if talk.logged_in else _OK + (b".\r\n" if command.upper() == b"LIST" else b"")


def _capitals_only(_talk: Pop3Talk, command: bytes) -> bytes | None:
    return _NO if name_of(command) != command.split(b" ", 1)[0] else None


def _shifted(by: Callable[[Pop3Talk, int], int]) -> Callable[[Pop3Talk, bytes], bytes]:
    """Return what writes another message-number into a command."""

    def change(talk: Pop3Talk, command: bytes) -> bytes:
        number = number_of(command)
        if not number:
            return command
        words = command.split(b" ")
        words[1] = b"%d" % by(talk, number)
        return b" ".join(words)

    return change


def _behind_marked(talk: Pop3Talk, number: int) -> int:
    return number + sum(marked <= number for marked in talk.marked)


FLAWS = (
    flaw(
        "pop3-small-letters",
        "The status indicators of POP3 are sent in small letters",
        "",
        "1939-3-upper-case",
        pop3=(on_status(lambda s: s.replace(b"+OK", b"+ok"), "NOOP"),),
    ),
    flaw(
        "pop3-capitals-only",
        "POP3 knows its commands in capitals only",
        "",
        "1939-3-case",
        pop3=(on_command(_capitals_only),),
    ),
    flaw(
        "pop3-long-status-line",
        "A status line of POP3 has a thousand octets",
        "",
        "1939-3-length",
        pop3=(on_status(lambda s: s + b" " + b"x" * 1000, "NOOP"),),
    ),
    flaw(
        "pop3-dots-not-stuffed",
        "POP3 sends lines that begin with a dot as they are",
        "",
        "1939-3-byte-stuffed 1939-5-retr",
        pop3=(on_reply(_unstuffed, "RETR TOP"),),
    ),
    flaw(
        "pop3-no-last-dot",
        "The line that ends a reply of POP3 is left out",
        "",
        "1939-3-terminated",
        pop3=(on_reply(_without_end, "LIST"),),
    ),
    flaw(
        "pop3-bare-lf",
        "Lines of POP3 end in LF without CR",
        "",
        "1939-3-crlf 1939-3-terminated",
        pop3=(on_reply(_without_cr, "LIST"),),
    ),
    flaw(
        "pop3-everything-ok",
        "POP3 answers +OK to a command that it does not know",
        "",
        "1939-3-unknown",
        pop3=(on_command(_taken_whatever),),
    ),
    flaw(
        "pop3-no-argument-ok",
        "POP3 answers +OK to RETR and DELE without a message-number",
        "",
        "1939-3-unknown",
        pop3=(on_command(_taken_without_number, "RETR DELE"),),
    ),
    flaw(
        "pop3-too-early-ok",
        "POP3 answers +OK to STAT and LIST before anybody has logged in",
        "",
        "1939-3-wrong-state",
        pop3=(on_command(_taken_too_early, "STAT LIST"),),
    ),
    flaw(
        "pop3-greets-like-imap",
        "POP3 is greeted with * OK",
        "",
        "1939-4-greeting",
        pop3=(on_status(lambda s: s.replace(b"+OK", b"* OK"), "GREETING"),),
    ),
    flaw(
        "pop3-quit-needs-login",
        "POP3 refuses QUIT where nobody has logged in",
        "",
        "1939-4-quit",
        pop3=(on_command(lambda talk, _: None if talk.logged_in else _NO, "QUIT"),),
    ),
    flaw(
        "pop3-numbered-from-0",
        "POP3 numbers messages from 0",
        "",
        "1939-4-numbered",
        pop3=(
            on_listings(
                lambda s: b"%d %s" % (int(s.split(b" ")[0]) - 1, s.split(b" ", 1)[1]), "LIST UIDL"
            ),
        ),
    ),
    flaw(
        "pop3-numbers-move-up",
        "After a DELE the numbers of later messages move up, as IMAP's do after an EXPUNGE",
        "",
        "1939-4-numbers-stay 1939-5-dele-referenced",
        pop3=(send_as(_shifted(_behind_marked), "RETR LIST"),),
    ),
)
