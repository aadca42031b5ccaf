"""The grammar files: finding, describing and joining `grammar/*.lark`.

A file says in its header comment which RFC and section its rules come from, which
capabilities bring it in, and which start symbols it adds; nothing else has to be told of a
new file. Files are joined as text, the base file first, and the joined text is one grammar
of Lark. Parsing and tables are in `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from conformance import data

BASE = "rfc3501"

_DIRECTIVE = re.compile(
    r"^// (rfc|section|capability|side|server starts|client starts): (.+)$", re.M
)
_STANDS_FOR = re.compile(r"^// stands for: (\w+) = (.+)$", re.M)
_DEFINITION = re.compile(r"^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)(?:\.\d+)?\s*:", re.M)
# The RFC writes these lexical rules in capitals, and the rest in small letters.
_UPPER = frozenset({"astring_char", "atom_char", "char8", "quoted_char", "text_char"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule is defined: number of the RFC, section, and its name in the ABNF."""

    rfc: str
    section: str
    abnf: str


@dataclass(frozen=True, slots=True)
class Module:
    """One grammar file with what its header says."""

    name: str
    text: str
    rfc: str
    section: str
    capabilities: frozenset[str]
    client_only: bool
    server_starts: tuple[str, ...]
    client_starts: tuple[str, ...]
    stands_for: Mapping[str, str]
    rules: Mapping[str, Origin]
    lexical: frozenset[str]
    """Those of `rules` that are terminals of the grammar."""


def abnf_name(rule: str) -> str:
    """Give the ABNF spelling of a rule or terminal of the grammar, `env-from` for `env_from`."""
    lower = rule.lower()
    name = lower.replace("_", "-")
    return name.upper() if lower in _UPPER else name


def _read(name: str, text: str) -> Module:
    header: dict[str, str] = {}
    for key, value in _DIRECTIVE.findall(text):
        header[key] = value.strip()
    stands_for = dict(_STANDS_FOR.findall(text))
    rules = {
        rule.lower(): Origin(header["rfc"], header["section"], abnf_name(rule))
        for rule in _DEFINITION.findall(text)
        if rule not in stands_for
    }
    return Module(
        name=name,
        text=text,
        rfc=header["rfc"],
        section=header["section"],
        capabilities=frozenset(header.get("capability", "").upper().split()),
        client_only=header.get("side") == "client",
        server_starts=tuple(header.get("server starts", "").split()),
        client_starts=tuple(header.get("client starts", "").split()),
        stands_for=stands_for,
        rules=rules,
        lexical=frozenset(rule.lower() for rule in _DEFINITION.findall(text) if rule.isupper()),
    )


@lru_cache(maxsize=1)
def available() -> tuple[Module, ...]:
    """Read every grammar file, the base first and the extensions by name."""
    files = sorted(data.GRAMMAR.glob("*.lark"), key=lambda file: (file.stem != BASE, file.stem))
    return tuple(_read(file.stem, file.read_text(encoding="ascii")) for file in files)


def applying(capabilities: Iterable[str]) -> tuple[Module, ...]:
    """Select the base and the files that one of the announced `capabilities` brings in."""
    announced = {capability.upper() for capability in capabilities}
    return tuple(
        module
        for module in available()
        if module.name == BASE or not announced.isdisjoint(module.capabilities)
    )


def joined(modules: Iterable[Module], *, client: bool) -> str:
    """Join the files to the grammar text of one side's speech."""
    return "\n".join(module.text for module in modules if client or not module.client_only)
