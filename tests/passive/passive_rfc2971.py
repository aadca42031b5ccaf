"""Rows of `passive_rows` for ID (RFC 2971)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import told

HERE = told("ID", "LITERAL+")


def said(pairs: str) -> list[str]:
    """Return an ID with these pairs, and what comes for it."""
    return [*HERE, f"C: a1 ID ({pairs})", "S: * ID NIL", "S: a1 OK done"]


MANY = " ".join(f'"x{number}" NIL' for number in range(30))

ROWS = (
    Row(
        "2971-3.3-client-field-length",
        "a field of 31 octets; one of 30",
        said(f'"{"x" * 31}" "y"'),
        said(f'"{"x" * 30}" "y"'),
    ),
    Row(
        "2971-3.3-client-value-length",
        "a literal of 1025 octets; one of 1024",
        [*HERE, 'C: a1 ID ("x" {1025+}', f"C: {'y' * 1025})"],
        [*HERE, 'C: a1 ID ("x" {1024+}', f"C: {'y' * 1024})"],
    ),
    Row("2971-3.3-client-pairs", "31 fields; 30", said(f'{MANY} "name" "x"'), said(MANY)),
    Row(
        "2971-3.3-client-twice",
        "a field in two spellings; a value that is the field",
        said('"name" "x" "Name" "y"'),
        said('"name" "name" "version" "name"'),
    ),
)
