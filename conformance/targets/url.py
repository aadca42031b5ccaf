"""Servers named by a URL: `imap://user@host:143`, `imaps://user@host`, `imap+starttls://`.

The scheme says how the connection is protected. `imap://` is the forgiving one: plain on
this machine; on any other, STARTTLS as soon as the server announces it, and otherwise
nothing at all unless sending the password in clear text was allowed. That question is
answered once, in `UrlTarget.start`, so that no session afterwards can be talked down.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote_to_bytes, urlsplit

from conformance.targets.base import Target
from conformance.targets.errors import BadURL, PlaintextRefused
from conformance.wire.account import Account
from conformance.wire.pop3.session import PLAIN_PORT, TLS_PORT
from conformance.wire.session import Session
from conformance.wire.transport import Endpoint, is_loopback

if TYPE_CHECKING:
    from pathlib import Path

UrlSecurity = Literal["auto", "starttls", "implicit"]

_SCHEMES: dict[str, tuple[UrlSecurity, int]] = {
    "imap": ("auto", 143),
    "imap+starttls": ("starttls", 143),
    "imaps": ("implicit", 993),
}
_FORM = "imap://user@host[:port], imaps://user@host or imap+starttls://user@host"
_PATIENCE = 30.0  # seconds for the one question that "auto" asks


@dataclass(frozen=True, slots=True)
class ServerURL:
    """The parts of a URL, decoded. `security` is "auto" for the scheme `imap`."""

    scheme: str
    user: str
    host: str
    port: int
    security: UrlSecurity

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine, so that nobody is between it and us."""
        return is_loopback(self.host)

    def __str__(self) -> str:
        """The URL in its full form, to be pasted into a command line."""
        host = f"[{self.host.replace('%', '%25')}]" if ":" in self.host else self.host
        return f"{self.scheme}://{quote(self.user, safe='')}@{host}:{self.port}"


class UrlTarget(Target):
    """A server that somebody else runs."""

    foreign = True

    def __init__(
        self,
        url: ServerURL,
        *,
        accounts: tuple[Account, ...],
        disposable: bool,
        allow_plaintext: bool,
        ca_file: Path | None,
        verify: bool,
    ) -> None:
        super().__init__(url.host, label=str(url), accounts=accounts, disposable=disposable)
        self.url = url
        self._allow_plaintext = allow_plaintext
        self._ca_file = ca_file
        self._verify = verify

    def start(self) -> None:
        """Decide how to connect; only `imap://` to another machine needs the server for that.

        Raises:
            PlaintextRefused: It would have to be clear text, and that was not allowed.
            TargetError: The server had to be asked and could not be reached.
        """
        security = self.url.security
        chosen = self._resolve() if security == "auto" else security
        self._endpoints = {chosen: self._by(chosen)}

    def stop(self) -> None:
        """Forget the decision of `start`; the server is not ours."""
        self._endpoints = {}

    def _resolve(self) -> Literal["none", "starttls"]:
        if self.url.is_loopback:
            return "none"
        if self._announces_starttls():
            return "starttls"
        if self._allow_plaintext:
            return "none"
        raise PlaintextRefused(
            f"{self.label} does not offer STARTTLS, so the password would cross the network in"
            " clear text: use imaps://, or allow it with --allow-plaintext"
        )

    def _announces_starttls(self) -> bool:
        with Session(self._by("none"), name="probe", timeout=_PATIENCE) as session:
            session.open()
            if session.dialogue.capabilities is None:
                session.command(b"CAPABILITY")
            return "STARTTLS" in (session.dialogue.capabilities or ())

    def _by(self, security: Literal["none", "starttls", "implicit"]) -> Endpoint:
        return Endpoint(
            host=self.url.host,
            port=self.url.port,
            security=security,
            ca_file=self._ca_file,
            verify=self._verify,
            server_name=self.url.host,
        )


