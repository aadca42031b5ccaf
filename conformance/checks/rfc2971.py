"""ID (RFC 2971): what it does to flags and messages."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("ID",), keeps_flags=True),)
