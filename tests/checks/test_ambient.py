from __future__ import annotations

import pytest
from checks_rows import BROKEN, KEPT
from checks_talk import logged_in, selected

from conformance.checks.monitor import RULES


@pytest.mark.parametrize(
    ("requirements", "lines"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_broken_rule_is_reported_once(requirements: list[str], lines: list[str]) -> None:
    assert selected(*lines) == requirements


@pytest.mark.parametrize("lines", [row[1] for row in KEPT], ids=[row[0] for row in KEPT])
def test_look_alike_is_silent(lines: list[str]) -> None:
    assert selected(*lines) == []


def test_every_rule_is_broken_by_a_row() -> None:
    broken = {requirement for _, requirements, _ in BROKEN for requirement in requirements}
    assert {rule.requirement for rule in RULES} == broken


def test_row_names_are_unique() -> None:
    names = [row[0] for row in BROKEN] + [row[0] for row in KEPT]
    assert len(names) == len(set(names))


def test_prelude_is_silent() -> None:
    assert selected(*logged_in("two")) == []
