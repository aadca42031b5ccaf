"""Flaws of what RFC 9051 says of TLS (sections 6.2.1 and 11.1)."""

from __future__ import annotations

from dataclasses import replace as changed

from conformance.flaws.acts import answer, negotiating
from conformance.flaws.flaw import flaw
from conformance.wire.tls import Handshake

_ROWS = (
    flaw(
        "tls-of-2006",
        "The server speaks TLS 1.1, and none newer",
        "",
        "9051-11.1-tls12",
        negotiating(Handshake.read("TLSv1.1 ALL:@SECLEVEL=0")),
    ),
    flaw(
        "tls-without-the-newest",
        "The server speaks TLS 1.2, and none newer",
        "",
        "9051-11.1-tls13",
        negotiating(Handshake.read("TLSv1.2")),
    ),
    flaw(
        "tls-without-the-common-suite",
        "Under TLS 1.2 the server takes suites with AES 256 only",
        "",
        "9051-11.1-cipher",
        negotiating(Handshake.read("TLSv1.2+ ECDHE-RSA-AES256-GCM-SHA384")),
    ),
    flaw(
        "tls-with-the-common-suite-only",
        "Under TLS 1.2 the server takes one suite",
        "",
        "9051-11.1-ciphers",
        negotiating(Handshake.read("TLSv1.2+ ECDHE-RSA-AES128-GCM-SHA256")),
    ),
    flaw(
        "starttls-within-tls-answered-no",
        "On the port with TLS from the start STARTTLS is answered NO",
        "",
        "9051-6.2.1-implicit",
        answer(b"{tag} NO There is TLS\r\n", name="STARTTLS", tls=True),
    ),
    flaw(
        "starttls-within-tls-taken",
        "On the port with TLS from the start STARTTLS is answered OK",
        "",
        "9051-6.2.1-implicit 9051-6.2.1-once",
        answer(b"{tag} OK Begin\r\n", name="STARTTLS", tls=True),
    ),
)

FLAWS = tuple(changed(row, backend="cyrus310") for row in _ROWS)
