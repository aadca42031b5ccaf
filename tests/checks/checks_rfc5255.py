"""Rows of `checks_rows` for LANGUAGE and COMPARATOR (RFC 5255)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 LANGUAGE I18NLEVEL=2", "S: c1 OK done"]

BROKEN = [
    (
        "LANGUAGE without a response",
        ["5255-3.2-response"],
        [*CAPS, "C: a1 LANGUAGE de", "S: a1 OK fertig"],
    ),
    (
        "LANGUAGE that chooses two",
        ["5255-3.2-response"],
        [*CAPS, "C: a1 LANGUAGE de", "S: * LANGUAGE (de en)", "S: a1 OK fertig"],
    ),
    (
        "COMPARATOR without a response",
        ["5255-4.7-active"],
        [*CAPS, "C: a1 COMPARATOR", "S: a1 OK done"],
    ),
]

KEPT = [
    ("LANGUAGE", [*CAPS, "C: a1 LANGUAGE de fr", "S: * LANGUAGE (de)", "S: a1 OK fertig"]),
    ("all languages", [*CAPS, "C: a1 LANGUAGE", "S: * LANGUAGE (de en)", "S: a1 OK done"]),
    ("LANGUAGE refused", [*CAPS, "C: a1 LANGUAGE xx", "S: a1 NO not that"]),
    (
        "COMPARATOR",
        [*CAPS, "C: a1 COMPARATOR", "S: * COMPARATOR i;unicode-casemap", "S: a1 OK done"],
    ),
    ("COMPARATOR that is set", [*CAPS, "C: a1 COMPARATOR i;octet", "S: a1 OK done"]),
]
