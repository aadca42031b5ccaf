"""A run of the suite against one target: starts it, plays cases, judges, and writes the record.

pytest is not known here: the plugin hands in cases one by one and gets results back. Views of the
record (terminal, HTML) are made from what its `RunRecord` keeps.
"""

from __future__ import annotations

import platform
import shlex
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from conformance import __version__
from conformance.casefile.document import Case
from conformance.casefile.plan import Step
from conformance.casefile.premises import Premises
from conformance.casefile.revised import NotOfRevision, rule_under
from conformance.casefile.suite import Suite
from conformance.checks.finding import Breach, Rule
from conformance.checks.monitor import Monitor
from conformance.fuzz.search import Tally
from conformance.play.connections import Connections
from conformance.play.facts import Fact
from conformance.play.player import Outcome, Player
from conformance.play.protocol import REVISIONS, Protocol
from conformance.play.workspace import Workspace
from conformance.results import records
from conformance.results.collector import default_deviation, transcript
from conformance.results.records import Result, Run
from conformance.run.accused import accused, lost_place
from conformance.run.causes import Causes
from conformance.run.crashes import reason_of
from conformance.run.fact_table import leaned_on, learnt, recorded
from conformance.run.generated import GeneratedSessions, name_of
from conformance.run.judging import about, breach_of, hang_in, of_case, of_phase, of_rule
from conformance.run.record import RunRecord
from conformance.run.revision import RunRevision, Under
from conformance.run.server import ServerUnderTest
from conformance.run.settings import Settings
from conformance.run.telling import worth_telling
from conformance.syntax import grammar
from conformance.syntax.described import undescribed
from conformance.targets import Target

_UNJUDGED = frozenset({"blocked", "error"})
_LINES = 200  # of a transcript in the result of a case


