"""The rules of the grammar files, one by one, as the files define them.

What a file as a whole says of itself is in `syntax.modules`. How a definition is shown is in
`grammar_page`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lark import Token
from lark.exceptions import UnexpectedInput

from conformance.results.reader import RunRecording
from conformance.results.records import RecordedLine
from conformance.syntax.grammar import Grammar, load
from conformance.syntax.modules import Module, abnf_name, available

_START = re.compile(
    r"(?:%(?P<change>extend|override) )?(?P<name>[A-Za-z_]\w*)(?:\.\d+)?\s*:(?P<body>.*)"
)
_PIECE = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*"i?)'
    r"|(?P<regexp>/(?:[^/\\]|\\.)+/[a-z]*)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<other>.)"
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a definition. `kind` is string, regexp, name or other."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One rule of one file.

    `name` is that in the file, in lower case. `abnf` is its name in the RFC, or what it stands for
    there, if it has no name of its own (`helper`). `change` is how it changes the rule of that
    name of another file: extend, override, or nothing where it is the rule's first definition.
    """

    name: str
    abnf: str
    rfc: str
    section: str
    module: str
    lines: tuple[str, ...]
    helper: bool = False
    change: str = ""

    def pieces(self) -> Iterator[tuple[Fragment, ...]]:
        """Return the pieces of each line."""
        for line in self.lines:
            yield tuple(
                Fragment(found.lastgroup or "other", found[0]) for found in _PIECE.finditer(line)
            )

    @property
    def names(self) -> frozenset[str]:
        """The rules that it names, in lower case."""
        return frozenset(
            piece.text.lower() for line in self.pieces() for piece in line if piece.kind == "name"
        )


@dataclass(frozen=True)
class Definitions:
    """All definitions, in the order of the files."""

    all: tuple[Definition, ...]

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Definition, ...]]:
        """The definitions of each rule: the first one, then what extends it."""
        found: dict[str, list[Definition]] = {}
        for definition in self.all:
            found.setdefault(definition.name, []).append(definition)
        return {name: tuple(its) for name, its in found.items()}

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that use each rule."""
        found: dict[str, dict[str, None]] = {}
        for definition in self.all:
            for name in definition.names - {definition.name}:
                found.setdefault(name, {})[definition.name] = None
        return {name: tuple(its) for name, its in found.items()}


def read_definitions(modules: Iterable[Module] | None = None) -> Definitions:
    """Return the definitions of the files, of all there are unless `modules` are given."""
    chosen = available() if modules is None else modules
    return Definitions(tuple(each for module in chosen for each in _of(module)))


def _of(module: Module) -> Iterator[Definition]:
    stands_for = {name.lower(): what for name, what in module.stands_for.items()}
    for change, name, lines in _blocks(module.text):
        yield Definition(
            name=name,
            abnf=stands_for.get(name) or abnf_name(name.lstrip("_")),
            rfc=module.rfc,
            section=module.section,
            module=module.name,
            lines=lines,
            helper=name in stands_for or name.startswith("_"),
            change=change,
        )


def _blocks(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Return each definition: what it changes, its name, and its lines, more of them indented."""
    lines: list[str] = []
    head = ("", "")
    for line in (*text.splitlines(), ""):
        if lines and line.startswith(" "):
            lines.append(line.strip())
            continue
        if lines:
            yield (*head, tuple(lines))
        found = _START.fullmatch(line)
        lines = [found["body"].strip()] if found else []
        if found:
            head = found["change"] or "", found["name"].lower()


# -- which cases a rule was seen in ----------------------------------------------------------


def seen_in(record: RunRecording) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the cases in whose transcripts each rule was seen, by the rule's name.

    Looks at lines that are a whole response or command, so at none with a literal.
    """
    grammar = load(record.run.capabilities)
    memo: dict[tuple[str, str], frozenset[str]] = {}
    found: dict[str, dict[str, None]] = {}
    for result in record.results:
        greeted: set[str] = set()
        for line in result.transcript:
            fresh = line.direction == "S" and line.session not in greeted
            greeted |= {line.session} if fresh else set()
            for name in _rules_of(grammar, line, memo, fresh=fresh):
                found.setdefault(name, {})[result.id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _rules_of(
    grammar: Grammar,
    line: RecordedLine,
    memo: dict[tuple[str, str], frozenset[str]],
    *,
    fresh: bool,
) -> frozenset[str]:
    start, text = ("greeting", line.text) if fresh else _role(line)
    if not start or "\\x" in text:  # octets shown as text are not what was on the wire
        return frozenset()
    if (start, text) not in memo:
        memo[start, text] = _parse(grammar, start, text)
    return memo[start, text]


def _role(line: RecordedLine) -> tuple[str, str]:
    """Return the start symbol for a line and the line, with one tag for all of them."""
    first, _, rest = line.text.partition(" ")
    if line.direction == "C":
        return ("command", f"a1 {rest}") if first.isalnum() else ("", "")
    if line.direction != "S":
        return "", ""
    if first == "*":
        return "response_data", line.text
    if first == "+":
        return "continue_req", line.text
    return ("response_tagged", f"a1 {rest}") if first.isalnum() else ("", "")


def _parse(grammar: Grammar, start: str, text: str) -> frozenset[str]:
    try:
        tree = grammar.tree(start, text.encode("ascii") + b"\r\n")
    except (UnexpectedInput, UnicodeEncodeError):
        return frozenset()
    names = {str(part.data) for part in tree.iter_subtrees()}
    lexical = _lexical()
    tokens = tree.scan_values(lambda each: isinstance(each, Token))
    names |= {each.type.lower() for each in tokens if isinstance(each, Token)} & lexical
    return frozenset(names)


@functools.cache
def _lexical() -> frozenset[str]:
    """Return the lexical rules: a keyword is a token too, and may have the name of a rule."""
    return frozenset(name for module in available() for name in module.lexical)
