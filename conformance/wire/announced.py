"""What a response says a server offers, or has turned on in this session.

A list of capabilities comes in CAPABILITY data or in a response code (RFC 3501 section 7.1), and
what ENABLE has turned on in ENABLED (RFC 5161 section 3.2).
"""

from __future__ import annotations

import re
from functools import lru_cache

_CAPABILITIES = re.compile(
    rb"\* CAPABILITY( [^\r]*)|\S+ +(?:OK|NO|BAD|BYE|PREAUTH) *\[CAPABILITY( [^\]\r]*)\]",
    re.IGNORECASE,
)
_KEPT = 100
_ENABLED = re.compile(rb"\* ENABLED( [^\r]*)", re.IGNORECASE)


def announced(text: bytes) -> frozenset[str] | None:
    """Return the capabilities that a response lists, in capitals; None where it lists none."""
    words = _listed(text)
    return None if words is None else _names(words)


def spelt(text: bytes) -> tuple[str, ...] | None:
    """Return the capabilities that a response lists, as it writes them; None where it has none."""
    words = _listed(text)
    return None if words is None else _words(words)


def enabled(text: bytes, before: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the extensions that are on behind a response, in capitals: these and those `before`.

    No more than a hundred, however many a server names.
    """
    found = _ENABLED.match(text)
    if found is None or len(before) >= _KEPT:
        return before
    return before | frozenset(sorted(_names(found[1]))[: _KEPT - len(before)])


def _listed(text: bytes) -> bytes | None:
    found = _CAPABILITIES.match(text)
    return None if found is None else found[1] if found[1] is not None else found[2]


@lru_cache(maxsize=64)  # a server tells each session the same
def _names(words: bytes) -> frozenset[str]:
    return frozenset(map(str.upper, _words(words)))


def _words(words: bytes) -> tuple[str, ...]:
    return tuple(words.decode("ascii", "backslashreplace").split())
