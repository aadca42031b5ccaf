"""Rows of `passive_rows` for COMPRESS (RFC 4978)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

HERE = told("COMPRESS=DEFLATE")

ROWS = (
    Row(
        "4978-3-client-waits",
        "a command before the result; one behind a refusal",
        [*HERE, "C: a1 COMPRESS DEFLATE", "C: a2 NOOP"],
        [*HERE, "C: a1 COMPRESS DEFLATE", "S: a1 NO not now", "C: a2 NOOP"],
    ),
)
