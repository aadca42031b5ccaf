"""What a phase of generated sessions comes to, by what it did and found."""

from __future__ import annotations

import pytest

from conformance.fuzz.search import Tally
from conformance.results.records import Finding, Level, Verdict
from conformance.run.judging import of_phase


def found(level: Level) -> Finding:
    about = ("3501-6.4.5-fetch", level, "6.4.5", "a rule", "something is wrong", "", "", "")
    return Finding(*about, source="case", shape="one", repeat="imap-conformance replay x.md")


@pytest.mark.parametrize(
    ("tally", "seen", "verdict"),
    [
        (Tally(tried=3), [], Verdict.PASS),
        (Tally(tried=3), [found(Level.SHOULD)], Verdict.WARN),
        (Tally(tried=3), [found(Level.SHOULD), found(Level.MUST)], Verdict.FAIL),
        (Tally(tried=3, gone="the server is gone"), [], Verdict.BLOCKED),
        (Tally(tried=3, gone="the server is gone"), [found(Level.MUST)], Verdict.FAIL),
        (Tally(), [], Verdict.SKIP),  # there was no time: nothing is said of the server
    ],
)
def test_the_verdict_of_a_phase(tally: Tally, seen: list[Finding], verdict: Verdict) -> None:
    result = of_phase("programs#2", tally, seen, seed=7, duration=1.0)
    assert (result.id, result.kind, result.verdict) == ("fuzz/programs/2", "fuzz", verdict)
    assert result.reason.endswith(f"{tally.tried} tried; seed 7")
    assert result.reason.startswith(tally.gone)
    assert result.repeat == (seen[0].repeat if seen else "")
