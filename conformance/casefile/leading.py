"""Which windows of a case prove its rules, and which only lead there.

A window that leads to the proof and comes out otherwise says nothing about the rules of the case:
it is blocked. Where a case does not say with `---` where its proof begins, the windows of the
last command prove, and earlier ones of the same command; the reasons are in `cases/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.casefile.script import ClientLine, Window, speaks_pop3
from conformance.wire.forms import form_of

_COMMAND = re.compile(r"\S+ (?P<name>(?:UID )?[A-Z][A-Z0-9-]*)\b ?(?P<rest>.*)", re.IGNORECASE)
_REFUSED = re.compile(r"[^ *+]+ (NO|BAD|NO\|BAD|BAD\|NO)\b|-ERR\b")
_LOOKS = frozenset({"NOOP", "CHECK", "LOGOUT"})
"""Commands that a case ends with to see that the session is well, or to leave."""


@dataclass(frozen=True, slots=True)
class LeadRole:
    """What a window is in its case.

    `command` is the name of the command that it belongs to, `form` that name with the keywords of
    its arguments: the same however names and numbers are written. Both are empty where nothing
    was sent.
    """

    command: str
    form: str
    proves: bool


def roles(windows: Sequence[Window]) -> list[LeadRole]:
    """Return what each window of a case is."""
    commands = list(_commands(windows))
    proving = _proving(windows, [name for name, _ in commands])
    return [
        LeadRole(name, form, proves) for (name, form), proves in zip(commands, proving, strict=True)
    ]


def _commands(windows: Sequence[Window]) -> Iterator[tuple[str, str]]:
    """Return name and form of the command that each window belongs to."""
    running: dict[str, tuple[str, str]] = {}
    for window in windows:
        for send in window.sends:
            if send.kind == "literal" or window.who in running:
                continue
            if own := named(send, window.who):
                running[window.who] = own
        yield running.get(window.who, ("", ""))
        if not _goes_on(window):
            running.pop(window.who, None)


def named(send: ClientLine, who: str) -> tuple[str, str] | None:
    """Return name and form of the command that a line begins, None where it begins none.

    One of POP3 has no tag, and says in its name that it is one: LIST is a command of IMAP, too.
    """
    if speaks_pop3(who):
        name = f"POP3 {send.text.partition(' ')[0].upper()}"
        return (name, name) if send.pieces else None
    found = _COMMAND.match(send.text)
    if found is None:
        return None
    return found["name"].upper(), form_of(found["name"], found["rest"])


def _goes_on(window: Window) -> bool:
    """Whether the command of a window is not completed in it: the server asks for more."""
    if speaks_pop3(window.who):
        return False
    last = [expect.alternatives[0].text for expect in window.expects]
    return not last or all(text.startswith("+") for text in last)


def _proving(windows: Sequence[Window], names: Sequence[str]) -> list[bool]:
    if not windows:  # a program
        return []
    if windows[0].proves is not None:
        return [bool(window.proves) for window in windows]
    telling = [
        index
        for index, window in enumerate(windows)
        if window.expects and not _only_looks(window, names[index])
    ]
    last = telling[-1] if telling else len(windows) - 1
    proof = names[last]
    return [
        index >= last or (names[index] == proof and bool(proof)) or _forbids(window)
        for index, window in enumerate(windows)
    ]


def _only_looks(window: Window, name: str) -> bool:
    """Whether a window only sees that the server is still there."""
    return name in _LOOKS and all(
        expect.kind == "must" and expect.alternatives[0].text.endswith((" OK", "BYE"))
        for expect in window.expects
    )


def _forbids(window: Window) -> bool:
    """Whether a window is about what must not be: it forbids, refuses, or counts every octet."""
    return any(
        expect.kind in ("never", "later", "exact")
        or (expect.kind == "must" and _REFUSED.match(expect.alternatives[0].text))
        for expect in window.expects
    )
