"""Runs every check on every response of every session, and hands on what they find.

The checks are those that the modules of RFCs register, what they know is in `view` and `ledger`.
Here is only their order: form first, then the rules by the name of the response, then the view.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from conformance.checks import closing, tags
from conformance.checks.extensions import RESPONSES
from conformance.checks.finding import KEPT, Breach, Fault, Rule, Source, received
from conformance.checks.form import CONFORM, EXPERIMENTAL, REMARKS, Form
from conformance.checks.ledger import BOXES, ENTRIES, Ledger
from conformance.checks.subscriptions import CHECKS, table_of
from conformance.checks.table import Doubt, Follower, Judge
from conformance.checks.view import TAGGED, View, key_of
from conformance.extending import registry
from conformance.syntax.responses import STATUS_NAMES
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.exchange import Ending
from conformance.wire.observed import Observed
from conformance.wire.transcript import Direction, Line, escape

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

EXCERPT = 16
"""Lines of a transcript in a finding, the offending one near their end."""
_BEHIND = 2
_SEEN = 10_000
_DOUBTS = 1_000


class _Doubtful(NamedTuple):
    """A finding that counts unless something excuses it before the next tagged response."""

    name: str
    finding: Breach
    doubt: Doubt


class _Reporter:
    """Where the checks of one session report: one for all, told who looks at what."""

    __slots__ = ("_monitor", "_view", "arrival", "name")

    def __init__(self, monitor: Monitor, view: View) -> None:
        self._monitor, self._view = monitor, view
        self.arrival: Arrival
        self.name = ""

    def __call__(self, fault: Fault, doubt: Doubt | None = None) -> None:
        self._monitor.take(self._view, self.arrival, self.name, fault, doubt)


class _Watched:
    """One session: what it was told, where its checks report, and which look at what."""

    __slots__ = ("_announced", "_enabled", "_table", "report", "view")

    def __init__(self, monitor: Monitor, view: View) -> None:
        self.view = view
        self.report = _Reporter(monitor, view)
        self._announced = self._enabled = frozenset[str]()
        self._table = table_of(self._announced, self._enabled)

    def looking(
        self, key: str, arrival: Arrival, announced: frozenset[str]
    ) -> tuple[tuple[str, Judge], ...]:
        """Return who looks at a response, under what the server has `announced` by now."""
        enabled = self.view.enabled
        if announced is not self._announced or enabled is not self._enabled:
            self._announced, self._enabled = announced, enabled
            self._table = table_of(announced, enabled)
        return self._table.looking(key, arrival)


class Monitor:
    """Observes all sessions of one run against one server; give it to each as an observer.

    `sink` is called with each finding at once, in the thread of the session. A rule broken again
    is handed on again, without an excerpt. `alone`: no other client uses the mailboxes that these
    sessions use, so what none of them has changed stays as it is.
    """

    def __init__(
        self,
        sink: Callable[[Breach], None],
        *,
        entries: int = ENTRIES,
        boxes: int = BOXES,
        alone: bool = False,
    ) -> None:
        self._sink = sink
        self._ledger = Ledger(entries, boxes, alone=alone)
        self._form = Form()
        self._watched: dict[Observed, _Watched] = {}
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
        self._watched.clear()
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
        watched = self._watched.get(session) or self._watch(session)
        view, frame = watched.view, arrival.frame
        garbled = False
        for formal in self._form.faults(view, arrival):
            garbled |= formal.source == "syntax"
            self._report(view, formal.source, formal.source, formal.fault, frame.text)
        if not frame.complete:
            view.lost()
            return
        key = key_of(frame.text)
        if session in self._doubts:
            self._settle(view, key, arrival)
        report = watched.report
        report.arrival = arrival
        for name, judge in watched.looking(key, arrival, self._form.announced):
            report.name = name
            judge(view, arrival, report)
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
        watched = self._watched.pop(session, None)
        self._doubts.pop(session, None)
        if watched is None:
            return
        view = watched.view

        def report(fault: Fault, doubt: Doubt | None = None) -> None:  # noqa: ARG001
            self._report(view, "ambient", closing.END_NAME, fault, b"")

        tags.never_completed(view, report)
        closing.end_of_connection(view, ending, report)

    def view(self, session: Observed) -> View:
        """Return what a session has been told so far; it changes as more comes."""
        return self._view(session)

    # -- findings ----------------------------------------------------------------------

    def _view(self, session: Observed) -> View:
        watched = self._watched.get(session) or self._watch(session)
        return watched.view

    def _watch(self, session: Observed) -> _Watched:
        self._numbers += 1
        watched = _Watched(self, View(session, self._ledger, self._numbers))
        self._watched[session] = watched
        return watched

    def take(
        self, view: View, arrival: Arrival, name: str, fault: Fault, doubt: Doubt | None
    ) -> None:
        """Hand on what the check of a name has found, or keep it until it is sure."""
        text = arrival.frame.text
        if doubt is None:
            self._report(view, "ambient", name, fault, text)
            return
        doubts = self._doubts.setdefault(view.session, [])
        if len(doubts) < _DOUBTS and self._is_wanted(name, fault):
            finding = self._finding(view, "ambient", name, fault, text)
            doubts.append(_Doubtful(name, finding, doubt))

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

    def _finding(self, view: View, source: Source, name: str, fault: Fault, text: bytes) -> Breach:
        rule, shape = fault.rule, fault.variant or name
        first = (rule.requirement, shape) not in self._shown
        if first and len(self._shown) < _SEEN:
            self._shown.add((rule.requirement, shape))
        return Breach(
            requirement=rule.requirement,
            level=rule.level,
            section=rule.section,
            message=fault.message,
            expected=fault.expected,
            received=received(text),
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
        return key == "EXISTS" and (arrival.count or 0) >= doubt.exists
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
