"""Rows of `passive_rows` for SEARCHRES (RFC 5182)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

ROWS = (
    Row(
        "3501-2.2.1-client-unannounced",
        "SAVE that was not announced; that was",
        [*selected("ESEARCH"), "C: a1 SEARCH RETURN (SAVE) SEEN"],
        [*selected("ESEARCH SEARCHRES"), "C: a1 SEARCH RETURN (SAVE) SEEN"],
    ),
    Row(
        "3501-2.2.1-client-unannounced",
        "the marker; a keyword that begins with it",
        [*selected(), "C: a1 FETCH $ FLAGS"],
        [*selected(), "C: a1 STORE 1 +FLAGS ($Forwarded)"],
    ),
)
