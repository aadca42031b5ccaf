"""What a case, an ambient rule or generated sessions come to, and the breaches a case has found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.casefile.document import Case
from conformance.catalogue.requirements import Requirement
from conformance.checks.finding import Breach, Rule
from conformance.extending.documents import document_in
from conformance.fuzz.profiles import SECTIONS, TITLES
from conformance.fuzz.search import Tally
from conformance.play.player import Outcome
from conformance.results.records import BUDGET, FUZZ, Finding, Level, RecordedLine, Result, Verdict

SYNTAX = "syntax"
"""Name of the ambient result that stands for the whole grammar."""

_SYNTAX_TITLE = "Everything that the server sends is framed and written as the formal syntax says."
_WORST = (Verdict.FAIL, Verdict.WARN, Verdict.NO)


def of_case(case: Case, outcome: Outcome, repeat: str, shown: tuple[RecordedLine, ...]) -> Result:
    """Return what a case comes to; `repeat` is the command that shows it again."""
    return Result(
        id=case.id,
        kind="case",
        title=case.title,
        verdict=Verdict(outcome.verdict),
        level=Level(case.labels.level),
        section=case.section,
        rfc=case.rfc,
        requirements=case.labels.requirements,
        duration=0.0,
        reason=stated_reason(outcome),
        cause=outcome.cause or "",
        file=f"{case.path.parent.name}/{case.path.name}",
        line=outcome.line or case.line,
        repeat=repeat,
        transcript=shown,
        deviation=outcome.deviation,
        by_should=outcome.by_should,
    )


def stated_reason(outcome: Outcome) -> str:
    """Say why; of a case that was blocked without its tags, for many are blocked by one cause."""
    if not outcome.expected or outcome.verdict == "blocked":
        return outcome.reason
    return f"{outcome.reason}: expected {outcome.expected}, received {outcome.received}"


def breach_of(case: Case, outcome: Outcome, own: Requirement) -> Breach:
    """Return the breach of its own rule that a case has found."""
    return Breach(
        requirement=own.id,
        level=case.labels.level,
        section=own.section,
        message=f"{case.title}: {outcome.reason}",
        expected=outcome.expected,
        received=outcome.received,
        shape=case.heading,
        source="case",
        excerpt=outcome.transcript,
        offending=b"",  # `received` says it already
        deviation=outcome.deviation,
    )


def hang_in(case: Case, outcome: Outcome) -> Breach:
    """Return the breach of a server that answers nobody any more after a case.

    Of what is beyond measure nobody knows how long it may take: that is the rule of its own case.
    """
    own = case.labels.last
    return Breach(
        requirement=case.labels.requirements[0] if own else "3501-2.2.2-one-completion",
        level=case.labels.level if own else "MUST",
        section=case.section if own else "2.2.2",
        message=f"After what this case sent, the server answered nobody any more: {case.title}",
        expected="a tagged response to each command, and a greeting to each connection",
        received="nothing",
        shape=f"hang {case.heading}",
        source="case",
        excerpt=outcome.transcript,
        offending=b"",
        deviation="the server answers nobody any more",
    )


def about(rule: Rule | None, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that an ambient rule has made; None: framing and grammar."""
    if rule is None:
        return [finding for finding in findings if finding.source in ("syntax", "framing")]
    return [
        finding
        for finding in findings
        if finding.source == "ambient" and finding.requirement == rule.requirement
    ]


def of_rule(rule: Rule | None, seen: Sequence[Finding], rfc: str) -> Result:
    """Return what an ambient rule comes to that has made these findings.

    `rfc` has the formal syntax.
    """
    return Result(
        id=f"ambient/{rule.requirement if rule else SYNTAX}",
        kind="ambient",
        title=rule.sentence if rule else _SYNTAX_TITLE,
        verdict=_worst(seen),
        level=Level(rule.level) if rule else Level.MUST,
        section=rule.section if rule else "9",
        rfc=document_in(rule.requirement) if rule else rfc,
        requirements=(rule.requirement,) if rule else _requirements(seen),
        duration=0.0,
        reason=_joined(finding.message for finding in seen),
        repeat=seen[0].repeat if seen else "",
        transcript=seen[0].transcript if seen else (),
    )


def of_phase(
    phase: str, tally: Tally, seen: Sequence[Finding], *, seed: int, duration: float
) -> Result:
    """Return what a phase of generated sessions comes to that has made these findings.

    One that found nothing because the server was not there is blocked, and one that had no time to
    try anything is skipped. One that crashed the suite is an error.
    """
    name = phase.partition("#")[0]
    verdict = _worst(seen)
    if tally.crash and verdict is not Verdict.FAIL:
        verdict = Verdict.ERROR
    elif verdict is Verdict.PASS and tally.gone:
        verdict = Verdict.BLOCKED
    elif verdict is Verdict.PASS and not tally.tried:
        verdict = Verdict.SKIP
    commands = f", {tally.commands} commands" if tally.commands else ""
    rounds = f" in {tally.rounds} rounds, until the time was up" if tally.rounds > 1 else ""
    late = f"{tally.late} answers late once, and in time when asked for again" if tally.late else ""
    said = f"{tally.tried} tried{commands}{rounds}; seed {seed}"
    return Result(
        id=f"{FUZZ}/{phase.replace('#', '/')}",
        kind=FUZZ,
        title=TITLES[name],
        verdict=verdict,
        level=Level.MUST,
        section=SECTIONS[name],
        rfc="3501",
        requirements=_requirements(seen),
        duration=duration,
        cause=BUDGET if tally.cut else "",
        reason=_joined(
            (tally.crash, tally.cut, tally.gone, *(f.message for f in seen), late, said)
        ),
        repeat=seen[0].repeat if seen else "",
        transcript=seen[0].transcript if seen else (),
    )


def _worst(seen: Sequence[Finding]) -> Verdict:
    verdicts = {finding.verdict for finding in seen}
    return next((verdict for verdict in _WORST if verdict in verdicts), Verdict.PASS)


def _requirements(seen: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.requirement for finding in seen))


def _joined(reasons: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, reasons)))
