"""What each line of a transcript is and means, and which characters are at fault.

Read from the escaped text of the record alone (see `frames`), so that a report can be made long
after the run. What is guessed (the excerpt may begin anywhere) is never a reason to accuse: a fault
is looked for in marked lines only. How a note is shown is the business of the view.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import lark

from conformance.results.frames import RecordedFrame, frames
from conformance.results.records import RecordedLine
from conformance.secrecy.secrets import MASK
from conformance.syntax.grammar import Grammar
from conformance.syntax.modules import abnf_name
from conformance.syntax.tree import headlines, make_tree

_WORD = re.compile(rb"[^\s()]+|[^\r\n]", re.DOTALL)
_TAGGED = re.compile(rb"[^ ]+ (?:OK|NO|BAD)(?![^ \r])", re.IGNORECASE)
_LONGEST = 4096
"""Octets of a response beyond which its rules are not looked for: the tree is for people."""
_DEPTH = 3
BETWEEN = " · "
"""Stands between the parts of what is said of a line: the parts have colons and semicolons."""

_SERVER_STARTS = {
    b"+": ("continue_req", "continue_req_base64"),
    b"*": ("response_data", "greeting"),
}
_CLIENT_STARTS = ("command", "idle_done", "authenticate_line")


@dataclass(frozen=True, slots=True)
class Note:
    """What a line is.

    `rules` are ABNF names from the outermost in, `rfc` and `section` define the last of them.
    `words` says it for people; `fault` are the first and last character at fault in the text of
    the line (begin, end), None where none was found.
    """

    rules: tuple[str, ...]
    rfc: str
    section: str
    words: str = ""
    fault: tuple[int, int] | None = None


def annotate(lines: Sequence[RecordedLine], grammar: Grammar, told: str = "") -> list[Note | None]:
    """Return a note for each line, None for what has no place in the grammar.

    Of a marked line with several faults the one is noted that `told` is the message of.

    `grammar` is that of the capabilities that the server announces (RFC 3501 section 9).
    """
    notes: list[Note | None] = [None] * len(lines)
    for frame in frames(lines):
        number = frame.lines[0]
        marked = any(lines[each].mark for each in frame.lines)
        notes[number] = describe(frame.text, frame.literals, lines[number].direction, grammar)
        if notes[number] is None and marked:
            line, note = _blame(frame, grammar, told)
            if note is not None:
                notes[line] = note
        for each in frame.payload - {number}:
            notes[each] = notes[each] or _payload(grammar)
    return notes


def describe(
    text: bytes, literals: Sequence[bytes | bytearray], direction: str, grammar: Grammar
) -> Note | None:
    """Say what a whole response (S) or command (C) is; None for what does not follow the grammar.

    The one place where lines get their words: `text` is the skeleton that ends in CRLF,
    `literals` are the payloads cut out of it.
    """
    if len(text) > _LONGEST:
        return None
    if literals:
        return _described(text, literals, direction, grammar)
    return _short(text, direction, grammar)


@lru_cache(maxsize=4096)
def _short(text: bytes, direction: str, grammar: Grammar) -> Note | None:
    """Describe what has no literals; of that the same comes in most transcripts."""
    return _described(text, (), direction, grammar)


def _described(
    text: bytes, literals: Sequence[bytes | bytearray], direction: str, grammar: Grammar
) -> Note | None:
    starts = _starts(text) if direction == "S" else _CLIENT_STARTS
    for start in starts:
        if start in grammar.starts and grammar.check(start, text, literals) is None:
            rules = _path(grammar, start, text)
            if not rules:
                return None
            origin = grammar.rules[rules[-1]]
            names = tuple(map(abnf_name, rules))
            return Note(names, origin.rfc, origin.section, _meaning(grammar, start, text))
    return None


def _starts(text: bytes) -> tuple[str, ...]:
    return _SERVER_STARTS.get(text[:1], ("response_tagged",))


def _path(grammar: Grammar, start: str, text: bytes) -> tuple[str, ...]:
    """Return the rules that cover a text, from the outermost in, as long as they are alone.

    Start symbols that are no rules of the RFC (they stand for a part of one) are left out.
    """
    tree = grammar.tree(start, text)
    names = [start]
    while len(names) < _DEPTH:
        below = [child for child in tree.children if isinstance(child, lark.Tree)]
        if len(below) != 1:
            break
        tree = below[0]
        names.append(str(tree.data))
    return tuple(name for name in names if name in grammar.rules)


def _meaning(grammar: Grammar, start: str, text: bytes) -> str:
    """Return in plain words what a text says first of all, empty where nothing is known."""
    said = headlines(make_tree(grammar, start, text))
    return BETWEEN.join(f"{meaning.word}: {meaning.says}" for meaning in said)


def _payload(grammar: Grammar) -> Note:
    origin = grammar.rules["literal"]
    return Note(("literal",), origin.rfc, origin.section, "octets of the literal")


def _blame(frame: RecordedFrame, grammar: Grammar, told: str) -> tuple[int, Note | None]:
    """Find the octets of a marked response that the grammar does not allow."""
    text = frame.text
    is_response = text[:1] in _SERVER_STARTS or _TAGGED.match(text)
    if not is_response or MASK.encode() in text or len(text) > _LONGEST:
        return frame.lines[0], None
    faults = grammar.faults(_starts(text)[0], text, frame.literals)
    if not faults:
        return frame.lines[0], None
    fault = next((fault for fault in faults if fault.message == told), faults[0])
    first = frame.skeleton[min(fault.offset, len(frame.skeleton) - 1)]
    word = _WORD.match(text, fault.offset)
    last = frame.skeleton[word.end() - 1] if word else first
    end = last.end if last.line == first.line else first.end
    note = Note(
        (*fault.inside[:1], fault.rule) if fault.inside else (fault.rule,),
        fault.rfc,
        fault.section,
        fault.message,
        (first.begin, end),
    )
    return first.line, note
