"""Rows of `passive_rows` for CONDSTORE and QRESYNC (RFC 7162)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected("CONDSTORE", "QRESYNC", "ENABLE")
FETCH = "C: a1 UID FETCH 1:9 (FLAGS)"

ROWS = (
    Row(
        "7162-3.2.6-client-changedsince",
        "VANISHED alone; with CHANGEDSINCE, in any order",
        [*HERE, f"{FETCH} (VANISHED)"],
        [*HERE, f"{FETCH} (VANISHED CHANGEDSINCE 5)"],
    ),
    Row(
        "7162-3.2.6-client-changedsince",
        "VANISHED by message numbers; a header field of that name",
        [*HERE, "C: a1 FETCH 1:9 (FLAGS) (CHANGEDSINCE 5 VANISHED)"],
        [*HERE, "C: a1 FETCH 1:9 (BODY.PEEK[HEADER.FIELDS (VANISHED)])"],
    ),
    Row(
        "7162-3.2.5.2-client-order",
        "match data that goes down; that goes up, with ranges",
        [*HERE, "C: a1 SELECT two (QRESYNC (7 90 1:9 (5,3 8,6)))"],
        [*HERE, "C: a1 SELECT two (QRESYNC (7 90 1:9 (3,5:6 6,8:9)))"],
    ),
)
