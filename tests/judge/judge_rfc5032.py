"""Rows of `judge_rows` for WITHIN (RFC 5032)."""

from __future__ import annotations

from judge_rows import Row
from judge_talk import selected

ROWS = (
    Row(
        "3501-2.2.1-client-unannounced",
        "YOUNGER that was not announced; that was",
        [*selected(), "C: a1 SEARCH YOUNGER 3600"],
        [*selected("WITHIN"), "C: a1 SEARCH YOUNGER 3600"],
    ),
)
