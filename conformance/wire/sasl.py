"""What a client says in a SASL exchange: messages that are computed from the password.

A case writes the lines of an exchange out one by one, and leaves to this module what nobody can
write down beforehand: the answer to a challenge that the server has just made up. Everything goes
in and out in base64, as it stands on the wire of AUTHENTICATE (RFC 3501 section 6.2.2). PLAIN is
RFC 4616, CRAM-MD5 RFC 2195, SCRAM RFC 5802 and RFC 7677, DIGEST-MD5 RFC 2831; LOGIN has no RFC: it
asks for the user name, then for the password.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from conformance.wire.account import Account

MOST_ROUNDS: Final = 1_000_000
"""Iterations of SCRAM's hash that a server may ask for: about a second's work."""

_WRONG: Final = "wrong-by-design"
_PAIR = re.compile(
    rb'\s*([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",\s]*))\s*(?:,|$)', re.IGNORECASE
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class BadChallenge(Exception):
    """The server's challenge is none of its mechanism's; the message says why."""


@dataclass(frozen=True, slots=True)
class SaslClient:
    """Who authenticates: an account, the name of the server, and the client's own nonce."""

    account: Account
    host: str
    nonce: str

    @property
    def user(self) -> bytes:
        """The user name."""
        return self.account.user.encode()

    @property
    def password(self) -> bytes:
        """The password."""
        return self.account.password.encode()


Message: TypeAlias = Callable[[SaslClient, bytes], bytes]


def message(name: str, client: SaslClient, challenge: bytes = b"") -> bytes:
    """Return the message called `name` (a key of `MESSAGES`), for a challenge if it answers one.

    `name` may end in `.wrong`: then it is made with a wrong password.

    Raises:
        BadChallenge: the challenge can not be answered.
    """
    right = name.removesuffix(".wrong")
    if right != name:
        client = replace(client, account=replace(client.account, password=_WRONG))
    if right == APOP:
        return _hex(challenge + client.password)
    try:
        decoded = base64.b64decode(challenge, validate=True)
    except binascii.Error:
        raise BadChallenge("not BASE64") from None
    return base64.b64encode(MESSAGES[right](client, decoded))


def _cram_md5(client: SaslClient, challenge: bytes) -> bytes:
    digest = hmac.new(client.password, challenge, hashlib.md5).hexdigest()
    return client.user + b" " + digest.encode()


def _scram_first(client: SaslClient) -> bytes:
    user = client.user.replace(b"=", b"=3D").replace(b",", b"=2C")
    return b"n=" + user + b",r=" + client.nonce.encode()


