"""NAMESPACE (RFC 2342) among generated commands."""

from __future__ import annotations

from conformance.fuzz.judged import EITHER, Judged, always

JUDGED = (Judged("namespace_command", always(EITHER), "2342-4-announced", shares=True, asks=True),)
