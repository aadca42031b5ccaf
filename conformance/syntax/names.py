"""Names of mailboxes: what is left of one when the case of letters does not count.

RFC 3501 section 5.1 takes no position on whether a server tells `a` from `A` in a name, but for
INBOX. In modified UTF-7 (section 5.1.3) letters between `&` and `-` are BASE64, where another case
is another character.
"""

from __future__ import annotations

import binascii
import re

_BASE64 = re.compile(rb"(&[^-]*-?)")


_CODED = re.compile(rb"[^&]|&(?:-|([A-Za-z0-9+,]+)-)", re.DOTALL)


def is_utf7(name: bytes) -> bool:
    """Whether each `&` in a name begins modified BASE64 of whole characters, or stands for `&`."""
    at = 0
    while at < len(name):
        found = _CODED.match(name, at)
        if found is None:
            return False
        octets = len(found[1] or b"") * 6 // 8
        if octets % 2 or (found[1] and not octets):
            return False
        at = found.end()
    return True


def folded(name: bytes, *, exact: bool = False) -> bytes:
    """Bring a name into one letter case.

    Coded parts are folded as the characters that they are; they stay where they are not coded as
    they should be, and with `exact`.
    """
    from imapclient.imap_utf7 import decode, encode  # noqa: PLC0415 - slow, and not for every verb

    try:
        text = str(decode(name))
        if not exact and bytes(encode(text)) == name:
            return bytes(encode(text.casefold()))
    except (ValueError, LookupError, binascii.Error):
        pass  # no modified UTF-7: what stands there is all that there is
    parts = _BASE64.split(name)
    return b"".join(part if index % 2 else part.lower() for index, part in enumerate(parts))
