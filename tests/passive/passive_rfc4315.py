"""Rows of `passive_rows` for UIDPLUS (RFC 4315)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

ROWS = (
    Row(
        "3501-2.2.1-client-unannounced",
        "UID EXPUNGE that was not announced; that was",
        [*selected(), "C: a1 UID EXPUNGE 20"],
        [*selected("UIDPLUS"), "C: a1 UID EXPUNGE 20"],
    ),
)
