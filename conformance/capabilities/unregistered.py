"""Capabilities that look like those of an RFC and are of none, with what they are.

`SORT=DISPLAY` is RFC 5957's; `SORT=UID` is what one server calls something of its own. Nothing
that an RFC says of the word before `=` is about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OF_NO_RFC: Final[Mapping[str, str]] = {
    "ANNOTATEMORE": "notes about mailboxes, from a draft of what became METADATA",
    "SNIPPET=FUZZY": "the first words of a message, from a draft of what became PREVIEW",
    "SORT=MODSEQ": "Cyrus sorts by mod-sequence, too",
    "SORT=UID": "Cyrus sorts by UID, too",
    "THREAD=REFS": "conversations by what messages answer, never by subject, from a draft "
    "(draft-ietf-morg-inthread) that became no RFC",
    "XLIST": "Gmail's LIST with the purpose of mailboxes, before there was SPECIAL-USE",
    "XMOVE": "MOVE as Cyrus had it before RFC 6851",
}
"""What each is, by its name in capitals."""
