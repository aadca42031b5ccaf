"""Rows of `passive_rows` for UIDONLY (RFC 9586)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

ON = [*told("ENABLE", "UIDONLY"), "C: e1 ENABLE UIDONLY", "S: * ENABLED UIDONLY", "S: e1 OK on"]
IN = [
    *(*ON, "C: s0 SELECT box", "S: * 5 EXISTS", "S: * 0 RECENT"),
    *("S: * FLAGS (\\Seen)", "S: * OK [PERMANENTFLAGS (\\Seen)] limited"),
    *("S: * OK [UIDVALIDITY 7] valid", "S: * OK [UIDNEXT 100] next", "S: s0 OK [READ-WRITE] in"),
]

ROWS = (
    Row(
        "9586-3-client-numbers",
        "FETCH, UID FETCH with UIDONLY",
        [*IN, "C: a1 FETCH 1 FLAGS", "S: a1 BAD [UIDREQUIRED] by UID"],
        [*IN, "C: a1 UID FETCH 12 FLAGS", "S: * 12 UIDFETCH (FLAGS ())", "S: a1 OK done"],
    ),
)
