"""Rows of `passive_rows` for UTF8=ACCEPT (RFC 6855)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import GREETING, selected, told

ON = [
    *told("ENABLE", "UTF8=ACCEPT"),
    "C: e1 ENABLE UTF8=ACCEPT",
    "S: * ENABLED UTF8=ACCEPT",
    "S: e1 OK on",
]
OFF = told("ENABLE", "UTF8=ACCEPT")
OPEN = selected("ENABLE", "UTF8=ACCEPT")[len(OFF) :]
MESSAGE = "Subject: caf\xc3\xa9\r\n\r\n."
PLAIN = "Subject: coffee\r\n\r\n\xc3\xa9"

ROWS = (
    Row(
        "6855-3-client-charset",
        "a charset where all is UTF-8; one where it is not",
        [*ON, *OPEN, "C: a1 UID SEARCH CHARSET UTF-8 ALL"],
        [*OFF, *OPEN, "C: a1 UID SEARCH CHARSET UTF-8 ALL"],
    ),
    Row(
        "6855-5-client-login",
        "a name in UTF-8; one without",
        [*GREETING, "C: a1 LOGIN {4+}", "C: caf\xc3 x"],
        [*GREETING, "C: a1 LOGIN {4+}", "C: cafe x"],
    ),
    Row(
        "6855-6-client-enable",
        "UTF8=ONLY is enabled; UTF8=ACCEPT is, where UTF8=ONLY is announced",
        [*told("ENABLE", "UTF8=ONLY"), "C: e1 ENABLE UTF8=ONLY"],
        [*told("ENABLE", "UTF8=ONLY"), "C: e1 ENABLE UTF8=ACCEPT"],
    ),
    Row(
        "6855-4-client-append",
        "UTF-8 in a header before it is enabled; after it",
        [*OFF, f"C: a1 APPEND box {{{len(MESSAGE)}}}", "S: + go", f"C: {MESSAGE}"],
        [*ON, f"C: a1 APPEND box {{{len(MESSAGE)}}}", "S: + go", f"C: {MESSAGE}"],
    ),
    Row(
        "6855-4-client-append",
        "UTF-8 in a header before it is enabled; UTF-8 in the text",
        [*OFF, f"C: a1 APPEND box {{{len(MESSAGE)}}}", "S: + go", f"C: {MESSAGE}"],
        [*OFF, f"C: a1 APPEND box {{{len(PLAIN)}}}", "S: + go", f"C: {PLAIN}"],
    ),
)
