"""Rows of `checks_rows` for METADATA (RFC 5464)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ENABLE METADATA", "S: c1 OK done"]
NO_ENABLE = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 METADATA", "S: c1 OK done"]
ON = ["C: e1 ENABLE METADATA", "S: * ENABLED METADATA", "S: e1 OK done"]


def told(arguments: str, *said: str) -> list[str]:
    """Return a GETMETADATA and what comes."""
    lines = [f"S: * METADATA {line}" for line in said]
    return [*CAPS, f"C: a1 GETMETADATA {arguments}", *lines, "S: a1 OK done"]


def noop(*said: str) -> list[str]:
    """Return a NOOP and what comes unasked."""
    return ["C: a1 NOOP", *(f"S: * METADATA {line}" for line in said), "S: a1 OK done"]


BROKEN = [
    (
        "a name that ends with a slash",
        ["5464-3.2-names"],
        told("(DEPTH 1) x /shared/a", 'x (/shared/a/b/ "1")'),
    ),
    (
        "a name of neither kind",
        ["5464-3.2-names"],
        told("(DEPTH 1) x /shared/a", 'x (/public/a "1")'),
    ),
    (
        "a name with an asterisk, told unasked",
        ["5464-3.2-names"],
        [*CAPS, *ON, *noop('x "/shared/a*"')],
    ),
    ("unasked", ["5464-4.1-enabled"], [*CAPS, *noop("x /shared/comment")]),
    ("unasked, and no ENABLE", ["5464-1-enable"], [*NO_ENABLE, *noop("x /shared/comment")]),
    (
        "unasked, with a value",
        ["5464-4.4-names"],
        [*CAPS, *ON, *noop('x (/shared/comment "hello")')],
    ),
    (
        "a value that is too long",
        ["5464-4.2.1-maxsize"],
        told("(MAXSIZE 4) x /shared/comment", 'x (/shared/comment "hello")'),
    ),
    (
        "before LOGIN",
        ["5464-4.4-state"],
        ["two S: * OK ready", "two C: a1 NOOP", "two S: * METADATA x /shared/a", "two S: a1 OK x"],
    ),
]

KEPT = [
    ("what was asked for", told("x /shared/comment", 'x ("/SHARED/Comment" "hello")')),
    ("a strange name that the client has brought up", told("x /a/", "x (/a/ NIL)")),
    (
        "a value of just that size, and NIL",
        told("(MAXSIZE 5) x (/shared/a /shared/b)", 'x (/shared/a "hello" /shared/b NIL)'),
    ),
    ("enabled", [*CAPS, *ON, *noop("x /shared/comment /private/comment", '"" /shared/comment')]),
    (
        "the change of another mailbox (RFC 6154 section 5.4)",
        [
            *(*CAPS, "C: a1 SETMETADATA x (/private/specialuse {7}", "S: + go", "C: \\Drafts)"),
            *("S: * METADATA y (/private/specialuse NIL)", "S: a1 OK done"),
        ],
    ),
    (
        "LIST asks for them (RFC 9590)",
        [
            *(*CAPS, 'C: a1 LIST "" x RETURN (METADATA (/shared/comment))'),
            *('S: * LIST () "/" x', 'S: * METADATA x (/shared/comment "hello")', "S: a1 OK done"),
        ],
    ),
]
