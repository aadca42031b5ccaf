"""ENABLE (RFC 5161): what it does to flags and messages."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("ENABLE",), keeps_flags=True),)
