"""What a server did otherwise than a case expects, in a few words that stay the same.

The words are the key by which findings of one cause are one finding, blocked cases name what
blocks them, and known files name what is known. So they hold nothing that differs between runs,
seeds, ports and ways of writing: no tag, no name, no number, nothing that a server chose.
"""

from __future__ import annotations

import re

from conformance.casefile.leading import named
from conformance.casefile.plan import Expectation, Step
from conformance.play.fetch_deviation import fetch_deviation
from conformance.play.tracker import Unmet
from conformance.syntax.responses import Response

_SECTION = re.compile(r"(?P<item>[A-Z0-9.]+)(?:\[(?:[0-9.]*\d\.?)?(?P<text>[A-Z.]*))?")

UNANSWERED = ": no answer"
"""How a deviation ends where nothing came that is awaited."""

_LISTS = frozenset({"LIST", "LSUB"})
"""Responses of which each line is one name: that one is left out says nothing about another one."""


class Otherwise(Exception):
    """A server did otherwise: how, in which words, and whether the case's proof shows it.

    `unanswered`: a command that was to be completed never was.
    """

    def __init__(
        self, unmet: Unmet, deviation: str, *, proves: bool, unanswered: bool = False
    ) -> None:
        super().__init__(str(unmet))
        self.unmet, self.deviation, self.proves = unmet, deviation, proves
        self.unanswered = unanswered


def deviation_of(step: Step, unmet: Unmet, requirement: str, *, must: bool = True) -> str:
    """Return what deviated in a window.

    What a server refuses, leaves out, or does not answer at all has one cause whatever a case is
    about. Of what it accepts, adds or answers with other values, and of a name that is not on a
    list, that can not be told: there the
    requirement that the case proves is part of the words, and so it is of a NO for a BAD, or a BAD
    for a NO, that is a `must`: mostly it is none. It is empty on the way to the proof.
    """
    scope = f" ({requirement})" if requirement else ""
    expectation = _expectation(step, unmet.line)
    wanted = _wanted(expectation)
    got = unmet.got.response if unmet.got else None
    command, form = _command(step, wanted, got)
    if unmet.cause == "closed":
        return f"{form}: the connection is closed"
    if unmet.cause in ("timeout", "flood"):
        refused = got is not None and (got.kind, got.name) == ("status", "BAD")
        # Which command it is that can not be read is what its case is about.
        return f"{form}: no answer but an untagged BAD{scope}" if refused else form + UNANSWERED
    if expectation is None or wanted is None:
        return f"{form}: {unmet.reason}{scope}"
    if expectation.kind == "never":
        return f"{command}: {_what(wanted)} is sent{scope}"
    if unmet.cause == "unexpected" and got is not None:
        if got.kind != "tagged":
            return f"{command}: {_what(got)} is sent{scope}"
        if wanted.kind == "tagged" and wanted.tag != got.tag:
            return f"{form}: a tagged response too much"
    if got is not None and got.kind == "tagged":
        if wanted.kind == "tagged" and {wanted.name, got.name} == {"BAD", "NO"}:
            return f"{command}: {got.name} instead of {wanted.name}{scope if must else ''}"
        return _completed(command, form, wanted, got, scope)
    if _of_several_kinds(expectation):
        return f"{command}: none of several answers{scope}"
    what = _what(wanted)
    if got is None or (got.kind, got.name) != (wanted.kind, wanted.name):
        named = scope if wanted.name in _LISTS else ""
        return f"{command}: no {_kind(wanted)}{named}"
    if got.name == "FETCH" and (told := fetch_deviation(unmet.reason, got)):
        return f"{command}: {told}"
    return f"{command}: other {what}{scope}"


def _completed(command: str, form: str, wanted: Response, got: Response, scope: str) -> str:
    """Say how a command was completed otherwise than it should be."""
    if got.name == "OK" and wanted.kind == "continuation":
        return f"{command}: no continuation request"
    due = wanted.name.split("|") if wanted.kind == "tagged" else ["OK"]
    if got.name == "OK" and "OK" in due:
        what = _what(wanted)
        if wanted.kind == "tagged" and got.code is not None and wanted.code is not None:
            return f"{command}: other {what}{scope}"
        return f"{command}: no {_kind(wanted)}"
    if got.name == "OK":
        # That INBOX is written in capitals is no other form of what should be refused.
        return f"{form.replace(' INBOX', '')}: OK instead of {' or '.join(due)}{scope}"
    if "OK" in due:
        return f"{form}: {got.name} instead of OK"
    if got.name in due:
        return f"{command}: no {_kind(wanted)}"
    return f"{command}: {got.name} instead of {' or '.join(due)}"


def _of_several_kinds(expectation: Expectation) -> bool:
    """Whether a line may be met by responses of different names."""
    wanted = [pattern.response for pattern in expectation.patterns]
    return len({(each.kind, each.name) for each in wanted if each}) > 1


def _expectation(step: Step, line: int) -> Expectation | None:
    for expectation in step.expects:
        if any(pattern.line == line for pattern in expectation.patterns):
            return expectation
    return next((each for each in step.expects if each.line == line), None)


def _wanted(expectation: Expectation | None) -> Response | None:
    if expectation is None:
        return None
    pattern = expectation.patterns[0]
    return Response("tagged", "close") if pattern.closes else pattern.response


def _command(step: Step, wanted: Response | None, got: Response | None) -> tuple[str, str]:
    """Return name and form of the command that a response is about.

    Of commands that are sent together an untagged response is about the one that asks for it. Where
    another one was completed in its place, that is the one.
    """
    begun = [(send, own) for send in step.sends if (own := named(send, step.who))]
    for completed in (each for each in (wanted, got) if each is not None):
        for send, own in begun if completed.kind == "tagged" else ():
            if send.text.startswith(f"{completed.tag.decode('latin-1')} "):
                return own
    if wanted is not None and wanted.kind != "tagged" and len(begun) > 1:
        for _, own in begun:
            if own[0].removeprefix("UID ") == wanted.name:
                return own
    return step.role.command or "connection", step.role.form or "connection"


def _what(wanted: Response) -> str:
    """Say what kind of response this is, with the names of what it holds."""
    items = _items(wanted)
    return f"{_kind(wanted)} {items}" if items else _kind(wanted)


def _kind(wanted: Response) -> str:
    """Say what kind of response this is."""
    if wanted.kind == "continuation":
        return "continuation request"
    if wanted.name == "close":
        return "end of the connection"
    if wanted.kind in ("tagged", "status"):
        where = "tagged" if wanted.kind == "tagged" else "untagged"
        name = wanted.name.replace("|", " or ")
        return f"{where} {name} [{wanted.code.name}]" if wanted.code else f"{where} {name}"
    return f"untagged {wanted.name}"


def _items(wanted: Response) -> str:
    """Return the items of a FETCH or STATUS pattern that are written out."""
    keys = [key.decode("latin-1").upper() for key, _ in wanted.items.entries]
    plain = [_item(key) for key in keys if not key.startswith(("\x01", "..."))]
    return " ".join(dict.fromkeys(plain))


def _item(key: str) -> str:
    """Return an item without the numbers of parts, the names of fields and the place of a piece."""
    found = _SECTION.match(key)
    if found is None or found["text"] is None:
        return found["item"] if found else key
    return f"{found['item']}[{found['text']}]"
