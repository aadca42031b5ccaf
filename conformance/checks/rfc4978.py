"""COMPRESS (RFC 4978): what it does to flags and messages, which is nothing."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("COMPRESS",), keeps_flags=True),)
