"""Imports only point down: no two parts of the package need one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import conformance

PACKAGE = Path(conformance.__file__).parent


def part(name: str) -> str:
    """The package or module just below `conformance` that a module belongs to."""
    return name.split(".")[1]


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        if node.module == "conformance":
            yield from (f"conformance.{alias.name}" for alias in node.names)
        elif node.module.startswith("conformance."):
            yield node.module


def test_no_part_imports_what_imports_it() -> None:
    needs: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        name = part(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        needs.setdefault(name, set()).update(map(part, imported(tree)))
    for name, needed in needs.items():
        needed.discard(name)
    assert "wire" in needs["casefile"]
    list(TopologicalSorter(needs).static_order())  # raises CycleError, which names the circle
