"""Why a session with a target can not happen, each with one line fit for a person.

These are faults of the target or of the way to it, never findings about a rule of the
protocol (those travel in frames and arrivals) and never errors of the suite.

    TargetError
     +-- ConnectFailed    no TCP connection
     +-- TLSFailed        no TLS, or STARTTLS refused
     |    +-- Untrusted   TLS was to be had, and the suite refused the certificate
     +-- NoGreeting       connected, and nothing was said
     +-- NotIMAP          something was said that is no IMAP greeting
     +-- Rejected         the greeting was BYE
     +-- LoginRefused     the credentials, or the only ways to send them, were not accepted
"""

from __future__ import annotations


class TargetError(Exception):
    """Base of all: `str()` of it is one line that names the target and the reason."""


class ConnectFailed(TargetError):
    """No TCP connection to the target."""


class TLSFailed(TargetError):
    """The TLS negotiation failed, or the server refused to begin one."""


class Untrusted(TLSFailed):
    """The server's certificate is not one that the suite was told to trust.

    Nothing about the server as an IMAP server: self-signed, expired, or for another name.
    """


class NoGreeting(TargetError):
    """The connection stands, but no greeting came before the deadline or before its end.

    `closed`: the server ended the connection without one.
    """

    def __init__(self, message: str, *, closed: bool = False) -> None:
        super().__init__(message)
        self.closed = closed


class NotIMAP(TargetError):
    """The first line from the server is no IMAP greeting (RFC 3501 section 7.1)."""


class Rejected(TargetError):
    """The greeting was an untagged BYE (RFC 3501 section 7.1.5)."""


class LoginRefused(TargetError):
    """The server did not let the suite authenticate.

    `code` is the response code of its answer in capitals, such as UNAVAILABLE (RFC 5530), "" for
    none; `ended` says that there was no tagged answer: "timeout", "closed" or "flood".
    """

    def __init__(self, message: str, *, code: str = "", ended: str = "") -> None:
        super().__init__(message)
        self.code, self.ended = code, ended
