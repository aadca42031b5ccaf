"""Rows of `passive_rows` for UNSELECT (RFC 3691)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import LOGGED_IN, selected

HERE = selected("UNSELECT")

ROWS = (
    Row(
        "3501-3-client-state",
        "FETCH behind UNSELECT; UNSELECT may fail",
        [*HERE, "C: a1 UNSELECT", "S: a1 OK left", "C: a2 FETCH 1 FLAGS"],
        [*HERE, "C: a1 UNSELECT", "S: a1 BAD not so", "C: a2 FETCH 1 FLAGS"],
    ),
    Row(
        "3501-3-client-state",
        "UNSELECT without a mailbox; SELECT may be under way",
        [*LOGGED_IN, "C: a1 UNSELECT"],
        [*LOGGED_IN, "C: a1 SELECT box", "C: a2 UNSELECT"],
    ),
    Row(
        "3501-2.2.1-client-unannounced",
        "UNSELECT that was not announced; that was",
        [*selected(), "C: a1 UNSELECT"],
        [*HERE, "C: a1 UNSELECT"],
    ),
)
