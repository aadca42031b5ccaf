"""Flaws of flags and STORE (RFC 3501 sections 2.3.2, 6.4.6, 7.2.6)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    drop,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_MOST = 1000
"""Messages of one STORE that a flaw remembers."""


def _copied(talk: Talk, request: Request) -> None:
    """Remember the destination: what lies there has lost its keywords."""
    talk.shared.setdefault("copied", set()).add(request.arguments.rpartition(b" ")[2].strip(b'"'))


def _without_keywords(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    if talk.mailbox not in talk.shared.get("copied", ()):
        return octets
    kept = re.search(rb"FLAGS \(([^)]*)\)", octets)
    if kept is None:
        return octets
    flags = b" ".join(flag for flag in kept[1].split() if flag.startswith(b"\\"))
    return octets[: kept.start(1)] + flags + octets[kept.end(1) :]


def _told_and_forgotten(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Take the flags back once the client has been told of them."""
    found = re.search(rb"STORE (\S+) [+]?FLAGS\S* (.*)\r\n", request.octets, re.I)
    if found is not None:
        uid = request.by_uid
        talk.ask(b"%sSTORE %s -FLAGS.SILENT %s" % (uid, found[1], found[2]))
    return responses


def _recent_lost(talk: Talk, request: Request) -> None:
    """Remember the messages whose flags are replaced."""
    found = re.search(rb"STORE (\d+)(?::(\d+))? FLAGS", request.octets, re.I)
    if found is not None:
        first, last = int(found[1]), int(found[2] or found[1])
        numbers = range(min(first, last), max(first, last) + 1)
        talk.memory.setdefault("stored", set()).update(numbers[:_MOST])


