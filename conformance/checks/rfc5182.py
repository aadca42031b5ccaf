"""SEARCHRES (RFC 5182): what a search with SAVE returns, and what the marker stands for later.

The saved result is followed as far as it was told: by ALL, COUNT, MIN and MAX beside SAVE, by what
empties it, by EXPUNGE. It is held against searches and fetches of the marker alone, and only where
each of these commands was the only one in progress.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4731 import SEARCHES, read
from conformance.checks.table import Check, Doubt, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"5182-{section}-{slug}", "MUST", section, sentence)


SILENT = _rule("1", "silent", "SAVE alone brings no response with what was found.")
RESETS = _rule("2.1", "select-resets", "SELECT and EXAMINE empty the saved result.")
EMPTIES = _rule("2.1", "failed-empties", "A search with SAVE and NO empties the saved result.")
EXPUNGED = _rule("2.1", "expunged", "The saved result follows messages to their new numbers.")
RETURNS = _rule("2.4", "save-returns", "SAVE changes nothing in what other options return.")
ENDS = _rule("2.4", "save-min-max", "SAVE with MIN or MAX alone saves what these return.")
EVERYTHING = _rule("2.4", "save-all", "SAVE with ALL or COUNT saves all messages found.")
NOTSAVED = _rule("2.5", "notsaved", "NOTSAVED comes in a tagged NO.")

FETCHES = frozenset({"FETCH", "UID FETCH"})
_OTHERS = frozenset({"SORT", "UID SORT", "THREAD", "UID THREAD", "ESEARCH"})
"""Further commands that may save what they find (section 1)."""
_RETURN = re.compile(rb"(?:IN \(.*\) )?RETURN \(([^()]*)\) ", re.IGNORECASE)
_OF_MARKER = re.compile(rb"(?:RETURN \(([^()]*)\) )?(?:UID )?\$", re.IGNORECASE)
_FETCH_OF_MARKER = re.compile(rb"\$ ")
_CODE = re.compile(rb"\S+ +(?:OK|BAD) +\[NOTSAVED\]", re.IGNORECASE)
_FOUR = frozenset({b"MIN", b"MAX", b"ALL", b"COUNT"})
_MANY = 10_000


@dataclass
class Saved:
    """What `$` stands for in one selection: what it holds at first, and the rule that says so."""

    found: frozenset[int] | None = frozenset()
    """None is not known."""
    by_uid: bool = False
    count: int | None = 0
    rule: Rule = RESETS

    def become(
        self, found: frozenset[int] | None, rule: Rule, *, by_uid: bool = False, count: int = -1
    ) -> None:
        """Hold these numbers now, or so many messages."""
        self.found, self.rule, self.by_uid = found, rule, by_uid
        self.count = len(found) if found is not None else count if count >= 0 else None


@dataclass
class WatchedSearch:
    """The one command in progress that is looked at, and what came for it."""

    number: int = 0
    alone: bool = False
    results: int = 0
    items: dict[bytes, int | frozenset[int]] = field(default_factory=dict)
    found: set[int] = field(default_factory=set)
    """Numbers of SEARCH responses, or of FETCH responses."""


class Watching:
    """A place for what is looked at in a session."""

    def __init__(self) -> None:
        self.now = WatchedSearch()


class Removers:
    """Which sessions were told of messages that have gone from a mailbox, or have closed it."""

    def __init__(self) -> None:
        self.sessions: set[int] = set()


def options_of(command: Command) -> frozenset[bytes]:
    """Return the return options of a search, none where it has none."""
    found = _RETURN.match(command.arguments)
    return frozenset(found[1].upper().split()) if found else frozenset()


def begins(view: View, command: Command) -> None:
    """Begin to look at a search or a fetch."""
    view.attached.of(Watching).now = WatchedSearch(command.number, alone=not view.begun)
    if command.name in _OTHERS and b"SAVE" in options_of(command):
        view.selection.attached.of(Saved).become(None, RESETS)


def returned(view: View, arrival: Arrival, report: Report) -> None:
    """Take what a search returns; report it where only SAVE was asked for."""
    searches = [each for each in arrival.in_flight if each.name in SEARCHES | _OTHERS]
    watched = view.attached.of(Watching).now
    name = arrival.response.name
    if name == "ESEARCH":
        result = read(arrival.response)
        searches = [each for each in searches if each.tag == result.tag]
        if any(each.number == watched.number for each in searches):
            watched.results += 1
            watched.items.update(result.numbers)
            if result.found is not None:
                watched.items[b"ALL"] = result.found
            elif result.items.get(b"ALL") is not None:
                watched.alone = False  # it is there, and can not be read
    elif len(watched.found) < _MANY:
        watched.found |= {leaf.number or 0 for leaf in arrival.response.leaves}
    silent = [each for each in searches if options_of(each) == {b"SAVE"}]
    if silent and silent == searches and not view.muddled:
        message = f"{name} comes for a search that returns nothing and only saves."
        report(Fault(SILENT, message, "the tagged OK only", name), Doubt(refused=True))


def fetched(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Note which messages a FETCH response has come for."""
    watched, position = view.attached.of(Watching).now, arrival.count
    if position and len(watched.found) < _MANY:
        watched.found.add(position)


