"""Secrets inside base64, where an exchange of SASL carries them, also in part."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}|[A-Za-z0-9+/]{2,3}={1,2}")
_STANDARD: Final = str.maketrans("-_", "+/")
_TELLING = 2  # octets of a secret at a cut that make hiding worth it


def tokens(
    text: str, secrets: Iterable[bytes], short: Iterable[bytes]
) -> Iterator[tuple[int, int]]:
    """Yield where base64 with a secret in it stands.

    One of the `short` secrets has to be all of it, or the password of a PLAIN message.
    """
    plain = [b"\0" + secret for secret in short]
    standard = text.translate(_STANDARD) if "-" in text or "_" in text else text
    cores = [core for secret in (*secrets, *plain) for core in _cores(secret)]
    cores += [base64.b64encode(secret).decode() for secret in short]
    if not any(core in standard for core in cores):
        return
    for token in _TOKEN.finditer(text):
        decoded = _decoded(token[0])
        whole = decoded[0]
        if (
            any(secret in each for each in decoded for secret in secrets)
            or whole in short
            or any(each.endswith(tuple(plain)) for each in decoded)
        ):
            yield token.span()


def begun(text: str, secrets: Iterable[bytes]) -> int | None:
    """Return where base64 begins that is cut off at the end of `text`, and is a secret."""
    *_, last = [None, *_TOKEN.finditer(text)]
    if last is None or last.end() < len(text):
        return None
    for decoded in _decoded(last[0]):
        # Of its last octet a part of the bits is missing.
        for secret in secrets:
            if any(decoded.endswith(secret[:size]) for size in range(_TELLING, len(secret) + 1)):
                return last.start()
    return None


def ended(text: str, secrets: Iterable[bytes]) -> int | None:
    """Return where base64 ends at the beginning of `text` that is the rest of a secret."""
    first = _TOKEN.match(text)
    if first is None:
        return None
    for decoded in _decoded(first[0]):
        for secret in secrets:
            if any(decoded.startswith(secret[-size:]) for size in range(_TELLING, len(secret) + 1)):
                return first.end()
    return None


@lru_cache(maxsize=256)
def _cores(secret: bytes) -> tuple[str, ...]:
    """Return what is in each base64 that has these octets in it, wherever in it they begin."""
    cores: list[str] = []
    for before, first in enumerate((0, 2, 3)):
        encoded = base64.b64encode(b"\0" * before + secret).decode()
        cores.append(encoded[first : (before + len(secret)) * 8 // 6])
    return tuple(cores)


def _decoded(token: str) -> list[bytes]:
    """Decode from each of the four places where base64 may begin in what stands together."""
    found: list[bytes] = []
    body = token.rstrip("=").translate(_STANDARD)
    for begin in range(4):
        part = body[begin:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            found.append(base64.b64decode(part + "=" * (-len(part) % 4)))
        except binascii.Error:  # pragma: no cover - the alphabet and the length are right
            found.append(b"")
    return found
