"""What an extension needs before anything of it counts: capabilities, written as a short text.

`MOVE`, `MOVE&UIDPLUS` for both of two, `UIDPLUS|IMAP4rev2` for one of two; `&` binds closer. The
empty text needs nothing. The letter case of what is needed does not count. IMAP4rev2 includes what
were extensions to IMAP4rev1: it does not announce them.
"""

from __future__ import annotations

from collections.abc import Collection


def offers(names: Collection[str], needs: str) -> bool:
    """Whether the capabilities in `names`, in capitals, are what `needs` asks for."""
    return not needs or any(
        all(name in names for name in each.split("&")) for each in needs.upper().split("|")
    )


INCLUDED = frozenset(
    {
        "BINARY",
        "ENABLE",
        "ESEARCH",
        "IDLE",
        "LIST-EXTENDED",
        "LIST-STATUS",
        "LITERAL-",
        "MOVE",
        "NAMESPACE",
        "SASL-IR",
        "SEARCHRES",
        "STATUS=SIZE",
        "UIDPLUS",
        "UNSELECT",
    }
)
"""What IMAP4rev2 includes (RFC 9051 appendix E, items 2 and 3); of BINARY the side of FETCH only,
of LIST-EXTENDED all but several patterns, of which RFC 9051 has no rules."""


def speaks_rev2(announced: Collection[str], enabled: Collection[str] = ()) -> bool:
    """Whether a session speaks IMAP4rev2: it has enabled it, or nothing else is announced."""
    return "IMAP4REV2" in enabled or ("IMAP4REV2" in announced and "IMAP4REV1" not in announced)
