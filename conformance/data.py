"""Where the protocol as data lives: `grammar/` and `cases/`.

In a checkout both stand beside this package, in an installed wheel inside it.
Nothing here reads them; the layers that own a format do.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_ROOT = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

GRAMMAR = _ROOT / "grammar"
"""Folder of the `.lark` files, one for each RFC."""

CASES = _ROOT / "cases"
"""Folder of the case files that the suite ships, one folder for each RFC."""

REPORTS = _ROOT / "reports"
"""Folder of what is published of real servers; only in a checkout."""
