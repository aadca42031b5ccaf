"""UNSELECT (RFC 3691): what it does to flags and messages."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("UNSELECT",), keeps_flags=True),)
