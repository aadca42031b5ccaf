"""The parts of the package and what they need of one another, read from the imports and drawn."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeAlias

import conformance
from conformance.cli.main import VERBS

PACKAGE = Path(conformance.__file__).parent
Needs: TypeAlias = Mapping[str, set[str]]


def modules() -> Needs:
    """Return what each module imports of the package; names go without `conformance.`."""
    paths = {_name(path): path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE}
    paths |= {path.stem: path for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    needs = {name: set(_imported(path, paths.keys())) - {name} for name, path in paths.items()}
    needs["cli.main"].update(verb.module for verb in VERBS.values())  # imported when chosen
    return needs


def parts(needs: Needs) -> Needs:
    """Return what each part, a folder or a loose module, needs of the others."""
    found: dict[str, set[str]] = {}
    for name, needed in needs.items():
        found.setdefault(_part(name), set()).update(map(_part, needed))
    return {name: needed - {name} for name, needed in found.items()}


def drawing(needs: Needs) -> str:
    """Draw the floors, highest first: each part with the highest of what it needs.

    What those need in turn is left out, for it is there as well.
    """
    width = max(map(len, needs))
    rows = [f"floor  {'part':{width}}  stands on"]
    for floor, names in reversed(list(enumerate(_floors(needs)))):
        for name in names:
            far = set().union(*(_below(near, needs) for near in needs[name]))
            on = " ".join(sorted(needs[name] - far))
            rows.append(f"{floor:5}  {name:{width}}  {on}".rstrip())
    return "\n".join(rows)


def _floors(needs: Needs) -> Iterator[list[str]]:
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    while sorter.is_active():
        names = sorted(sorter.get_ready())
        yield names
        sorter.done(*names)


def _below(name: str, needs: Needs) -> set[str]:
    return needs[name].union(*(_below(near, needs) for near in needs[name]))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def _part(name: str) -> str:
    return name.split(".", 1)[0]


def _imported(path: Path, known: Set[str]) -> Iterator[str]:
    """Yield the modules that one imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        package, _, module = node.module.partition(".")
        if package == "conformance":
            named = [f"{module}.{alias.name}".removeprefix(".") for alias in node.names]
            yield from {name if name in known else module for name in named} - {""}
