"""Rows of `passive_rows` for MOVE (RFC 6851)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

RULE = "6851-3.3-client-numbers"
HERE = selected("MOVE")

ROWS = (
    Row(
        RULE,
        "numbers behind a UID MOVE; unique identifiers do not change",
        [*HERE, "C: a1 UID MOVE 20 other", "C: a2 FETCH 1 FLAGS"],
        [*HERE, "C: a1 UID MOVE 20 other", "C: a2 UID FETCH 21 FLAGS"],
    ),
    Row(
        RULE,
        "numbers behind a MOVE; all messages are all messages",
        [*HERE, "C: a1 MOVE 2 other", "C: a2 STORE 1 +FLAGS (\\Seen)"],
        [*HERE, "C: a1 MOVE 2 other", "C: a2 FETCH 1:* FLAGS"],
    ),
    Row(
        RULE,
        "a MOVE by number behind a NOOP; behind a FETCH no message goes",
        [*HERE, "C: a1 NOOP", "C: a2 MOVE 1 other"],
        [*HERE, "C: a1 FETCH 1 FLAGS", "C: a2 MOVE 1 other"],
    ),
)
