"""Message IDs in the form in which THREAD compares them (RFC 5256 section 3, REFERENCES).

A msg-id may be written with quotes where it needs none; without them it is the same Message ID.
Letter case counts.
"""

from __future__ import annotations

import re

from conformance.message.header import Header

_WORD = r'(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|[^\s<>()\[\]:;@\\,."]+)'
_ID = re.compile(
    (
        rf"<(?P<left>{_WORD}(?:\.{_WORD})*)"
        r"@(?P<right>\[[^\s\[\]\\<>]*\]|[^\s<>()\[\]:;@\\,\"]+)>"
    ).encode()
)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_PAIR = re.compile(rb"\\(.)")
_ANGLES = re.compile(rb"[<>()]")


def message_ids(header: Header, name: bytes) -> tuple[bytes, ...] | None:
    """Return the Message IDs in the field of a name, None where it is not clear which there are."""
    fields = header.all(name)
    if not fields:
        return ()
    text = fields[0].body
    # What a server makes of what is almost a msg-id, of comments and several fields is not known.
    if len(fields) > 1 or not text.isascii() or _ANGLES.search(_ID.sub(b"", text)):
        return None
    return tuple(
        _PAIR.sub(rb"\1", _QUOTED.sub(rb"\1", found["left"])) + b"@" + found["right"]
        for found in _ID.finditer(text)
    )
