"""Generated passwords, ways to write them, and whether what was written shows one of them."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote_to_bytes

from hypothesis import strategies as st

from conformance.secrecy.secrets import ANYWHERE, WORD

RARE = "Zq9"
"""Stands in each password but the shortest, so that no text has it by chance."""
USER = "fred"

_PIECES = st.one_of(
    st.text(max_size=8),
    st.text('"\\\\ {}()%&<>', max_size=6),
    st.text("äß€😀ñ漢", max_size=6),
    st.text("ABCDabcd0123+/=", max_size=12),
    st.sampled_from(
        ["\r\n", "\n", "\r", "\t", "\\x41", "%41", "&amp;", '\\"', "u0041", "[hidden]"]
    ),
)


@st.composite
def _passwords(draw: st.DrawFn) -> str:
    before, after = draw(_PIECES), draw(_PIECES)
    password = before + RARE + after
    return password * draw(st.sampled_from([1, 1, 1, 200 // len(password) + 1]))


PASSWORDS = st.one_of(
    _passwords(),
    st.text('xZ"\\é€7', min_size=1, max_size=1),
    st.sampled_from([RARE, RARE + "w", RARE + '"', "Zq"]),
).filter(lambda password: "\0" not in password and _is_text(password))
"""Passwords of one octet up to a few hundred; none of them has NUL, which no login can carry."""

ECHOES: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda octets: octets,
    "quoted": lambda octets: b'"' + escaped(octets) + b'"',
    "escaped for C": lambda octets: repr(octets)[2:-1].encode(),
    "escaped for C, and quoted": lambda octets: escaped(repr(octets)[2:-1].encode()),
    "JSON": lambda octets: json.dumps(_text(octets)).encode(),
    "percent": lambda octets: quote(octets, safe="").encode(),
    "percent, the least": lambda octets: quote(octets, safe="/:@!$&'()*+,;=").encode(),
    "HTML": lambda octets: html.escape(_text(octets)).encode("utf-8", "surrogateescape"),
    "HTML in numbers": lambda octets: "".join(f"&#{ord(c)};" for c in _text(octets)).encode(),
    "base64": base64.b64encode,
    "PLAIN": lambda octets: base64.b64encode(b"\0fred\0" + octets),
    "base64 for URLs": lambda octets: base64.urlsafe_b64encode(b"me:" + octets),
}
"""How a server may send a password back."""


def escaped(octets: bytes) -> bytes:
    return octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def _is_text(password: str) -> bool:
    return password.isprintable() or all(c.isprintable() or c in "\r\n\t" for c in password)


def reveals(written: str, password: str) -> list[str]:
    """Return the readings of a text in which a password can be read."""
    octets = password.encode()
    return [
        reading
        for reading in _readings(written)
        if any(_stands(reading, form) for form in {password, octets.decode("latin-1")})
    ]


def _stands(text: str, password: str) -> bool:
    size = len(password.encode("latin-1", "replace"))
    if size >= ANYWHERE:
        return password in text
    spelt = re.escape(password)
    if size >= WORD:
        return re.search(rf"(?<![^\W_]){spelt}(?![^\W_])", text) is not None
    login = rf"LOGIN \"?{USER}\"? \"?{spelt}(?![^\W_])|\A\0{USER}\0{spelt}\Z"
    return re.search(login, text) is not None


def _readings(text: str) -> Iterator[str]:
    """Yield a text as it is, and decoded in each way that somebody may try."""
    yield text
    spelt = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text)
    for each in dict.fromkeys((text, spelt)):
        yield each
        yield re.sub(r"\\(.)", r"\1", each)
        yield unquote_to_bytes(each.encode("latin-1", "replace")).decode("latin-1")
        yield html.unescape(each)
        yield re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), each)
        yield each.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")
    for token in re.findall(r"[A-Za-z0-9+/_-]{4,}", text):
        yield from _decoded(token.replace("-", "+").replace("_", "/"))


def _decoded(token: str) -> Iterator[str]:
    for begin in range(4):
        part = token[begin:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            octets = base64.b64decode(part + "=" * (-len(part) % 4))
        except binascii.Error:
            continue
        yield octets.decode("latin-1")
