"""Rows of `passive_rows` for METADATA (RFC 5464)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

HERE = told("METADATA", "LITERAL+")
SET = "C: a1 SETMETADATA x (/shared/comment {%d+}"

ROWS = (
    Row(
        "5464-3.2-client-lines",
        "lines end with LF; with CRLF",
        [*HERE, SET % 7, "C~ one\ntwo", "C: )"],
        [*HERE, SET % 8, "C~ one\r\ntwo", "C: )"],
    ),
)
