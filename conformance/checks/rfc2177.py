"""IDLE (RFC 2177): what it does to flags and messages."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("IDLE",), keeps_flags=True),)
