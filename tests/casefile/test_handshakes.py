"""What a line of a case says of the TLS that its client offers."""

from __future__ import annotations

import ssl

import pytest

from conformance.casefile.script import LineError, read_script
from conformance.wire.tls import ANY, Handshake

ROWS = [
    ("{tls}", ANY),
    ("{tls TLSv1.3}", Handshake(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)),
    ("{tls TLSv1.2+}", Handshake(ssl.TLSVersion.TLSv1_2)),
    (
        "{tls TLSv1.2 aRSA:!kRSA}",
        Handshake(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "aRSA:!kRSA"),
    ),
]


@pytest.mark.parametrize(("text", "offer"), ROWS)
def test_what_is_offered(text: str, offer: Handshake) -> None:
    (window,) = read_script([(1, f"C: {text}")])
    assert [(send.kind, send.offer) for send in window.sends] == [("tls", offer)]


@pytest.mark.parametrize("text", ["{tls 1.2}", "{tls TLSv1.4}", "{tls TLSv1.2 a b}", "{tls SSLv3}"])
def test_no_handshake_is_called_so(text: str) -> None:
    with pytest.raises(LineError, match="no handshake is written"):
        read_script([(7, f"C: {text}")])


def test_what_this_machine_can_not_offer() -> None:
    assert "does not offer" in Handshake(ciphers="NO-SUCH-SUITE").impossible
    assert not Handshake.read("TLSv1.2+ ECDHE-RSA-AES128-GCM-SHA256").impossible