def _forget_stored(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.memory.pop("stored", None)  # the numbers mean other messages from here on
    return octets


def _not_recent(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Say of those messages that they are not recent."""
    stored = talk.memory.get("stored", ())
    if arrival.response.name == "FETCH":
        return re.sub(rb" ?\\Recent", b"", octets) if arrival.response.count in stored else octets
    left = (n for n in octets.split()[2:] if int(n) not in stored)
    return b" ".join((b"* SEARCH", *left)) + b"\r\n"


FLAWS = (
    flaw(
        "store-replace-adds",
        "STORE FLAGS leaves the flags that were set before",
        "E12",
        "3501-6.4.6-replace",
        send_as(rb"(STORE \S+ )FLAGS", rb"\1+FLAGS", name="STORE, UID STORE"),
    ),
    flaw(
        "bare-flags-refused",
        "STORE with flags that are not in parentheses is refused",
        "E11",
        "3501-6.4.6-bare-list",
        answer(
            b"{tag} BAD Expected a list\r\n", name="STORE, UID STORE", where=rb"FLAGS\S* [\\\w]"
        ),
    ),
    flaw(
        "copy-loses-keywords",
        "COPY keeps system flags only",
        "E18",
        "3501-6.4.7-preserve",
        alter(_without_keywords, only="FETCH"),
        remembering(_copied, name="COPY, UID COPY"),
    ),
    flaw(
        "store-add-replaces",
        "STORE +FLAGS takes the other flags away",
        "",
        "3501-6.4.6-add",
        send_as(rb"(STORE \S+ )\+FLAGS", rb"\1FLAGS", name="STORE, UID STORE"),
    ),
    flaw(
        "store-remove-does-nothing",
        "STORE -FLAGS is answered OK and removes nothing",
        "",
        "3501-6.4.6-remove",
        send_as(rb"(STORE \S+ )-FLAGS(\S*) .*\r\n", rb"\1+FLAGS\2 ()\r\n", name="STORE, UID STORE"),
    ),
    flaw(
        "store-does-not-return",
        "STORE returns no FETCH responses",
        "",
        "3501-6.4.6-returns",
        send_as(rb"FLAGS ", b"FLAGS.SILENT ", name="STORE, UID STORE"),
    ),
    flaw(
        "silent-store-does-nothing",
        "STORE with .SILENT changes nothing",
        "",
        "3501-6.4.6-silent-stores",
        answer(b"{tag} OK done\r\n", name="STORE, UID STORE", where=rb"\.SILENT"),
    ),
    flaw(
        "silent-store-returns",
        "STORE with .SILENT returns the flags all the same",
        "",
        "3501-6.4.6-silent",
        send_as(rb"\.SILENT", b"", name="STORE, UID STORE"),
    ),
    flaw(
        "store-changes-one-message-of-a-set",
        "STORE changes the first message of its set and leaves the others",
        "",
        "3501-6.4.6-set",
        send_as(rb"STORE (\d+)[,:]\S+", rb"STORE \1", name="STORE, UID STORE"),
    ),
    flaw(
        "flags-in-upper-case-only",
        "Flags and items of STORE in lower case are refused",
        "",
        "3501-6.4.6-names",
        answer(b"{tag} BAD Unknown flag\r\n", name="STORE, UID STORE", where=rb"(?-i:\\[a-z])"),
    ),
    flaw(
        "flags-do-not-last",
        "Flags are told as stored and are forgotten",
        "",
        "3501-2.3.2-permanent 3501-6.4.6-add",
        whole(_told_and_forgotten, name="STORE, UID STORE"),
    ),
    flaw(
        "flag-twice",
        "A flag stands two times in the flags of a message",
        "",
        "3501-2.3.2-set",
        replace(rb"FLAGS \((\\\w+)", rb"FLAGS (\1 \1", only="FETCH"),
    ),
    flaw(
        "flags-without-recent",
        "Recent is never among the flags of a message",
        "",
        "3501-2.3.2-recent-first 3501-7.3.2-flagged 3501-6.3.11-recent 3501-6.4.6-recent",
        replace(rb"\\Recent (?=[^)])| ?\\Recent", b"", only="FETCH"),
    ),
    flaw(
        "store-clears-recent",
        "STORE that replaces the flags of a message takes Recent away, too",
        "",
        "3501-6.4.6-recent 3501-2.3.2-recent-fixed",
        remembering(_recent_lost, name="STORE"),
        alter(_forget_stored, only="EXPUNGE"),
        alter(_forget_stored, kind="tagged", to="SELECT, EXAMINE"),
        alter(_not_recent, only="FETCH"),
        alter(_not_recent, only="SEARCH", to="SEARCH", where=rb"SEARCH RECENT"),
    ),
    flaw(
        "flags-not-shown-to-others",
        "What one session does to flags is never told to another",
        "",
        "3501-5.2-flags 3501-2.3.2-permanent",
        drop(only="FETCH", to="NOOP, CHECK"),
    ),
    flaw(
        "permanentflags-lists-what-does-not-last",
        "PERMANENTFLAGS promises new keywords, which are then dropped",
        "",
        "3501-7.1-new-keywords",
        replace(rb"(FLAGS \((?:\\\w+ ?)*)[^\\()]+\)", rb"\1)", count=0, only="FETCH"),
    ),
    flaw(
        "new-keywords-not-announced",
        "A keyword that comes into use brings no FLAGS response",
        "",
        "3501-7.2.6-updated",
        drop(only="FLAGS", to="STORE, UID STORE, NOOP, FETCH"),
    ),
    flaw(
        "reserved-flags-shown",
        "FLAGS lists a flag that no standard defines",
        "",
        "3501-9-no-flag-extension",
        replace(rb"\)\r\n\Z", rb" \\Junk)\r\n", only="FLAGS"),
    ),
    flaw(
        "empty-list-refused",
        "An empty list of flags is refused",
        "",
        "3501-4.4-empty",
        answer(b"{tag} BAD Empty list\r\n", name="STORE, UID STORE, APPEND", where=rb" \(\)"),
    ),
    flaw(
        "store-shows-what-is-not-kept",
        "STORE shows Answered among the flags, and the next FETCH does not",
        "",
        "3501-7.4.2-flags-stand",
        replace(rb"\\Answered ?", b"", only="FETCH", to="FETCH, UID FETCH"),
    ),
)
