"""Rows of `passive_rows` for PARTIAL (RFC 9394)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected("ESEARCH PARTIAL")

ROWS = (
    Row(
        "9394-3.1-client-once",
        "PARTIAL and ALL; PARTIAL and COUNT, and a key ALL",
        [*HERE, "C: a1 SEARCH RETURN (PARTIAL 1:10 ALL) SEEN"],
        [*HERE, "C: a1 SEARCH RETURN (PARTIAL 1:10 COUNT) ALL"],
    ),
    Row(
        "9394-3.1-client-once",
        "PARTIAL twice; once in each of two searches",
        [*HERE, "C: a1 UID SEARCH RETURN (PARTIAL 1:10 PARTIAL -1:-10) ALL"],
        [*HERE, "C: a1 UID SEARCH RETURN (PARTIAL 1:10) ALL"],
    ),
)
