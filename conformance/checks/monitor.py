"""Runs every check on every response of every session, and hands on what they find.

The checks are those that the modules of RFCs register, what they know is in `view` and `ledger`.
Here is only their order: form first, then the rules by the name of the response, then the view.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from conformance.checks import closing
from conformance.checks.extensions import RESPONSES
from conformance.checks.finding import KEPT, Fault, Finding, Rule, Source, show
from conformance.checks.form import CONFORM, EXPERIMENTAL, REMARKS, Form
from conformance.checks.ledger import BOXES, ENTRIES, Ledger
from conformance.checks.table import Check, Doubt, Follower
from conformance.checks.view import TAGGED, View, count_of, key_of
from conformance.extending import registry
from conformance.extending.offered import INCLUDED, offers, speaks_rev2
from conformance.syntax.responses import STATUS_NAMES
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.exchange import Ending
from conformance.wire.observed import Observed
from conformance.wire.transcript import Direction, Line, escape

CHECKS: tuple[Check, ...] = registry.rows(__name__, "CHECKS", Check)
"""Every check of a response, in the order in which they look."""

FOLLOWERS: tuple[Follower, ...] = registry.rows(__name__, "FOLLOWERS", Follower)

RULES: tuple[Rule, ...] = tuple(
    {
        rule.requirement: rule
        for check in CHECKS
        for rule in (*check.rules, *closing.END_RULES, CONFORM, EXPERIMENTAL, *REMARKS)
    }.values()
)
"""Every rule that a check can report; framing and the grammar add theirs."""

_STANDARD = ("CAPABILITY", "EXISTS", "FETCH", "FLAGS", "LIST", "LSUB", "RECENT", "SEARCH", "STATUS")

NAMES = frozenset({"syntax", "framing", closing.END_NAME, *(check.name for check in CHECKS)})
"""What `allow` may name, beside requirement ids."""

_UNDERSTOOD = frozenset({*STATUS_NAMES, *RESPONSES, *_STANDARD, "+", TAGGED})
"""Responses that remove no message, however badly they are written."""

_KEYS = frozenset(key for check in CHECKS for key in check.keys)


_BY_WORDS = frozenset(key for check in CHECKS if check.words for key in check.keys)
_WORDS = re.compile(
    b"|".join(
        re.escape(word)
        for word in sorted(
            {word for check in CHECKS for word in check.words}, key=len, reverse=True
        )
    )
)
_NONE: frozenset[bytes] = frozenset()


@lru_cache(maxsize=4096)
def _looking(
    key: str, announced: frozenset[str], enabled: frozenset[str], there: frozenset[bytes]
) -> tuple[Check, ...]:
    """Return the checks that look at responses of a key, under what is announced and enabled.

    `there` are the words of checks that stand in the response.
    """
    if "IMAP4REV2" in announced and speaks_rev2(announced, enabled):
        announced |= INCLUDED
    return tuple(
        check
        for check in CHECKS
        if key in check.keys
        and (not check.words or any(word in each for word in check.words for each in there))
        and offers(announced, check.needs)
        and (not check.enabled or check.enabled in enabled)
    )


EXCERPT = 16
"""Lines of a transcript in a finding, the offending one near their end."""
_BEHIND = 2
_SEEN = 10_000
_DOUBTS = 1_000


class _Doubtful(NamedTuple):
    """A finding that counts unless something excuses it before the next tagged response."""

    name: str
    finding: Finding
    doubt: Doubt


class Monitor:
    """Observes all sessions of one run against one server; give it to each as an observer.

    `sink` is called with each finding at once, in the thread of the session. A rule broken again
    is handed on again, without an excerpt. `alone`: no other client uses the mailboxes that these
    sessions use, so what none of them has changed stays as it is.
    """

    def __init__(
        self,
        sink: Callable[[Finding], None],
        *,
        entries: int = ENTRIES,
        boxes: int = BOXES,
        alone: bool = False,
    ) -> None:
        self._sink = sink
        self._ledger = Ledger(entries, boxes, alone=alone)
        self._form = Form()
        self._views: dict[Observed, View] = {}
        self._doubts: dict[Observed, list[_Doubtful]] = {}
        self._label = ""
        self._allow: frozenset[str] = frozenset()
        self._shown: set[tuple[str, str]] = set()
        self._numbers = 0

    @property
    def unread(self) -> Mapping[str, int]:
        """How many responses were judged in part or not at all, by what there is no grammar for."""
        return self._form.unread

    def begin(self, label: str, allow: Collection[str] = ()) -> None:
        """Begin a case: `label` goes to findings, checks and requirements in `allow` are silent.

        Raises ValueError when `allow` names neither a check nor, with a hyphen and a digit in
        front, a requirement.
        """
        unknown = [name for name in allow if name not in NAMES and not name[:1].isdigit()]
        if unknown:
            raise ValueError(f"no such ambient check: {', '.join(unknown)}")
        self._label, self._allow = label, frozenset(allow)
        self._shown.clear()

    def end(self) -> None:
        """End a case: forget the sessions; what was said of messages stays, in bounded space."""
        self._views.clear()
        self._doubts.clear()
        self._ledger.forget_validities()
        self._label, self._allow = "", frozenset()
        self._shown.clear()

    # -- what a session tells ----------------------------------------------------------

    def joined(self, session: Observed) -> None:
        """Know that this connection began before it was watched.

        Nothing counted is relied on before a command has been seen from its beginning to its end.
        """
        self._view(session).lost()

    def command(self, session: Observed, command: Command) -> None:
        """See `wire.session.Observer`."""
        view = self._view(session)
        for follower in FOLLOWERS:
            if command.name in follower.commands:
                follower.follow(view, command)
        view.command(command)

    def arrival(self, session: Observed, arrival: Arrival) -> None:
        """See `wire.session.Observer`."""
        view = self._view(session)
        frame = arrival.frame
        asked = view.experimental
        utf8 = view.native_utf8
        garbled = False
        for formal in self._form.faults(
            session, arrival, experimental=asked, utf8=utf8, enabled=view.enabled
        ):
            garbled |= formal.source == "syntax"
            self._report(view, formal.source, formal.source, formal.fault, frame.text)
        if not frame.complete:
            view.lost()
            return
        key = key_of(frame.text)
        if session in self._doubts:
            self._settle(view, key, arrival)
        if key in _KEYS:
            there = frozenset(_WORDS.findall(frame.text.upper())) if key in _BY_WORDS else _NONE
            for check in _looking(key, self._form.announced, view.enabled, there):
                self._run(check, view, arrival)
        view.take(key, arrival)
        nameless = key == TAGGED and arrival.answers is None
        if garbled and (nameless or key not in _UNDERSTOOD):
            view.garbled()

    def follow(self, session: Observed, arrival: Arrival) -> None:
        """Take a response that is not as it was sent, without judging it."""
        view = self._view(session)
        key = key_of(arrival.frame.text)
        if session in self._doubts:
            self._settle(view, key, arrival)
        view.take(key, arrival)

    def lose_capabilities(self) -> None:
        """Know that the server has announced what was not heard in full."""
        self._form.partial = True

    def ended(self, session: Observed, ending: Ending) -> None:
        """See `wire.session.Observer`."""
        view = self._views.pop(session, None)
        self._doubts.pop(session, None)
        if view is None:
            return

        def report(fault: Fault, doubt: Doubt | None = None) -> None:  # noqa: ARG001
            self._report(view, "ambient", closing.END_NAME, fault, b"")

        closing.end_of_connection(view, ending, report)

    def view(self, session: Observed) -> View:
        """Return what a session has been told so far; it changes as more comes."""
        return self._view(session)

    # -- findings ----------------------------------------------------------------------

    def _view(self, session: Observed) -> View:
        view = self._views.get(session)
        if view is None:
            self._numbers += 1
            view = self._views[session] = View(session, self._ledger, self._numbers)
        return view

    def _run(self, check: Check, view: View, arrival: Arrival) -> None:
        def report(fault: Fault, doubt: Doubt | None = None) -> None:
            text = arrival.frame.text
            if doubt is None:
                self._report(view, "ambient", check.name, fault, text)
                return
            doubts = self._doubts.setdefault(view.session, [])
            if len(doubts) < _DOUBTS and self._is_wanted(check.name, fault):
                finding = self._finding(view, "ambient", check.name, fault, text)
                doubts.append(_Doubtful(check.name, finding, doubt))

        check.judge(view, arrival, report)

    def _settle(self, view: View, key: str, arrival: Arrival) -> None:
        """Drop the doubtful findings that this response excuses; a tagged one decides."""
        doubts = [
            doubtful
            for doubtful in self._doubts.pop(view.session)
            if not _is_excused(doubtful.doubt, view, key, arrival)
        ]
        if key != TAGGED:
            if doubts:
                self._doubts[view.session] = doubts
            return
        for doubtful in doubts:
            self._sink(doubtful.finding)

    def _is_wanted(self, name: str, fault: Fault) -> bool:
        return name not in self._allow and fault.rule.requirement not in self._allow

    def _report(self, view: View, source: Source, name: str, fault: Fault, text: bytes) -> None:
        if self._is_wanted(name, fault):
            self._sink(self._finding(view, source, name, fault, text))

    def _finding(self, view: View, source: Source, name: str, fault: Fault, text: bytes) -> Finding:
        rule, shape = fault.rule, fault.variant or name
        first = (rule.requirement, shape) not in self._shown
        if first and len(self._shown) < _SEEN:
            self._shown.add((rule.requirement, shape))
        return Finding(
            requirement=rule.requirement,
            level=rule.level,
            section=rule.section,
            message=fault.message,
            expected=fault.expected,
            received=show(text) or "the end of the connection",
            shape=shape,
            source=source,
            excerpt=excerpt_of(view.session, text) if first else (),
            offending=text[:KEPT],
            label=self._label,
            session=view.session.name,
            deviation=fault.deviation,
        )


def _is_excused(doubt: Doubt, view: View, key: str, arrival: Arrival) -> bool:
    if doubt.exists:
        return key == "EXISTS" and (count_of(arrival.frame.text) or 0) >= doubt.exists
    if doubt.uid_of:
        if key == TAGGED:
            return arrival.status != "OK" or doubt.uid_of in view.with_uid
        return key == "EXPUNGE"  # the numbers have moved
    return key == TAGGED and doubt.refused and arrival.status == "BAD"


def excerpt_of(session: Observed, text: bytes, direction: Direction = "S") -> tuple[Line, ...]:
    """Return the lines of the transcript around what offends, or its last lines."""
    lines = session.transcript.lines()
    wanted = escape(text[:120].split(b"\r\n")[0])
    end = len(lines)
    if wanted:
        for index in range(len(lines) - 1, -1, -1):
            if lines[index].direction == direction and lines[index].text.startswith(wanted):
                end = min(end, index + 1 + _BEHIND)
                break
    return tuple(lines[max(0, end - EXCERPT) : end])
