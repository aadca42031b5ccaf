from __future__ import annotations

import pytest
from checks_rows import BROKEN, KEPT
from checks_talk import logged_in, selected

from conformance.checks.monitor import RULES


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
