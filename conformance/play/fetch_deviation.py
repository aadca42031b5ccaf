"""Faults of a FETCH response that one cause brings into many cases, told by the answer itself.

Where an item is otherwise than a case expects, mostly only the case knows what that means. These
few are the same whatever the case is about: its own rule is not what the server broke.
"""

from __future__ import annotations

import re

from conformance.syntax.bodies import has_extension_data
from conformance.syntax.responses import Response

_TOO_MANY = re.compile(
    r"BODY(?:[ ,][^:]*)?: expected (?P<wanted>\d+) values, received (?P<got>\d+)"
)
_LINES = re.compile(
    r"BODY(?:STRUCTURE)?(?:, [^:,]*)*, (?:lines|value (?:8|10)): expected \d.*, received '?\d+'?"
)
"""The eighth value of a TEXT part, and the tenth of a message, is its size in lines."""
_FOLD = re.compile(
    r"(?:ENVELOPE|BODY(?:STRUCTURE)?), .*: expected .*, received '.*(?:\\r)?\\n(?: |\\t).*'",
    re.DOTALL,
)
"""A value with the line end of a fold in it, which belongs to no field (RFC 2822 section 2.2.3)."""
_NO_PIECE = re.compile(r"no item (?P<section>BODY\[.*\])<\d+>")


def fetch_deviation(reason: str, got: Response) -> str | None:
    """Return what is wrong with a FETCH response, None where only the case can tell.

    `reason` says in which place it differs.
    """
    if (found := _TOO_MANY.match(reason)) and int(found["got"]) > int(found["wanted"]):
        body = got.items.get(b"BODY")
        return "extension data in BODY" if body and has_extension_data(body) else None
    if reason.endswith(": expected NIL, received ''"):
        return "the empty string for NIL"
    if _LINES.fullmatch(reason):
        return "other number of lines"
    if _FOLD.fullmatch(reason):
        return "a fold left in a field"
    if found := _NO_PIECE.fullmatch(reason):
        section = found["section"].upper().encode("latin-1", "replace")
        names = [key for key, _ in got.items.entries]
        wrong = re.compile(re.escape(section) + rb"<(?!\d+>\Z)")
        if any(wrong.match(name) for name in names):
            return "other name of a piece"
        if section in names:
            return "a piece without the octet where it begins"
    return None
