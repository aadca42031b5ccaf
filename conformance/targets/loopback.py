"""What all servers on this machine have in common: address, accounts, certificate, endpoints.

The certificate is made anew for every start, by an authority that nothing else trusts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import trustme

from conformance.wire.account import Account
from conformance.wire.transport import Endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOST = "127.0.0.1"
"""Our own servers listen here and nowhere else."""

ACCOUNTS = (Account("user1", "pass1"), Account("user2", "pass2"))
"""The users of our own servers."""

_SERVER_NAME = "localhost"  # for which clients verify the certificate


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: what the client trusts, what the server shows, and its private key."""

    authority: Path
    chain: Path
    key: Path


def certificate_in(folder: Path) -> Certificate:
    """Return where the certificate of a server lies in its `folder`."""
    return Certificate(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")


def issue_certificate(folder: Path) -> Certificate:
    """Write a fresh certificate for localhost and 127.0.0.1 into `folder`.

    Its key is of RSA, which the cipher suites that RFC 9051 section 11.1 names want. The key file
    is readable by its owner only.
    """
    made = certificate_in(folder)
    authority = trustme.CA()
    leaf = authority.issue_cert(_SERVER_NAME, HOST, key_type=trustme.KeyType.RSA)
    authority.cert_pem.write_to_path(made.authority)
    for number, pem in enumerate(leaf.cert_chain_pems):
        pem.write_to_path(made.chain, append=number > 0)
    made.key.touch(mode=0o600)
    leaf.private_key_pem.write_to_path(made.key)
    return made


def endpoints(ports: Sequence[int], certificate: Certificate) -> dict[str, Endpoint]:
    """The three ways into a server.

    The first of its `ports` is plain and offers STARTTLS, the second begins with TLS.
    """
    plain, implicit, *_ = ports

    def by(port: int, security: Literal["none", "starttls", "implicit"]) -> Endpoint:
        return Endpoint(
            host=HOST,
            port=port,
            security=security,
            ca_file=certificate.authority,
            verify=True,
            server_name=_SERVER_NAME,
        )

    return {
        "none": by(plain, "none"),
        "starttls": by(plain, "starttls"),
        "implicit": by(implicit, "implicit"),
    }
