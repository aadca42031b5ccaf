"""Rows of tests, joined: those of `checks_rows.py`, then of `checks_rfc3501_uids.py` and so on."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any


def registered(test: str, layer: str, name: str) -> list[Any]:
    """Join the lists of a name in the files of rows of a layer, which are beside a test."""
    beside = Path(test).parent
    files = (path.stem for each in ("rfc*", "x_*") for path in beside.glob(f"{layer}_{each}.py"))
    modules = [import_module(stem) for stem in (f"{layer}_rows", *sorted(files))]
    return [row for module in modules for row in getattr(module, name, ())]
