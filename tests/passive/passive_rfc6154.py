"""Rows of `passive_rows` for CREATE-SPECIAL-USE (RFC 6154)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

USE = "C: a1 CREATE x (USE (\\Drafts))"

ROWS = (
    Row(
        "6154-3-client-announced",
        "USE is not announced; it is",
        [*told("SPECIAL-USE"), USE],
        [*told("SPECIAL-USE", "CREATE-SPECIAL-USE"), USE],
    ),
)