def removed(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Take a message out of the saved result, and move the others."""
    view.attached.of(Watching).now.alone = False
    position, current = arrival.count, view.current
    if current is None:
        return
    _removes(view)
    saved = current.attached.of(Saved)
    if saved.count == 0:
        return
    if position is None or saved.found is None or saved.by_uid:
        saved.become(None, EXPUNGED)
        return
    left = (number - (number > position) for number in saved.found if number != position)
    saved.become(frozenset(left), EXPUNGED)


def _removes(view: View) -> None:
    """Note that a session knows of messages that have gone, or has perhaps removed some."""
    box = view.current.box if view.current is not None else None
    if box is not None and len(box.attached.of(Removers).sessions) < _MANY:
        box.attached.of(Removers).sessions.add(view.number)


def _none_gone(view: View) -> bool:
    """Whether no message of the selected mailbox can have gone that this session is not told of."""
    box = view.current.box if view.current is not None else None
    if box is None or not view.ledger.alone:
        return False
    return box.attached.of(Removers).sessions <= {view.number}


def completed(view: View, arrival: Arrival, report: Report) -> None:
    """Take a new saved result, or hold what a command with the marker has brought against it."""
    command, current = arrival.answers, view.current
    if command is None or current is None:
        return
    if command.name == "CLOSE":
        _removes(view)
    watched = view.attached.of(Watching).now
    saved = current.attached.of(Saved)
    certain = watched.number == command.number and watched.alone and not view.muddled
    certain = certain and arrival.in_flight == (command,) and current.exists is not None
    if command.name in SEARCHES and b"SAVE" in options_of(command):
        _save(saved, command, arrival, watched if certain else None, report)
    elif not certain or arrival.status != "OK":
        return
    elif command.name in SEARCHES and (asks := _OF_MARKER.fullmatch(command.arguments)):
        _compare(view, saved, command, asks[1], report)
    elif command.name in FETCHES and _FETCH_OF_MARKER.match(command.arguments):
        missing = sorted((saved.found or frozenset()) - watched.found)
        if missing and not saved.by_uid and _none_gone(view):
            message = f"FETCH of the saved result brought nothing for message {missing[0]}."
            report(Fault(saved.rule, message, f"* {missing[0]} FETCH", "fetch"))


def _save(
    saved: Saved, command: Command, arrival: Arrival, watched: WatchedSearch | None, report: Report
) -> None:
    if arrival.status == "BAD":
        return
    if watched is None:
        saved.become(None, RESETS)
        return
    if arrival.status == "NO":
        saved.become(frozenset(), EMPTIES)
        return
    options = options_of(command) - {b"SAVE"}
    by_uid = command.name == "UID SEARCH"
    if not options or not options <= _FOUR or not _is_complete(options, watched, report):
        saved.become(None, RESETS)
        return
    found, count = watched.items.get(b"ALL"), watched.items.get(b"COUNT")
    if b"ALL" in options:
        numbers = found if isinstance(found, frozenset) else frozenset()
        saved.become(numbers, EVERYTHING, by_uid=by_uid)
    elif isinstance(count, int):
        saved.become(None, EVERYTHING, count=count)
    else:
        ends = (watched.items.get(key) for key in options)
        numbers = frozenset(number for number in ends if isinstance(number, int))
        saved.become(numbers, ENDS, by_uid=by_uid)


def _is_complete(options: frozenset[bytes], watched: WatchedSearch, report: Report) -> bool:
    """Whether all came that was asked for; report what did not."""
    finds = bool(watched.items.keys() & {b"MIN", b"MAX", b"ALL"} or watched.items.get(b"COUNT"))
    wanted = options if finds else options & {b"COUNT"}
    missing = sorted(wanted - watched.items.keys())
    if watched.results == 0:
        report(Fault(RETURNS, "OK, and no ESEARCH came.", "ESEARCH before the OK", "none"))
    elif missing:
        key = missing[0].decode("ascii")
        report(Fault(RETURNS, f"{key} was asked for beside SAVE and is missing.", key, key))
    return watched.results == 1 and not missing


def _compare(
    view: View, saved: Saved, command: Command, asks: bytes | None, report: Report
) -> None:
    """Report a search of the marker that finds other messages than were saved."""
    watched = view.attached.of(Watching).now
    options = frozenset(asks.upper().split()) or {b"ALL"} if asks is not None else frozenset()
    found: frozenset[int] | None = None
    counted = watched.items.get(b"COUNT")
    if asks is None or (b"ALL" in options and watched.results == 1):
        told = watched.items.get(b"ALL") if watched.results else frozenset(watched.found)
        found = told if isinstance(told, frozenset) else frozenset()
        counted = len(found)
    same = saved.by_uid == (command.name == "UID SEARCH")
    expected = message = ""
    if found is not None and saved.found is not None and same:
        if found - saved.found or (saved.found - found and _none_gone(view)):
            expected = ",".join(map(str, sorted(saved.found)[:20])) or "nothing"
            message = f"The saved result is {expected}, and another one is found by the marker."
    elif (
        isinstance(counted, int)
        and saved.count is not None
        and (counted > saved.count or (counted < saved.count and _none_gone(view)))
    ):
        expected = f"{saved.count} messages"
        message = f"The saved result has {expected}, and {counted} are found by the marker."
    if message:
        report(Fault(saved.rule, message, expected, "search"))


def refused(_view: View, arrival: Arrival, report: Report) -> None:
    """Report NOTSAVED in another tagged response than NO."""
    if _CODE.match(arrival.frame.text):
        message = "NOTSAVED comes with OK or BAD."
        report(Fault(NOTSAVED, message, "NO [NOTSAVED]"))


_RULES = (RESETS, EMPTIES, EXPUNGED, RETURNS, ENDS, EVERYTHING)
CHECKS = (
    Check("save-silent", ("SEARCH", "ESEARCH"), returned, (SILENT,), needs="SEARCHRES"),
    Check("save-fetched", ("FETCH",), fetched, (), needs="SEARCHRES"),
    Check("save-removed", ("EXPUNGE", "VANISHED"), removed, (), needs="SEARCHRES"),
    Check("save-result", (TAGGED,), completed, _RULES, needs="SEARCHRES"),
    Check("save-refused", (TAGGED,), refused, (NOTSAVED,), needs="SEARCHRES"),
)

FOLLOWERS = (Follower(SEARCHES | FETCHES | _OTHERS, begins),)
