"""Rows of `checks_rows` for response codes (RFC 5530)."""

from __future__ import annotations

BROKEN = [
    (
        "a code of logins in an answer to STATUS",
        ["5530-3-authenticationfailed"],
        ["C: a1 STATUS x (MESSAGES)", "S: a1 NO [AUTHENTICATIONFAILED] no"],
    ),
    (
        "a code of another identity in an answer to LOGIN",
        ["5530-3-authorizationfailed"],
        ["C: a1 LOGIN fred secret", "S: a1 NO [AUTHORIZATIONFAILED] no"],
    ),
    (
        "a password that is too old, for COPY",
        ["5530-3-expired"],
        ["C: a1 COPY 1 x", "S: a1 NO [EXPIRED] no"],
    ),
    (
        "DELETE of what exists already",
        ["5530-3-alreadyexists"],
        ["C: a1 DELETE x", "S: a1 NO [ALREADYEXISTS] no"],
    ),
    (
        "NOOP of what does not exist",
        ["5530-3-nonexistent"],
        ["C: a1 NOOP", "S: a1 OK [NONEXISTENT] none"],
    ),
    (
        "what can never be done is done",
        ["5530-3-cannot"],
        [
            "C: a1 CREATE x",
            "S: a1 NO [CANNOT] never",
            "C: a2 CREATE x",
            "S: a2 OK done",
        ],
    ),
    (
        "a code with a number",
        ["5530-4-bare"],
        ["C: a1 COPY 1 x", "S: a1 NO [LIMIT 32] too many"],
    ),
]

KEPT = [
    ("CREATE of what exists", ["C: a1 CREATE x", "S: a1 NO [ALREADYEXISTS] there"]),
    (
        "another mailbox is created",
        [
            "C: a1 CREATE x",
            "S: a1 NO [CANNOT] never",
            "C: a2 CREATE y",
            "S: a2 OK done",
        ],
    ),
    (
        "what was in use is done later",
        ["C: a1 DELETE x", "S: a1 NO [INUSE] later", "C: a2 DELETE x", "S: a2 OK done"],
    ),
    (
        "what could not be done before something was enabled",
        [
            "C: a1 CREATE x",
            "S: a1 NO [CANNOT] never",
            "C: a2 ENABLE UTF8=ACCEPT",
            "S: * ENABLED UTF8=ACCEPT",
            "S: a2 OK on",
            "C: a3 CREATE x",
            "S: a3 OK done",
        ],
    ),
    ("a code of its own that begins like one", ["C: a1 NOOP", "S: a1 OK [LIMITS 32] done"]),
    ("a wrong password", ["C: a1 LOGIN fred no", "S: a1 NO [AUTHENTICATIONFAILED] no"]),
]
