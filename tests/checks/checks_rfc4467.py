"""Rows of `checks_rows` for URLAUTH (RFC 4467)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 URLAUTH", "S: c1 OK done"]
RUMP = "imap://fred@localhost/box/;uid=20;urlauth=anonymous"
TOKEN = "91354a473744909de610943775f92038"


def made(*urls: str, asked: str = f'"{RUMP}" INTERNAL') -> list[str]:
    """Have URLs made, and these come."""
    return [
        *CAPS,
        f"C: a1 GENURLAUTH {asked}",
        f"S: * GENURLAUTH {' '.join(urls)}",
        "S: a1 OK done",
    ]


def fetched(*lines: str) -> list[str]:
    """Fetch what a URL stands for, and this comes."""
    return [*CAPS, f'C: a1 URLFETCH "{RUMP}:internal:{TOKEN}"', *lines]


TWICE = f"{RUMP}:internal:{TOKEN}"
UPPER = RUMP.replace("uid", "UID")

BROKEN = [
    (
        "one URL for two",
        ["4467-7-genurlauth"],
        made(TWICE, asked=f"{RUMP} INTERNAL {RUMP} INTERNAL"),
    ),
    ("another URL", ["4467-5-appended"], made(f"{UPPER}:internal:{TOKEN}")),
    ("a short token", ["4467-3-token"], made(f"{RUMP}:internal:91354a473744909d")),
    (
        "one token for two spellings",
        ["4467-6-rump"],
        made(TWICE, f"{UPPER}:internal:{TOKEN}", asked=f"{RUMP} INTERNAL {UPPER} INTERNAL"),
    ),
    ("OK without URLFETCH", ["4467-7-always"], fetched("S: a1 OK done")),
    ("NO to URLFETCH", ["4467-7-no"], fetched("S: a1 NO not here")),
]

KEPT = [
    ("a URL in quotes", made(f'"{RUMP}:INTERNAL:{TOKEN}"')),
    ("one URL twice", made(TWICE, TWICE, asked=f"{RUMP} INTERNAL {RUMP} internal")),
    ("NIL for a URL", fetched(f'S: * URLFETCH "{TWICE}" NIL', "S: a1 OK done")),
    ("BAD to URLFETCH", fetched("S: a1 BAD what")),
]
