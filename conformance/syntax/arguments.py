"""What a command says: the one reader of arguments, for all that need more than a command's name.

A command is read by the tree that a grammar makes of it, and its arguments are found by the names
of their rules in the ABNF, wherever an extension has moved them. What does not follow the grammar
is not read: `wire.commands` knows the little that our own bookkeeping needs of such a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import lark

from conformance.syntax.grammar import Buffer, Grammar
from conformance.syntax.tree import Node, make_tree

_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n")
_STRING = re.compile(rb'"(?P<quoted>.*)"|~?\{\d+\+?\}\r\n(?P<literal>.*)', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)

STAR: Final = 0
"""In a range: the largest number in use."""

Ranges: TypeAlias = tuple[tuple[int, int], ...]


class Argument:
    """A rule in a command, with what it covers."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def rule(self) -> str:
        """The name of the rule in the ABNF."""
        return self._node.name

    @property
    def start(self) -> int:
        """Where it begins in the skeleton of the command, in octets from 0."""
        return self._node.start

    @property
    def end(self) -> int:
        """Where it ends there."""
        return self._node.end

    @property
    def octets(self) -> bytes:
        """How it is written, payloads of literals included."""
        return self._node.octets

    @property
    def children(self) -> tuple[Argument, ...]:
        """The rules that stand directly in it, in order."""
        return tuple(Argument(each) for each in self._node.children if each.name)

    def parts(self, *rules: str) -> tuple[Argument, ...]:
        """Return what it has of these rules, in order; none that lies within another of them."""
        return tuple(self._below(self._node, frozenset(rules)))

    def part(self, *rules: str) -> Argument | None:
        """Return the first of `parts`, None where there is none."""
        return next(self._below(self._node, frozenset(rules)), None)

    def _below(self, node: Node, rules: frozenset[str]) -> Iterator[Argument]:
        waiting = list(reversed(node.children))
        while waiting:
            each = waiting.pop()
            if each.name in rules:
                yield Argument(each)
            else:
                waiting += reversed(each.children)

    @property
    def words(self) -> tuple[bytes, ...]:
        """The keywords and marks that are its own, not of a rule within it, in capitals."""
        own = (each.octets.strip().upper() for each in self._node.children if not each.name)
        return tuple(word for word in own if word)

    @property
    def string(self) -> bytes:
        """What it means as a string: the same for an atom, a quoted string and a literal."""
        found = _STRING.fullmatch(self.octets)
        if found is None:
            return self.octets
        quoted: bytes | None = found["quoted"]
        return found["literal"] if quoted is None else _ESCAPE.sub(rb"\1", quoted)

    @property
    def ranges(self) -> Ranges:
        """The ranges of a sequence-set, of a single number both ends; `STAR` for `*`.

        Raises:
            ValueError: it is `$`, which only the server knows (RFC 5182).
        """
        found = []
        for each in self.parts("seq-range", "seq-number", "seq-last-command"):
            if each.rule == "seq-last-command":
                raise ValueError("what `$` stands for is not known")
            ends = [number.octets for number in each.parts("seq-number")] or [each.octets]
            first, *_, last = [STAR if end == b"*" else int(end) for end in (*ends, *ends)]
            found.append((first, last))
        return tuple(found)


class ReadCommand(Argument):
    """A whole command."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        words = self.octets.split(None, 2)
        self.by_uid = words[1].upper() == b"UID"
        """Whether its numbers are unique identifiers."""

    def named(self, rule: str) -> Argument:
        """Return the command itself, by the rule that it is called after.

        Raises:
            ValueError: it is another command.
        """
        found = self.part(rule)
        if found is None:
            raise ValueError(f"not a {rule.upper()}")
        return found


def read_arguments(grammar: Grammar, text: bytes, literals: Sequence[Buffer] = ()) -> ReadCommand:
    """Read a command, given its skeleton with its CRLF and the payloads of its literals.

    How a literal was sent (RFC 7888) does not matter.

    Raises:
        ValueError: it does not follow the grammar.
    """
    try:
        node = make_tree(grammar, "command", _LITERAL.sub(rb"{\1}\r\n", text), literals)
    except lark.exceptions.UnexpectedInput as error:
        raise ValueError(f"no command that the grammar knows: {error}") from None
    return ReadCommand(node)


def read_command(grammar: Grammar, octets: bytes) -> ReadCommand:
    """Read a command as it goes over the wire, payloads in their places; see `read_arguments`."""
    return read_arguments(grammar, *cut_literals(octets))


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
