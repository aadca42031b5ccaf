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
