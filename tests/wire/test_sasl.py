"""SASL messages against the examples of the RFCs, and challenges that can not be answered."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

from conformance.wire import sasl
from conformance.wire.account import Account
from conformance.wire.sasl import BadChallenge, SaslClient

USER = Account("user", "pencil")
DIGEST = (
    b'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",'
    b"algorithm=md5-sess,charset=utf-8"
)
SCRAM_1 = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"
SCRAM_256 = (
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
)
RFC_2195 = SaslClient(Account("tim", "tanstaaftanstaaf"), "", "")
RFC_2831 = SaslClient(Account("chris", "secret"), "elwood.innosoft.com", "OA6MHXh6VqTrRk")
RFC_5802 = SaslClient(USER, "", "fyko+d2lbbFgONRv9qkxdawL")
RFC_7677 = SaslClient(USER, "", "rOprNGfwEbeRWgbNEkqO")
EXAMPLES = [
    (
        RFC_2195,
        "cram-md5",
        b"<1896.697170952@postoffice.reston.mci.net>",
        b"tim b913a602c7eda7a495b4e6e7334d3890",
    ),
    (RFC_5802, "scram.first", b"", b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"),
    (
        RFC_5802,
        "scram-sha-1.final",
        SCRAM_1,
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    ),
    (RFC_5802, "scram-sha-1.server", SCRAM_1, b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="),
    (
        RFC_7677,
        "scram-sha-256.final",
        SCRAM_256,
        (
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        ),
    ),
    (
        RFC_7677,
        "scram-sha-256.server",
        SCRAM_256,
        b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ),
    (RFC_2831, "digest-md5.server", DIGEST, b"rspauth=ea40f60335c427b5527b84dbabcdfffd"),
    (SaslClient(Account("a,b=c", "p"), "", "n"), "scram.first", b"", b"n,,n=a=2Cb=3Dc,r=n"),
    (SaslClient(USER, "", ""), "plain.as-self", b"", b"user\0user\0pencil"),
    (SaslClient(USER, "", ""), "password.wrong", b"", b"wrong-by-design"),
]


@pytest.mark.parametrize(("client", "name", "challenge", "expected"), EXAMPLES)
def test_makes_the_message(
    client: SaslClient, name: str, challenge: bytes, expected: bytes
) -> None:
    assert b64decode(sasl.message(name, client, b64encode(challenge))) == expected


def test_digest_names_all_that_the_server_has_to_know() -> None:
    answer = b64decode(sasl.message("digest-md5", RFC_2831, b64encode(DIGEST)))
    assert b"response=d388dad90d4bbd760a152321f2143af7" in answer
    assert b'digest-uri="imap/elwood.innosoft.com"' in answer


def test_a_wrong_password_changes_the_answer() -> None:
    challenge = b64encode(b"<1@x>")
    right = sasl.message("cram-md5", RFC_2195, challenge)
    assert sasl.message("cram-md5.wrong", RFC_2195, challenge) != right


@pytest.mark.parametrize(
    ("name", "challenge"),
    [
        ("cram-md5", b"no base64"),
        ("scram-sha-1.final", b64encode(b"")),
        ("scram-sha-1.final", b64encode(b"r=other,s=QSXCR+Q6sek8bf92,i=4096")),
        ("scram-sha-1.final", b64encode(SCRAM_1.replace(b"i=4096", b"i=999999999999"))),
        ("scram-sha-1.final", b64encode(SCRAM_1.replace(b"s=Q", b"s=*"))),
        ("digest-md5", b64encode(b'realm="x"')),
        ("digest-md5", b64encode(b'nonce="x",qop="auth-conf"')),
    ],
)
def test_a_challenge_that_can_not_be_answered(name: str, challenge: bytes) -> None:
    with pytest.raises(BadChallenge):
        sasl.message(name, RFC_5802, challenge)
