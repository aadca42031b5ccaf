"""Questions that show whether a capability is there: the reader of `cases/capabilities.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance import data

_NO_UID = "4294967295"
"""A UID that no message has, for nothing could come behind it (RFC 3501 section 9)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question: a command that a server with this capability answers with OK or NO.

    `selected`: a mailbox is opened before; `writable`: for reading and writing. `alone`: on a
    connection of its own, for it changes the session. `wants` has to match one of the untagged
    responses. `brings`: further capabilities with which the question is in place.
    """

    capability: str
    send: bytes
    selected: bool
    writable: bool
    alone: bool
    wants: re.Pattern[bytes] | None
    brings: frozenset[str]


@lru_cache(maxsize=1)
def load_probes() -> Mapping[str, Probe]:
    """Read the questions, by the capability in capitals.

    Raises:
        KeyError, TypeError, ValueError: an entry lacks something or has too much.
    """
    with (data.CASES / "capabilities.toml").open("rb") as file:
        entries = tomllib.load(file)
    return {name.upper(): _probe(name.upper(), dict(entry)) for name, entry in entries.items()}


def _probe(capability: str, entry: dict[str, Any]) -> Probe:
    send = str(entry.pop("send")).replace("{uid}", _NO_UID)
    wants = entry.pop("wants", "")
    probe = Probe(
        capability,
        send.encode("ascii"),
        selected=bool(entry.pop("selected", False)) or entry.get("writable", False),
        writable=bool(entry.pop("writable", False)),
        alone=bool(entry.pop("alone", False)),
        wants=re.compile(wants.encode("ascii"), re.IGNORECASE) if wants else None,
        brings=frozenset(map(str, entry.pop("brings", ()))),
    )
    if entry:
        raise ValueError(f"{capability}: {', '.join(entry)} is not known")
    return probe
