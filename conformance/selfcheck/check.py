"""Whether the suite finds a flaw, and whether it leaves an allowed behaviour alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from conformance.casefile.document import Case
from conformance.checks.monitor import RULES
from conformance.extending.documents import parse_id
from conformance.flaws.flaw import Flaw
from conformance.flaws.found import Found
from conformance.results.records import Level
from conformance.selfcheck.stand import SeenBreach, Stand, StandRun
from conformance.wire.errors import TargetError
from conformance.wire.frames import REQUIREMENTS

_AMBIENT = frozenset(rule.requirement for rule in RULES) | set(REQUIREMENTS.values())
_ENOUGH = 2
"""Cases that are kept as finding a flaw."""
_FURTHER = 20
"""Cases that are played for another one, once a flaw is found."""


@dataclass(frozen=True, slots=True)
class FlawVerdict:
    """What came of one flaw.

    `cases` found it; `requirements` are its own rules that were reported, `besides` other rules
    reported in the same cases, `alone` further rules of its own, each with the case that fails
    under it when it is judged by itself. `findings` are the distinct findings that it caused in all
    the `played` cases. `trouble` says why it could not be played at all.
    """

    id: str
    title: str
    origin: tuple[str, ...]
    cases: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    alone: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    played: int = 0
    seconds: float = 0.0
    trouble: str = ""

    @property
    def found(self) -> bool:
        """Whether one of its own rules was reported."""
        return bool(self.requirements)

    @property
    def record(self) -> Found:
        """What is kept of it in the record."""
        return Found(self.cases, self.requirements, self.besides, self.alone)


@dataclass(slots=True)
class _FlawTally:
    """What has come up so far in the run of one flaw."""

    stand: Stand
    flaw: Flaw
    cases: list[str] = field(default_factory=list)
    own: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    played: int = 0

    def play(self, run: StandRun, name: str) -> bool:
        """Play a case; say whether it found the flaw."""
        seen = run.play(name)
        self.played += 1
        if not seen.broken:
            return False
        if self.stand.known is not None and not seen.beyond:
            return False
        before = self.stand.untouched([name])[name]
        new = _news(seen, before) if self.stand.known is None else seen.beyond - before.beyond
        hits = [rule for rule in self.flaw.requirements if rule in new]
        if not hits:
            return False
        self.cases.append(name)
        self.own |= dict.fromkeys(hits)
        self.others |= dict.fromkeys(sorted(new - set(self.flaw.requirements)))
        return True


def _news(seen: SeenBreach, before: SeenBreach) -> frozenset[str]:
    """Return the rules that are reported and were not for the untouched server."""
    known = before.deviations
    new = (rules for what, rules in seen.deviations.items() if what not in known)
    return (seen.broken - before.broken) | {rule for rules in new for rule in rules}


def check(
    stand: Stand,
    flaw: Flaw,
    found: Found | None,
    *,
    full: bool = False,
    thorough: bool = False,
) -> FlawVerdict:
    """Play a flaw: first its recorded cases, then others as long as nothing finds it.

    `thorough` goes on until a case was tried for each rule of the flaw, `full` plays every case.
    Rules that are recorded as failing in a case alone, or with `thorough` might, are tried so.
    """
    tally = _FlawTally(stand, flaw)
    recorded = [name for name in (found.cases if found else ()) if name in stand.cases]
    try:
        with stand.open(flaw) as run:
            for name in recorded:
                tally.play(run, name)
            if full:
                for name in _others(stand, flaw, recorded, full=True):
                    tally.play(run, name)
            elif not tally.cases or thorough:
                _search(stand, flaw, run, tally, recorded, thorough=thorough)
            findings = run.all()
            seconds = run.seconds
        alone = _alone(stand, flaw, found, tally, thorough=thorough)
    except TargetError as error:
        return FlawVerdict(flaw.id, flaw.title, flaw.origin, trouble=str(error))
    return FlawVerdict(
        flaw.id,
        flaw.title,
        flaw.origin,
        cases=tuple(tally.cases if not full else tally.cases[:_ENOUGH]),
        requirements=tuple(tally.own),
        besides=tuple(tally.others),
        alone=alone,
        findings=tuple(f"{f.requirement}: {f.message}" for f in stand.new(findings)),
        played=tally.played,
        seconds=seconds,
    )


def _search(
    stand: Stand,
    flaw: Flaw,
    run: StandRun,
    tally: _FlawTally,
    recorded: Iterable[str],
    *,
    thorough: bool,
) -> None:
    """Play what might find the flaw until enough does; then what might break its other rules."""
    further = _FURTHER
    for name in _others(stand, flaw, recorded, full=False):
        if len(tally.cases) >= _ENOUGH or not further:
            break
        tally.play(run, name)
        further -= bool(tally.cases)
    if not (thorough and tally.cases):
        return
    for rule in flaw.requirements:
        its = [n for n, (case, _) in stand.cases.items() if rule in case.labels.requirements]
        for name in its[:_FURTHER]:
            if rule in tally.own:
                break
            if name not in tally.cases:
                tally.play(run, name)


def _alone(
    stand: Stand, flaw: Flaw, found: Found | None, tally: _FlawTally, *, thorough: bool
) -> dict[str, str]:
    """Return rules of the flaw that nothing has failed under, each with a case that does alone."""
    tries = {rule: [case] for rule, case in found.alone.items()} if found else {}
    for rule in flaw.requirements if thorough and tally.cases else ():
        if rule not in tally.own:
            its = [n for n, (case, _) in stand.cases.items() if rule in case.labels.requirements]
            tries[rule] = [*tries.get(rule, ()), *its[:_FURTHER]]
    alone: dict[str, str] = {}
    if stand.known is not None or not any(tries.values()):
        return alone
    with stand.open(flaw, by_itself=True) as run:
        for rule, names in tries.items():
            for name in names:
                if name not in stand.cases:
                    continue
                if rule in _news(run.play(name), stand.untouched([name])[name]):
                    alone[rule] = name
                    break
    return alone


def _others(stand: Stand, flaw: Flaw, played: Iterable[str], *, full: bool) -> Iterator[str]:
    """Return cases in the order in which they are likely to find the flaw.

    Those that prove one of its rules, then those of the same sections. All of them follow where a
    rule is one of the formal syntax, framing or the ambient checks, or no case proves it.
    """
    rules = set(flaw.requirements)
    sections = {each.section for rule in rules if (each := parse_id(rule))}
    cases = [case for case, _ in stand.cases.values()]
    proven = {rule for case in cases for rule in case.labels.requirements}
    everywhere = full or any(r not in proven or _is_ambient(stand, r) for r in rules)

    def rank(case: Case) -> int:
        if rules & set(case.labels.requirements):
            return 0
        return 1 if case.section in sections else 2

    done = set(played)
    for case in sorted(cases, key=rank):
        if case.id not in done and (everywhere or rank(case) < 2):
            yield case.id


def _is_ambient(stand: Stand, rule: str) -> bool:
    return stand.origin(rule) in _AMBIENT or stand.kind(rule) == "syntax"


@dataclass(frozen=True, slots=True)
class Fairness:
    """What came of one allowed behaviour: `failures` must be empty, `warnings` better were."""

    id: str
    title: str
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    played: int = 0
    seconds: float = 0.0
    trouble: str = ""

    @property
    def fair(self) -> bool:
        """Whether the suite left it alone."""
        return not (self.failures or self.trouble)


def check_allowed(stand: Stand, allowed: Flaw, *, full: bool = False) -> Fairness:
    """Play the cases about the rules of an allowed behaviour, or all of them.

    Where no case is about a rule, those of its section are played.
    """
    rules = set(allowed.requirements)
    about = {name: rules & set(case.labels.requirements) for name, (case, _) in stand.cases.items()}
    sections = {
        each.section for rule in rules.difference(*about.values()) if (each := parse_id(rule))
    }
    names = [
        name
        for name, (case, _) in stand.cases.items()
        if full or about[name] or case.section in sections
    ]
    try:
        with stand.open(allowed) as run:
            for name in names:
                run.play(name)
            findings = run.all()
            seconds = run.seconds
    except TargetError as error:
        return Fairness(allowed.id, allowed.title, trouble=str(error))
    new = stand.new(findings)

    def told(*levels: Level) -> tuple[str, ...]:
        return tuple(
            f"{f.requirement}: {f.message} ({f.cases[0]})" for f in new if f.level in levels
        )

    return Fairness(
        allowed.id,
        allowed.title,
        failures=told(Level.MUST),
        warnings=told(Level.SHOULD),
        played=len(names),
        seconds=seconds,
    )
