"""A place to play cases at: one good server, in front of it one flaw or another.

Every run is a campaign of its own, as `imap-conformance run` makes it, without pytest. What the
untouched server does wrong is measured through the untouched proxy, once for each case.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from conformance.casefile.document import Case
from conformance.casefile.fixtures import Fixture
from conformance.casefile.plans import Loaded
from conformance.casefile.suite import Suite
from conformance.flaws.flaw import Flaw
from conformance.flaws.pop3.server import FlawedPop3
from conformance.flaws.proxy import FlawedServer
from conformance.flaws.rehearsal import (
    RecordedMoment,
    RecordedMoments,
    RecordedServer,
    does_something,
)
from conformance.play.connections import Way
from conformance.play.protocol import Protocol
from conformance.results.collector import OTHER
from conformance.results.known import KnownDeviations
from conformance.results.records import Finding, Result, Verdict
from conformance.run.campaign import Campaign
from conformance.run.revision import RunRevision
from conformance.run.settings import Settings
from conformance.targets import Target
from conformance.targets.loopback import issue_certificate

PATIENCE = 3.0
"""Seconds that a case waits for an answer: the server is ours, on this machine."""

_FIRST = 60.0
"""Seconds for the first answer that a process hears, which is when it builds its tables."""

_TOGETHER = 16
"""Cases of one run of the untouched server: fewer than the shapes that a run tells apart."""

_BROKEN = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.NO})


class FlawedTarget(Target):
    """A server behind a flaw or a facade, as a target."""

    def __init__(
        self,
        backend: Target,
        flaw: Flaw | None,
        certificates: Path,
        *,
        direct: bool = False,
        recording: RecordedMoments | None = None,
    ) -> None:
        label = f"{backend.label} flawed by {flaw.id}" if flaw else backend.label
        super().__init__(backend.name, label=label, accounts=backend.accounts, disposable=True)
        self.version = backend.version
        self._backend = backend
        self._flaw = flaw
        self._certificates = certificates
        self._direct = direct
        self._recording = recording
        self._open = ExitStack()
        self._held: Callable[[], int] = int

    @property
    def memory(self) -> Callable[[], int] | None:
        """What the server behind it holds, and the flaw in front of it."""
        behind = self._backend.memory
        return None if behind is None else lambda: behind() + self._held()

    def start(self) -> None:
        """Begin to serve the flaw."""
        pop3 = self._backend.pop3
        acts = self._flaw.pop3 if self._flaw else ()
        if pop3 is not None and acts:
            pop3 = self._open.enter_context(FlawedPop3(pop3, acts)).endpoint
        self.set_pop3(pop3)
        where, folder = self._backend.endpoint, self._certificates
        implicit = self._backend.endpoints.get("implicit")
        if self._direct:
            self._endpoints = {"none": where} | ({"implicit": implicit} if implicit else {})
            return
        if self._recording is None:
            served = FlawedServer(where, self._flaw, certificates=folder, implicit=implicit)
            self._held = served.held
        else:
            served = RecordedServer(where, self._recording, certificates=folder, implicit=implicit)
        self._open.enter_context(served)
        self._endpoints = served.endpoints

    def stop(self) -> None:
        """End this flaw; the server behind it stays for the next."""
        self._open.close()

    def restart(self) -> None:
        """Serve the flaw anew: whatever hangs, it is not the server behind it."""
        self.stop()
        self.start()


@dataclass(frozen=True, slots=True)
class SeenBreach:
    """What one case brought to light: rules it broke by its verdict, and the findings in it."""

    result: Result
    findings: tuple[Finding, ...]

    @property
    def deviations(self) -> dict[str, tuple[str, ...]]:
        """What deviated, and the rules that are reported for it.

        Not what is beyond the first shapes of a requirement, which depends on what came before.
        """
        return {f.deviation: (f.requirement, *f.also) for f in self.findings if f.shape != OTHER}

    def shows(self, finding: Finding) -> bool:
        """Whether a finding of another run of this case is here as well."""
        if finding.shape == OTHER:
            return finding.requirement in self.broken
        return finding.deviation in self.deviations

    @property
    def broken(self) -> frozenset[str]:
        """Every rule that is reported here."""
        own = self.result.requirements if self.result.verdict in _BROKEN else ()
        return frozenset(
            (*own, *(rule for f in self.findings for rule in (f.requirement, *f.also)))
        )

    @property
    def beyond(self) -> frozenset[str]:
        """Every rule that is reported here and makes a run fail, with what is known or without."""
        own = self.result.requirements if self.result.verdict is Verdict.FAIL else ()
        found = [finding for finding in self.findings if finding.decides]
        rules = (rule for finding in found for rule in (finding.requirement, *finding.also))
        return frozenset((*(own if self.result.decides else ()), *rules))


class Stand:
    """A server and the cases; `server` is started and stopped by somebody else.

    With `known`, what the server is known to do is told apart from the rest, as in a run that is
    given the file. In `folder` each flaw has one of its own, and in `apart`, which another process
    must not write to, is what the untouched server does, and certificates.
    """

    def __init__(
        self,
        server: Target,
        suite: Suite,
        folder: Path,
        known: KnownDeviations | None = None,
        protocol: Protocol = "rev1",
        *,
        apart: str = "untouched",
    ) -> None:
        self.known = known
        premises = suite.premises
        turns = sorted(suite.cases, key=lambda loaded: premises.turn(loaded[0].id))
        self.cases: dict[str, Loaded] = {
            case.id: (case, steps) for case, steps in _under(protocol, suite, turns)
        }
        self._protocol = protocol
        self._server = server
        self._suite = suite
        self._folder = folder
        self._untouched: dict[str, SeenBreach] = {}
        self._own: set[str] = set()
        self._said: dict[str, tuple[RecordedMoment, ...]] = {}
        self._before: tuple[RecordedMoment, ...] = ()
        self._apart = folder / apart
        self._certificates = self._apart / "certificates"
        self._certificates.mkdir(parents=True, exist_ok=True)
        issue_certificate(self._certificates)

    def kind(self, requirement: str) -> str:
        """Return the kind of a rule in the catalogue; a rule of the formal syntax is `syntax`."""
        return self._suite.catalogue[requirement].kind

    @property
    def _wanted(self) -> Protocol | None:
        """What a run wants; a server that has lost the first revision is played as it is."""
        return self._protocol if self._protocol == "rev2" else None

    def origin(self, requirement: str) -> str:
        """Return the rule of an earlier RFC that a rule is from, itself where it is new."""
        return self._suite.catalogue[requirement].origin or requirement

    def fixture_of(self, case: Case) -> Fixture:
        """Return what a case finds in its mailbox."""
        return self._suite.fixtures[case.labels.mailbox]

    def warm_up(self) -> None:
        """Log in once and take time for it, so that no flaw pays for the tables being built.

        That takes seconds where more processes than cores do it at a time.

        Raises:
            TargetError: the untouched server does not even let us in.
        """
        with self.open(None, patience=_FIRST):
            pass

    def open(
        self,
        flaw: Flaw | None,
        *,
        direct: bool = False,
        patience: float = PATIENCE,
        recording: RecordedMoments | None = None,
        by_itself: bool = False,
    ) -> StandRun:
        """Begin a run against the server with one flaw; `direct` without anything between.

        `patience` is how many seconds a case waits for an answer. With `recording` there is no
        flaw, and what is said is kept in it. `by_itself` is that of `Settings`.
        """
        target = FlawedTarget(
            self._server, flaw, self._certificates, direct=direct, recording=recording
        )
        settings = Settings(
            output=self._folder / flaw.id if flaw else self._apart,
            repeat=("imap-conformance", "run", target.label),
            way=Way(timeout=patience, protocol=self._wanted),
            known=self.known or KnownDeviations(),
            by_itself=by_itself,
        )
        return StandRun(Campaign(target, self._suite, settings), self.cases, settings.known)

    def untouched(self, ids: Iterable[str]) -> dict[str, SeenBreach]:
        """Return what the server does wrong by itself in these cases."""
        wanted = list(ids)
        missing = [name for name in wanted if name not in self._untouched]
        for start in range(0, len(missing), _TOGETHER):
            recording = RecordedMoments()
            with self.open(None, recording=recording) as run:
                self._before = recording.take()
                for name in missing[start : start + _TOGETHER]:
                    self._untouched[name] = run.play(name)
                    self._said[name] = recording.take()
                self._own |= {finding.deviation for finding in run.all()}
        return {name: self._untouched[name] for name in wanted}

    def commands_of(self, name: str) -> list[str]:
        """Return the first lines of the commands that a case sends to the untouched server.

        Not those of the first connection, by which its mailbox is made.
        """
        self.untouched([name])
        return [
            moment.command.text.split(b"\r\n")[0].decode("latin-1")
            for moment in self._said[name]
            if moment.command is not None and moment.connection > 1
        ]

    def touched(self, flaw: Flaw, ids: Iterable[str]) -> set[str]:
        """Return those of these cases in whose conversation a flaw does something.

        All of them, if it does something before the first case: what is learnt there is for all.
        """
        wanted = list(ids)
        self.untouched(wanted)
        if does_something(flaw, self._before):
            return set(wanted)
        return {name for name in wanted if does_something(flaw, self._said[name])}

    def new(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that the untouched server does not give rise to."""
        findings = list(findings)
        self.untouched({name for f in findings for name in f.cases if name in self.cases})
        return [f for f in findings if not self._is_known(f)]

    def _is_known(self, finding: Finding) -> bool:
        if finding.shape != OTHER:
            return finding.deviation in self._own
        before = (self._untouched.get(name) for name in finding.cases)
        return all(seen is not None and finding.requirement in seen.broken for seen in before)


def _under(protocol: Protocol, suite: Suite, loaded: Iterable[Loaded]) -> Iterator[Loaded]:
    """Give the cases that a revision has, under its rules; of the first all as they are."""
    revision = RunRevision(suite, protocol)
    for case, steps in loaded:
        if protocol == "rev1":
            yield case, steps
        elif revision.has(case):
            yield revision.case(case), steps


class StandRun:
    """A campaign that plays cases by their ids; a context manager.

    Raises:
        TargetError: on entering, when the flawed server lets nobody in.
    """

    def __init__(
        self, campaign: Campaign, cases: dict[str, Loaded], known: KnownDeviations
    ) -> None:
        self._campaign = campaign
        self._known = known
        self._cases = cases
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self._began

    def __enter__(self) -> StandRun:
        self._campaign.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._campaign.finish(complete=False)

    def play(self, name: str) -> SeenBreach:
        """Play one case."""
        case, steps = self._cases[name]
        result = self._campaign.play(case, steps)
        seen = self._campaign.record.findings.of_case(name)
        return SeenBreach(result, tuple(self._known.mark_finding(finding) for finding in seen))

    def all(self) -> tuple[Finding, ...]:
        """Return every finding of the run, those of no case among them."""
        return self._campaign.record.findings.all()
