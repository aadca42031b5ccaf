"""Text that came from a server, made safe to show, to shorten and to publish.

Views call these on every string that they did not write themselves. Markup
(HTML, terminal styles) is the business of the view.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from conformance.syntax.shown import clip

KEPT = 1000
"""Characters of a reason, a message or a line of a transcript that are kept."""

_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_HEEDED = re.compile(
    r"##(?=[\w-]*\[)|::(?=(?:add|debug|echo|endgroup|error|group|notice|remove|save|set|stop|warning)\b)",
    re.IGNORECASE,
)
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer a display instead of showing on it: controls, direction
and joining marks, lone surrogates, unassigned code points, line and paragraph separators."""


def visible(text: str) -> str:
    r"""Return `text` with every character that could steer a display spelt out (``\x1b``).

    Line ends are spelt out too, so the result is one line. Backslashes stay as they are:
    the text may have been escaped before, and the aim is safety, not a round trip.
    """
    if text.isascii() and text.isprintable():
        return unheeded(text)
    return unheeded("".join(map(_visible, text)))


def unheeded(text: str) -> str:
    r"""Return `text` with the beginnings of commands of CI systems spelt out (``\x23#vso[``).

    Azure and TeamCity look for them anywhere in a line, GitHub at its beginning, which may come
    about where a line is wrapped.
    """
    return _HEEDED.sub(_spelt_out, text)


def _spelt_out(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0][0]):02x}{found[0][1:]}"


def _visible(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def kept(text: str, mask: Callable[[str], str]) -> str:
    """Return what is kept of a text: without secrets, then shortened.

    The other way round a secret that is cut in two would show its first half.
    """
    return clip(mask(clip(text, 4 * KEPT)), KEPT)


def end_visible(text: str) -> str:
    r"""Return `text` with a space at its very end spelt out, where that may be what is wrong."""
    return f"{text[:-1]}\\x20" if text.endswith(" ") else text


def escape_octets(data: bytes) -> str:
    r"""Return octets as ASCII text: printable ones as they are, others as ``\r``, ``\x00``."""
    return "".join(
        "\\\\" if octet == 0x5C else chr(octet) if 0x20 <= octet < 0x7F else _octet(octet)
        for octet in data
    )


def _octet(octet: int) -> str:
    return _NAMED.get(chr(octet), f"\\x{octet:02x}")


def as_on_the_wire(data: bytes) -> str:
    r"""Return octets as a transcript has them: unprintable ones as ``\x0d``, backslashes as is."""
    return "".join(chr(x) if 0x20 <= x < 0x7F else f"\\x{x:02x}" for x in data)


def counted(count: int, noun: str, plural: str = "") -> str:
    """Say how many there are: `1 session`, `2 sessions`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
