"""The requirements: every rule that cases and checks name, in our own words.

One `requirements.toml` for each RFC folder of `cases/`. Rules of the formal syntax are not listed
there: every rule of a grammar is a requirement by itself, `<rfc>-<section>-<ABNF name>`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from conformance.catalogue.errors import CaseError
from conformance.catalogue.levels import LEVELS, Level
from conformance.extending.documents import parse_id

_FIELDS = {"section", "level", "kind", "rule", "grammar", "unobservable"}
KINDS = ("keyword", "plain", "syntax")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule of an RFC that binds a server.

    `kind` is `keyword` (the RFC states it with a BCP 14 word), `plain` (in plain words) or
    `syntax` (it follows from the formal syntax). `grammar` names the rules of the formal syntax
    that say the same of what servers send, so that every response is held against it.
    `unobservable` says why no client can see it.

    A rule that was carried over from an earlier RFC names the rule there as `origin`, with what
    has `changed` if anything did; `same_cases` says that cases and checks of that rule, held
    under the revision of this RFC, prove this one too.
    """

    id: str
    rfc: str
    section: str
    level: Level
    kind: str
    rule: str
    grammar: tuple[str, ...] = ()
    unobservable: str = ""
    origin: str = ""
    changed: str = ""
    same_cases: bool = False


def read_requirements(path: Path) -> tuple[Mapping[str, Requirement], str]:
    """Read the rules of one `requirements.toml` by their ids, and why not all can be proven yet.

    The reason is empty unless the file says in a table `[rfc]` that it is `unfinished`.

    Raises:
        CaseError: it is not TOML, or an entry has unknown, missing or wrong fields.
    """
    table = read_toml(path)
    about = table.pop("rfc", {})
    if not isinstance(about, dict) or not set(about) <= {"unfinished"}:
        raise CaseError(path, line_of(path, "[rfc]"), "rfc has the key unfinished, and no other")
    return {key: _read(path, key, entry) for key, entry in table.items()}, about.get(
        "unfinished", ""
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        CaseError: it can not be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise CaseError(path, int(line[1]) if line else 0, str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(path, 0, str(error)) from None


def line_of(path: Path, key: str) -> int:
    """Return the number of the first line of `path` that holds `key`, 0 when none does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if key in line), 0)


def _read(path: Path, key: str, entry: Any) -> Requirement:
    def fail(message: str) -> CaseError:
        return CaseError(path, line_of(path, key), f"requirement {key}: {message}")

    parts = parse_id(key)
    if not parts:
        raise fail("an id reads <document>-<section>-<slug>")
    if not isinstance(entry, dict):
        raise fail("not a table")
    if unknown := sorted(set(entry) - _FIELDS):
        raise fail(f"unknown field {unknown[0]}")
    if missing := sorted({"section", "level", "kind", "rule"} - set(entry)):
        raise fail(f"no field {missing[0]}")
    if not all(isinstance(value, str) and value for value in entry.values()):
        raise fail("fields are strings with something in them")
    if entry["level"] not in LEVELS:
        raise fail(f"level is one of {', '.join(get_args(Level))}")
    if entry["kind"] not in KINDS:
        raise fail(f"kind is one of {', '.join(KINDS)}")
    if entry["section"] != parts.section:
        raise fail(f"section {entry['section']} is not that of the id")
    return Requirement(
        id=key,
        rfc=parts.document,
        section=entry["section"],
        level=entry["level"],
        kind=entry["kind"],
        rule=entry["rule"],
        grammar=tuple(entry.get("grammar", "").split()),
        unobservable=entry.get("unobservable", ""),
    )
