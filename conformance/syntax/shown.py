"""How text is shortened in messages, by one rule everywhere."""

from __future__ import annotations

_VALUE = 80  # octets


def clip(text: str, limit: int) -> str:
    """Shorten `text` to `limit` characters, saying at its end how many were left out."""
    if len(text) <= limit:
        return text
    note = f" [{len(text) - limit} more]"
    return text[: max(limit - len(note), 0)] + note if limit > len(note) else text[:limit]


def quote(octets: bytes | bytearray) -> str:
    """Show the octets of a value in quotes: the first of them, and how many more there are."""
    note = f" [{len(octets) - _VALUE} more]" if len(octets) > _VALUE else ""
    return repr(bytes(octets[:_VALUE]))[1:] + note
