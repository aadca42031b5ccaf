"""Recordings of POP3 as people write them: `C:` and `S:` before each line, or lines alone.

Which protocol a page has is told by what its server says first: `+OK` and `-ERR` no server of IMAP
says.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.transcripts.page import read_page
from conformance.transcripts.said import Utterance
from conformance.transcripts.table import BY_NAME
from conformance.wire.pop3.dialogue import speaks_pop3

FORM = "text"
"""The format that sessions of POP3 are read in."""


def said_in(octets: bytes) -> Sequence[Utterance]:
    """Return who says what in a page; lines without a mark belong to nobody."""
    return list(BY_NAME[FORM].read(read_page(octets).lines))


def is_pop3(octets: bytes) -> bool:
    """Whether a page is of POP3: by the first line of its server, or its first line of all."""
    said = said_in(octets)
    first = next((line.text for line in said if line.way == "S"), None)
    if first is None and not any(line.way for line in said):
        first = next((line.text for line in said if line.text.strip()), None)
    return first is not None and speaks_pop3(first)
