"""All hostile behaviours, by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.hostile.behaviour import Behaviour
from conformance.hostile.connections import CHANGES, CLOSES, DELAYS, TLS
from conformance.hostile.floods import FLOODS
from conformance.hostile.octets import FRAMING, NAMES, TAGS, TEXTS
from conformance.hostile.sizes import SIZES
from conformance.syntax.near import question

FAMILIES: Mapping[str, tuple[Behaviour, ...]] = MappingProxyType(
    {
        "floods": FLOODS,
        "sizes": SIZES,
        "framing": FRAMING,
        "tags": TAGS,
        "closes": CLOSES,
        "delays and limits": DELAYS,
        "TLS": TLS,
        "changing answers and refusals": CHANGES,
        "texts": TEXTS,
        "names": NAMES,
    }
)
BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType(
    {row.id: row for rows in FAMILIES.values() for row in rows}
)


class NoSuchBehaviourError(LookupError):
    """There is none of this name; the message says which ones are near."""


def look_up(name: str) -> Behaviour:
    """Return the behaviour of this id.

    Raises:
        NoSuchBehaviourError: there is none.
    """
    if name in BEHAVIOURS:
        return BEHAVIOURS[name]
    hint = question(name, BEHAVIOURS, none=": see `imap-conformance hostile`")
    raise NoSuchBehaviourError(f"no hostile behaviour is called {name!r}{hint}")
