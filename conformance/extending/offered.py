"""What an extension needs before anything of it counts: capabilities, written as a short text.

`MOVE`, `MOVE&UIDPLUS` for both of two, `UIDPLUS|IMAP4rev2` for one of two; `&` binds closer. The
empty text needs nothing. The letter case of what is needed does not count.
"""

from __future__ import annotations

from collections.abc import Collection


def offers(names: Collection[str], needs: str) -> bool:
    """Whether the capabilities in `names`, in capitals, are what `needs` asks for."""
    return not needs or any(
        all(name in names for name in each.split("&")) for each in needs.upper().split("|")
    )
