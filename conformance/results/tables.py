"""Reads the tables of a file of known deviations, which may come from anywhere, within limits."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from conformance.results.errors import KnownError
from conformance.results.text import visible
from conformance.syntax.shown import clip

LARGEST: Final = 1 << 20
"""Octets of a file that are read."""
_PARTS: Final = 20  # of a key; reading one takes time by their square
_TEXTS = re.compile(
    rb"#[^\n]*|\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^']|'(?!''))*'''"
    rb"|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'",
    re.DOTALL,
)


def read_tables(path: Path) -> list[dict[str, Any]]:
    """Read the tables of a known-deviations file.

    Raises:
        KnownError: the file can not be read, is larger or deeper than any, or has anything else
            in it.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise KnownError(f"{path}: {error.strerror}") from None
    if len(octets) > LARGEST:
        raise KnownError(f"{path}: larger than {LARGEST} octets")
    if any(line.count(b".") > _PARTS for line in _TEXTS.sub(b"", octets).splitlines()):
        raise KnownError(f"{path}: a key has more parts than any has")
    try:
        data = tomllib.loads(octets.decode())
    except RecursionError:
        raise KnownError(f"{path}: nested too deep") from None
    except ValueError as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise KnownError(f"{path}: {visible(clip(str(error), 300))}") from None
    for key in data:
        if key != "deviation":
            shown = visible(clip(repr(key), 100))
            raise KnownError(f"{path}: unknown key {shown}; only [[deviation]] may be")
    tables = data.get("deviation", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise KnownError(f"{path}: write each deviation as [[deviation]]")
    return tables
