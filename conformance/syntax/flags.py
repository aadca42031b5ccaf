r"""Flags of messages: which of them a server may set by itself (RFC 3501 section 2.3.2).

A server may define keywords of its own and set them on any message (sections 2.3.2 and 7.4.2), so
one that nobody has named says nothing about what was asked. A system flag changes only when
somebody has changed it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

SYSTEM: Final = frozenset((b"\\ANSWERED", b"\\DELETED", b"\\DRAFT", b"\\FLAGGED", b"\\SEEN"))
RECENT: Final = b"\\RECENT"
ANY: Final = b"\\*"
"""Among PERMANENTFLAGS: clients may make keywords."""


def is_foreign(flag: bytes, named: Collection[bytes]) -> bool:
    """Whether a server may show this flag by itself; `named` are in capitals."""
    return flag.upper() not in SYSTEM | {RECENT, ANY} and flag.upper() not in named


def own(flags: Collection[bytes], named: Collection[bytes]) -> frozenset[bytes]:
    """Return those of some flags that are not a server's own."""
    return frozenset(flag for flag in flags if not is_foreign(flag, named))
