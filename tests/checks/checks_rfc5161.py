"""Rows of `checks_rows` for ENABLE (RFC 5161)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC", "S: c1 OK done"]
CONDSTORE = ["C: a1 ENABLE CONDSTORE", "S: * ENABLED CONDSTORE", "S: a1 OK done"]

BROKEN = [
    (
        "OK to ENABLE of nothing known without ENABLED",
        ["5161-3.1-response"],
        [*CAPS, "C: a1 ENABLE X-FOO", "S: a1 OK done"],
    ),
    (
        "one ENABLED for two ENABLEs in one packet",
        ["5161-3.1-response"],
        [
            *(*CAPS, "C: a1 ENABLE CONDSTORE", "C: a2 ENABLE X-FOO", "S: * ENABLED CONDSTORE"),
            *("S: a1 OK done", "S: a2 OK done"),
        ],
    ),
    (
        "ENABLED that tells once more what was enabled before",
        ["5161-3.1-each-response"],
        [*CAPS, *CONDSTORE, "C: a2 ENABLE X-FOO", "S: * ENABLED CONDSTORE", "S: a2 OK done"],
    ),
    (
        "ENABLED with NOOP",
        ["5161-3.2-result"],
        [*CAPS, "C: a1 NOOP", "S: * ENABLED CONDSTORE", "S: a1 OK done"],
    ),
    (
        "a capability that goes with ENABLE",
        ["5161-3.1-capabilities-unchanged"],
        [
            *(*CAPS, *CONDSTORE, "C: a2 CAPABILITY"),
            *("S: * CAPABILITY IMAP4rev1 ENABLE QRESYNC", "S: a2 OK done"),
        ],
    ),
    (
        "a capability that comes with ENABLE",
        ["5161-3.1-capabilities-unchanged"],
        [
            *(*CAPS, *CONDSTORE, "C: a2 NOOP", "S: a2 OK done", "C: a3 CAPABILITY"),
            "S: * CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC X-ENABLED",
            "S: a3 OK done",
        ],
    ),
]

KEPT = [
    (
        "ENABLED without names",
        [*CAPS, "C: a1 ENABLE X-FOO", "S: * ENABLED", "S: a1 OK done"],
    ),
    (
        "ENABLE that is refused",
        [*CAPS, "C: a1 ENABLE CONDSTORE", "S: a1 BAD not now"],
    ),
    (
        "ENABLED that names CONDSTORE again, which QRESYNC brings",
        [
            *(*CAPS, *CONDSTORE, "C: a2 ENABLE QRESYNC"),
            *("S: * ENABLED CONDSTORE QRESYNC", "S: a2 OK done"),
        ],
    ),
    (
        "ENABLED that names what was asked for again",
        [*CAPS, *CONDSTORE, "C: a2 enable condstore", "S: * ENABLED CONDSTORE", "S: a2 OK done"],
    ),
    (
        "two ENABLEs in one packet, both told before the first OK",
        [
            *(*CAPS, "C: a1 ENABLE CONDSTORE", "C: a2 ENABLE X-FOO", "S: * ENABLED CONDSTORE"),
            *("S: * ENABLED", "S: a1 OK done", "S: a2 OK done"),
        ],
    ),
    (
        "capabilities in another order after ENABLE",
        [
            *(*CAPS, *CONDSTORE, "C: a2 CAPABILITY"),
            *("S: * CAPABILITY condstore ENABLE QRESYNC IMAP4rev1", "S: a2 OK done"),
        ],
    ),
    (
        "a capability that goes with a CLOSE behind ENABLE",
        [
            *(*CAPS, *CONDSTORE, "C: a2 CLOSE", "S: a2 OK done", "C: a3 CAPABILITY"),
            *("S: * CAPABILITY IMAP4rev1 ENABLE QRESYNC", "S: a3 OK done"),
        ],
    ),
]
