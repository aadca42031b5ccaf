"""Which announced capabilities the formal syntax here describes, and which it does not.

What belongs to one without a grammar is not judged: not its commands, not its responses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.syntax.modules import available

OF_THE_BASE = tuple(map(frozenset, ({"IMAP4REV1"}, {"STARTTLS"}, {"LOGINDISABLED"}, {"AUTH="})))
"""Capabilities of RFC 3501 itself (sections 6.1.1, 6.2.1 to 6.2.3)."""

_WITHOUT_SYNTAX = frozenset({"I18NLEVEL=1", "URL-PARTIAL"})
"""Capabilities that bring nothing to the syntax of IMAP: how texts compare (RFC 5255 section 4),
and a part of URLs (RFC 5550 section 3.1)."""


def brings(conditions: Sequence[frozenset[str]], name: str) -> bool:
    """Whether a capability has a part in bringing a module in; `AUTH=` is any that begins so."""
    return any(
        name == each or (each.endswith("=") and name.startswith(each))
        for condition in conditions
        for each in condition
    )


def undescribed(capabilities: Iterable[str]) -> tuple[str, ...]:
    """Return those of these capabilities, in their order, whose syntax no file here describes."""
    known = (*OF_THE_BASE, *(each for module in available() for each in module.brought_by))
    return tuple(
        name
        for name in capabilities
        if name.upper() not in _WITHOUT_SYNTAX and not brings(known, name.upper())
    )
