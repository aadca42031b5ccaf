"""How text is shortened in messages, by one rule everywhere."""

from __future__ import annotations


def clip(text: str, limit: int) -> str:
    """Shorten `text` to `limit` characters, saying at its end how many were left out."""
    if len(text) <= limit:
        return text
    note = f" [{len(text) - limit} more]"
    return text[: max(limit - len(note), 0)] + note if limit > len(note) else text[:limit]
