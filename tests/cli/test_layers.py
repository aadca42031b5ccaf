"""Imports only point down: no two parts of the package need one another, and no two modules."""

from __future__ import annotations

import os
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from cli_layers import Needs, drawing, modules, parts

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
FENCES = ("```text\n", "\n```\n")


@pytest.fixture(scope="module")
def needs() -> Needs:
    return modules()


def test_no_part_imports_what_imports_it(needs: Needs) -> None:
    rooms = parts(needs)
    assert "wire" in rooms["play"]
    list(TopologicalSorter(rooms).static_order())  # raises CycleError, which names the circle


def test_no_module_imports_what_imports_it(needs: Needs) -> None:
    assert "flaws.talk" in needs["flaws.flaw"]
    list(TopologicalSorter(needs).static_order())


def test_modules_stand_in_rooms(needs: Needs) -> None:
    rooms = {name.partition(".")[0] for name in needs if "." in name}
    assert parts(needs).keys() - rooms == {"cache", "data"}


def test_reading_cases_needs_nothing_that_plays_them(needs: Needs) -> None:
    assert {"play", "checks", "targets", "results"}.isdisjoint(parts(needs)["casefile"])


def test_the_drawing_is_that_of_the_imports(needs: Needs) -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(FENCES[0])
    old, _, tail = rest.partition(FENCES[1])
    drawn = drawing(parts(needs))
    if os.environ.get("RECORD"):
        PAGE.write_text(FENCES[0].join((head, drawn + FENCES[1] + tail)), encoding="utf-8")
    else:
        assert old == drawn, "RECORD=1 pytest tests/cli/test_layers.py draws it anew"
