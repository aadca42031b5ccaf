"""What the modules of the RFCs register: found by their names, joined by what they call it.

A layer has one module for each document that adds something to it, `rfc6851.py` for MOVE,
`x_gm_ext_1.py` for what a vendor publishes, `draft_ietf_morg_inthread.py` for a draft that became
no RFC, and no list of them anywhere. What such a module adds it puts into a tuple or mapping of a
name that the layer says: `CHECKS`, `FLAWS`, `OPERATIONS`. RFC 3501 comes first, then the others by
number, then what is no RFC. How to add an extension is in `docs/extending.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeVar

from conformance.extending.documents import document_of, turn_of

BASE = "3501"

_NAME = re.compile(r"rfc\d+(?:_\w+)?|x\w+|draft_\w+")

T = TypeVar("T")


@cache
def modules(package: str) -> tuple[ModuleType, ...]:
    """Import the modules of RFCs in a package: `rfc6851`, or `rfc7162_qresync` for half of one."""
    found = (each.name for each in iter_modules(import_module(package).__path__))
    names = sorted((name for name in found if _NAME.fullmatch(name)), key=_turn)
    return tuple(import_module(f"{package}.{name}") for name in names)


def _turn(name: str) -> tuple[object, ...]:
    document = document_of(name.partition("_")[0])
    return document != BASE, turn_of(document), name


def rows(beside: str, name: str, kind: type[T]) -> tuple[T, ...]:
    """Join the tuples of a name in the modules of RFCs beside a module, named by its `__name__`.

    Raises:
        TypeError: a module registers something else.
    """
    found: list[T] = []
    for module in modules(beside.rpartition(".")[0]):
        for row in getattr(module, name, ()):
            if not isinstance(row, kind):
                raise TypeError(f"{module.__name__}.{name}: {row!r} is no {kind.__name__}")
            found.append(row)
    return tuple(found)


def by_key(found: Iterable[T], key: Callable[[T], str]) -> dict[str, T]:
    """Make a table of rows, each under the key that it has.

    Raises:
        ValueError: two rows have one key.
    """
    table: dict[str, T] = {}
    for row in found:
        if key(row) in table:
            raise ValueError(f"{key(row)!r} is registered twice")
        table[key(row)] = row
    return table


def entries(beside: str, name: str) -> Mapping[str, Any]:
    """Join the mappings of a name in the modules of RFCs beside a module, as `rows` does.

    Raises:
        ValueError: two modules have one key.
    """
    found: dict[str, Any] = {}
    for module in modules(beside.rpartition(".")[0]):
        for key, value in getattr(module, name, {}).items():
            if key in found:
                raise ValueError(f"{module.__name__}.{name}: {key!r} is registered twice")
            found[key] = value
    return found
