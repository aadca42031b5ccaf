"""The catalogue of requirements: every rule that cases and checks name, in our own words.

One `requirements.toml` for each RFC folder of `cases/`. Rules of the formal syntax are not listed
there: every rule of a grammar is a requirement by itself, `<rfc>-<section>-<ABNF name>`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from conformance.catalogue.errors import CaseError
from conformance.catalogue.levels import LEVELS, Level
from conformance.syntax.modules import available

_ID = re.compile(r"(?P<rfc>\d+)-(?P<section>[0-9A-Z]+(?:\.\d+)*)-[a-z0-9][a-z0-9-]*")
_FIELDS = {"section", "level", "kind", "rule", "grammar", "unobservable"}
KINDS = ("keyword", "plain", "syntax")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule of an RFC that binds a server.

    `kind` is `keyword` (the RFC states it with a BCP 14 word), `plain` (in plain words) or
    `syntax` (it follows from the formal syntax). `grammar` names the rules of the formal syntax
    that say the same of what servers send, so that every response is held against it.
    `unobservable` says why no client can see it.
    """

    id: str
    rfc: str
    section: str
    level: Level
    kind: str
    rule: str
    grammar: tuple[str, ...] = ()
    unobservable: str = ""


class Catalogue(Mapping[str, Requirement]):
    """The requirements by id, those of the formal syntax included."""

    def __init__(self, requirements: Iterable[Requirement]) -> None:
        self._by_id = {requirement.id: requirement for requirement in requirements}
        self._syntax: dict[str, Requirement] = {}
        for origin in (o for module in available() for o in module.rules.values()):
            key = f"{origin.rfc}-{origin.section}-{origin.abnf.lower()}"
            self._syntax[key] = Requirement(
                id=key,
                rfc=origin.rfc,
                section=origin.section,
                level="MUST",
                kind="syntax",
                rule=f"What is sent as {origin.abnf} follows that rule of the formal syntax.",
            )

    def __getitem__(self, key: str) -> Requirement:
        return self._by_id.get(key) or self._syntax[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


def load_catalogue(files: Iterable[Path]) -> Catalogue:
    """Load the catalogue from its files.

    Raises:
        CaseError: a file that is not TOML, an entry with unknown, missing or wrong fields, or an
            id that stands twice.
    """
    found: dict[str, Requirement] = {}
    for path in files:
        for key, entry in read_toml(path).items():
            requirement = _read(path, key, entry)
            if key in found:
                raise CaseError(path, line_of(path, key), f"requirement {key} stands twice")
            found[key] = requirement
    return Catalogue(found.values())


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

    parts = _ID.fullmatch(key)
    if not parts:
        raise fail("an id reads <rfc>-<section>-<slug>")
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
    if entry["section"] != parts["section"]:
        raise fail(f"section {entry['section']} is not that of the id")
    return Requirement(
        id=key,
        rfc=parts["rfc"],
        section=entry["section"],
        level=entry["level"],
        kind=entry["kind"],
        rule=entry["rule"],
        grammar=tuple(entry.get("grammar", "").split()),
        unobservable=entry.get("unobservable", ""),
    )
