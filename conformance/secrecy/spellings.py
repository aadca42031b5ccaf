"""In which spellings a secret may stand in a text: one pattern for all of them.

A client quotes it, a server sends it back escaped for some format or other, a transcript spells out
what can not be printed. So each character of a secret may stand in any of its spellings, mixed as
they come. The pattern is linear in the text: no two parts of it can take the same characters.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_NAMED: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_ESCAPES: Final = r"\\{0,3}"
"""What quoting, once or twice, may put before a character."""


@lru_cache(maxsize=256)
def pattern(octets: bytes) -> re.Pattern[str]:
    """Return what matches these octets in text, and in octets read as ISO 8859-1."""
    try:
        characters = octets.decode()
    except UnicodeDecodeError:
        characters = octets.decode("latin-1")
    parts: list[str] = []
    for character, run in itertools.groupby(characters):
        count = len(list(run))
        if character == "\\":
            spelt = "|".join(_escaped(0x5C, character))
            parts.append(rf"(?:\\{{{count},{4 * count + 3}}}|(?:{spelt}){{{count}}})")
            continue
        spelling = _spelt(character)
        for index in range(count):
            behind_backslash = index == 0 and (not parts or parts[-1].startswith(r"(?:\\{"))
            parts.append(spelling if behind_backslash else _ESCAPES + spelling)
    return re.compile("".join(parts))


def _spelt(character: str) -> str:
    """Return a pattern for all spellings of one character."""
    forms = [re.escape(character), *_escaped(ord(character), character)]
    octets = character.encode()
    if len(octets) > 1:
        forms.append("".join(f"(?:{'|'.join(_octet(octet))})" for octet in octets))
    return f"(?:{'|'.join(forms)})"


def _octet(octet: int) -> list[str]:
    return [re.escape(chr(octet)), *_escaped(octet, chr(octet))]


def _escaped(code: int, character: str) -> list[str]:
    """Return patterns for a character as C, JSON, URLs and HTML escape it."""
    forms = [f"&#0*{code};", f"(?i:&#x0*{code:x};)"]
    if code < 0x100:
        forms += [rf"(?i:\\{{1,2}}x{code:02x})", f"(?i:%{code:02x})"]
    if code < 0x10000:
        forms.append(rf"(?i:\\{{1,2}}u{code:04x})")
    else:
        high, low = 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + (code & 0x3FF)
        forms.append(rf"(?i:\\{{1,2}}u{high:04x}\\{{1,2}}u{low:04x})")
    if character in _NAMED:
        forms.append(rf"\\{{1,2}}{_NAMED[character]}")
    if character in _ENTITIES:
        forms += [_ENTITIES[character], re.escape(html.escape(character))]
    return forms


_ESCAPED = re.compile(
    r"\\{1,2}x(?P<c>[0-9a-fA-F]{2})|\\{1,2}u(?P<json>[0-9a-fA-F]{4})|%(?P<url>[0-9a-fA-F]{2})"
    r"|&#x(?P<hex>[0-9a-fA-F]{1,6});|&#(?P<number>[0-9]{1,7});|&(?P<entity>amp|lt|gt|quot|apos);"
    r"|\\{1,2}(?P<named>[nrtbf])|\\(?P<quoted>.)",
    re.DOTALL,
)
_LETTERS = {letter: character for character, letter in _NAMED.items()}
_BROKEN_END = re.compile(r"(?:\\{1,2}[xu]?[0-9a-fA-F]{0,3}|%[0-9a-fA-F]?|&#?\w{0,7})\Z")
_BROKEN_BEGIN = re.compile(r"[\w#]{0,7};|[xu]?[0-9a-fA-F]{1,3}(?=[\\%&]|\Z)")


class Plain(NamedTuple):
    """A reading of a text, and for each of its characters where it begins and ends there."""

    text: str
    begins: Sequence[int]
    ends: Sequence[int]


def readings(text: str) -> Iterator[Plain]:
    """Yield a text as it is and without escapes, also where one is cut off at an end of it."""
    yield Plain(text, range(len(text)), range(1, len(text) + 1))
    broken, rest = _BROKEN_END.search(text), _BROKEN_BEGIN.match(text)
    first, last = rest.end() if rest else 0, broken.start() if broken else len(text)
    for begin, end in {(0, len(text)), (0, last), (first, len(text))}:
        yield _unescaped(text, begin, end)


def _unescaped(text: str, begin: int, end: int) -> Plain:
    characters: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    at = begin
    while at < end:
        found = _ESCAPED.match(text, at, end)
        characters.append(_meant(found) if found else text[at])
        begins.append(at)
        at = found.end() if found else at + 1
        ends.append(at)
    return Plain("".join(characters), begins, ends)


def _meant(found: re.Match[str]) -> str:
    kind, value = str(found.lastgroup), found[str(found.lastgroup)]
    if kind == "entity":
        return html.unescape(f"&{value};")
    if kind in ("named", "quoted"):
        return _LETTERS.get(value, value) if kind == "named" else value
    code = int(value, 10 if kind == "number" else 16)
    return chr(code) if code < 0x110000 else "?"