def _scram_keys(algorithm: str, client: SaslClient, challenge: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the salted password, the message to sign, and the head of the client's last one."""
    fields = dict(part.split(b"=", 1) for part in challenge.split(b",") if b"=" in part)
    nonce, salt, rounds = (fields.get(key, b"") for key in (b"r", b"s", b"i"))
    if not nonce.startswith(client.nonce.encode()) or len(nonce) <= len(client.nonce):
        raise BadChallenge("the nonce does not continue that of the client")
    if not rounds.isdigit() or not 0 < int(rounds) <= MOST_ROUNDS:
        raise BadChallenge(f"no number of rounds from 1 to {MOST_ROUNDS}")
    try:
        octets = base64.b64decode(salt, validate=True)
    except binascii.Error:
        raise BadChallenge("the salt is not BASE64") from None
    salted = hashlib.pbkdf2_hmac(algorithm, client.password, octets, int(rounds))
    head = b"c=biws,r=" + nonce
    return salted, b",".join((_scram_first(client), challenge, head)), head


def _scram_final(algorithm: str) -> Message:
    def final(client: SaslClient, challenge: bytes) -> bytes:
        salted, signed, head = _scram_keys(algorithm, client, challenge)
        key = hmac.digest(salted, b"Client Key", algorithm)
        stored = hashlib.new(algorithm, key).digest()
        signature = hmac.digest(stored, signed, algorithm)
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return head + b",p=" + base64.b64encode(proof)

    return final


def _scram_server(algorithm: str) -> Message:
    def server(client: SaslClient, challenge: bytes) -> bytes:
        salted, signed, _ = _scram_keys(algorithm, client, challenge)
        key = hmac.digest(salted, b"Server Key", algorithm)
        return b"v=" + base64.b64encode(hmac.digest(key, signed, algorithm))

    return server


def _digest_md5(client: SaslClient, challenge: bytes) -> bytes:
    fields = _digest_fields(challenge)
    realm, nonce = fields.get(b"realm"), fields[b"nonce"]
    pairs = [b'username="%s"' % _escaped(client.user)]
    pairs += [b'realm="%s"' % _escaped(realm)] if realm is not None else []
    pairs += [
        b'nonce="%s"' % _escaped(nonce),
        b'cnonce="%s"' % client.nonce.encode(),
        b"nc=00000001,qop=auth",
        b'digest-uri="imap/%s"' % client.host.encode(),
        b"response=" + _digest_response(client, fields, b"AUTHENTICATE"),
    ]
    pairs += [b"charset=utf-8"] if fields.get(b"charset") == b"utf-8" else []
    return b",".join(pairs)


def _digest_server(client: SaslClient, challenge: bytes) -> bytes:
    return b"rspauth=" + _digest_response(client, _digest_fields(challenge), b"")


def _digest_fields(challenge: bytes) -> dict[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    for key, quoted, bare in _PAIR.findall(challenge):
        fields.setdefault(key.lower(), _ESCAPED.sub(rb"\1", quoted) or bare)
    if not fields.get(b"nonce"):
        raise BadChallenge("no nonce")
    if b"auth" not in fields.get(b"qop", b"auth").replace(b" ", b"").split(b","):
        raise BadChallenge("qop has no auth")
    return fields


def _digest_response(client: SaslClient, fields: dict[bytes, bytes], method: bytes) -> bytes:
    """Return the response value of RFC 2831 section 2.1.2.1 in hexadecimal."""
    realm, nonce, own = fields.get(b"realm", b""), fields[b"nonce"], client.nonce.encode()
    secret = b":".join((_narrow(client.user), realm, _narrow(client.password)))
    session = b":".join((_md5(secret), nonce, own))
    uri = method + b":imap/" + client.host.encode()
    parts = (_hex(session), nonce, b"00000001", own, b"auth", _hex(uri))
    return _hex(b":".join(parts))


def _narrow(octets: bytes) -> bytes:
    """Turn UTF-8 into ISO 8859-1 if that can hold it, as RFC 2831 wants it before hashing."""
    try:
        return octets.decode().encode("latin-1")
    except UnicodeEncodeError:
        return octets


def _escaped(octets: bytes) -> bytes:
    return octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _md5(octets: bytes) -> bytes:
    return hashlib.md5(octets, usedforsecurity=False).digest()


def _hex(octets: bytes) -> bytes:
    return _md5(octets).hex().encode()


APOP: Final = "apop"
"""The digest of POP3's APOP (RFC 1939 section 7): no SASL, but the answer to a challenge as well.

It goes over the wire as it is, not in base64, and so does the timestamp that it answers."""

MESSAGES: Final[dict[str, Message]] = {
    "user": lambda client, _: client.user,
    "password": lambda client, _: client.password,
    "plain": lambda client, _: b"\0" + client.user + b"\0" + client.password,
    "plain.as-self": lambda client, _: b"\0".join((client.user, client.user, client.password)),
    "plain.as-nobody": lambda client, _: b"\0".join(
        (b"no-such-user-here", client.user, client.password)
    ),
    "cram-md5": _cram_md5,
    "scram.first": lambda client, _: b"n,," + _scram_first(client),
    "scram-sha-1.final": _scram_final("sha1"),
    "scram-sha-1.server": _scram_server("sha1"),
    "scram-sha-256.final": _scram_final("sha256"),
    "scram-sha-256.server": _scram_server("sha256"),
    "digest-md5": _digest_md5,
    "digest-md5.server": _digest_server,
}
"""The messages by name: the client's, and under `.server` the proof that the server owes."""

ANSWERS: Final = frozenset({APOP, *(n for n in MESSAGES if "-md5" in n or "-sha-" in n)})
"""The names of messages that depend on a challenge."""


def known(name: str) -> bool:
    """Whether there is a message of this name, right or `.wrong`."""
    return name.removesuffix(".wrong") in (APOP, *MESSAGES)
