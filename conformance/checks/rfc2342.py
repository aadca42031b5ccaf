"""NAMESPACE (RFC 2342): what it does to flags and messages."""

from __future__ import annotations

from conformance.checks.effects import Effect

EFFECTS = (Effect(("NAMESPACE",), keeps_flags=True),)
