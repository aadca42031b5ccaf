"""Explanations for people on a terminal, and for machines as JSON.

Everything that was said by anybody is escaped on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text

from conformance.explain.explained import Explained
from conformance.extending.documents import label_of, place_of
from conformance.results.text import end_visible
from conformance.syntax.grammar import SyntaxFault
from conformance.syntax.meanings import Meaning
from conformance.syntax.near import near
from conformance.syntax.tree import Node
from conformance.wire.frames import Frame
from conformance.wire.transcript import escape

_ALNUM = re.compile(rb"[A-Za-z0-9]")

DEEPEST = 60
"""Levels of a tree that are shown: what is nested deeper is nothing to read."""

_LINES = 40  # of one response or command, before its tree
_WIDEST = 56  # of the names in a tree
_OCTETS = 44
_WIDTH = 1000  # of one line before it is cut


def print_explained(console: Console, explained: Explained, *, tree: bool = True) -> None:
    """Print a line as it was said, what it means, what is wrong with it, and its tree."""
    print_said(console, explained)
    for line in brief(explained):
        _print(console, Text(f"   {line}"))
    if explained.faults:
        print_faults(console, explained)
    elif tree and explained.tree is not None:
        console.print()
        for row in _tree(explained.tree, explained.meanings):
            _print(console, row)


def print_said(console: Console, explained: Explained) -> None:
    """Print the lines of a response or command behind the mark of its side."""
    mark = _mark(explained)
    lines = _lines(explained.spoken.frame)
    for line in lines[:_LINES]:
        _print(console, Text(mark, "bold").append(end_visible(_short(line, _WIDTH)), "default"))
    if len(lines) > _LINES:
        _print(console, Text(f"{mark}[... {len(lines) - _LINES} lines ...]"))


def brief(explained: Explained, told: Container[Meaning] = ()) -> Iterator[str]:
    """Say in a few lines what a response or command is, and what is debatable or wrong of it.

    What was `told` before is not told again.
    """
    for meaning in explained.meanings:
        if meaning not in told:
            yield sentence(meaning)
    for framing in explained.framing:
        yield f"wrong: {framing.message} ({framing.requirement})"
    if not explained.conforms and not explained.faults and not explained.framing:
        yield "wrong: it is not complete"
    if explained.allowed_with and not explained.faults:
        yield f"of an extension: allowed with the capability {' or '.join(explained.allowed_with)}"
    for remark in explained.remarks:
        yield f"debatable: {remark.rule}: {remark.message}"
    if explained.untold:
        yield explained.untold


def sentence(meaning: Meaning) -> str:
    """Say what a word means, with its kind and section."""
    state = f", in the {meaning.state} state" if meaning.state not in ("", "any") else ""
    word = meaning.word if meaning.kind != "rule" else f"<{meaning.word}>"
    return f"{word}: {meaning.says} ({meaning.of}{state}; {meaning.reference})"


def print_faults(console: Console, explained: Explained) -> None:
    """Print where a line breaks the grammar, each time with a caret below the column."""
    for number, fault in enumerate(explained.faults):
        _print_fault(console, explained, fault, again=number > 0)
    if explained.allowed_with:
        _print(
            console, Text(f"   allowed with the capability {' or '.join(explained.allowed_with)}")
        )


def _print_fault(
    console: Console, explained: Explained, fault: SyntaxFault, *, again: bool
) -> None:
    mark = _mark(explained)
    line, caret = pointed_at(explained.spoken.frame, fault)
    if again or len(_lines(explained.spoken.frame)) > 1 or len(line) > _WIDTH:
        cut = max(0, caret - _WIDTH // 2)
        console.print()
        _print(console, Text(mark + line[cut : cut + _WIDTH]))
        caret -= cut
    _print(console, Text(" " * (len(mark) + caret)).append("^", "bold red"))
    _print(console, Text(f"   {fault.message}", "bold red"))
    if meant := meant_by(fault):
        _print(console, Text(f"   {meant}"))
    rules = " > ".join((*fault.inside, fault.rule))
    _print(console, Text(f"   in {rules} ({place_of(fault.rfc, fault.section)})"))


def meant_by(fault: SyntaxFault) -> str:
    """Ask whether a keyword was meant that is spelt nearly as what was found."""
    keywords = [word.strip('"') for word in fault.expected if word.startswith('"')]
    found = near(fault.found.strip('"'), keywords, within=False)
    return f"was {' or '.join(found)} meant?" if found else ""


def _mark(explained: Explained) -> str:
    who = f"{explained.spoken.who} " if explained.spoken.who else ""
    return f"{who}{'C' if explained.spoken.side == 'client' else 'S'}: "


def _short(octets: bytes, limit: int) -> str:
    """Escape octets, and of long ones only the first, saying how many are left out."""
    more = f" [{len(octets) - limit} more]" if len(octets) > limit else ""
    return escape(octets[:limit]) + more


def _lines(frame: Frame) -> list[bytes]:
    return frame.octets.removesuffix(b"\r\n").split(b"\r\n")


def pointed_at(frame: Frame, fault: SyntaxFault) -> tuple[str, int]:
    """Return the escaped line that a fault lies in, and where in it."""
    octets = frame.octets
    offset = fault.column - 1
    begin = octets.rfind(b"\n", 0, offset) + 1
    end = octets.find(b"\r\n", begin)
    line = octets[begin : end if end >= 0 else len(octets)]
    return escape(line), len(escape(octets[begin:offset]))


def _print(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=True, highlight=False)


# -- the tree ------------------------------------------------------------------------------


class TreeRow(NamedTuple):
    """One row of a tree: rules that cover the same octets share it."""

    depth: int
    label: str
    section: str
    octets: str
    meanings: tuple[Meaning, ...] = ()


def _tree(tree: Node, told: Sequence[Meaning]) -> Iterator[Text]:
    """Return the rows of a tree; what was `told` before is not told again."""
    shown = list(rows(tree))
    known = set(told)
    width = min(_WIDEST, max(len(row.label) for row in shown))
    for row in shown:
        text = Text(f"{row.label:{width}}  ", "bold" if row.section else "")
        text.append(f"{row.section:12}  ", "dim").append(row.octets, "cyan")
        text.rstrip()
        yield text
        for meaning in row.meanings:
            if meaning in known:
                continue
            known.add(meaning)
            yield Text(f"{'  ' * row.depth}; {meaning.says} ({meaning.reference})", "dim")


def rows(node: Node, depth: int = 1) -> Iterator[TreeRow]:
    """Give the rows of a tree, outermost first."""
    names = [node]
    while len(below := _telling(names[-1])) == 1 and _extent(below[0]) == _extent(node):
        names.append(below[0])
    origin = next((each for each in reversed(names) if each.name), None)
    octets = _short(node.octets.removesuffix(b"\r\n"), _OCTETS).replace("\\x0d\\x0a", "\\r\\n")
    yield TreeRow(
        depth,
        "  " * depth + " > ".join(each.name or _keyword(each) for each in names),
        f"{label_of(origin.rfc)} {origin.section}" if origin else "",
        octets if origin else "",
        tuple(dict.fromkeys(each.meaning for each in names if each.meaning)),
    )
    if depth >= DEEPEST and below:
        yield TreeRow(depth, f"{'  ' * depth}  ... nested deeper than this shows", "", "")
        return
    for child in below:
        yield from rows(child, depth + 1)


def _extent(node: Node) -> tuple[int, int]:
    return node.start, node.end


def _telling(node: Node) -> list[Node]:
    """Return what a rule is made of, without blanks and punctuation."""
    return [
        child
        for child in node.children
        if child.name or child.meaning or _ALNUM.search(child.octets)
    ]


def _keyword(node: Node) -> str:
    word = escape(node.octets)
    return word if word.startswith('"') else f'"{word}"'


# -- JSON ----------------------------------------------------------------------------------


def record(explained: Explained) -> dict[str, Any]:
    r"""Return an explanation as JSON takes it; octets are ASCII text with `\xNN` in it.

    `start` and `end` of rules count from 0 in the line without the payloads of its literals.
    """
    faults = [_fault(fault) for fault in explained.faults]
    return {
        "side": explained.spoken.side,
        "connection": explained.spoken.who or "main",
        "start": explained.start.replace("_", "-"),
        "octets": escape(explained.spoken.frame.octets),
        "conforms": explained.conforms,
        "fault": faults[0] if faults else None,
        "faults": faults,
        "allowed_with": list(explained.allowed_with),
        "framing": [
            {"kind": each.kind, "requirement": each.requirement, "message": each.message}
            for each in explained.framing
        ],
        "remarks": [{"rule": each.rule, "message": each.message} for each in explained.remarks],
        "meanings": [_meaning(meaning) for meaning in explained.meanings],
        "tree": None if explained.tree is None else _node(explained.tree, 1),
    }


def _fault(fault: SyntaxFault) -> dict[str, Any]:
    return {
        "rule": fault.rule,
        "rfc": fault.rfc,
        "section": fault.section,
        "column": fault.column,
        "found": fault.found,
        "expected": list(fault.expected),
        "inside": list(fault.inside),
        "message": fault.message,
    }


def _meaning(meaning: Meaning) -> dict[str, str]:
    return {
        "kind": meaning.kind,
        "word": meaning.word,
        "rfc": meaning.rfc,
        "section": meaning.section,
        "says": meaning.says,
    }


def _node(node: Node, depth: int) -> dict[str, Any]:
    return {
        "rule": node.name or None,
        "rfc": node.rfc or None,
        "section": node.section or None,
        "start": node.start,
        "end": node.end,
        "octets": escape(node.octets),
        "meaning": _meaning(node.meaning) if node.meaning else None,
        "children": [_node(each, depth + 1) for each in node.children] if depth < DEEPEST else [],
    }
