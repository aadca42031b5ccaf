"""Rows of `passive_rows` for registered keywords (RFC 5788)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected()

ROWS = (
    Row(
        "5788-3.4-client-stays",
        "$MDNSent is taken away; it is set",
        [*HERE, "C: a1 STORE 2 -FLAGS ($MDNSent)"],
        [*HERE, "C: a1 STORE 2 +FLAGS ($MDNSent)"],
    ),
    Row(
        "5788-3.4-client-stays",
        "$Forwarded is taken away among others; a keyword that only begins so is",
        [*HERE, "C: a1 UID STORE 20 -FLAGS.SILENT \\Flagged $forwarded"],
        [*HERE, "C: a1 UID STORE 20 -FLAGS.SILENT (\\Flagged $ForwardedTwice)"],
    ),
)
