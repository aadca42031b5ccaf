"""A server that was gone is told apart from one that ends connections without a word."""

from __future__ import annotations

import pytest

from conformance.checks.finding import Breach
from conformance.load.outages import Outages


def finding(requirement: str, shape: str = "") -> Breach:
    return Breach(requirement, "MUST", "3.4", "", "", "", shape, "ambient", (), b"")


BYE = finding("3501-3.4-bye")
ENDS = [BYE, finding("3501-3.4-logout-ok"), finding("3501-2.2-crlf", "truncated")]


@pytest.mark.parametrize("ended", ENDS, ids=lambda each: each.requirement)
@pytest.mark.parametrize("when", [99.0, 101.0])
def test_an_end_is_no_finding_where_nobody_can_connect(ended: Breach, when: float) -> None:
    outages = Outages()
    assert outages.holds(ended, 100.0)
    outages.refused(when)
    assert list(outages.take()) == []


def test_an_end_is_a_finding_where_others_connect() -> None:
    outages = Outages()
    assert outages.holds(BYE, 100.0)
    outages.refused(200.0)
    assert list(outages.take()) == [BYE]
    assert list(outages.take()) == []


def test_other_findings_do_not_wait() -> None:
    assert not Outages().holds(finding("3501-7.4.1-during", "STORE"), 100.0)


def lives(outages: Outages, *sessions: tuple[float, float | None, bool]) -> None:
    """Have sessions begin and end as these say; None: it is there to the end."""
    said = [(began, f"s{n}", None) for n, (began, _, _) in enumerate(sessions)]
    said += [(end, f"s{n}", by) for n, (_, end, by) in enumerate(sessions) if end is not None]
    for when, name, by_server in sorted(said, key=lambda each: each[0]):
        if by_server is None:
            outages.began(name, when)
        else:
            outages.ended(name, when, by_server=by_server)


AGAIN = (101.0, None, False)
GONE = {
    "all ended, and came again": ((1.0, 100.0, True), (2.0, 100.5, True), AGAIN),
    "one was late to see it": ((1.0, 100.0, True), AGAIN, (2.0, 102.0, True)),
    "others had left before": ((1.0, 50.0, False), (1.0, 100.0, True), (2.0, 100.5, True)),
    "others were ended before": ((1.0, 50.0, True), (51.0, 100.0, True), (52.0, 100.5, True)),
}
THERE = {
    "it was alone": ((1.0, 100.0, True), AGAIN),
    "another is there": ((1.0, 100.0, True), (2.0, 100.5, True), (3.0, None, False)),
    "another left later": ((1.0, 100.0, True), (2.0, 100.5, True), (3.0, 120.0, False)),
    "new ones are ended too": ((1.0, 100.0, True), (2.0, 100.5, True), (101.0, 102.0, True)),
}


@pytest.mark.parametrize("sessions", GONE.values(), ids=GONE)
def test_an_end_is_no_finding_where_all_are_ended(
    sessions: tuple[tuple[float, float | None, bool], ...],
) -> None:
    outages = Outages()
    outages.holds(BYE, 100.2)
    lives(outages, *sessions)
    assert list(outages.take()) == []


@pytest.mark.parametrize("sessions", THERE.values(), ids=THERE)
def test_an_end_is_a_finding_where_the_server_is_there(
    sessions: tuple[tuple[float, float | None, bool], ...],
) -> None:
    outages = Outages()
    outages.holds(BYE, 100.2)
    lives(outages, *sessions)
    assert list(outages.take()) == [BYE]


def test_what_is_sure_is_settled_while_the_run_goes_on() -> None:
    outages = Outages()
    outages.holds(BYE, 100.2)
    for hour in range(1, 20_000):  # more sessions than are remembered
        outages.began("s", hour * 3600.0)
        outages.ended("s", hour * 3600.0 + 1, by_server=False)
    outages.refused(100.0)
    assert list(outages.take()) == [BYE]