def parse_target(
    url: str,
    *,
    password: str | None = None,
    second: Account | None = None,
    disposable: bool = False,
    allow_plaintext: bool = False,
    ca_file: Path | None = None,
    verify: bool = True,
) -> UrlTarget:
    """Make the target that `url` names. Nothing is connected before it is started.

    Args:
        url: As in the module's docstring.
        password: Of the user in the URL; None when only the state before login is of interest.
        second: Another account on the same server.
        disposable: The owner says that everything in the accounts may be changed.
        allow_plaintext: Send passwords over an unprotected connection if there is no other.
        ca_file: Certificates to trust in place of the system's.
        verify: False to accept any certificate.

    Raises:
        BadURL: `url` is not such a URL, or holds a password.
    """
    parsed = parse_url(url)
    first = () if password is None else (Account(parsed.user, password),)
    return UrlTarget(
        parsed,
        accounts=first if second is None else (*first, second),
        disposable=disposable,
        allow_plaintext=allow_plaintext,
        ca_file=ca_file,
        verify=verify,
    )


def parse_url(url: str) -> ServerURL:
    """Take a target URL apart.

    The form is a part of RFC 5092's: server and user, with neither a mailbox nor an
    authentication mechanism.

    Raises:
        BadURL: With a message that tells what to write; it never repeats a password.
    """
    if "://" not in url:
        raise BadURL(f"a server is named by a URL: {_FORM}")
    if any(ord(c) <= 0x20 or ord(c) == 0x7F for c in url):
        raise BadURL("the URL holds a blank or a control character: write it as %XX")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text may hold what was meant as a password
        raise BadURL(f"the URL's host or port is malformed: use {_FORM}") from None
    if parts.password is not None:
        raise BadURL(
            "the URL holds a password, which every user of this machine could read in the process"
            " list: set IMAP_CONFORMANCE_PASSWORD or use --password-file"
        )
    if parts.scheme not in _SCHEMES:
        raise BadURL(f"unknown URL scheme {parts.scheme!r}: use {_FORM}")
    if parts.path not in ("", "/") or "?" in url or "#" in url:
        raise BadURL(f"the URL has more than user, host and port: use {_FORM}")
    security, default_port = _SCHEMES[parts.scheme]
    if port == 0:
        raise BadURL("the URL's port must be 1 to 65535")
    user, host = _user(parts.username), _host(parts.hostname)
    return ServerURL(parts.scheme, user, host, port or default_port, security)


def parse_pop3(
    where: str, *, allow_plaintext: bool = False, ca_file: Path | None = None, verify: bool = True
) -> Endpoint:
    """Read where POP3 is served, HOST:PORT with an IPv6 address in brackets.

    On this machine it is spoken in the clear, at port 995 with TLS from the start, and elsewhere
    with TLS by STLS unless `allow_plaintext`.

    Raises:
        BadURL: it is not of that form.
    """
    try:
        parts = urlsplit(f"//{where}")
        port = parts.port
    except ValueError:
        port = None
    if not port or not parts.hostname or parts.username is not None or set(where) & set("/?#"):
        raise BadURL(f"--pop3 takes HOST:PORT, such as localhost:{PLAIN_PORT}")
    host = _host(parts.hostname)
    security: Literal["none", "starttls", "implicit"] = "starttls"
    if port == TLS_PORT:
        security = "implicit"
    elif is_loopback(host) or allow_plaintext:
        security = "none"
    return Endpoint(host, port, security, ca_file=ca_file, verify=verify, server_name=host)


def _user(encoded: str | None) -> str:
    if not encoded:
        raise BadURL(f"the URL does not say who logs in: use {_FORM}")
    if ";" in encoded:
        raise BadURL("the URL chooses an authentication mechanism (;AUTH=): leave that part out")
    try:
        user = unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError as error:
        raise BadURL("the user in the URL is not UTF-8 once decoded") from error
    if not user.isprintable():
        raise BadURL("the user in the URL holds a control character")
    return user


def _host(name: str | None) -> str:
    if not name:
        raise BadURL(f"the URL names no host: use {_FORM}")
    if ":" not in name:
        return name
    try:
        ipaddress.IPv6Address(name.replace("%25", "%"))
    except ValueError as error:
        raise BadURL(f"the URL's host is not an IPv6 address: {name}") from error
    return name.replace("%25", "%")
