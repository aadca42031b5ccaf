"""Decides whether a `{n}` at the end of a line announces a literal (RFC 3501 section 4.3)."""

from __future__ import annotations

import re

# `{n}` or `{n+}`; more than 19 digits can be no count of octets and is left to the grammar.
_MARKER = re.compile(rb"\{0*(\d{1,19})(\+?)\}")
_MARKER_REACH = 64

# A quoted string never crosses a line end, so quotes are counted line by line.
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)

_UNTAGGED_STATUS = re.compile(rb"\* (?:OK|NO|BAD|BYE|PREAUTH)(?![^ \r])", re.IGNORECASE)
_OPEN_CODE = re.compile(
    rb'[^ ]+ (?:(?:OK|NO|BAD|BYE|PREAUTH) )?\[(?:[^\]"]|"(?:[^"\\]|\\.)*+")*+\Z',
    re.IGNORECASE | re.DOTALL,
)


def find_marker(body: bytes, text: bytearray, server: bool) -> re.Match[bytes] | None:
    """Return the literal marker that ends `body`, if one can stand there.

    `body` is a line without its end, `text` the skeleton up to the end of that line,
    `server` says who sent it. Group 1 is the count, group 2 the `+` of LITERAL+.
    """
    brace = body.rfind(b"{", max(0, len(body) - _MARKER_REACH))
    marker = _MARKER.fullmatch(body, brace) if brace >= 0 else None
    if marker is None:
        return None
    # An open quote: from a server rather one that it forgot to escape, when the marker
    # stands where a literal would; from a client the text of a broken string.
    fits = server and body[brace - 1 : brace] in (b" ", b"(", b"~")
    if not fits and b'"' in body and b'"' in _QUOTED.sub(b"", body):
        return None
    if server and not _server_may_send_one(text):
        return None
    return marker


def _server_may_send_one(text: bytearray) -> bool:
    """Whether the text is data, or a status response whose code is not closed yet."""
    if text.startswith(b"*") and not _UNTAGGED_STATUS.match(text):
        return True
    return _OPEN_CODE.match(text) is not None
