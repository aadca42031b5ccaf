"""ANNOTATE (RFC 5257): what annotations are shown, and what a mailbox can keep of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Group, Leaf, Value
from conformance.wire.commands import SELECTING
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"5257-{section}-{slug}", "MUST", section, sentence)


SHOWN = _rule("3.2", "shown", "Names of entries and attributes that are shown are valid.")
SIZE = _rule("3.2.2", "size", "The size of a value is how many octets it has.")
FLAGS = _rule("3.5", "flags", "There is no entry /flags.")
LEVEL = _rule("4.1", "annotations", "SELECT and EXAMINE are answered with an ANNOTATIONS code.")
ENOUGH = _rule("4.1", "1024", "Values of 1024 octets are taken.")
NAMES = _rule("4.4", "names", "What is told unasked has the names of entries and no values.")

_ENTRY = re.compile(rb"(?:/[^/*%\x00\x80-\xff]+)+")
_ATTRIBUTE = re.compile(rb"[^.*%\x00\x80-\xff]+(?:\.[^.*%\x00\x80-\xff]+)*")
_ASKED = re.compile(rb"ANNOTATION", re.IGNORECASE)
_LEAST = 1024
_NEEDS = "ANNOTATE-EXPERIMENT-1"


def _entries(value: Value | None) -> Iterator[tuple[bytes, tuple[Value, ...]]]:
    """Take apart what is in ANNOTATION: the names of entries, each with what is behind it."""
    items = value.items if isinstance(value, Group) else ()
    for place, item in enumerate(items):
        if isinstance(item, Leaf):
            behind = items[place + 1] if place + 1 < len(items) else None
            yield bytes(item.octets), behind.items if isinstance(behind, Group) else ()


def shown(view: View, arrival: Arrival, report: Report) -> None:
    """Report names that are none, a size that is wrong, and values that nobody asked for."""
    value = arrival.response.items.get(b"ANNOTATION")
    if view.muddled or value is None:
        return
    valued = False
    for entry, pairs in _entries(value):
        # That a client has asked for an invalid name, and was not refused, is another rule.
        if not any(entry in each.text for each in arrival.in_flight):
            _judge_name(entry, report)
        attributes = [each for each in pairs[::2] if isinstance(each, Leaf)]
        values = {bytes(each.octets): pairs[at * 2 + 1 :][:1] for at, each in enumerate(attributes)}
        valued = valued or bool(values)
        for attribute in values:
            if not _ATTRIBUTE.fullmatch(attribute):
                said = attribute.decode("latin-1")
                report(Fault(SHOWN, f"The attribute {said} has an invalid name.", "a name"))
        _compare(entry.decode("latin-1"), values, report)
    if valued and not any(_ASKED.search(each.text) for each in arrival.in_flight):
        message = "ANNOTATION comes with values that no command has asked for."
        report(Fault(NAMES, message, "names of entries"))


def _judge_name(entry: bytes, report: Report) -> None:
    """Report an entry whose name is none, or is not to be used."""
    name = entry.decode("latin-1")
    if not _ENTRY.fullmatch(entry):
        report(Fault(SHOWN, f"The entry {name} has an invalid name.", "a name of levels"))
    elif entry == b"/flags" or entry.startswith(b"/flags/"):
        report(Fault(FLAGS, f"There is an entry {name}.", "no entry /flags"))


def _compare(entry: str, values: dict[bytes, tuple[Value, ...]], report: Report) -> None:
    """Report a size that is not that of the value beside it."""
    for kind in (b"priv", b"shared"):
        (value,) = values.get(b"value." + kind) or (None,)
        (size,) = values.get(b"size." + kind) or (None,)
        if isinstance(value, Leaf) and isinstance(size, Leaf) and size.octets.isdigit():
            octets = 0 if value.is_nil else len(value.octets)
            if int(size.octets) != octets:
                message = f"{entry} has a value of {octets} octets, and its size is"
                said = f"{message} {int(size.octets)}."
                report(Fault(SIZE, said, str(octets)))


def enough(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a limit below that of the RFC."""
    code = arrival.response.code
    if code is None or code.name != "ANNOTATIONS" or not code.values:
        return
    (first, *_) = code.values
    if isinstance(first, Leaf) and first.octets.isdigit() and int(first.octets) < _LEAST:
        said = int(first.octets)
        report(Fault(ENOUGH, f"A value may have {said} octets at most.", "1024 at least"))


def selected(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to SELECT or EXAMINE before which there was no ANNOTATIONS."""
    command = arrival.answers
    if command is None or command.name not in SELECTING or arrival.status != "OK":
        return
    if view.muddled or command.stray or command.number not in view.begun:
        return
    if view.last.get("[ANNOTATIONS]", 0) <= view.begun[command.number]:
        message = f"OK to {command.name} without ANNOTATIONS before it."
        report(Fault(LEVEL, message, "* OK [ANNOTATIONS ...]"))


CHECKS = (
    Check(
        *("annotations-shown", ("FETCH",), shown, (SHOWN, SIZE, FLAGS, NAMES)),
        needs=_NEEDS,
        words=(b"ANNOTATION",),
    ),
    Check("annotations-limit", ("OK",), enough, (ENOUGH,), words=(b"ANNOTATIONS",)),
    Check("annotations-told", (TAGGED,), selected, (LEVEL,), needs=_NEEDS),
)
