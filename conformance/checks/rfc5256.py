"""SORT and THREAD (RFC 5256): that the answer comes, and that its numbers can be right."""

from __future__ import annotations

import re

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Doubt, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str) -> Rule:
    return Rule(f"5256-3-{slug}", "MUST", "3", sentence)


SORT_CAME = _rule(
    "sort-response", "A SORT response, empty if need be, comes before the OK to SORT."
)
SORT_ONCE = _rule("sort-found", "SORT returns each message that matches once.")
SORT_RANGE = _rule("sort-numbers", "SORT returns message numbers.")
SORT_QUIET = _rule("sort-no-expunge", "No EXPUNGE comes while a SORT is answered.")
THREAD_CAME = _rule(
    "thread-response", "A THREAD response, empty if need be, comes before the OK to THREAD."
)
THREAD_ONCE = _rule("thread-found", "THREAD returns each message that matches once.")
THREAD_RANGE = _rule("thread-numbers", "THREAD returns message numbers.")
THREAD_QUIET = _rule("thread-no-expunge", "No EXPUNGE comes while a THREAD is answered.")

_CAME = {"SORT": SORT_CAME, "THREAD": THREAD_CAME}
_ONCE = {"SORT": SORT_ONCE, "THREAD": THREAD_ONCE}
_RANGE = {"SORT": SORT_RANGE, "THREAD": THREAD_RANGE}
_QUIET = {"SORT": SORT_QUIET, "THREAD": THREAD_QUIET}
_NAMES = frozenset({"SORT", "UID SORT", "THREAD", "UID THREAD"})
_NUMBER = re.compile(rb"(?<![^ (])\d{1,10}(?![^ )\r])")
_MODSEQ = re.compile(rb"\(MODSEQ \d+\)", re.IGNORECASE)
_KEPT = 1_000


class Awaited:
    """Commands in flight for which no response has come, by their numbers."""

    def __init__(self) -> None:
        self.commands: set[int] = set()


def sort_begins(view: View, command: Command) -> None:
    """Wait for the response to a command."""
    awaited = view.attached.of(Awaited).commands
    if len(awaited) < _KEPT and not _returns(command):
        awaited.add(command.number)


def result_comes(view: View, arrival: Arrival, report: Report) -> None:
    """Report numbers that stand twice, or of messages that there are not."""
    name = arrival.response.name
    commands = [each for each in arrival.in_flight if each.name.removeprefix("UID ") == name]
    awaited = view.attached.of(Awaited).commands
    # Which of several this answers nobody says; they are answered in some order.
    for command in commands:
        if command.number in awaited:
            awaited.remove(command.number)
            break
    if view.muddled or not commands:
        return
    numbers = [int(each) for each in _NUMBER.findall(_MODSEQ.sub(b"", arrival.frame.text))]
    if len(set(numbers)) < len(numbers):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        report(Fault(_ONCE[name], f"{name} has {twice} twice.", "each message once", "twice"))
    by_number = all(not command.name.startswith("UID ") for command in commands)
    exists = view.current.exists if view.current else None
    if by_number and exists is not None and numbers and max(numbers) > exists:
        message = f"{name} names message {max(numbers)} of {exists}."
        fault = Fault(_RANGE[name], message, f"at most {exists}", "range")
        report(fault, Doubt(exists=max(numbers)))


def completed(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK before which no response came."""
    command = arrival.answers
    awaited = view.attached.of(Awaited).commands
    if command is None or command.number not in awaited:
        return
    awaited.remove(command.number)
    if arrival.status == "OK" and not view.muddled:
        name = command.name.removeprefix("UID ")
        message = f"OK to {command.name} without a {name} response before it."
        report(Fault(_CAME[name], message, f"* {name} before the OK"))


def no_expunge(view: View, arrival: Arrival, report: Report) -> None:
    """Report an EXPUNGE while nothing but SORT and THREAD by number is in flight."""
    names = {command.name for command in arrival.in_flight if not command.sending}
    if names and names <= _QUIET.keys() and not view.muddled and not view.notified:
        name = min(names)
        message = f"EXPUNGE comes in response to {name}."
        fault = Fault(_QUIET[name], message, "EXPUNGE during a later command", name)
        report(fault, Doubt(refused=True))


def _returns(command: Command) -> bool:
    """Whether a command says how to return what it finds (RFC 5267), so that ESEARCH comes."""
    return command.arguments[:6].upper() == b"RETURN"


CHECKS = (
    Check(
        "sort-numbers",
        ("SORT", "THREAD"),
        result_comes,
        (SORT_ONCE, THREAD_ONCE, SORT_RANGE, THREAD_RANGE),
    ),
    Check("sort-response", (TAGGED,), completed, (SORT_CAME, THREAD_CAME)),
    Check("sort-expunge", ("EXPUNGE",), no_expunge, (SORT_QUIET, THREAD_QUIET)),
)

EFFECTS = (Effect(("SORT", "UID SORT", "THREAD", "UID THREAD"), keeps_flags=True),)

FOLLOWERS = (Follower(_NAMES, sort_begins),)
