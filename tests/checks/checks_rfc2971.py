"""Rows of `checks_rows` for ID (RFC 2971)."""

from __future__ import annotations

KNOWN = "S: * CAPABILITY IMAP4rev1 ID MOVE"
CAPS = ["C: c1 CAPABILITY", KNOWN, "S: c1 OK done"]


def said(pairs: str) -> list[str]:
    """Return an ID, the list that comes for it, and its OK."""
    return [*CAPS, "C: a1 ID NIL", f"S: * ID {pairs}", "S: a1 OK done"]


def again(capabilities: str, *between: str) -> list[str]:
    """Return a second question for the capabilities, behind an ID and what comes between."""
    listed = f"S: * CAPABILITY IMAP4rev1 {capabilities}"
    return [*said("NIL"), *between, "C: a2 CAPABILITY", listed, "S: a2 OK done"]


MANY = " ".join(f'"x{number}" "y"' for number in range(31))

BROKEN = [
    ("a field of ID of 31 octets", ["2971-3.3-field-length"], said(f'("{"x" * 31}" "y")')),
    ("a value of ID of 1025 octets", ["2971-3.3-value-length"], said(f'("x" "{"y" * 1025}")')),
    ("31 fields of ID", ["2971-3.3-pairs"], said(f"({MANY})")),
    ("a field of ID twice", ["2971-3.3-twice"], said('("name" "x" "version" "1" "NAME" "y")')),
    ("a date of ID that is none", ["2971-3.3-date"], said('("date" "yesterday")')),
    ("no ID response", ["2971-3.2-response"], [*CAPS, "C: a1 ID NIL", "S: a1 OK done"]),
    ("a capability is gone behind an ID", ["2971-3-unchanged"], again("ID")),
    ("a capability is new behind an ID", ["2971-3-unchanged"], again("ID MOVE IDLE")),
]

KEPT = [
    ("ID of 30 octets, and 1024", said(f'("{"x" * 30}" "{"y" * 1024}")')),
    ("30 fields of ID", said("(" + MANY.removesuffix(' "x30" "y"') + ")")),
    ("an ID response that is NIL", said("NIL")),
    ("an ID response without pairs", said("()")),
    ("values of ID that are NIL", said('("name" NIL "date" NIL)')),
    ("a date of ID", said('("date" "17-Jul-1996 02:44:25 -0700")')),
    ("one value twice", said('("name" "x" "vendor" "x")')),
    ("the same capabilities in another order behind an ID", again("MOVE ID")),
    (
        "other capabilities behind an ENABLE",
        again("ID", "C: b1 ENABLE CONDSTORE", "S: b1 OK done"),
    ),
    (
        "no ID response to an ID that is refused",
        [*CAPS, "C: a1 ID x", "S: a1 BAD not so"],
    ),
]
