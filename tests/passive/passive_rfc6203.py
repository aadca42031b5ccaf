"""Rows of `passive_rows` for SEARCH=FUZZY (RFC 6203)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected("ESEARCH SORT ESORT SEARCH=FUZZY")

ROWS = (
    Row(
        "6203-4-client-fuzzy",
        "RELEVANCY without FUZZY; with it",
        [*HERE, "C: a1 SEARCH RETURN (RELEVANCY ALL) SUBJECT x"],
        [*HERE, "C: a1 SEARCH RETURN (RELEVANCY ALL) fuzzy SUBJECT x"],
    ),
    Row(
        "6203-4-client-fuzzy",
        "the order RELEVANCY without FUZZY; the word in a key",
        [*HERE, "C: a1 UID SORT (REVERSE RELEVANCY) UTF-8 SUBJECT x"],
        [*HERE, "C: a1 SORT RETURN (ALL) (DATE) UTF-8 SUBJECT RELEVANCY"],
    ),
)
