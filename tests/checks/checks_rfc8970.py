"""Rows of `checks_rows` for PREVIEW (RFC 8970)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 PREVIEW", "S: c1 OK done"]


def fetch(preview: str, item: str = "PREVIEW") -> list[str]:
    """Fetch the preview of message 1."""
    return [*CAPS, f"C: a1 FETCH 1 ({item})", f"S: * 1 FETCH (PREVIEW {preview})", "S: a1 OK done"]


BROKEN = [
    ("PREVIEW NIL", ["8970-3.2-not-nil"], fetch("NIL")),
    ("PREVIEW in ISO-8859-1", ["8970-3.3-utf-8"], fetch("{5}\r\nGr\xfcne")),
    ("PREVIEW of 201 characters", ["8970-3.3-200"], fetch(f'"{"x" * 201}"')),
    ("PREVIEW of 257 characters", ["8970-3.3-256"], fetch(f'"{"x" * 257}"')),
]

KEPT = [
    ("PREVIEW NIL with LAZY", fetch("NIL", "PREVIEW (LAZY)")),
    ("an empty PREVIEW", fetch('""')),
    (
        "PREVIEW of 200 characters of two octets",
        fetch("{400}\r\n" + ("\u0416" * 200).encode().decode("latin-1")),
    ),
    (
        "PREVIEW NIL while one command asks with LAZY and one without",
        [
            *(*CAPS, "C: a1 FETCH 1 (PREVIEW (LAZY))", "C: a2 FETCH 2 (PREVIEW)"),
            *("S: * 1 FETCH (PREVIEW NIL)", "S: a1 OK done"),
            *('S: * 2 FETCH (PREVIEW "x")', "S: a2 OK done"),
        ],
    ),
]
