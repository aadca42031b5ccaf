"""REPLACE (RFC 8508): what it does to flags and messages."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("REPLACE", "UID REPLACE"), brings_flags=True, removes=True),)
