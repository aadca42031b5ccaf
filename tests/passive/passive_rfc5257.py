"""Rows of `passive_rows` for ANNOTATE (RFC 5257)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected("ANNOTATE-EXPERIMENT-1", "LITERAL+")
HERE.insert(-1, "S: * OK [ANNOTATIONS 65536] kept")

ROWS = (
    Row(
        "5257-3.2.2-client-kind",
        "STORE of value, of value.priv",
        [*HERE, 'C: a1 STORE 1 ANNOTATION (/comment (value "x"))'],
        [*HERE, 'C: a1 STORE 1 ANNOTATION (/comment (value.priv "the value is"))'],
    ),
    Row(
        "5257-3.2.1-client-flag",
        "a part is marked seen by yes, by 1",
        [*HERE, 'C: a1 STORE 1 ANNOTATION (/1.2/flags/seen (value.priv "yes"))'],
        [*HERE, 'C: a1 STORE 1 ANNOTATION (/1.2/flags/seen (value.priv "1"))'],
    ),
    Row(
        "5257-3.5-client-flags",
        "FETCH of an entry below /flags, of flags of a part",
        [*HERE, "C: a1 FETCH 1 (ANNOTATION (/flags/seen value))"],
        [*HERE, "C: a1 FETCH 1 (ANNOTATION (/1/flags/seen value))"],
    ),
)
