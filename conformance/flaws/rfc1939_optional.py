"""Flaws of the optional commands of POP3 (RFC 1939 section 7): TOP, UIDL, PASS, APOP."""

from __future__ import annotations

import hashlib
import re

from conformance.flaws.flaw import flaw
from conformance.flaws.pop3.act import Pop3Talk, name_of
from conformance.flaws.pop3.acts import on_command, on_lines, on_listings, on_reply, send_as
from conformance.flaws.rfc1939_messages import with_marked
from conformance.wire.pop3.framing import CRLF, Pop3Reply

_OK = b"+OK\r\n"
_NO = b"-ERR\r\n"
_TIMESTAMP = re.compile(rb"<[^<>]+>")


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


def _digest_of_nothing(_talk: Pop3Talk, command: bytes) -> bytes:
    """Hash what comes in the place of the digest once more, so that the right one is none."""
    words = command.split(b" ")
    return b" ".join((*words[:2], hashlib.md5(words[-1]).hexdigest().encode()))  # noqa: S324


FLAWS = (
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
        pop3=(on_lines(with_marked(b"UIDL"), "UIDL"),),
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
)
