"""What stands in braces: splitting a line of a case into plain octets and placeholders.

Only the syntax of placeholders lives here. What a placeholder stands for is decided in `pattern`
(server lines) and `player` (client lines); which names exist is known to `values`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

HoleKind: TypeAlias = Literal["capture", "any", "value", "answer", "count", "wait", "own-count"]

_NAME = r"[A-Za-z][A-Za-z0-9]*(?:[./][A-Za-z0-9%*./\-]*)?"
_PLACEHOLDER = re.compile(
    r"(?P<octets>0x(?:[0-9A-Fa-f]{2})+)"
    r"|(?P<answer>sasl\.[a-z0-9.-]+):(?P<challenge>[a-z][a-z0-9_]*)"
    r"|(?P<capture>(?P<name>[a-z][a-z0-9_]*)?:(?P<rule>[A-Za-z][A-Za-z0-9_-]*))"
    r"|(?P<any>\*)"
    r"|(?P<count>\d+\+?)"
    r"|#(?P<own>\+?)"
    rf"|#(?P<counted>{_NAME})(?P<counted_plus>\+?)"
    rf"|(?P<value>{_NAME})"
)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder. `kind` decides which of the other fields count.

    `capture`: `name` (may be empty) and `rule`; `value`: `name`; `answer`: the SASL message `name`
    for the challenge that was kept as `text`; `wait`: the literal count of the value `name`;
    `count`: `text` as written; `own-count`: the lines that follow; `plus` marks a
    non-synchronising literal (RFC 7888).
    """

    kind: HoleKind
    name: str = ""
    rule: str = ""
    text: str = ""
    plus: bool = False


TextPiece: TypeAlias = bytes | Placeholder


def split(text: str) -> list[TextPiece]:
    """Split `text` into octets and placeholders; neighbouring octets are one piece.

    Raises:
        ValueError: a brace that opens nothing known, or does not close.
    """
    pieces: list[TextPiece] = []
    plain = bytearray()
    position = 0
    while position < len(text):
        opening = text.find("{", position)
        if opening < 0:
            plain += text[position:].encode()
            break
        plain += text[position:opening].encode()
        if text.startswith("{{", opening):
            plain += b"{"
            position = opening + 2
            continue
        closing = text.find("}", opening)
        if closing < 0:
            raise ValueError("a brace is not closed (write a plain brace as '{{')")
        piece = _read(text[opening + 1 : closing])
        if isinstance(piece, bytes):
            plain += piece
        else:
            if plain:
                pieces.append(bytes(plain))
                plain.clear()
            pieces.append(piece)
        position = closing + 1
    if plain:
        pieces.append(bytes(plain))
    return pieces


def _read(inside: str) -> TextPiece:
    found = _PLACEHOLDER.fullmatch(inside)
    if not found:
        raise ValueError(f"'{{{inside}}}' is not a placeholder")
    if octets := found["octets"]:
        return bytes.fromhex(octets[2:])
    if found["answer"]:
        return Placeholder("answer", name=found["answer"], text=found["challenge"])
    if found["capture"]:
        rule = found["rule"].replace("-", "_").lower()
        return Placeholder("capture", name=found["name"] or "", rule=rule)
    if found["any"]:
        return Placeholder("any")
    if count := found["count"]:
        return Placeholder("count", text=count)
    if (own := found["own"]) is not None:
        return Placeholder("own-count", plus=bool(own))
    if counted := found["counted"]:
        return Placeholder("wait", name=counted, plus=bool(found["counted_plus"]))
    return Placeholder("value", name=found["value"])
