"""What commands may do to flags and messages, as far as checks of other things have to know it.

The modules of RFCs register it under `EFFECTS`. A command of which nothing is registered may change
any flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from conformance.extending import registry


@dataclass(frozen=True, slots=True)
class Effect:
    """What commands of these names do.

    `keeps_flags`: messages that are there have the flags afterwards that they had before.
    `brings_flags`: it can bring a flag or keyword into a mailbox. `removes`: messages may go, and
    be shown without flags afterwards (RFC 2180). `renames`: names may mean other mailboxes.
    """

    commands: tuple[str, ...]
    keeps_flags: bool = False
    brings_flags: bool = False
    removes: bool = False
    renames: bool = False


_UNKNOWN = Effect(())


@cache
def _effects() -> dict[str, Effect]:
    rows = registry.rows(__name__, "EFFECTS", Effect)
    return {name: row for row in rows for name in row.commands}


def effect_of(name: str) -> Effect:
    """Return what is registered of a command, by its name in capitals."""
    return _effects().get(name, _UNKNOWN)
