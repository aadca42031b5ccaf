"""The lines of a case as they are written."""

from __future__ import annotations

from conformance.casefile.example import example_of
from conformance.casefile.suite import Suite


def test_the_lines_of_a_case_are_those_below_its_own_heading() -> None:
    suite = Suite()
    noop, capability = (
        example_of(suite.find(f"rfc3501/6-first-steps/{name}")[0])
        for name in ("noop-is-answered-with-ok", "capability-is-answered-with-a-list")
    )
    assert noop[0] == "C: a1 NOOP"
    assert any(line.startswith("S: * CAPABILITY") for line in capability)
    assert not any("CAPABILITY" in line for line in noop)


def test_a_table_has_no_lines() -> None:
    case = Suite().find("rfc3501/3-states/before-login-nothing-but-login-works/select")[0]
    assert example_of(case) == ()
