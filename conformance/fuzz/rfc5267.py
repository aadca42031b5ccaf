"""CONTEXT (RFC 5267) among generated commands."""

from __future__ import annotations

from conformance.fuzz.judged import ANY, Judged, always

JUDGED = (Judged("CANCELUPDATE", always(ANY), "5267-4.3.5-cancel", asks=True),)
