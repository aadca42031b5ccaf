"""Where findings of a flaw are filed: the table, what may be blocked, what is complained of."""

from __future__ import annotations

import re
from functools import cache

import pytest

from conformance.casefile.document import Case
from conformance.casefile.suite import Suite, load_all
from conformance.flaws.attribution import ATTRIBUTIONS, Attribution
from conformance.results.records import Level, Result, Verdict
from conformance.selfcheck.attribution import (
    Attributed,
    AttributedFinding,
    Blinded,
    cause_of,
    spread,
    what_is_sent,
)


@cache
def suite() -> Suite:
    """The suite, read by the first test that asks: who only collects the tests does not pay."""
    return Suite()


@cache
def cases() -> list[Case]:
    return [case for case, _ in load_all(suite())]


def told(
    requirement: str = "3501-6.4.4-response", deviation: str = "SEARCH: nothing"
) -> AttributedFinding:
    return AttributedFinding(requirement, "MUST", deviation, "No SEARCH response", "a/b/c", 3)


def attributed(
    *findings: AttributedFinding,
    blinded: tuple[Blinded, ...] = (),
    errors: tuple[str, ...] = (),
    most: int = 2,
    whole: bool = True,
    trouble: str = "",
) -> Attributed:
    return Attributed(
        "search-never-answers",
        "SEARCH is never answered",
        ("3501-6.4.4-response",),
        most,
        findings,
        blinded,
        errors=errors,
        whole=whole,
        trouble=trouble,
    )


def result(reason: str, deviation: str = "") -> Result:
    return Result(
        id="a/b/c",
        kind="case",
        title="c",
        verdict=Verdict.BLOCKED,
        level=Level.MUST,
        section="6.4.4",
        rfc="3501",
        requirements=("3501-6.4.4-response",),
        duration=0.0,
        reason=reason,
        deviation=deviation,
    )


def case(name: str) -> Case:
    return next(each for each in cases() if each.id == name)


def sent_by(which: Case) -> str:
    return what_is_sent(which, suite().fixtures[which.labels.mailbox])


def test_there_are_at_least_forty_flaws() -> None:
    assert sum(row.most > 0 for row in ATTRIBUTIONS.values()) >= 40


@pytest.mark.parametrize("row", ATTRIBUTIONS.values(), ids=lambda row: row.id)
def test_a_row_is_in_order(row: Attribution) -> None:
    catalogue = suite().catalogue
    re.compile(row.needs)
    assert (row.most == 0) == (row.rules == ())
    assert row.most <= 2
    assert [rule for rule in row.rules if rule not in catalogue] == []
    # Not all of the suite may be blocked: what is left has to say something. Without APPEND two
    # thirds have no messages.
    blockable = sum(
        re.search(row.needs, sent_by(each), re.MULTILINE) is not None for each in cases()
    )
    assert blockable < len(cases()) * 3 / 4
    assert blockable or row.needs == ATTRIBUTIONS["peek-sets-seen"].needs


@pytest.mark.parametrize(
    ("row", "complaints"),
    [
        (attributed(told()), ()),
        (attributed(told(), told(deviation="another")), ()),
        (
            attributed(told(), told(deviation="another"), told(deviation="a third")),
            ("3 findings, at most 2 are right",),
        ),
        (
            attributed(told("3501-6.4.4-or"), told()),
            ("the first finding is under 3501-6.4.4-or, right were 3501-6.4.4-response",),
        ),
        (attributed(), ("nothing is found of it",)),
        (attributed(whole=False), ()),
        (attributed(most=0), ()),
        (attributed(told(), most=0), ("1 findings, at most 0 are right",)),
        (
            attributed(told(), blinded=(Blinded("no", ("a", "b")), Blinded("none", ("c",)))),
            ("3 cases are blocked that another way could have played",),
        ),
        (attributed(told(), errors=("a",)), ("1 cases end in an error of the suite",)),
        (attributed(trouble="it is dead"), ("it could not be played: it is dead",)),
    ],
)
def test_what_is_complained_of(row: Attributed, complaints: tuple[str, ...]) -> None:
    assert row.complaints == complaints
    assert row.good is (complaints == ())


def test_what_a_client_sends_is_seen_with_who_sends_it() -> None:
    sent = sent_by(case("rfc3501/5.4-autologout/a-moment-of-silence-is-no-reason-to-log-out"))
    assert sent.splitlines()[0].startswith("rfc3501/5.4-autologout/")
    assert re.search(r"^main a1 ", sent, re.MULTILINE)
    refused = sent_by(case("rfc3501/6-first-steps/what-is-no-command-is-answered-with-bad"))
    assert refused.splitlines()[-2:] == ["awaits a1 BAD", "proves a1 BAD"]
    program = next(each for each in cases() if each.program is not None)
    fixture = suite().fixtures[program.labels.mailbox]
    assert "main a2 SELECT x" in what_is_sent(program, fixture, ["a2 SELECT x"]).splitlines()
    flagged = next(each for each in cases() if each.labels.mailbox == "flagged")
    assert sent_by(flagged).splitlines()[-2:] == ["before (\\Deleted)", "before (\\Draft)"]


def test_a_cause_is_the_deviation_or_the_reason_without_its_tags() -> None:
    assert cause_of(result("a12 BAD no", "APPEND (no flags): BAD")) == "APPEND (no flags): BAD"
    assert cause_of(result("the server said w7 NO to imapconf-ab/3")) == "the server said _ NO to _"


def test_a_sample_is_spread_and_holds_the_cases_of_the_rules() -> None:
    rules = ("3501-6.4.4-response",)
    about = {each.id for each in cases() if set(rules) & set(each.labels.requirements)}
    assert spread(cases(), 0, rules) == spread(cases(), len(cases()), rules) == cases()
    sample = [each.id for each in spread(cases(), 30, rules)]
    assert about <= set(sample)
    assert 30 <= len(sample) <= 30 + len(about)
    assert sample == [each.id for each in cases() if each.id in set(sample)]
    assert len({name.split("/")[1] for name in sample}) > 20
