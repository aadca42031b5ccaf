"""Rows of `checks_rows` for UIDPLUS (RFC 4315)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 UIDPLUS MOVE", "S: c1 OK done"]
APPEND = ["C: a1 APPEND box {5}", "S: + go", "C: hello"]

BROKEN = [
    (
        "APPENDUID of one message with a range of one",
        ["4315-3-appenduid-single"],
        [*CAPS, *APPEND, "S: a1 OK [APPENDUID 7 100:100] done"],
    ),
    (
        "COPYUID of COPY with fewer new UIDs than old ones",
        ["4315-3-copyuid"],
        [*CAPS, "C: a1 COPY 1:2 other", "S: a1 OK [COPYUID 9 20:21 1] done"],
    ),
    (
        "COPYUID with an old UID that was not named",
        ["4315-3-copyuid-sets"],
        [*CAPS, "C: a1 UID COPY 20:21 other", "S: a1 OK [COPYUID 9 20,22 1:2] done"],
    ),
    (
        "COPYUID of COPY in an untagged OK",
        ["4315-3-copyuid-tagged"],
        [*CAPS, "C: a1 COPY 1 other", "S: * OK [COPYUID 9 20 1] copied", "S: a1 OK done"],
    ),
    (
        "APPENDUID in an untagged OK",
        ["4315-3-copyuid-tagged"],
        [*CAPS, *APPEND, "S: * OK [APPENDUID 7 100] there", "S: a1 OK done"],
    ),
    (
        "UIDNOTSTICKY in the tagged OK of SELECT",
        ["4315-3-uidnotsticky", "4315-3-uidnotsticky-untagged"],
        ["C: a1 NOOP", "S: a1 OK [UIDNOTSTICKY] done"],
    ),
]

KEPT = [
    (
        "COPYUID of UID COPY with ranges the other way round",
        [*CAPS, "C: a1 UID COPY 21:20 other", "S: a1 OK [COPYUID 9 21:20 2,1] done"],
    ),
    (
        "COPYUID of a set that ends in the last message",
        [*CAPS, "C: a1 UID COPY 20:* other", "S: a1 OK [COPYUID 9 20:24 1:5] done"],
    ),
    (
        "COPYUID of MOVE in an untagged OK",
        [
            *(*CAPS, "C: a1 MOVE 1 other", "S: * OK [COPYUID 9 20 1] moved"),
            *("S: * 1 EXPUNGE", "S: a1 OK done"),
        ],
    ),
    (
        "COPYUID of very many messages",
        [*CAPS, "C: a1 COPY 1:* other", "S: a1 OK [COPYUID 9 1:9999,20000:30000 1:20000] done"],
    ),
    ("APPENDUID with one number", [*CAPS, *APPEND, "S: a1 OK [APPENDUID 7 100] done"]),
]
