"""Options of a run from `imap-conformance.toml`, or `[tool.imap-conformance]` of pyproject.toml.

Looked for in the current folder. Keys are the names of options; `target` is the URL. What stands
on the command line counts before the file, and the file before the defaults.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, Option
from conformance.syntax.near import question

FILE = "imap-conformance.toml"
PROJECT = "pyproject.toml"
TABLE = "imap-conformance"
TARGET = "target"
"""The key for the server's URL, which is no option but the first word."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file says: values by the names of options, and the URL of the target, if any."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""


def read_configuration(folder: Path) -> Configuration:
    """Read the configuration of a folder; an empty one where there is none.

    Raises:
        OptionError: it can not be read, or has a key or value that no option takes.
    """
    for name in (FILE, PROJECT):
        path = folder / name
        if not path.is_file():
            continue
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            if name == PROJECT:  # not ours to judge
                continue
            raise OptionError(f"{name}: {error}") from None
        if name == PROJECT:
            tools = table.get("tool")
            table = tools.get(TABLE, {}) if isinstance(tools, dict) else {}
        if table:
            return _checked(path, table)
    return Configuration()


def _checked(path: Path, table: Mapping[str, Any]) -> Configuration:
    if not isinstance(table, dict):
        raise OptionError(f"{path.name}: [tool.{TABLE}] is not a table")
    options = {option.name: option for option in OPTIONS}
    values: dict[str, Any] = {}
    target = ""
    for key, value in table.items():
        if key == TARGET and isinstance(value, str):
            target = value
        elif key in options:
            values[key] = _value(path, options[key], value)
        else:
            hint = question(key, [*options, TARGET])
            raise OptionError(f"{path.name}: there is no option {key!r}{hint}")
    if target and "server" in values:
        raise OptionError(f"{path.name}: give {TARGET} or server, not both")
    return Configuration(path, values, target)


def _value(path: Path, option: Option, value: object) -> Any:
    if option.read is None:
        if not isinstance(value, bool):
            raise OptionError(f"{path.name}: {option.name} has to be true or false")
        return value
    several = isinstance(value, list) and all(isinstance(each, str | int) for each in value)
    if isinstance(value, bool) or not (several or isinstance(value, str | int | float)):
        raise OptionError(f"{path.name}: {option.name} has to be text or a number")
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    if option.read is Path:
        return path.parent / text
    try:
        return option.read(text)
    except (ValueError, argparse.ArgumentTypeError) as error:
        raise OptionError(f"{path.name}: {option.name}: {error}") from None


def apply(options: argparse.Namespace, found: Configuration) -> None:
    """Fill in what the command line leaves open."""
    named = bool(options.words) and "://" in options.words[0]
    if found.target and not (named or options.server):
        options.words.insert(0, found.target)
    for name, value in found.values.items():
        key = name.replace("-", "_")
        if name == "server" and named:
            continue
        if not getattr(options, key, None):
            setattr(options, key, value)


def shown(options: argparse.Namespace, found: Configuration) -> str:
    """Return the options in force, a line each, with the file that they are from."""
    file = found.path.name if found.path else ""
    lines = [f"# {file or f'no {FILE} here, and no [tool.{TABLE}]'}"]
    for option in OPTIONS:
        value = getattr(options, option.name.replace("-", "_"), None)
        if value in (None, False):
            continue
        origin = file if found.values.get(option.name) == value else "command line"
        written = "true" if value is True else str(value)
        lines.append(f"{option.name} = {written}  # {origin}")
    if found.target and found.target in options.words[:1]:
        lines.append(f"{TARGET} = {found.target}  # {file}")
    return "\n".join(lines)
