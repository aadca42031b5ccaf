"""The flaws by id, joined from the modules of their families."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.flaws import (
    bodies,
    copying,
    envelopes,
    fetching,
    flags_store,
    framing,
    leaning,
    leaning_mailboxes,
    listing,
    messages,
    refusing,
    searching,
    security,
    selecting,
    status,
    syntax_input,
)
from conformance.flaws.flaw import Flaw

FAMILIES: tuple[tuple[Flaw, ...], ...] = (
    framing.FLAWS,
    selecting.FLAWS,
    status.FLAWS,
    listing.FLAWS,
    fetching.FLAWS,
    envelopes.FLAWS,
    bodies.FLAWS,
    flags_store.FLAWS,
    messages.FLAWS,
    copying.FLAWS,
    refusing.FLAWS,
    searching.FLAWS,
    syntax_input.FLAWS,
    security.FLAWS,
    leaning.FLAWS,
    leaning_mailboxes.FLAWS,
)

FLAWS: Mapping[str, Flaw] = MappingProxyType(
    {flaw.id: flaw for family in FAMILIES for flaw in family}
)
