"""Searching criteria (RFC 3501 section 6.4.4) of a command.

The keys come as the grammar has them; short forms are spelt out, so that few kinds are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from conformance.syntax.arguments import Argument, Ranges, ReadCommand, read_command
from conformance.syntax.grammar import Grammar


@dataclass(frozen=True, slots=True)
class SearchKey:
    """One search key: its name in capitals, and the arguments that it takes.

    A sequence set has the name `SET`, a list in parentheses `AND`.
    """

    name: str
    strings: tuple[bytes, ...] = ()
    number: int = 0
    day: date = date.min
    ranges: Ranges = ()
    keys: tuple[SearchKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """The keys of a SEARCH, ANDed in `key`, and the charset of their strings, in capitals."""

    key: SearchKey
    charset: str
    uids: bool
    """Whether the command is UID SEARCH, which is answered with unique identifiers."""


def read_criteria(command: bytes, grammar: Grammar) -> Criteria:
    """Read a whole command line, tag and CRLF included.

    Raises:
        ValueError: it is no SEARCH that is answered with the numbers of all that it finds.
    """
    read = read_command(grammar, command)
    return criteria_of(read, read.named("search"))


def criteria_of(command: ReadCommand, part: Argument) -> Criteria:
    """Return the criteria in a part of a command that finds messages.

    Raises:
        ValueError: the command says what to return (RFC 4731, RFC 5267), or names what only the
            server knows.
    """
    if command.part("search-return-opts"):
        raise ValueError("a command that says what to return is answered otherwise")
    charset, keys = b"US-ASCII", []
    for each in part.parts("charset", "astring", "search-key"):
        if each.rule == "search-key":
            keys.append(_key(each))
        else:
            charset = each.string
    return Criteria(
        SearchKey("AND", keys=tuple(keys)), charset.decode("latin-1").upper(), command.by_uid
    )


def _key(part: Argument) -> SearchKey:
    strings: list[bytes] = []
    keys: list[SearchKey] = []
    number, day = 0, date.min
    ranges: Ranges = ()
    for each in part.children:
        match each.rule:
            case "number" | "nz-number":
                number = int(each.octets)
            case "search-key":
                keys.append(_key(each))
            case "sequence-set":
                ranges = each.ranges
            case "date":
                day = datetime.strptime(each.octets.decode().strip('"'), "%d-%b-%Y").date()
            case _:
                strings.append(each.string)
    return SearchKey(_name(part), tuple(strings), number, day, ranges, tuple(keys))


def _name(part: Argument) -> str:
    """Return the word that a key begins with; of one that has none, what stands in its place."""
    if part.words:
        word = part.words[0].decode("latin-1")
        return "AND" if word == "(" else word
    [alone] = part.children
    return "SET" if alone.rule == "sequence-set" else alone.rule.upper()
