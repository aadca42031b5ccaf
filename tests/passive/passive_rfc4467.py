"""Rows of `passive_rows` for URLAUTH (RFC 4467)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected

HERE = selected("URLAUTH")

ROWS = (
    Row(
        "4467-3-client-message",
        "a URL of a mailbox; one of a message in it",
        [*HERE, 'C: a1 GENURLAUTH "imap://fred@localhost/box;URLAUTH=anonymous" INTERNAL'],
        [*HERE, 'C: a1 GENURLAUTH "imap://fred@localhost/box/;UID=1;URLAUTH=anonymous" INTERNAL'],
    ),
)
