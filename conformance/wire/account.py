"""A user of the server under test, and the words that log it in."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from conformance.secrecy import process


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the server. The password is kept out of `repr`, and so out of tracebacks."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        """Have no error of this process show the password."""
        process.KNOWN.add(self.password, self.user)

    @property
    def sasl_plain(self) -> bytes:
        """The base64 of the message of SASL PLAIN (RFC 4616 section 2), no authorization id."""
        return base64.b64encode(b"\0" + self.user.encode() + b"\0" + self.password.encode())
