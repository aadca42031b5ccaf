from __future__ import annotations

import pytest
from checks_rfc7162 import CAPS, opened
from checks_talk import logged_in, selected
from registered_rows import registered

from conformance.checks.monitor import RULES

BROKEN = registered(__file__, "checks", "BROKEN")
KEPT = registered(__file__, "checks", "KEPT")


@pytest.mark.parametrize(
    ("requirements", "lines"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_broken_rule_is_reported_once(requirements: list[str], lines: list[str]) -> None:
    assert selected(*lines, alone=True) == requirements


@pytest.mark.parametrize("lines", [row[1] for row in KEPT], ids=[row[0] for row in KEPT])
def test_look_alike_is_silent(lines: list[str]) -> None:
    assert selected(*lines, alone=True) == []


def test_every_rule_is_broken_by_a_row() -> None:
    broken = {requirement for _, requirements, _ in BROKEN for requirement in requirements}
    assert {rule.requirement for rule in RULES} == broken


def test_row_names_are_unique() -> None:
    names = [row[0] for row in BROKEN] + [row[0] for row in KEPT]
    assert len(names) == len(set(names))


def test_prelude_is_silent() -> None:
    assert selected(*logged_in("two")) == []


def test_flags_may_change_where_other_clients_are() -> None:
    lines = ["C: a1 FETCH 1 FLAGS", r"S: * 1 FETCH (FLAGS (\Seen))", "S: a1 OK done"]
    lines += ["C: a2 FETCH 1 FLAGS", "S: * 1 FETCH (FLAGS ())", "S: a2 OK done"]
    assert selected(*lines, alone=True) == ["3501-7.4.2-flags-stand"]
    assert selected(*lines) == []


@pytest.mark.parametrize(
    "removal",
    [
        "* 1 EXPUNGED",
        "* EXPUNGE 1",
        "* 1 EXPUNGE done",
        "1 EXPUNGE",
        "* 1EXPUNGE",
        "* 1 REMOVED",
        "* EXPUNGE",
    ],
)
def test_a_removal_that_can_not_be_read_is_no_other_fault_besides(removal: str) -> None:
    lines = ["C: a1 FETCH 1:2 UID", "S: * 1 FETCH (UID 20)", "S: * 2 FETCH (UID 21)"]
    lines += ["S: a1 OK done", "C: a2 EXPUNGE", f"S: {removal}", "S: * 4 EXISTS", "S: a2 OK done"]
    lines += ["C: a3 FETCH 1 UID", "S: * 1 FETCH (UID 21)", "S: a3 OK done"]
    rules = selected(*lines, alone=True)
    assert rules
    assert not [rule for rule in rules if "-5.2-" in rule or "-2.3.1." in rule]


def test_a_response_of_another_kind_that_can_not_be_read_removes_nothing() -> None:
    lines = ["C: a1 NOOP", "S: * FLAGS (\\Recent)", "S: * 4 EXISTS", "S: a1 OK done"]
    assert "3501-5.2-exists-shrinks" in selected(*lines, alone=True)


def test_a_highestmodseq_of_zero_is_wrong_but_told() -> None:
    lines = [*CAPS, *opened("HIGHESTMODSEQ 0")]
    assert selected(*lines, alone=True) == ["3501-9-resp-text-code"]
