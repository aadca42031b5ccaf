"""MULTISEARCH (RFC 7377) among generated commands."""

from __future__ import annotations

from conformance.fuzz.judged import ANY, Judged, always

JUDGED = (Judged("esearch", always(ANY), "7377-2-announced", asks=True),)
