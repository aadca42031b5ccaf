"""Arguments of a command, read as simply as the decent server needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_WORD = re.compile(
    rb'(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"|\{(?P<size>\d+)\+?\}\r\n'
    rb"|(?P<atom>(?:[^ ()\"\[\r\n]|\[[^\]]*\])+)",
    re.DOTALL,
)


@dataclass(slots=True)
class Word:
    """An argument: its octets, or the words of a list in parentheses."""

    text: bytes = b""
    inner: list[Word] = field(default_factory=list)


def words(arguments: bytes) -> list[Word]:
    """Read arguments, literals and their payloads within."""
    outer: list[list[Word]] = []
    current: list[Word] = []
    at = 0
    while (found := _WORD.search(arguments, at)) is not None:
        at = found.end()
        if found["open"]:
            current.append(Word())
            outer.append(current)
            current = current[-1].inner
        elif found["close"]:
            current = outer.pop() if outer else current
        elif found["size"]:
            current.append(Word(arguments[at : at + int(found["size"])]))
            at += int(found["size"])
        else:
            quoted = found["quoted"]
            text = found["atom"] if quoted is None else re.sub(rb"\\(.)", rb"\1", quoted)
            current.append(Word(text))
    return outer[0] if outer else current


def numbers(text: bytes, last: int) -> set[int]:
    """Return the numbers of a sequence set, `*` being the last one; none above it."""
    found: set[int] = set()
    for part in text.split(b","):
        ends = [last if end == b"*" else int(end) for end in part.split(b":")]
        low, high = min(ends), max(ends)
        if b"*" in part:
            low = min(low, last)
        found.update(range(low, min(high, last) + 1))
    return found
