from __future__ import annotations

import pytest
from grammar_corpus import ACCEPTED, REJECTED

from conformance.syntax import grammar

ACCEPTED_ROWS = [
    (start, *(row if isinstance(row, tuple) else (row, ())))
    for start, rows in ACCEPTED.items()
    for row in rows
]
REJECTED_ROWS = [
    (start, row[0], row[1], row[2] if len(row) > 2 else ())
    for start, rows in REJECTED.items()
    for row in rows
]


def test_every_start_has_rows() -> None:
    assert set(ACCEPTED) == set(REJECTED) == set(grammar.STARTS)
    assert len(ACCEPTED_ROWS) + len(REJECTED_ROWS) >= 150


@pytest.mark.parametrize(("start", "line", "literals"), ACCEPTED_ROWS)
def test_accepted(start: str, line: bytes, literals: tuple[bytes, ...]) -> None:
    fault = grammar.load().check(start, line + b"\r\n", literals)
    assert fault is None, fault.message


@pytest.mark.parametrize(("start", "line", "rule", "literals"), REJECTED_ROWS)
def test_rejected(start: str, line: bytes, rule: str, literals: tuple[bytes, ...]) -> None:
    fault = grammar.load().check(start, line + b"\r\n", literals)
    assert fault is not None
    assert fault.rule == rule, fault.message


@pytest.mark.parametrize(("start", "line", "literals"), ACCEPTED_ROWS)
def test_rejected_without_the_end_of_the_line(
    start: str, line: bytes, literals: tuple[bytes, ...]
) -> None:
    fault = grammar.load().check(start, line, literals)
    assert fault is not None


@pytest.mark.parametrize(("start", "line", "literals"), ACCEPTED_ROWS)
def test_accepted_lines_have_trees(start: str, line: bytes, literals: tuple[bytes, ...]) -> None:
    del literals
    assert grammar.load().tree(start, line + b"\r\n").data == start
