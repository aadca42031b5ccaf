"""Flaws of what POP3 does with messages (RFC 1939 sections 5, 6, 8, 11), and what IMAP shows."""

from __future__ import annotations

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
    stay,
    when_dropped,
)
from conformance.wire.pop3.framing import Pop3Reply

_NUMBERED = "LIST RETR DELE TOP UIDL"
_OK = b"+OK\r\n"
_NO = b"-ERR\r\n"


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


def with_marked(name: bytes) -> Callable[[Pop3Talk, list[bytes]], list[bytes]]:
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


FLAWS = (
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
        pop3=(on_lines(with_marked(b"LIST"), "LIST"),),
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
