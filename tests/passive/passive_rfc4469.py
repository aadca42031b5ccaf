"""Rows of `passive_rows` for CATENATE (RFC 4469)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected("CATENATE")

ROWS = (
    Row(
        "4469-3-client-relative",
        "an absolute URL; a relative one",
        [*HERE, 'C: a1 APPEND box CATENATE (URL "imap://fred@localhost/box/;UID=1")'],
        [*HERE, 'C: a1 APPEND box CATENATE (URL "/box/;UID=1")'],
    ),
    Row(
        "4469-3-client-relative",
        "the URL of a network path; a mailbox whose name has a colon",
        [*HERE, 'C: a1 APPEND box CATENATE (URL "//localhost/box/;UID=1")'],
        [*HERE, 'C: a1 APPEND box CATENATE (URL "/a:b/;UID=1" URL "/box/;UID=1")'],
    ),
)
