"""The flaws by id, and what only looks like one: joined from what the modules of RFCs register."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.extending import registry
from conformance.flaws.flaw import Flaw


def _rows(name: str) -> Mapping[str, Flaw]:
    rows = registry.rows(__name__, name, Flaw)
    return MappingProxyType(registry.by_key(rows, lambda row: row.id))


FLAWS = _rows("FLAWS")
"""The faults."""
ALLOWED = _rows("ALLOWED")
"""What looks like a fault and is allowed."""
FACADES = _rows("FACADES")
"""What makes a good server speak an extension that it does not know; see `Flaw.facade`."""
CONCURRENT = _rows("CONCURRENT")
"""Faults that show only where many clients are at work at once: `load` finds them, no case does."""
