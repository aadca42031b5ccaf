"""Flaws of SEARCHRES (RFC 5182), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    answer,
    command,
    drop,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_SEARCHES = "SEARCH, UID SEARCH"
_TAKING = "FETCH, UID FETCH, STORE, UID STORE, COPY, UID COPY, MOVE, UID MOVE, UID EXPUNGE"
_SAVE = rb"RETURN \([^)]*SAVE"
_ALL = re.compile(rb" ALL ([\d:,]+)", re.IGNORECASE)
_CRITERIA = re.compile(rb"(?:RETURN \(([^)]*)\) )?(.*)", re.IGNORECASE | re.DOTALL)
_NOTHING = b"SEARCH RETURN (SAVE) NOT ALL"


def _found(talk: Talk) -> bytes:
    """Return the message numbers that are saved, as a set; empty where there are none."""
    came = _ALL.search(b"".join(talk.ask(b"SEARCH RETURN (ALL) $", "none")))
    return came[1] if came else b""


def _save(talk: Talk, messages: bytes) -> None:
    talk.ask(b"SEARCH RETURN (SAVE) " + messages if messages else _NOTHING, "none")


def _criteria(request: Request) -> tuple[frozenset[bytes], bytes]:
    """Return the options of a search in capitals, and its keys; no keys where it has literals."""
    found = _CRITERIA.match(request.arguments)
    if found is None or request.literals:
        return frozenset(), b""
    return frozenset((found[1] or b"").upper().split()), found[2]


def _keeps_over(talk: Talk, request: Request) -> bytes:
    """Save again, behind a command, the message numbers that were saved before it."""
    messages = _found(talk)
    talk.say(b"".join(talk.exchange(request)))
    _save(talk, messages)
    return b""


def _keeps_on_no(talk: Talk, request: Request) -> bytes:
    messages = _found(talk)
    responses = talk.exchange(request)
    talk.say(b"".join(responses))
    if responses and b" NO" in responses[-1]:
        _save(talk, messages)
    return b""


def _empties_on_bad(talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    if b" BAD" in responses[-1]:
        _save(talk, b"")
    return responses


def _empties_on_no(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    if b" NO" in responses[-1] and b"SAVE" not in _criteria(request)[0]:
        _save(talk, b"")
    return responses


def _saves_always(talk: Talk, request: Request) -> None:
    """Save what a search finds that does not ask for it."""
    options, keys = _criteria(request)
    if b"SAVE" not in options and keys and b"$" not in keys:
        _save(talk, keys)


def _saves_all(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Save all beside MIN or MAX."""
    options, keys = _criteria(request)
    if b"SAVE" in options and options & {b"MIN", b"MAX"} and keys:
        _save(talk, keys)
    return responses


