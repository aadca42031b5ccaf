"""What TLS is negotiated with: whom a client trusts, and which versions and suites are offered."""

from __future__ import annotations

import functools
import re
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_VERSIONS: Final = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_OFFER: Final = re.compile(r"(?P<version>TLSv1(?:\.[123])?)(?P<newer>\+?)(?: (?P<ciphers>\S+))?")


@dataclass(frozen=True, slots=True)
class Handshake:
    """The handshakes that one side takes part in; by default those that the library allows.

    `oldest` and `newest` are versions of the protocol. `ciphers` is a list as OpenSSL reads it, of
    cipher suites of TLS 1.2 and older.
    """

    oldest: ssl.TLSVersion | None = None
    newest: ssl.TLSVersion | None = None
    ciphers: str = ""

    @classmethod
    def read(cls, text: str) -> Handshake:
        """Read `TLSv1.2` (that version alone) or `TLSv1.2+` (or newer), perhaps with ciphers.

        Raises:
            ValueError: it is neither.
        """
        found = _OFFER.fullmatch(text)
        if not found:
            raise ValueError(
                f"no handshake is written {text!r}: as TLSv1.2, TLSv1.2+ or with ciphers"
            )
        version = _VERSIONS[found["version"]]
        return cls(version, None if found["newer"] else version, found["ciphers"] or "")

    @property
    def impossible(self) -> str:
        """Why the library of this machine can not offer it, "" if it can."""
        try:
            restrict(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), self)
        except (ssl.SSLError, ValueError) as error:
            return f"the TLS of this machine does not offer that: {error}"
        return ""


ANY: Final = Handshake()
"""Whatever the library allows."""


def restrict(context: ssl.SSLContext, offer: Handshake) -> None:
    """Have one side take part in these handshakes only.

    Raises:
        ssl.SSLError, ValueError: the library has no such version or cipher suite.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are meant
        if offer.oldest is not None:
            context.minimum_version = offer.oldest
        if offer.newest is not None:
            context.maximum_version = offer.newest
    if offer.ciphers:
        context.set_ciphers(offer.ciphers)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client offers other than usual, to see what a server takes.

    `trusted` is a certificate (PEM) that is trusted by itself, so that nothing but its names and
    dates is verified; without one nothing is.
    """

    handshake: Handshake = ANY
    trusted: str = ""


@functools.lru_cache(maxsize=16)
def offering(offer: Offer) -> ssl.SSLContext:
    """Return the TLS of a client that offers just this.

    Raises:
        ssl.SSLError, ValueError: the library has no such version or cipher suite.
    """
    context = ssl.create_default_context(cadata=offer.trusted or None)
    if offer.trusted:
        context.verify_flags = ssl.VERIFY_X509_PARTIAL_CHAIN
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    restrict(context, offer.handshake)
    return context


@functools.lru_cache(maxsize=16)
def tls_context(ca_file: Path | None, verify: bool, offer: Handshake = ANY) -> ssl.SSLContext:
    """Return the TLS of a client that trusts these authorities (None: the system's).

    Raises:
        OSError: The file can not be read.
        ssl.SSLError, ValueError: `offer` is impossible.
    """
    context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    restrict(context, offer)
    return context
