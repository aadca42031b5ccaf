r"""Octets as programs print them: strings of Python, JavaScript, Go, Rust and JSON.

`b'a1 NOOP\r\n'` and the like. What is not in quotes is taken as it stands.
"""

from __future__ import annotations

import re

_QUOTES = re.compile(rb"(?:data=)?[bu]?([\"'])(.*)\1(?:\.\.\.)?,?", re.DOTALL)
_ESCAPE = re.compile(
    rb"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{3})|(.))", re.DOTALL
)
_LETTERS = {
    b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v",
    b"0": b"\0",
}  # fmt: skip
_ENDS = (b"\r\n", b"\n")


def _octets(found: re.Match[bytes]) -> bytes:
    octet, short, long, octal, letter = found.groups()
    if octet:
        return bytes([int(octet, 16)])
    if short or long:
        code = int(short or long, 16)
        return chr(code if code < 0x110000 else 0xFFFD).encode("utf-8", "surrogatepass")
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return _LETTERS.get(letter, bytes(letter))


def unescaped(text: bytes) -> tuple[bytes, bool]:
    """Undo the escapes of what stood in quotes; octets with line ends in them are exact."""
    octets = _ESCAPE.sub(_octets, text)
    if octets.endswith(_ENDS):
        return octets, False
    return octets, b"\n" not in octets


def string(text: bytes) -> tuple[bytes, bool]:
    """Take a string in quotes, with or without a prefix; or a line as it stands."""
    found = _QUOTES.fullmatch(text.strip())
    return unescaped(found[2]) if found is not None else (text, True)


def is_string(text: bytes) -> bool:
    """Whether a text is a string in quotes."""
    return _QUOTES.fullmatch(text.strip()) is not None