def _saves_first(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Save only the first where MIN stands beside ALL or COUNT."""
    options, keys = _criteria(request)
    if {b"SAVE", b"MIN"} <= options and options & {b"ALL", b"COUNT"} and keys:
        talk.ask(b"SEARCH RETURN (SAVE MIN) " + keys, "none")
    return responses


def _remember_keys(talk: Talk, request: Request) -> None:
    options, keys = _criteria(request)
    if b"SAVE" in options and keys and b"$" not in keys:
        talk.memory["keys"] = keys


def _search_again(talk: Talk, request: Request) -> bytes | None:
    options, keys = _criteria(request)
    if b"SAVE" in options or not keys.startswith(b"$") or "keys" not in talk.memory:
        return None
    return request.octets.replace(b"$", b"(%s)" % talk.memory["keys"], 1)


def _refuses_nothing(talk: Talk, request: Request) -> bytes | None:
    """Call an empty saved result an error."""
    if not request.arguments.startswith(b"$") or _found(talk):
        return None
    talk.say(request.tag + b" BAD No messages\r\n")
    return b""


def _digits(talk: Talk, request: Request) -> bytes | None:
    """Take the message numbers that are saved for unique identifiers."""
    messages = _found(talk) if request.arguments.startswith(b"$") else b""
    return request.octets.replace(b"$", messages, 1) if messages else None


def _remember_old(talk: Talk, _request: Request) -> None:
    """Keep what is saved now, if a command has come behind the one that saves."""
    talk.memory["old"] = _found(talk) if talk.more_is_there else b""


def _take_old(talk: Talk, request: Request) -> bytes | None:
    messages = talk.memory.pop("old", b"")
    return request.octets.replace(b"$", messages, 1) if messages else None


FLAWS = (
    flaw(
        "searchres-search-of-marker",
        "The marker is not known in SEARCH",
        "F06",
        "5182-2.1-marker",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"[ (]\$[ )\r]"),
    ),
    flaw(
        "searchres-marker-in-uid-expunge",
        "UID EXPUNGE does not know the marker",
        "",
        "5182-2.1-marker",
        answer(b"{tag} BAD Invalid sequence\r\n", name="UID EXPUNGE", where=rb"\$"),
    ),
    flaw(
        "searchres-unknown",
        "SEARCHRES is announced, and SAVE is not known",
        "",
        "5182-2.1-announced",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=_SAVE),
    ),
    flaw(
        "searchres-save-answered",
        "SAVE alone brings the numbers all the same",
        "",
        "5182-1-silent",
        send_as(rb"RETURN \(SAVE\)", b"RETURN (SAVE ALL)", name=_SEARCHES),
    ),
    flaw(
        "searchres-sort-forgets",
        "SORT takes SAVE and saves nothing",
        "",
        "5182-1-sort",
        send_as(rb"RETURN \(SAVE\)", b"RETURN (COUNT)", name="SORT"),
        drop(only="ESEARCH", to="SORT"),
    ),
    flaw(
        "searchres-kept-over-select",
        "SELECT and EXAMINE leave the saved message numbers",
        "",
        "5182-2.1-select-resets",
        command(_keeps_over, name="SELECT, EXAMINE", state="selected"),
    ),
    flaw(
        "searchres-adds",
        "SAVE adds to what was saved before",
        "",
        "5182-2.1-saved",
        send_as(
            rb"(RETURN \(SAVE\)) (?!CHARSET)([^\r]*)",
            rb"\1 OR $ (\2)",
            name=_SEARCHES,
            state="selected",
        ),
    ),
    flaw(
        "searchres-searches-again",
        "SEARCH of the marker does the saved search again",
        "",
        "5182-2.1-saved",
        remembering(_remember_keys, name=_SEARCHES),
        command(_search_again, name=_SEARCHES),
    ),
    flaw(
        "searchres-bad-empties",
        "A search that is answered BAD empties the saved result",
        "",
        "5182-2.1-bad-keeps",
        whole(_empties_on_bad, name=_SEARCHES, state="selected"),
    ),
    flaw(
        "searchres-no-empties",
        "A search without SAVE that is answered NO empties the saved result",
        "",
        "5182-2.1-no-keeps",
        whole(_empties_on_no, name=_SEARCHES, state="selected"),
    ),
    flaw(
        "searchres-saves-always",
        "A search without SAVE saves as well",
        "",
        "5182-2.1-plain-keeps",
        command(_saves_always, name=_SEARCHES, state="selected"),
    ),
    flaw(
        "searchres-kept-on-no",
        "A search with SAVE that is answered NO leaves the saved result",
        "",
        "5182-2.1-failed-empties",
        command(_keeps_on_no, name=_SEARCHES, where=_SAVE, state="selected"),
    ),
    flaw(
        "searchres-numbers-stay",
        "The saved message numbers are not adjusted when messages are expunged",
        "",
        "5182-2.1-expunged",
        command(_keeps_over, name="EXPUNGE", state="selected"),
    ),
    flaw(
        "searchres-empty-is-bad",
        "A saved result without messages is answered BAD",
        "",
        "5182-2.1-empty-valid",
        command(_refuses_nothing, name=_TAKING, state="selected"),
    ),
    flaw(
        "searchres-numbers-as-uids",
        "The saved message numbers are taken for unique identifiers by UID commands",
        "",
        "5182-2.1-mapped",
        command(_digits, name="UID FETCH, UID STORE, UID COPY, UID MOVE", state="selected"),
    ),
    flaw(
        "searchres-out-of-order",
        "A command sent together with a search takes what was saved before the search",
        "",
        "5182-2.3-in-order",
        command(_take_old, name=_TAKING, where=rb" \$ ", state="selected"),
        remembering(_remember_old, name=_SEARCHES, where=_SAVE, state="selected"),
    ),
    flaw(
        "searchres-without-esearch",
        "SEARCHRES is announced, and of return options only SAVE is known",
        "",
        "5182-2.4-esearch",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"RETURN \((?![^)]*SAVE)"),
    ),
    flaw(
        "searchres-save-silences",
        "SAVE beside other options brings nothing",
        "",
        "5182-2.4-save-returns",
        drop(only="ESEARCH", where=_SAVE),
    ),
    flaw(
        "searchres-min-saves-all",
        "SAVE beside MIN or MAX saves all messages found",
        "",
        "5182-2.4-save-min-max",
        whole(_saves_all, name="SEARCH", where=_SAVE, state="selected"),
    ),
    flaw(
        "searchres-all-saves-min",
        "SAVE beside MIN and ALL or COUNT saves the first message only",
        "",
        "5182-2.4-save-all",
        whole(_saves_first, name="SEARCH", where=_SAVE, state="selected"),
    ),
    flaw(
        "searchres-notsaved-with-ok",
        "NOTSAVED comes with OK",
        "",
        "5182-2.5-notsaved",
        replace(rb" OK ", b" OK [NOTSAVED] ", kind="tagged", to=_SEARCHES, where=_SAVE),
    ),
    flaw(
        "searchres-capitals-only",
        "SAVE is known in capitals only",
        "",
        "5182-3-case",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"(?-i:save|sAvE)"),
    ),
)

ALLOWED = (
    flaw(
        "searchres-refuses",
        "No result is saved, as too much is saved already",
        "",
        "5182-2.1-announced 5182-2.1-saved 5182-2.1-marker 5182-2.4-save-returns",
        answer(b"{tag} NO [NOTSAVED] Too many\r\n", name=_SEARCHES, where=_SAVE),
    ),
)
