"""Rows of `passive_rows` for WITHIN (RFC 5032)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

ROWS = (
    Row(
        "3501-2.2.1-client-unannounced",
        "YOUNGER that was not announced; that was",
        [*selected(), "C: a1 SEARCH YOUNGER 3600"],
        [*selected("WITHIN"), "C: a1 SEARCH YOUNGER 3600"],
    ),
)
