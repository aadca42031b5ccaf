"""Rows of `checks_rows` for APPENDLIMIT (RFC 7889)."""

from __future__ import annotations


def told(capability: str, limit: str) -> list[str]:
    """Return a STATUS where something is announced."""
    return [
        *("C: c1 CAPABILITY", f"S: * CAPABILITY IMAP4rev1 {capability}", "S: c1 OK done"),
        *("C: a1 STATUS x (APPENDLIMIT)", f"S: * STATUS x (APPENDLIMIT {limit})", "S: a1 OK done"),
    ]


BROKEN = [
    ("another limit", ["7889-2-same"], told("APPENDLIMIT=1000", "2000")),
    ("no limit", ["7889-2-same"], told("APPENDLIMIT=1000", "NIL")),
]

KEPT = [
    ("the limit of all", told("APPENDLIMIT=1000", "1000")),
    ("a limit of its own", told("APPENDLIMIT", "2000")),
]
