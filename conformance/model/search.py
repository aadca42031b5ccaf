"""Search keys whose truth the model knows, for a session that may lag behind.

The truth of a key for a message is a set: one of True and False, or both where the session may see
either (RFC 3501 section 6.4.4: a search goes by what the session has been shown).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

from conformance.model.store import StoredMessage
from conformance.model.view import SessionView

Truths = frozenset[bool]
OPEN: Truths = frozenset((True, False))


@dataclass(frozen=True, slots=True)
class ModelKey:
    """A search key: how it is written, and for which messages of a view it is true."""

    text: str
    # Not shown: the search knows by what is shown whether it has tried something before.
    truths: Callable[[SessionView, StoredMessage], Truths] = field(repr=False)
    rule: str
    """The requirement that says what it means."""


def _flag(word: str, flag: bytes, *, is_set: bool) -> ModelKey:
    return ModelKey(
        word,
        lambda view, message: frozenset(t is is_set for t in view.truths(message, flag)),
        "3501-6.4.4-flag-keys",
    )


def _static(word: str, test: Callable[[StoredMessage], bool], rule: str) -> ModelKey:
    return ModelKey(word, lambda _view, message: frozenset((test(message),)), f"3501-6.4.4-{rule}")


_FLAGS = ("SEEN", "FLAGGED", "DELETED", "ANSWERED", "DRAFT")

KEYS: tuple[ModelKey, ...] = (
    _static("ALL", lambda _message: True, "all"),
    *(_flag(word, b"\\" + word.encode(), is_set=True) for word in _FLAGS),
    *(_flag(f"UN{word}", b"\\" + word.encode(), is_set=False) for word in _FLAGS),
    _static("LARGER 60", lambda message: len(message.octets) > 60, "size"),
    _static("SMALLER 60", lambda message: len(message.octets) < 60, "size"),
    _static("SUBJECT two", lambda message: b"subject: two" in message.octets.lower(), "subject"),
    _static("BODY third", lambda m: b"third" in m.octets.partition(b"\r\n\r\n")[2], "body"),
    ModelKey("KEYWORD $Kept", lambda view, m: view.truths(m, b"$KEPT"), "3501-6.4.4-keyword"),
)


def negated(key: ModelKey) -> ModelKey:
    """NOT in front of a key."""
    return ModelKey(
        f"NOT {key.text}",
        lambda view, message: frozenset(not truth for truth in key.truths(view, message)),
        "3501-6.4.4-not",
    )


def joined(keys: tuple[ModelKey, ...], how: str) -> ModelKey:
    """Several keys as one: `and` in parentheses, `or` of two."""
    combine = _COMBINE[how]
    words = " ".join(key.text for key in keys)
    return ModelKey(
        f"OR {words}" if how == "or" else f"({words})",
        lambda view, message: frozenset(
            combine(truths) for truths in product(*(key.truths(view, message) for key in keys))
        ),
        f"3501-6.4.4-{how}",
    )


_COMBINE: Mapping[str, Callable[[tuple[bool, ...]], bool]] = {"and": all, "or": any}
