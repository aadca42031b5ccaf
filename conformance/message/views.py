"""Looking at a side of an envelope or structure only, so that one fault is one finding.

A server that writes dates in its own form would otherwise fail every case on addresses.
"""

from __future__ import annotations

from conformance.message.expected import Anything, Expected, Items, Listed, OneOf

_SIZES = frozenset({"octets", "lines"})
_ADDRESSES = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc"})
_TEXTS = frozenset({"subject", "in-reply-to", "message-id"})
_FIELDS = frozenset(
    {"type", "subtype", "parameters", "id", "description", "encoding", "envelope", "MD5"}
    | {"disposition", "language", "location"}
)
VIEWS: dict[str, frozenset[str]] = {
    "addresses": _TEXTS | {"date"},
    "texts": _ADDRESSES | {"date"},
    "date": _ADDRESSES | _TEXTS,
    "fields": _SIZES | {"date"},
    "shape": _SIZES | {"date", "encoding"},
    "sizes": _FIELDS,
}
"""By name, the places that are passed over."""

_NOT_LOOKED_AT = Anything("not looked at here")


def viewed(expected: Expected, view: str) -> Expected:
    """Return the expectation with the places of other views left open."""
    if isinstance(expected, Items):
        return Items({name: viewed(item, view) for name, item in expected.items.items()})
    if isinstance(expected, OneOf):
        return OneOf(tuple(viewed(option, view) for option in expected.options))
    if isinstance(expected, Listed):
        items = tuple(
            (name, _NOT_LOOKED_AT if name in VIEWS[view] else viewed(item, view))
            for name, item in expected.items
        )
        return Listed(items, expected.least)
    return expected
