"""NOTIFY (RFC 5465): what it may be asked for, and what is told while nobody asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"5465-{section}-{slug}", "MUST", section, sentence)


ALONE = _rule("5", "flags-alone", "Changes of flags are asked for together with new messages.")
TOGETHER = _rule("5", "together", "MessageNew and MessageExpunge are asked for together.")
FETCH = _rule("5.1", "fetch", "FlagChange brings a FETCH response, which has UID and FLAGS.")
OVERFLOW = _rule("5.8", "overflow", "After NOTIFICATIONOVERFLOW nothing is told of events.")

_TOKEN = re.compile(rb'\(|\)|"(?:[^"\\\\]|\\\\.)*"|[^ ()"]+')
_NEW, _GONE = b"MESSAGENEW", b"MESSAGEEXPUNGE"
_CHANGES = frozenset({b"FLAGCHANGE", b"ANNOTATIONCHANGE"})
_TOLD = ("EXISTS", "EXPUNGE", "FETCH", "VANISHED", "LIST", "STATUS", "METADATA")


Part: TypeAlias = "bytes | list[Part]"


def _groups(text: bytes) -> Iterator[tuple[bytes, frozenset[bytes]]]:
    """Take NOTIFY SET apart: for each group the word that it begins with, and its events."""
    parts: list[Part] = []
    open_: list[list[Part]] = [parts]
    for token in _TOKEN.findall(text):
        if token == b"(":
            inner: list[Part] = []
            open_[-1].append(inner)
            open_.append(inner)
        elif token != b")":
            open_[-1].append(token)
        elif len(open_) > 1:
            open_.pop()
    for group in parts:
        if isinstance(group, list) and group and isinstance(group[0], bytes):
            events = group[-1] if isinstance(group[-1], list) else []
            yield group[0], frozenset(each for each in events if isinstance(each, bytes))


class Notified:
    """What a session has asked for with NOTIFY, and whether the server has given up on it."""

    def __init__(self) -> None:
        self.flags = False
        self.overflow = False


def answered(view: View, arrival: Arrival, report: Report) -> None:
    """Take what NOTIFY asked for, and report events that were taken and belong to others."""
    command = arrival.answers
    if command is None or command.name != "NOTIFY" or arrival.status != "OK":
        return
    groups = tuple(_groups(command.arguments.upper()))
    notified = view.attached.of(Notified)
    notified.flags = any(
        word.startswith(b"SELECTED") and b"FLAGCHANGE" in events for word, events in groups
    )
    notified.overflow = False
    if view.muddled or command.stray:
        return
    for _, events in groups:
        if len(events & {_NEW, _GONE}) == 1:
            message = "NOTIFY asks for one of MessageNew and MessageExpunge, and is answered OK."
            report(Fault(TOGETHER, message, "BAD"))
        elif events & _CHANGES and not events & {_NEW, _GONE}:
            message = "NOTIFY asks for changes alone, and is answered OK."
            report(Fault(ALONE, message, "BAD"))


def overflowed(view: View, arrival: Arrival, _report: Report) -> None:
    """Take that the server tells no more."""
    code = arrival.response.code
    if code is not None and code.name == "NOTIFICATIONOVERFLOW":
        view.attached.of(Notified).overflow = True


def told(view: View, arrival: Arrival, report: Report) -> None:
    """Report what is told with no command in progress and should not be, or not like that."""
    notified = view.attached.of(Notified)
    if arrival.in_flight or view.muddled:
        return
    if notified.overflow:
        message = f"{arrival.response.name} comes after NOTIFICATIONOVERFLOW."
        report(Fault(OVERFLOW, message, "nothing until the next NOTIFY"))
    items = arrival.response.items
    if notified.flags and items.get(b"FLAGS") is not None and items.get(b"UID") is None:
        report(Fault(FETCH, "FLAGS that have changed are told without UID.", "UID and FLAGS"))


CHECKS = (
    Check("notify-taken", (TAGGED,), answered, (ALONE, TOGETHER), needs="NOTIFY"),
    Check("notify-overflow", ("OK",), overflowed, (), words=(b"NOTIFICATIONOVERFLOW",)),
    Check("notify-told", _TOLD, told, (FETCH, OVERFLOW), needs="NOTIFY"),
)
