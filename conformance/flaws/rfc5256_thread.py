"""Flaws of THREAD (RFC 5256): what it returns, and what it threads by.

What a server threads by is made wrong in the messages themselves: they are altered as they are
appended, so that a right server comes to the threads of a wrong one.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, ask_first, drop, replace, send_as
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_THREADS = "THREAD, UID THREAD"
_MEMBERS = re.compile(rb"\d+")
_ID = re.compile(rb"<[^>]*>")


def _appended(pattern: bytes, replacement: bytes) -> Act:
    """Alter the header of messages that are appended, with as many octets."""
    return send_as(rb"(?m)^" + pattern, replacement, name="APPEND", count=0)


def _each(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Make every message a thread of its own."""
    numbers = sorted(map(int, _MEMBERS.findall(octets)))
    return (
        b"* THREAD" + (b" " if numbers else b"") + b"".join(b"(%d)" % n for n in numbers) + b"\r\n"
    )


def _chains(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write the branches of a thread one behind the other."""
    if octets.strip() == b"* THREAD":
        return octets
    threads, depth, current = [], 0, b""
    for octet in octets.partition(b"THREAD ")[2].strip():
        depth += {40: 1, 41: -1}.get(octet, 0)
        current += bytes([octet])
        if not depth:
            threads.append(b"(" + b" ".join(_MEMBERS.findall(current)) + b")")
            current = b""
    return b"* THREAD " + b"".join(threads) + b"\r\n"


def _lowered(found: re.Match[bytes]) -> bytes:
    return bytes(found[0]).lower()


def _turned(found: re.Match[bytes]) -> bytes:
    """Name the youngest reference first."""
    return bytes(found[1]) + b" ".join(reversed(_ID.findall(found[2])))


def _swapped(found: re.Match[bytes]) -> bytes:
    return b"(%s %s)" % (found[2] or found[4], found[1] or found[3])


FLAWS = (
    flaw(
        "thread-returns-uids",
        "THREAD returns unique identifiers",
        "F07",
        "5256-3-thread-numbers",
        send_as(rb" THREAD", b" UID THREAD", name="THREAD"),
    ),
    flaw(
        "thread-zero-for-gone",
        "THREAD has 0 in the place of a message that is not there",
        "F16",
        "5256-3-references-siblings 3501-9-nz-number",
        replace(rb"(?<=[ )])\(\((?=\d)", rb"(0 (", count=0, only="THREAD"),
    ),
    flaw(
        "uid-thread-returns-numbers",
        "UID THREAD returns message numbers",
        "",
        "5256-3-thread-uid",
        send_as(rb" UID THREAD", b" THREAD", name="UID THREAD"),
    ),
    flaw(
        "thread-does-not-thread",
        "Every message is a thread of its own",
        "",
        "5256-3-references-links 5256-3-ordered-same 5256-3-references-subject",
        alter(_each, only="THREAD"),
    ),
    flaw(
        "thread-siblings-apart",
        "Messages whose parent is not there are threads of their own",
        "",
        "5256-3-references-siblings",
        replace(rb"(?<=[ )])\(((?:\(\d+\))+)\)", rb"\1", count=0, only="THREAD"),
    ),
    flaw(
        "thread-in-a-row",
        "Siblings stand one behind the other, as if each were the child of the one before",
        "",
        "5256-4-thread-nested 5256-3-ordered-children",
        alter(_chains, only="THREAD"),
    ),
    flaw(
        "thread-references-lost",
        "References are not looked at",
        "",
        "5256-3-references-links",
        _appended(rb"References:", b"Xeferences:"),
    ),
    flaw(
        "thread-first-reference",
        "The first of several references is taken for the parent",
        "",
        "5256-3-references-links",
        send_as(rb"(?m)^(References: )(<[^\r\n]*>)", _turned, name="APPEND"),
    ),
    flaw(
        "thread-in-reply-to-lost",
        "In-Reply-To is not looked at",
        "",
        "5256-3-references-reply",
        _appended(rb"In-Reply-To:", b"Xn-Reply-To:"),
    ),
    flaw(
        "thread-quoting-counts",
        "Quotes in a Message ID make another one of it",
        "",
        "5256-3-references-normalized",
        _appended(rb'Message-ID: <"([^\r\n]+)"@', rb"Message-ID: <x\1x@"),
    ),
    flaw(
        "thread-ids-in-small-letters",
        "Message IDs are compared in small letters",
        "",
        "5256-3-references-case",
        send_as(
            rb"(?m)^(?:Message-ID|References|In-Reply-To): [^\r\n]*",
            _lowered,
            name="APPEND",
            count=0,
        ),
    ),
    flaw(
        "thread-last-has-the-id",
        "Of two messages with one Message ID the last one has it",
        "",
        "5256-3-references-twice",
        send_as(rb"(?m)^(Subject: Copy\r\n)Message", rb"\1Xessage", name="APPEND"),
    ),
    flaw(
        "thread-nameless-lost",
        "Messages without a Message ID are left out",
        "",
        "5256-3-references-nameless",
        replace(
            rb" ?\(24\)|(?<=\d) 23(?=\))", b"", count=0, only="THREAD", where=rb"UTF-8 \S*2[34]"
        ),
    ),
    flaw(
        "thread-keeps-first-parent",
        "A message stays the child of what another one has said first",
        "",
        "5256-3-references-broken",
        replace(rb"\(28 29 27\)", b"(29 27)(28)", only="THREAD", where=rb" 27:29"),
    ),
    flaw(
        "thread-gone-is-the-end",
        "What answers a message that is not there is a thread of its own",
        "",
        "5256-3-references-promoted",
        _appended(rb"References: <thread-h@example.com> ", b"Xeferences: <thread-h@example.com> "),
    ),
    flaw(
        "thread-finds-parents",
        "Parents of what is found are returned as well",
        "",
        "5256-3-references-only-found 5256-3-thread-found",
        send_as(rb"REFERENCES UTF-8 (\d)\r\n", rb"REFERENCES UTF-8 1:\1\r\n", name=_THREADS),
    ),
    flaw(
        "thread-loop-lost",
        "Messages that refer to each other are left out",
        "",
        "5256-3-references-loop",
        replace(rb"\A.*", b"* THREAD\r\n", only="THREAD", where=rb" 25:26"),
    ),
    flaw(
        "thread-whole-subject",
        "Threads are joined where the subjects are the same with Re: and all",
        "",
        "5256-3-references-subject 5256-3-ordered-same",
        _appended(rb"Subject: Re: ", b"Subject: Rex "),
    ),
    flaw(
        "thread-joins-nothing",
        "Messages without a subject are one thread",
        "",
        "5256-3-references-no-subject",
        replace(
            rb"\((\d+)\)\((\d+)\)", rb"((\1)(\2))", only="THREAD", where=rb"REFERENCES UTF-8 10:11"
        ),
    ),
    flaw(
        "thread-by-arrival",
        "Messages are sorted by their internal dates",
        "",
        "5256-3-references-order 5256-3-ordered-threads 5256-3-ordered-children",
        _appended(rb"Date:", b"Xate:"),
    ),
    flaw(
        "thread-nothing-unanswered",
        "A THREAD that finds nothing brings no THREAD",
        "",
        "5256-3-thread-response",
        replace(rb"\A\* THREAD *\r\n", b"", only="THREAD"),
    ),
    flaw(
        "thread-unanswered",
        "UID THREAD is answered with OK alone",
        "",
        "5256-3-thread-response",
        drop(only="THREAD", to="UID THREAD"),
    ),
    flaw(
        "thread-number-twice",
        "The first message of a THREAD is a thread of its own once more",
        "",
        "5256-3-thread-found",
        replace(rb"\A(\* THREAD \(+(\d+).*)\r\n", rb"\1(\2)\r\n", only="THREAD"),
    ),
    flaw(
        "thread-finds-all",
        "THREAD returns all messages, whatever is searched for",
        "",
        "5256-3-thread-found 5256-3-thread-charset",
        send_as(rb"(THREAD \S+ \S+) .*\r\n", rb"\1 ALL\r\n", name=_THREADS),
    ),
    flaw(
        "thread-tells-expunge",
        "THREAD tells of messages that other sessions have removed",
        "",
        "5256-3-thread-no-expunge",
        ask_first(b"NOOP", "news", name="THREAD"),
    ),
    flaw(
        "thread-without-utf-8",
        "THREAD takes no UTF-8",
        "",
        "5256-3-thread-utf-8",
        answer(b"{tag} NO Charset\r\n", name=_THREADS, where=rb"THREAD \S+ \"?UTF-8"),
    ),
    flaw(
        "thread-without-us-ascii",
        "THREAD takes no US-ASCII",
        "",
        "5256-3-thread-us-ascii",
        answer(b"{tag} NO Charset\r\n", name=_THREADS, where=rb"THREAD \S+ \"?US-ASCII"),
    ),
    flaw(
        "thread-any-charset",
        "THREAD takes any charset",
        "",
        "5256-3-thread-charset-no",
        send_as(rb" X-\S+", b" UTF-8", name=_THREADS),
    ),
    flaw(
        "thread-charset-optional",
        "THREAD goes without a charset",
        "",
        "5256-3-thread-arguments",
        send_as(rb"(THREAD \w+) ALL\r\n", rb"\1 UTF-8 ALL\r\n", name=_THREADS),
    ),
    flaw(
        "thread-unknown",
        "UID THREAD is not known, though THREAD is announced",
        "",
        "5256-1-thread-announced 5256-3-thread-uid",
        answer(b"{tag} BAD Unknown command\r\n", name="UID THREAD"),
    ),
)

ALLOWED = (
    flaw(
        "thread-loop-other-parent",
        "Of two messages that refer to each other the other one is the parent",
        "",
        "5256-3-references-loop 5256-3-references-links",
        replace(rb"\((25) (26)\)|\((26) (25)\)", _swapped, only="THREAD", where=rb" 25:26"),
    ),
    flaw(
        "thread-tells-expunge-by-uid",
        "UID THREAD and UID SORT tell of messages that other sessions have removed",
        "",
        "5256-3-thread-no-expunge 5256-3-sort-no-expunge 3501-7.4.1-during",
        ask_first(b"NOOP", "news", name="UID THREAD, UID SORT"),
    ),
)
