"""Rows of `passive_rows` for ENABLE (RFC 5161)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected, told

HERE = told("ENABLE", "CONDSTORE", "IDLE")

ROWS = (
    Row(
        "5161-3.1-client-names",
        "ENABLE of IDLE; of what the server may not know",
        [*HERE, "C: a1 ENABLE CONDSTORE idle"],
        [*HERE, "C: a1 ENABLE CONDSTORE QRESYNC UTF8=ACCEPT IMAP4rev2"],
    ),
    Row(
        "5161-3.1-client-selected",
        "ENABLE while a mailbox is selected; before SELECT, in one packet with it",
        [*selected("ENABLE"), "C: a1 ENABLE CONDSTORE"],
        [*HERE, "C: a1 ENABLE CONDSTORE", "C: a2 SELECT box"],
    ),
    Row(
        "5161-3.1-client-selected",
        "ENABLE behind a SELECT in one packet; behind a NOOP",
        [*HERE, "C: a1 SELECT box", "C: a2 ENABLE CONDSTORE"],
        [*HERE, "C: a1 NOOP", "C: a2 ENABLE CONDSTORE"],
    ),
    Row(
        "3501-2.2.1-client-unannounced",
        "ENABLE that was not announced; that was",
        [*told("IDLE"), "C: a1 ENABLE CONDSTORE"],
        [*HERE, "C: a1 ENABLE CONDSTORE"],
    ),
)
