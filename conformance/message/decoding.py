"""What the octets of a message say: encoded-words and transfer encodings undone (RFC 2047, 2045).

Text that can not be decoded is None: nobody knows what a server makes of it.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re

_WORD = re.compile(rb"=\?([!-)+-<>@-~]+?)(?:\*[^?]*)?\?([BbQq])\?([!->@-~]*)\?=")
_BETWEEN = re.compile(rb"(\?=)[ \t\r\n]+(?==\?[^? ]+\?[BbQq]\?)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")


def charset_known(charset: str) -> bool:
    """Whether text in this charset can be decoded here."""
    try:
        codecs.lookup(charset)
    except (LookupError, UnicodeError):
        return False
    return True


def decoded_words(text: bytes) -> str | None:
    """Decode the encoded-words of a field; the white space between two of them is none of it."""
    result = ""
    position = 0
    text = _BETWEEN.sub(rb"\1", text)
    for word in _WORD.finditer(text):
        between = _decode(text[position : word.start()], "us-ascii")
        inside = _undo(word[3], word[2].upper() == b"B")
        decoded = None if inside is None else _decode(inside, word[1].decode("ascii"))
        if between is None or decoded is None:
            return None
        result += between + decoded
        position = word.end()
    rest = _decode(text[position:], "us-ascii")
    return None if rest is None else result + rest


def decoded_body(body: bytes, encoding: bytes, charset: str) -> str | None:
    """Decode the body of a text part; `encoding` is in capitals."""
    octets: bytes | None = body
    if encoding == b"BASE64":
        octets = _from_base64(body)
    elif encoding == b"QUOTED-PRINTABLE":
        octets = quopri.decodestring(body)
    elif encoding not in (b"7BIT", b"8BIT", b"BINARY"):
        return None
    return None if octets is None else _decode(octets, charset)


def _undo(octets: bytes, is_base64: bool) -> bytes | None:
    if is_base64:
        return _from_base64(octets)
    return quopri.decodestring(octets.replace(b"_", b" "), header=True)


def _from_base64(octets: bytes) -> bytes | None:
    if _NOT_BASE64.search(octets):
        return None
    try:
        return base64.b64decode(octets)
    except binascii.Error:
        return None


def _decode(octets: bytes, charset: str) -> str | None:
    try:
        return octets.decode(charset)
    except (LookupError, UnicodeError):
        return None
