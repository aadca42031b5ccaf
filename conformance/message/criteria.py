"""Searching criteria (RFC 3501 section 6.4.4), read by the grammar.

The keys come as the grammar has them; short forms are spelt out, so that few kinds are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import lark

from conformance.syntax.grammar import Grammar

_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_TREE_OF_STRINGS = ("astring", "string", "header_fld_name")

Child: TypeAlias = "lark.Tree[lark.Token] | lark.Token"
Ranges: TypeAlias = tuple[tuple[int, int], ...]
STAR = 0
"""In a range: the largest number in use."""


@dataclass(frozen=True, slots=True)
class Key:
    """One search key: its name in capitals, and the arguments that it takes.

    A sequence set has the name `SET`, a list in parentheses `AND`.
    """

    name: str
    strings: tuple[bytes, ...] = ()
    number: int = 0
    day: date = date.min
    ranges: Ranges = ()
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """The keys of a SEARCH, ANDed in `key`, and the charset of their strings, in capitals."""

    key: Key
    charset: str
    uids: bool
    """Whether the command is UID SEARCH, which is answered with unique identifiers."""


def cut_literals(octets: bytes) -> tuple[bytes, list[bytes]]:
    """Cut the payloads of the literals out of a command, which leaves its skeleton."""
    skeleton = bytearray()
    literals: list[bytes] = []
    position = 0
    while found := _LITERAL.search(octets, position):
        end = found.end() + int(found[1])
        skeleton += octets[position : found.end()]
        literals.append(octets[found.end() : end])
        position = end
    return bytes(skeleton + octets[position:]), literals


def read_criteria(command: bytes, grammar: Grammar) -> Criteria:
    """Read a whole command line, tag and CRLF included.

    Raises:
        ValueError: it is no SEARCH of RFC 3501.
    """
    read = read_command(command, "search", grammar)
    return read.criteria(read.tree)


@dataclass(frozen=True, slots=True)
class Read:
    """A command that finds messages, read by the rule of the grammar that it is named after."""

    tree: lark.Tree[lark.Token]
    uids: bool
    """Whether it is the UID form of the command."""
    literals: Sequence[bytes]

    def criteria(self, tree: lark.Tree[lark.Token]) -> Criteria:
        """Return the criteria in a part of the command that has all of its strings."""
        return _Builder(self.literals).criteria(tree, uids=self.uids)

    def search_criteria(self) -> Criteria:
        """Return the search-criteria of a SORT or THREAD.

        Raises:
            ValueError: the command says what to return (RFC 5267), so it is answered otherwise.
        """
        if any(self.tree.find_data("search_return_opts")):
            raise ValueError("a command that says what to return is answered otherwise")
        [program] = self.tree.find_data("search_criteria")
        return self.criteria(program)


def read_command(command: bytes, rule: str, grammar: Grammar) -> Read:
    """Read a whole command line, tag and CRLF included, by a rule such as `search`.

    Raises:
        ValueError: it is no such command.
    """
    skeleton, literals = cut_literals(command)
    _, _, rest = skeleton.partition(b" ")
    prefix, _, behind = rest.partition(b" ")
    uids = prefix.upper() == b"UID"
    # How a literal was sent (RFC 7888) does not matter.
    text = _LITERAL.sub(rb"{\1}\r\n", behind if uids else rest).removesuffix(b"\r\n")
    try:
        tree = grammar.tree(rule, text)
    except lark.exceptions.UnexpectedInput as error:
        raise ValueError(f"no {rule.upper()} that the grammar knows: {error}") from None
    return Read(tree, uids, literals)


class _Builder:
    def __init__(self, literals: Sequence[bytes]) -> None:
        self._literals = iter(literals)

    def criteria(self, tree: lark.Tree[lark.Token], *, uids: bool) -> Criteria:
        charset = b"US-ASCII"
        keys: list[Key] = []
        for child in _parts(tree):
            if child.data == "search_return_opts":
                raise ValueError("a SEARCH that says what to return is answered otherwise")
            if child.data == "search_key":
                keys.append(self._key(child))
            else:
                charset = self._string(child)
        return Criteria(Key("AND", keys=tuple(keys)), charset.decode("latin-1").upper(), uids)

    def _key(self, tree: lark.Tree[lark.Token]) -> Key:
        first, *rest = _children(tree)
        if isinstance(first, lark.Tree):
            return self._behind("SET" if first.data == "sequence_set" else "AND", [first, *rest])
        name = str(first).upper()
        return self._behind("AND" if name == "(" else name, rest)

    def _behind(self, name: str, children: list[Child]) -> Key:
        """Take over the arguments, in the order of the command."""
        strings: list[bytes] = []
        keys: list[Key] = []
        number, day = 0, date.min
        ranges: Ranges = ()
        for child in children:
            if isinstance(child, lark.Token):
                number = int(child) if child.isdigit() else number
            elif child.data == "search_key":
                keys.append(self._key(child))
            elif child.data == "sequence_set":
                ranges = _ranges(child)
            elif child.data == "date":
                day = _day(child)
            else:
                strings.append(self._string(child))
        return Key(name, tuple(strings), number, day, ranges, tuple(keys))

    def _string(self, tree: lark.Tree[lark.Token]) -> bytes:
        token = next(iter(tree.scan_values(lambda _: True)))
        octets = str(token).encode("latin-1")
        if token.type == "LITERAL":
            return next(self._literals)
        if token.type == "QUOTED":
            return _ESCAPE.sub(rb"\1", octets[1:-1])
        return octets


def _parts(tree: lark.Tree[lark.Token]) -> Iterator[lark.Tree[lark.Token]]:
    """Give charset, keys and options, which RFC 4466 puts one level deeper."""
    for child in _children(tree):
        if isinstance(child, lark.Tree):
            if child.data == "search_program":
                yield from _parts(child)
            else:
                yield child


def _children(tree: lark.Tree[lark.Token]) -> Iterator[Child]:
    return (child for child in tree.children if child is not None)


def _ranges(tree: lark.Tree[lark.Token]) -> Ranges:
    text = "".join(str(token) for token in tree.scan_values(lambda _: True))
    found = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        found.append(tuple(STAR if end == "*" else int(end) for end in (first, last or first)))
    return tuple((one, other) for one, other in found)


def _day(tree: lark.Tree[lark.Token]) -> date:
    text = "".join(str(token) for token in tree.scan_values(lambda _: True))
    return datetime.strptime(text.strip('"'), "%d-%b-%Y").date()
