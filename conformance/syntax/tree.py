"""The tree of rules that a line is made of, with the octets that each rule covers.

Made from Lark's tree of a text that conforms; names are those of the ABNF, and words have the
meanings of `meanings`. Showing it to anybody is elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import lark

from conformance.syntax.grammar import Buffer, Grammar
from conformance.syntax.meanings import Meaning, load_meanings

LONGEST = 1 << 17
"""Octets of a skeleton beyond which no tree is made: nobody reads it, and it takes long."""

_COUNT = re.compile(rb"\{\d+\+?\}\r\n")
# What a line says first of all; other words are explained where they stand.
_HEADLINES = ("command", "continuation", "status", "response", "code")


class TooLong(ValueError):
    """The line is too long for a tree."""


class TreeSource:
    """The skeleton of a line with the payloads of its literals."""

    def __init__(self, text: bytes, literals: Sequence[Buffer]) -> None:
        self.text = text
        # Text that ends a line may look like a count: there are as many counts as payloads.
        counts = islice(_COUNT.finditer(text), len(literals))
        self._places = [found.end() for found in counts]
        self._payloads: Sequence[Buffer] = literals

    def mask(self, mask: Callable[[Buffer], bytes]) -> None:
        """Have `mask` hide secrets; what it returns has to be as long as what it got."""
        self.text = mask(self.text)
        self._payloads = [mask(payload) for payload in self._payloads]

    def octets(self, start: int, end: int) -> bytes:
        """Return what stands from `start` to `end` of the skeleton, payloads included."""
        parts: list[Buffer] = []
        for number in range(bisect_right(self._places, start), bisect_right(self._places, end)):
            parts += [self.text[start : self._places[number]], self._payloads[number]]
            start = self._places[number]
        return b"".join((*parts, self.text[start:end]))


@dataclass(slots=True)
class Node:
    """One rule or keyword. `start` and `end` bound it in the skeleton, in octets from 0.

    A rule has its ABNF `name` and its origin; a keyword has no name and is its octets.
    """

    name: str
    rfc: str
    section: str
    start: int
    end: int
    source: TreeSource = field(repr=False)
    meaning: Meaning | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def octets(self) -> bytes:
        """What it covers, payloads of literals included; put together when asked for."""
        return self.source.octets(self.start, self.end)

    def walk(self) -> Iterator[Node]:
        """Return this node and all below it, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


def make_tree(grammar: Grammar, start: str, text: bytes, literals: Sequence[Buffer] = ()) -> Node:
    """Make the tree of a line that `grammar.check` finds nothing wrong with.

    Raises:
        TooLong: `text` has more than `LONGEST` octets.
    """
    if len(text) > LONGEST:
        raise TooLong(f"a line of {len(text)} octets is too long for a tree")
    return _Maker(grammar, text, literals).make(grammar.tree(start, text))


def headlines(tree: Node) -> list[Meaning]:
    """Return what a line says first of all: command, response or status, and its code."""
    found: list[Meaning] = []
    for node in tree.walk():
        meaning = node.meaning
        if meaning is None:
            continue
        wanted = meaning.kind in _HEADLINES or meaning.word == "continue-req"
        # `* CAPABILITY` within a code is the code's own word.
        if wanted and meaning not in found and len(found) < len(("status", "code")):
            found.append(meaning)
    return found


class _Maker:
    def __init__(self, grammar: Grammar, text: bytes, literals: Sequence[Buffer]) -> None:
        self._grammar = grammar
        self._source = TreeSource(text, literals)
        self._meanings = load_meanings()

    def make(self, tree: lark.Tree[lark.Token]) -> Node:
        """Build the nodes without recursion: what a server nests has no bound."""
        root = self._node("", 0, 0)
        waiting: list[tuple[lark.Tree[lark.Token] | lark.Token, Node]] = [(tree, root)]
        rules: list[Node] = []
        at = 0
        while waiting:
            item, parent = waiting.pop()
            if isinstance(item, lark.Token):
                start = item.start_pos or 0
                at = start + len(item)
                self._add_token(item, start, parent)
                continue
            name = self._grammar.name_of(str(item.data))
            node = parent
            if name is not None:
                node = self._node(name, at, at)
                rules.append(node)
                parent.children.append(node)
            waiting += [(child, node) for child in reversed(item.children)]
        for node in reversed(rules):  # those inside before those around them
            if node.children:
                node.start, node.end = node.children[0].start, node.children[-1].end
            if [child.name for child in node.children] == [node.name]:
                # A rule and the terminal that stands for it.
                node.meaning = node.children[0].meaning
                node.children.clear()
        return root.children[0]

    def _add_token(self, token: lark.Token, start: int, parent: Node) -> None:
        end = start + len(token)
        name = self._grammar.name_of(token.type)
        node = self._node(name or "", start, end)
        known = self._meanings.keyword(parent.name, str(token))
        node.meaning = known or node.meaning
        parent.children.append(node)

    def _node(self, name: str, start: int, end: int) -> Node:
        node = Node(name, "", "", start, end, self._source)
        if name:
            origin = self._grammar.rules[name.lower().replace("-", "_")]
            node.rfc, node.section = origin.rfc, origin.section
            node.meaning = self._meanings.rule(name)
        return node
