"""`tried.toml`: what broke once, and the tests that see that it holds; each of them is there."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.hostile.catalogue import BEHAVIOURS

TESTS = Path(__file__).parents[1]
TRIED: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("tried.toml").read_text(encoding="utf-8")
)["tried"]


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", TRIED, ids=lambda row: row["broke"])
def test_what_broke_has_tests_that_are_there(row: dict[str, Any]) -> None:
    assert row["tests"]
    for name in row["tests"]:
        file, _, function = name.partition("::")
        assert function in functions(file), name
    for behaviour in row.get("behaviours", ()):
        assert behaviour in BEHAVIOURS
