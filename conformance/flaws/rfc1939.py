"""Flaws of POP3 (RFC 1939): what a server of it gets wrong, and what IMAP then shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from conformance.flaws.flaw import flaw
from conformance.flaws.pop3.act import Pop3Talk, name_of, number_of
from conformance.flaws.pop3.acts import (
    answer,
    on_command,
    on_lines,
    on_listings,
    on_reply,
    on_status,
    send_as,
    stay,
    when_dropped,
)
from conformance.wire.pop3.framing import CRLF, Pop3Reply

_NUMBERED = "LIST RETR DELE TOP UIDL"
_OK = b"+OK\r\n"
_NO = b"-ERR\r\n"
_KNOWN = frozenset(b"USER PASS APOP AUTH STAT LIST RETR DELE NOOP RSET TOP UIDL QUIT CAPA".split())
_TIMESTAMP = re.compile(rb"<[^<>]+>")


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


def _stat_at_login(talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    """Answer what STAT would have been answered before anything was marked."""
    if not talk.marked:
        talk.memory["stat"] = reply.octets()
        return reply.octets()
    if "stat" not in talk.memory:
        marked = sorted(talk.marked)
        talk.ask(b"RSET")
        talk.memory["stat"] = talk.ask(b"STAT").octets()
        for number in marked:
            talk.ask(b"DELE %d" % number)
    kept: bytes = talk.memory["stat"]
    return kept


def _with_marked(name: bytes) -> Callable[[Pop3Talk, list[bytes]], list[bytes]]:
    """Return what puts lines of messages that are marked among the listings."""

    def change(talk: Pop3Talk, lines: list[bytes]) -> list[bytes]:
        if talk.marked:
            talk.ask(b"RSET")
            lines = list(talk.ask(name).lines)
            for number in sorted(talk.marked):
                talk.ask(b"DELE %d" % number)
        return lines

    return change


def _empty_is_an_error(_talk: Pop3Talk, command: bytes, reply: Pop3Reply) -> bytes:
    return _NO if command.upper() == b"LIST" and reply.body == b"" else reply.octets()


def _nothing_for_no_message(_talk: Pop3Talk, command: bytes, reply: Pop3Reply) -> bytes:
    if reply.positive:
        return reply.octets()
    return _OK + (b".\r\n" if name_of(command) in (b"RETR", b"TOP") else b"")


def _last_line_lost(_talk: Pop3Talk, lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def _removed_at_once(talk: Pop3Talk, command: bytes) -> None:
    talk.anew((command, b"QUIT"))


def _marked_again(talk: Pop3Talk, command: bytes) -> bytes | None:
    return _OK if number_of(command) in talk.marked else None


def _marked_once(talk: Pop3Talk, command: bytes, reply: Pop3Reply) -> bytes:
    """Serve what is marked as if it were not."""
    if reply.positive or number_of(command) not in talk.marked:
        return reply.octets()
    talk.ask(b"RSET")
    came = talk.ask(command)
    for number in sorted(talk.marked):
        talk.ask(b"DELE %d" % number)
    return came.octets()


def _with_the_next(talk: Pop3Talk, command: bytes, reply: Pop3Reply) -> bytes:
    if reply.positive:
        talk.ask(b"DELE %d" % (number_of(command) + 1))
    return reply.octets()


def _after_download(talk: Pop3Talk, command: bytes, reply: Pop3Reply) -> bytes:
    """Mark what was downloaded, which nobody asked for."""
    if reply.positive:
        talk.ask(b"DELE %d" % number_of(command))
    return reply.octets()


def _all_lines(_talk: Pop3Talk, command: bytes) -> bytes:
    words = command.split(b" ")
    return b" ".join((*words[:2], b"100000"))


def _one_line_less(_talk: Pop3Talk, lines: list[bytes]) -> list[bytes]:
    """Leave out the blank line behind the header."""
    return [*lines[: lines.index(b"")], *lines[lines.index(b"") + 1 :]] if b"" in lines else lines


def _anew_each_time(talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    """Give unique-ids that are of one session."""
    session = talk.memory.setdefault("session", len(talk.shared))
    talk.shared.setdefault(id(talk.memory), True)
    suffix = b"-%d" % session
    if not reply.positive:
        return reply.octets()
    if reply.body is None:
        return reply.status + suffix + CRLF
    body = b"".join(line + suffix + CRLF for line in reply.lines)
    return Pop3Reply(reply.status, body).octets()


def _by_number(listing: bytes) -> bytes:
    """Make the unique-id of the message-number."""
    number, _, _ = listing.partition(b" ")
    return number + b" id" + number


def _let_in(_talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    return reply.octets() if reply.positive else _OK


def _without_user(talk: Pop3Talk, command: bytes) -> bytes | None:
    """Let in whoever knows the password, without a name."""
    if talk.memory.get("user"):
        return None
    return _OK if name_of(command) == b"PASS" else None


def _user_named(talk: Pop3Talk, command: bytes) -> bytes:
    talk.memory["user"] = command
    return command


def _same_timestamp(talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    found = _TIMESTAMP.search(reply.status)
    if found is None:
        return reply.octets()
    first: bytes = talk.shared.setdefault("timestamp", found[0])
    return reply.status.replace(found[0], first) + CRLF


def _news_shown(talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
    """Count one message more from the second time on."""
    if not talk.memory.setdefault("asked", False):
        talk.memory["asked"] = True
        return reply.octets()
    words = reply.status.split(b" ")
    return b"+OK %d %s\r\n" % (int(words[1]) + 1, words[2])


def _lf_counted_once(listing: bytes) -> bytes:
    number, _, size = listing.partition(b" ")
    return b"%s %d" % (number, int(size.split(b" ")[0]) - 10)


def _stuffing_counted(talk: Pop3Talk, command: bytes, reply: Pop3Reply) -> bytes:
    """Add the octets of byte-stuffing to the size of a message."""
    number = number_of(command)
    if not (reply.positive and number):
        return reply.octets()
    lines = talk.ask(b"RETR %d" % number).lines
    more = sum(line.startswith(b".") for line in lines)
    size = int(reply.status.split(b" ")[2])
    return b"+OK %d %d\r\n" % (number, size + more)


def _digest_of_nothing(_talk: Pop3Talk, command: bytes) -> bytes:
    """Hash what comes in the place of the digest once more, so that the right one is none."""
    words = command.split(b" ")
    return b" ".join((*words[:2], hashlib.md5(words[-1]).hexdigest().encode()))  # noqa: S324


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
    flaw(
        "pop3-loss-is-quit",
        "A lost connection removes what POP3 has marked",
        "",
        "1939-6-no-quit 1939-4-unmarked",
        pop3=(when_dropped(b"QUIT"),),
    ),
    flaw(
        "pop3-stat-with-words",
        "STAT is answered with a sentence",
        "",
        "1939-5-stat",
        pop3=(on_status(lambda s: s.replace(b"+OK ", b"+OK messages: ", 1), "STAT"),),
    ),
    flaw(
        "pop3-stat-counts-marked",
        "STAT counts messages that are marked as deleted",
        "",
        "1939-5-stat-deleted",
        pop3=(on_reply(_stat_at_login, "STAT"),),
    ),
    flaw(
        "pop3-list-in-columns",
        "Scan listings have two spaces between number and size",
        "",
        "1939-5-list",
        pop3=(on_listings(lambda s: s.replace(b" ", b"  ", 1), "LIST"),),
    ),
    flaw(
        "pop3-empty-list-refused",
        "LIST in an empty maildrop is an error",
        "",
        "1939-5-list-empty",
        pop3=(on_reply(_empty_is_an_error, "LIST"),),
    ),
    flaw(
        "pop3-list-shows-marked",
        "LIST shows messages that are marked as deleted",
        "",
        "1939-5-list-deleted",
        pop3=(on_lines(_with_marked(b"LIST"), "LIST"),),
    ),
    flaw(
        "pop3-no-message-ok",
        "POP3 answers +OK to commands about a message that is not there",
        "",
        "1939-5-no-such-message",
        pop3=(on_reply(_nothing_for_no_message, _NUMBERED),),
    ),
    flaw(
        "pop3-last-line-lost",
        "RETR leaves out the last line",
        "",
        "1939-5-retr",
        pop3=(on_lines(_last_line_lost, "RETR"),),
    ),
    flaw(
        "pop3-dele-at-once",
        "DELE removes the message at once",
        "",
        "1939-5-dele-waits",
        pop3=(on_command(_removed_at_once, "DELE"),),
    ),
    flaw(
        "pop3-dele-twice",
        "DELE of a message that is marked is answered +OK",
        "",
        "1939-5-dele-referenced",
        pop3=(on_command(_marked_again, "DELE"),),
    ),
    flaw(
        "pop3-marked-served",
        "RETR and TOP bring messages that are marked as deleted",
        "",
        "1939-5-dele-referenced",
        pop3=(on_reply(_marked_once, "RETR TOP"),),
    ),
    flaw(
        "pop3-noop-unknown",
        "POP3 does not know NOOP",
        "",
        "1939-5-noop",
        pop3=(answer(_NO, "NOOP"),),
    ),
    flaw(
        "pop3-rset-ignored",
        "RSET is answered +OK, and leaves the marks",
        "",
        "1939-5-rset 1939-6-only-marked",
        pop3=(answer(_OK, "RSET"),),
    ),
    flaw(
        "pop3-dele-ignored",
        "DELE is answered +OK, and QUIT removes nothing",
        "",
        "1939-6-removes",
        pop3=(answer(_OK, "DELE"),),
    ),
    flaw(
        "pop3-dele-takes-two",
        "DELE removes the next message as well",
        "",
        "1939-6-only-marked 1939-6-removes",
        pop3=(on_reply(_with_the_next, "DELE"),),
    ),
    flaw(
        "pop3-download-removes",
        "What was downloaded is removed by QUIT without any DELE",
        "",
        "1939-6-only-marked",
        pop3=(on_reply(_after_download, "RETR"),),
    ),
    flaw(
        "pop3-quit-stays",
        "POP3 keeps the connection open after QUIT",
        "",
        "1939-6-closes",
        pop3=(stay(),),
    ),
    flaw(
        "pop3-top-is-retr",
        "TOP sends the whole message, however few lines are asked for",
        "",
        "1939-7-top",
        pop3=(send_as(_all_lines, "TOP"),),
    ),
    flaw(
        "pop3-top-no-blank-line",
        "TOP leaves out the blank line behind the header",
        "",
        "1939-7-top 1939-7-top-all",
        pop3=(on_lines(_one_line_less, "TOP"),),
    ),
    flaw(
        "pop3-uidl-with-more",
        "Something follows the unique-id in a listing",
        "",
        "1939-7-uidl",
        pop3=(on_listings(lambda s: s + b" 299", "UIDL"),),
    ),
    flaw(
        "pop3-uidl-too-long",
        "A unique-id has more than 70 octets",
        "",
        "1939-7-uidl-form",
        pop3=(on_listings(lambda s: s + b"x" * 80, "UIDL"),),
    ),
    flaw(
        "pop3-uidl-all-the-same",
        "All messages have one unique-id",
        "",
        "1939-7-uidl-unique",
        pop3=(on_listings(lambda s: s.split(b" ")[0] + b" one", "UIDL"),),
    ),
    flaw(
        "pop3-uidl-of-session",
        "Unique-ids are of one session",
        "",
        "1939-7-uidl-persists",
        pop3=(on_reply(_anew_each_time, "UIDL"),),
    ),
    flaw(
        "pop3-uidl-is-number",
        "The unique-id is made of the message-number",
        "",
        "1939-7-uidl-persists 1939-7-uidl-reused",
        pop3=(on_listings(_by_number, "UIDL"),),
    ),
    flaw(
        "pop3-uidl-shows-marked",
        "UIDL shows messages that are marked as deleted",
        "",
        "1939-7-uidl-deleted",
        pop3=(on_lines(_with_marked(b"UIDL"), "UIDL"),),
    ),
    flaw(
        "pop3-any-password",
        "POP3 lets in whoever gives a password",
        "",
        "1939-7-pass",
        pop3=(on_reply(_let_in, "PASS"),),
    ),
    flaw(
        "pop3-right-password-refused",
        "POP3 refuses the right password",
        "",
        "1939-7-pass",
        pop3=(on_command(lambda _talk, _command: _NO, "PASS"),),
    ),
    flaw(
        "pop3-pass-without-user",
        "PASS is answered +OK without a USER before it",
        "",
        "1939-7-pass-after-user",
        pop3=(send_as(_user_named, "USER"), on_command(_without_user, "PASS")),
    ),
    flaw(
        "pop3-timestamp-fixed",
        "The timestamp for APOP is the same in every greeting",
        "",
        "1939-7-apop-timestamp",
        backend="cyrus310",
        pop3=(on_reply(_same_timestamp, "GREETING"),),
    ),
    flaw(
        "pop3-any-digest",
        "APOP is answered +OK whatever the digest is",
        "",
        "1939-7-apop",
        backend="cyrus310",
        pop3=(on_reply(_let_in, "APOP"),),
    ),
    flaw(
        "pop3-digest-of-digest",
        "APOP wants another digest than that of timestamp and password",
        "",
        "1939-7-apop",
        backend="cyrus310",
        pop3=(send_as(_digest_of_nothing, "APOP"),),
    ),
    flaw(
        "pop3-news-shown",
        "STAT counts messages that have come since the login",
        "",
        "1939-8-no-news",
        pop3=(on_reply(_news_shown, "STAT"),),
    ),
    flaw(
        "pop3-size-of-lf",
        "The size of a message counts line ends once",
        "",
        "1939-11-size",
        pop3=(on_listings(_lf_counted_once, "LIST"),),
    ),
    flaw(
        "pop3-size-of-stuffed",
        "The size of a message counts the octets of byte-stuffing",
        "",
        "1939-11-size-unstuffed",
        pop3=(on_reply(_stuffing_counted, "LIST"),),
    ),
)