class Campaign:
    """One run, from `begin` to `finish`."""

    def __init__(self, target: Target, suite: Suite, settings: Settings) -> None:
        self.target = target
        self.suite = suite
        self.settings = settings
        self.record = RunRecord(settings, self._rule, self._repeat)
        self.generated = GeneratedSessions(target, suite, settings, self._behind)
        self.cut_short = ""
        """Why the run was ended before its end, one line for people."""
        self.noted: list[Fact] = []
        """Facts that other processes of the run have learnt."""
        self._case = ""
        self._elsewhere: dict[str, str] = {}  # cases that are not the suite's own, and their files
        self._open = ExitStack()
        self._server: ServerUnderTest | None = None
        self._player: Player | None = None
        self._now: Protocol = "rev1"
        self._under: dict[Protocol, Under] = {}
        self._set(self._now)
        self._monitor = Monitor(self._saw, alone=True)
        self._held: list[Breach] | None = None
        self._outside: list[tuple[str, Breach]] = []  # what was seen before and between cases

    @property
    def gone(self) -> str:
        """Why nothing more can be tried, one line for people; "" while the server is there."""
        return self._server.gone if self._server is not None else ""

    def lost(self, reason: str) -> None:
        """Say why the server is gone, if somebody else has found out; "" while it is there."""
        if self._server is not None:
            self._server.lost(reason)

    @property
    def workspace(self) -> Workspace:
        """The mailboxes of the run; RuntimeError while it has not begun."""
        if self._server is None:
            raise RuntimeError("the campaign has not begun")
        return self._server.workspace

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """The revisions of IMAP4 that the run is about, once it has begun."""
        return self._server.connections.protocols if self._server is not None else (self._now,)

    def has(self, case: Case, protocol: Protocol) -> bool:
        """Whether a case is one of a revision, too."""
        return self._of(protocol).revision.has(case)

    def rule(self, rule: Rule, protocol: Protocol) -> Rule | None:
        """Return a rule of an ambient check as a revision has it, None where it has not."""
        return self._of(protocol).revision.rule(rule)

    @property
    def _causes(self) -> Causes:
        return self._of(self._now).causes

    def _behind(self, deviation: str) -> str:
        return self._causes.behind(deviation)

    @property
    def _revision(self) -> RunRevision:
        return self._of(self._now).revision

    def _of(self, protocol: Protocol) -> Under:
        if protocol not in self._under:
            premises = Premises() if self.settings.by_itself else self.suite.premises
            self._under[protocol] = Under(
                RunRevision(self.suite, protocol), Causes(premises, self._learn, self.suite.form)
            )
        return self._under[protocol]

    def _set(self, protocol: Protocol) -> None:
        self._now = self.record.findings.protocol = protocol
        if self._player is not None:
            self._player.lacks = self._of(protocol).lacks

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was learnt of the server on the way, each fact once."""
        return learnt(self._server, self.noted)

    def _table(self) -> tuple[records.RecordedFact, ...]:
        """Return the facts of this server: what cases lean on, then what was learnt on the way."""
        causes = {name: self._of(name).causes for name in self.protocols}
        rows = (*leaned_on(causes, self.record.results), *map(recorded, self.facts))
        return tuple(fact.masked(self.record.mask) for fact in rows)

    def begin(self) -> None:
        """Start the target, log in, and open the record.

        Raises:
            TargetError: the run can not happen; everything is stopped again.
        """
        try:
            self._begin()
        except BaseException:
            self._open.close()
            raise

    def _begin(self) -> None:
        target = self._open.enter_context(self.target)
        connections = Connections(
            target.endpoint,
            target.accounts,
            disposable=target.disposable,
            pop3=target.pop3,
            way=self.settings.way,
            observers=(self._monitor,),
            implicit=target.endpoints.get("implicit"),
            memory=target.memory,
            cpu_time=target.cpu_time,
        )
        # SASL messages that a case computes are added to its secrets.
        connections.secrets.add(self.settings.generation.password)
        self.record.hide(connections.secrets)
        self._monitor.begin("setup")
        self._case = "setup"
        self._server = server = ServerUnderTest(target, connections)
        self._open.callback(server.close)
        self._player = Player(
            connections, server.workspace, self.suite.fixtures, keep=self.settings.transcripts
        )
        self._set(connections.protocol)
        name, version = server.named(self.settings.name)
        run = Run(
            suite=records.SuiteRecord("imap-conformance", __version__),
            target=records.TargetRecord(
                label=target.label,
                name=name,
                version=version,
                disposable=target.disposable,
                security=target.endpoint.security,
            ),
            server=connections.greeting,
            capabilities=tuple(sorted(connections.announced.after)),
            grammar=grammar.load(connections.announced.after).modules,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            undescribed=undescribed(sorted(connections.announced.after)),
            python=platform.python_version(),
            options=dict(self.settings.options),
            seed=self.settings.generation.seed,
        )
        self.record.begin(run, self._open)

    def rest(self) -> None:
        """Log out until there is something to clean up: others play, and may do so for hours."""
        if self._server is not None:
            self._server.rest()

    def give_sign(self) -> None:
        """Say in the account that the run goes on, where that is due while it rests."""
        if self._server is not None:
            self._server.give_sign()

    def play(self, case: Case, steps: tuple[Step, ...], protocol: Protocol | None = None) -> Result:
        """Play one case and record what came of it; a premise that was needed before is known.

        `protocol` is the revision to play it under, by default that of the case before.
        """
        if not case.path.is_relative_to(self.suite.root):
            self._elsewhere[case.id] = str(case.path)
        self._turn_to(protocol or self._now)
        try:
            case = self._revision.case(case)
        except NotOfRevision as other:
            return self._keep(case, Outcome("skip", reason=str(other)), 0.0)
        outcome, duration = self._causes.of_premise(case.id) or self._have(case, steps)
        return self._keep(case, outcome, duration)

    def _have(self, case: Case, steps: tuple[Step, ...]) -> tuple[Outcome, float]:
        """Have a case played; return what came of it with its reason, and the seconds it took."""
        if self._player is None or self._server is None:
            raise RuntimeError("the campaign has not begun")
        self._case = case.id
        self._monitor.begin(case.id, case.labels.allow)
        held = self._held = []
        started = time.monotonic()
        if self.gone or self._barred:
            outcome = Outcome("blocked", reason=self.gone or self._barred)
        else:
            outcome = self._played(self._player, case, steps)
            ended = outcome.cause in ("timeout", "closed", "flood")
            doubtful = ended or outcome.verdict in _UNJUDGED
            if (doubtful or self._server.has_ended) and self._server.look_after():
                self.record.findings.add(hang_in(case, outcome), case.id)
        self._monitor.end()
        self._held = None
        duration = time.monotonic() - started
        own_words = outcome.deviation
        if outcome.deviation and case.id not in self._elsewhere:  # another's case stands by itself
            if outcome.verdict == "blocked" and self._goes_without(case, own_words):
                return self._have(case, steps)
            outcome = self._causes.explained(case, outcome)
        if lost := lost_place(outcome, held):
            words = lost.deviation or default_deviation(lost)
            outcome = replace(outcome, verdict="blocked", reason=lost.message, deviation=words)
        if outcome.verdict in ("fail", "warn"):
            self.record.findings.add(self._accusation(case, outcome, held), case.id)
        self._causes.learn(case, outcome, duration)
        # Of one refusal a case says more, or the premise that explains it does.
        told = outcome.verdict == "fail" or outcome.deviation != own_words
        self._tell(held, own_words if told else "", case.labels.mailbox)
        return outcome, duration

    def _accusation(self, case: Case, outcome: Outcome, held: Iterable[Breach]) -> Breach:
        """Return the finding that a case has come to, under the rule that was broken."""
        own = case.labels.requirements[0]
        name = accused(case, outcome, held)
        if name != own:
            name = rule_under(name, self.suite.catalogue, self._revision.rfc) or own
        return breach_of(case, outcome, self.suite.catalogue[name])

    @staticmethod
    def _played(player: Player, case: Case, steps: tuple[Step, ...]) -> Outcome:
        """Have a case played; a case that crashes the suite is an error of the suite, and shown."""
        try:
            return player.play(case, steps)
        except Exception as crash:  # whatever it is: what vanishes looks like passed
            return Outcome("error", reason=reason_of(crash))

    def _goes_without(self, case: Case, deviation: str) -> bool:
        """Let what leads to proofs go on without data that the server leaves out; say if it is new.

        It is reported in what the premise is about, which deviates in the same words, though
        perhaps of another command: EXAMINE does as SELECT.
        """
        what = deviation.partition(": ")[2]
        if self._player is None or not what.startswith("no untagged "):
            return False
        if not self._causes.behind(deviation, case.id).endswith(f": {what}"):
            return False
        new = deviation not in self._player.lacks
        self._player.lacks.add(deviation)
        return new

    def _tell(self, held: Iterable[Breach], told: str, mailbox: str | None = None) -> None:
        """Report what ambient checks saw in a case, but for what is told in other words.

        `told` is what deviated, if that is reported; `mailbox` its fixture. What the suite itself
        sends to make a mailbox is judged here as well, where it may be refused for what a premise
        is about.
        """
        case = self._case
        causes = None if case in self._elsewhere else self._causes
        for breach in worth_telling(held, told, causes, mailbox):
            self.record.findings.add(breach, case, session=breach.session or "main")

    def _tell_outside(self) -> None:
        """Report what ambient checks saw outside of cases, but for what a premise explains."""
        outside, self._outside = self._outside, []
        for name, breach in outside:
            self._case = name
            if revised := self._revision.finding(breach):
                self._tell([revised], "")

    def _learn(self, case_id: str) -> None:
        """Have a premise played on the way, in the middle of another case's judgement."""
        playing = self._case
        case, steps = self.suite.find(case_id)
        try:
            self._have(self._revision.case(case), steps)
        except NotOfRevision as other:
            self._causes.learn(case, Outcome("skip", reason=str(other)), 0.0)
        self._case = playing

    def adopt(self, result: Result) -> None:
        """Record a result that another process has made with the same settings."""
        self.record.keep(result)

    @property
    def _barred(self) -> str:
        return "".join(self._of(self._now).barred)

    def _turn_to(self, protocol: Protocol) -> None:
        """Have sessions speak a revision from now on.

        Where the server does not let them, whatever is asked for under that revision is blocked.
        """
        server = self._server
        if protocol == self._now or server is None:
            return
        self._tell_outside()
        if server.workspace.made and not self.gone:
            server.workspace.remove_own()  # the names are written otherwise in the other revision
        self._set(protocol)
        if self.gone or self._barred:
            return
        self._case = "setup"
        self._monitor.begin("setup")
        if barred := server.turn_to(protocol):
            self._of(protocol).barred.append(barred)
        self._monitor.end()

    def search(self, phase: str, protocol: Protocol | None = None) -> Result:
        """Have one phase of generated sessions and record what it found (see `fuzz`)."""
        self._turn_to(protocol or self._now)
        self._case = name = name_of(phase)
        started = time.monotonic()
        try:
            findings, gone = self.record.findings, self.gone or self._barred
            tally = Tally(gone=gone) if gone else self.generated.have(phase, findings, self._now)
        except Exception as crash:  # as with a case
            tally = Tally(crash=reason_of(crash))
        self.lost(tally.gone)
        seen = self.record.marked(self.record.findings.of_case(name))
        seed, duration = self.settings.generation.seed, time.monotonic() - started
        result = of_phase(phase, tally, seen, seed=seed, duration=duration)
        result = replace(result, protocol=self._now, rfc=REVISIONS[self._now].rfc)
        return self.record.keep(self.settings.known.mark_result(result, seen))

    def ambient(self, rule: Rule | None, protocol: Protocol | None = None) -> Result:
        """Judge one ambient rule, or framing and grammar (None), over everything seen so far."""
        protocol = protocol or self._now
        if rule is not None:
            rule = self.rule(rule, protocol) or rule  # gone ones have no findings
        found = [each for each in self.record.findings.all() if each.protocol == protocol]
        seen = self.record.marked(about(rule, found))
        result = replace(of_rule(rule, seen, REVISIONS[protocol].rfc), protocol=protocol)
        return self.record.keep(self.settings.known.mark_result(result, seen))

    def finish(self, *, interrupted: bool = False, complete: bool = True) -> records.End:
        """Clean up, write findings and totals, and stop the target. `complete`: all cases ran."""
        try:
            if (server := self._server) is not None:
                if interrupted or self.gone:
                    self._end_causes()
                self._tell_outside()
                self._end_causes()
                self._monitor.begin("cleanup")
                self._case = "cleanup"
                self.record.leave(server.clean_up(self.generated.left, anew=interrupted))
                self._monitor.end()
        finally:
            self._tell_outside()
            lost = self.gone or self.cut_short
            end = self.record.finish(
                self._table(), lost, self.unread(), interrupted=interrupted, complete=complete
            )
            self._open.close()
        return end

    def _end_causes(self) -> None:
        for under in self._under.values():
            under.causes.end()

    def unread(self) -> Mapping[str, int]:
        """Return how many responses were judged in part or not at all, by what has no grammar."""
        counted = self.record.unjudged + Counter(self._monitor.unread)
        return {self.record.mask(name): count for name, count in counted.items()}

    @property
    def hidden(self) -> tuple[str, ...]:
        """Those names of `left_behind` that LIST does not show on this server."""
        shown = self._server is None or self._server.workspace.shown
        return () if shown else self.record.left_behind

    def _keep(self, case: Case, outcome: Outcome, duration: float) -> Result:
        shown = transcript(outcome.transcript, limit=_LINES, mask=self.record.mask)
        result = of_case(case, outcome, self._repeat(case.id), shown)
        result = replace(result, duration=duration, protocol=self._now)
        return self.record.keep(self.settings.known.mark_result(result))

    def _saw(self, breach: Breach) -> None:
        if self._held is None:
            self._outside.append((self._case, breach))  # a case may be about it that is to come
        elif revised := self._revision.finding(breach):
            self._held.append(revised)  # the case that is played may be about the very same

    def _rule(self, requirement: str) -> str:
        known = self.suite.catalogue.get(requirement)
        return known.rule if known else ""

    def _repeat(self, case: str) -> str:
        """Return the command that shows a case again; the whole run for what is no case."""
        name = self._elsewhere.get(case, case)
        words = self.settings.repeat_under(self._now if len(self.protocols) > 1 else None)
        return self.record.mask(shlex.join((*words, name) if "/" in case else words))
