"""Generated sessions as a part of a run: which phases it has, and what having one adds to it.

The phases themselves are in `fuzz`; `runner` makes items of them, `campaign` has them recorded.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from conformance.casefile.suite import Suite
from conformance.fuzz import found
from conformance.fuzz.failure import Failure
from conformance.fuzz.generation import Generation
from conformance.fuzz.search import Search, Tally
from conformance.play.protocol import Protocol
from conformance.play.said import last_refused
from conformance.results.collector import Findings
from conformance.results.records import FUZZ
from conformance.run.revision import RunRevision
from conformance.run.settings import Settings
from conformance.secrecy.secrets import Secrets
from conformance.syntax.exercised import ExercisedGrammars
from conformance.targets import Target
from conformance.wire.errors import TargetError


def split(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part case ids from words for generated sessions (`fuzz`, `fuzz/programs`)."""
    generated = tuple(word for word in words if word == FUZZ or word.startswith(f"{FUZZ}/"))
    return tuple(word for word in words if word not in generated), generated


def phases_of(generation: Generation, asked: Sequence[str], *, selecting: bool) -> tuple[str, ...]:
    """Return the phases that a run has.

    `asked` are the words that mean generated sessions; without any, a run that selects cases draws
    nothing unless it was told a profile.
    """
    if asked:
        return tuple(
            phase for phase in generation.phases if f"{FUZZ}/{phase}".startswith(tuple(asked))
        )
    return () if selecting and not generation.told else generation.phases


def name_of(phase: str) -> str:
    """Return the id of a phase, the same for all shards of it (`commands#2`)."""
    return f"{FUZZ}/{phase.partition('#')[0]}"


def cause_of(failure: Failure, behind: Callable[[str], str]) -> str:
    """Return what deviated where `behind` knows what a failure comes of, else "".

    A command that was refused is also asked for by its form, which failures do not name, and what
    an ambient check has no words for by its rule and shape.
    """
    own = failure.deviation or f"{failure.requirement} {failure.shape.partition(' ')[2]}".strip()
    words = (own, last_refused(failure.transcript))
    return next((cause for each in words if each and (cause := behind(each))), "")


class GeneratedSessions:
    """The generated sessions of one campaign.

    `behind` returns what deviated where a premise does not hold and explains a deviation, else "".
    """

    def __init__(
        self,
        target: Target,
        suite: Suite,
        settings: Settings,
        behind: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._target = target
        self._behind = behind
        self._suite = suite
        self._settings = settings
        self.exercised = ExercisedGrammars()
        """What they have exercised of each grammar that they have spoken."""
        self.left: list[bytes] = []
        """Names of mailboxes that they could not remove."""
        self._written: set[Path] = set()
        self.on_progress: Callable[[str], None] | None = None
        """Is told in words how far a phase has come."""

    def have(self, phase: str, findings: Findings, protocol: Protocol) -> Tally:
        """Have one phase, and add what it finds to the findings; `gone` says why it ended early."""
        generation = self._settings.generation
        search = Search(
            target=self._target,
            way=replace(self._settings.way, protocol=protocol),
            fixtures=self._suite.fixtures,
            profile=generation.profile,
            number=generation.number(phase),
            seconds=generation.seconds,
            database=generation.database(self._settings.keeps),
            replay=bool(generation.examples),
        )
        tally = Tally()
        try:
            report = search.run(phase.partition("#")[0], self._watch(tally))
            tally = report.tally
            self.left += report.left
            self.exercised.merge([report.exercised.to_json()])
        except TargetError as error:
            tally.gone = str(error)
        finally:  # what was found is told also when somebody has had enough
            for failure in tally.failures:
                self._found(failure, phase, findings, protocol)
        return tally

    def _watch(self, tally: Tally) -> Callable[[Tally], None]:
        def watch(now: Tally) -> None:
            tally.failures = now.failures
            if self.on_progress is not None:
                self.on_progress(str(now))

        return watch

    def _found(self, failure: Failure, phase: str, findings: Findings, protocol: Protocol) -> None:
        """Write a failure down, and count it as a finding, its own or that of its cause.

        A revision may have no such rule.
        """
        rules = self._suite.catalogue.get
        finding = RunRevision(self._suite, protocol).finding(failure.finding(rules, name_of(phase)))
        if finding is None:
            return
        if cause := cause_of(failure, self._behind):
            findings.again(cause, name_of(phase))
            return
        folder = self._settings.keeps / "found"
        # A server may say a password again; what the client sends has placeholders for them.
        mask = Secrets((each.password, each.user) for each in self._target.accounts)
        said = mask(failure.message), mask(failure.received)
        failure = replace(failure, message=said[0], received=said[1])
        shard = phase.partition("#")[2]
        path = found.write(failure, rules, folder, self._target.label, self._written, shard)
        self._written.add(path)
        finding = replace(finding, message=said[0], received=said[1])
        findings.add(finding, name_of(phase), repeat=self._replay(path, protocol))

    def _replay(self, path: Path, protocol: Protocol) -> str:
        under = protocol if protocol == "rev2" else None
        program, _run, *words = self._settings.repeat_under(under)
        return shlex.join([program, "replay", str(path), *words])
