"""The order of strings by i;unicode-casemap (RFC 5051), which SORT and THREAD have to use.

Each character is replaced by its titlecase and then by its decomposition, as far as the Unicode
character database has them; what comes of it is compared by the octets of its UTF-8.
"""

from __future__ import annotations

import unicodedata


def casemap(text: str) -> bytes:
    """Return what stands for a text when it is compared (RFC 5051 section 2).

    Code points without a character stay as they are.
    """
    return "".join(map(_mapped, text)).encode("utf-8", "surrogatepass")


def _mapped(character: str) -> str:
    title = character.title()
    # The database has one character for one; what becomes several is a special case of elsewhere.
    return _decomposed(title if len(title) == 1 else character)


def _decomposed(character: str) -> str:
    decomposition = unicodedata.decomposition(character)
    if not decomposition:
        return character
    points = [point for point in decomposition.split() if not point.startswith("<")]
    return "".join(_decomposed(chr(int(point, 16))) for point in points)
