"""Rows of `checks_rows` for ACL (RFC 4314)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ACL RIGHTS=texkn", "S: c1 OK done"]
OLD = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ACL", "S: c1 OK done"]
MINE = ["C: a1 MYRIGHTS box"]
LIST = ["C: a1 LISTRIGHTS box fred"]
TIED = [*LIST, "S: * LISTRIGHTS box fred l r s w i p k x te a c d", "S: a1 OK done"]

BROKEN = [
    (
        "RIGHTS= with rights of RFC 2086",
        ["4314-2.2-not-old"],
        ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ACL RIGHTS=texka", "S: c1 OK done"],
    ),
    (
        "RIGHTS= without k",
        ["4314-5.1.1-texk"],
        ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ACL RIGHTS=tex", "S: c1 OK done"],
    ),
    (
        "a right that is not announced",
        ["4314-2-rights"],
        [*CAPS, *MINE, "S: * MYRIGHTS box lrq", "S: a1 OK done"],
    ),
    (
        "t without d in MYRIGHTS",
        ["4314-2.1.1-d-shown"],
        [*CAPS, *MINE, "S: * MYRIGHTS box lrt", "S: a1 OK done"],
    ),
    (
        "k without c in a list",
        ["4314-2.1.1-c-shown"],
        [*CAPS, "C: a1 GETACL box", "S: * ACL box fred lr anna lrk", "S: a1 OK done"],
    ),
    (
        "e without d in LISTRIGHTS",
        ["4314-2.1.1-d-listed"],
        [*CAPS, *LIST, 'S: * LISTRIGHTS box fred "" l r e', "S: a1 OK done"],
    ),
    (
        "x without c or d in LISTRIGHTS",
        ["4314-2.1.1-c-listed"],
        [*CAPS, *LIST, "S: * LISTRIGHTS box fred l r x", "S: a1 OK done"],
    ),
    (
        "LISTRIGHTS of another",
        ["4314-3.4-identifier"],
        [*CAPS, *LIST, "S: * LISTRIGHTS box anna l r", "S: a1 OK done"],
    ),
    (
        "a right twice in LISTRIGHTS",
        ["4314-3.7-once"],
        [*CAPS, *LIST, "S: * LISTRIGHTS box fred lr r s", "S: a1 OK done"],
    ),
    (
        "one of two rights that are tied",
        ["4314-3.7-tied"],
        [*CAPS, *TIED, "C: a2 GETACL box", "S: * ACL box fred lrtd", "S: a2 OK done"],
    ),
]

KEPT = [
    (
        "all rights",
        [*CAPS, *MINE, "S: * MYRIGHTS box lrswipkxtencda", "S: a1 OK done"],
    ),
    (
        "x with d alone, as where d has x",
        [*CAPS, *MINE, "S: * MYRIGHTS box lrxd", "S: a1 OK done"],
    ),
    ("rights of RFC 2086", [*OLD, *MINE, "S: * MYRIGHTS box acdilrswt", "S: a1 OK done"]),
    (
        "tied rights that come together, and a name in quotes",
        [*CAPS, *TIED, "C: a2 GETACL box", 'S: * ACL box "fred" lrted', "S: a2 OK done"],
    ),
    (
        "an empty list, and an empty string of rights",
        [
            *(*CAPS, "C: a1 GETACL box", "S: * ACL box", "S: a1 OK done"),
            *("C: a2 GETACL box", 'S: * ACL box fred ""', "S: a2 OK done"),
        ],
    ),
    (
        "an identifier with a quote in it",
        [
            *(*CAPS, r'C: a1 LISTRIGHTS box "fr\"ed"', r'S: * LISTRIGHTS box "fr\"ed" l r'),
            "S: a1 OK done",
        ],
    ),
]
