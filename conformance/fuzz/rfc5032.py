"""WITHIN (RFC 5032) in generated programs: searches for what came long ago, or has just come."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.fuzz import on_messages
from conformance.fuzz.operation import EITHER, Operation
from conformance.model.search import OPEN, ModelKey, Truths, negated
from conformance.model.store import StoredMessage
from conformance.model.view import SessionView

_APPENDED = "3501-6.3.11-date"
_DAY = 86_400
_EVER = 4_294_967_295
"""136 years: no message is that old, and no program lasts a day."""


def _older(message: StoredMessage, seconds: int) -> Truths:
    """Whether a message is so old: without a date of its own it has come in this run."""
    if seconds == _EVER:
        return frozenset((False,))
    return frozenset((bool(message.date),)) if message.dated_by == _APPENDED else OPEN


def _key(word: str, seconds: int) -> ModelKey:
    def truths(_view: SessionView, message: StoredMessage) -> Truths:
        older = _older(message, seconds)
        return older if word == "OLDER" else frozenset(not truth for truth in older)

    return ModelKey(f"{word} {seconds}", truths, f"5032-2-{word.lower()}")


KEYS = tuple(_key(word, seconds) for word in ("OLDER", "YOUNGER") for seconds in (_DAY, _EVER))

OPERATIONS = (
    Operation(
        "search within",
        on_messages.search,
        {"key": st.sampled_from((*KEYS, *map(negated, KEYS))), "by_uid": EITHER},
        needs="WITHIN",
    ),
)
