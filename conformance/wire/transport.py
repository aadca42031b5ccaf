"""Sockets: one TCP connection, with or without TLS and compression, and a deadline on every wait.

Octets only. That a peer has gone away is an answer here (`CLOSED`, `RESET`, `BROKEN`), not an
exception; errors are raised only while a connection is being made.
"""

from __future__ import annotations

import contextlib
import enum
import ipaddress
import re
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from conformance.wire.deflate import Deflation, NotDeflated
from conformance.wire.errors import ConnectFailed, TLSFailed, Untrusted
from conformance.wire.tls import ANY, Handshake, Offer, offering, tls_context

Security = Literal["none", "starttls", "implicit"]

CHUNK: Final = 64 * 1024
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
_TRUST: Final = "trust its authority with --ca-file, or any certificate with --insecure"
_ALERT: Final = re.compile(rb"\x15\x03[\x00-\x04]\x00\x02[\x01\x02](.)", re.DOTALL)
_SEND_SLICE: Final = 0.05  # seconds a write may block before what the peer says is read


class Gone(enum.Enum):
    """Why there are no octets."""

    TIMED_OUT = "timeout"
    CLOSED = "closed"
    RESET = "reset"
    TLS = "tls"
    DEFLATE = "deflate"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens and how far to trust it."""

    host: str
    port: int
    security: Security = "none"
    ca_file: Path | None = None
    """PEM file of the authorities to trust; None for those of the system."""
    verify: bool = True
    server_name: str = ""
    """Name to ask for and to find in the certificate; empty for `host`."""
    offer: Offer | None = None
    """None for what any client offers."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine, so that nobody is between it and us."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _reason(error: OSError) -> str:
    """Return one short phrase out of an error of a socket or of TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        if error.reason in _NO_TLS:
            return "what listens there does not speak TLS"
        return str(error.reason).lower().replace("_", " ")
    if isinstance(error, TimeoutError):
        return "timed out"
    return error.strerror or str(error) or type(error).__name__


def alert_in(octets: bytes) -> str:
    """Return what a TLS alert in the clear says, such as "internal error"; "" if that is none.

    A server that can not begin TLS says so in a record like this (RFC 8446 sections 5.1 and 6).
    """
    found = _ALERT.match(octets)
    if found is None:
        return ""
    try:
        name = ssl.AlertDescription(found[1][0]).name
    except ValueError:
        return f"alert {found[1][0]}"
    return name.removeprefix("ALERT_DESCRIPTION_").lower().replace("_", " ")


class Transport:
    """One connection. Never blocks longer than it was told, never raises once it stands."""

    def __init__(self, endpoint: Endpoint, timeout: float) -> None:
        """Connect.

        Raises:
            ConnectFailed: with the reason, within `timeout` seconds for each address.
        """
        self._endpoint = endpoint
        try:
            self._socket = socket.create_connection((endpoint.host, endpoint.port), timeout)
        except (OSError, UnicodeError) as error:
            reason = _reason(error) if isinstance(error, OSError) else "no such host name"
            raise ConnectFailed(f"{endpoint}: can not connect: {reason}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._chunk = bytearray(CHUNK)
        self._deflation: Deflation | None = None
        self._inflated = bytearray()  # read out of the stream, and not asked for yet
        self._deflated = bytearray()  # of the stream, and still to be written
        self._writing = 0  # octets that `_deflated` stands for

    def secure(self, timeout: float, offer: Handshake = ANY) -> None:
        """Negotiate TLS.

        Raises:
            TLSFailed: with the reason; the connection is closed then.
        """
        endpoint = self._endpoint
        try:
            if endpoint.offer is not None:
                context = offering(endpoint.offer)
            else:
                context = tls_context(endpoint.ca_file, endpoint.verify, offer)
        except OSError as error:
            self.close()
            reason = f"authorities in {endpoint.ca_file} not readable: {_reason(error)}"
            raise TLSFailed(f"{endpoint}: {reason}") from error
        try:
            self._socket.settimeout(timeout)
            self._socket = context.wrap_socket(
                self._socket, server_hostname=endpoint.server_name or endpoint.host
            )
        except (OSError, ValueError) as error:
            self.close()
            reason = _reason(error) if isinstance(error, OSError) else str(error)
            if isinstance(error, ssl.SSLCertVerificationError):
                raise Untrusted(f"{endpoint}: {reason}; {_TRUST}") from error
            raise TLSFailed(f"{endpoint}: TLS failed: {reason}") from error

    @property
    def tls(self) -> tuple[str, str]:
        """The version of TLS and the cipher that are spoken; empty without TLS."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return "", ""
        cipher = self._socket.cipher()
        return self._socket.version() or "", cipher[0] if cipher else ""

    @property
    def certificate(self) -> str:
        """The server's certificate (PEM); empty without TLS."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return ""
        octets = self._socket.getpeercert(binary_form=True)
        return ssl.DER_cert_to_PEM_cert(octets) if octets else ""

    def compress(self, early: bytes) -> bool:
        """Go on compressed (RFC 4978); `early` was read already and is of the stream.

        Returns:
            Whether `early` is what it should be.
        """
        self._deflation = Deflation()
        return self._inflate(early) is None

    def _inflate(self, octets: bytes | memoryview) -> Gone | None:
        if self._deflation is None:
            return None
        try:
            self._inflated += self._deflation.inflate(octets)
        except NotDeflated:
            return Gone.DEFLATE
        return None

    def pending(self) -> bytes:
        """Return octets that are there already, without waiting for any."""
        answer = self._receive(memoryview(self._chunk), 0.0)
        return bytes(memoryview(self._chunk)[:answer]) if isinstance(answer, int) else b""

    def receive(self, timeout: float, into: memoryview | None = None) -> memoryview | Gone:
        """Wait for octets, at most `timeout` seconds.

        They are written into `into`, or into a buffer that the next call overwrites.
        """
        view = memoryview(self._chunk) if into is None else into
        if self._deflation is not None:
            return self._receive_inflated(view, timeout)
        answer = self._receive(view, timeout)
        return view[:answer] if isinstance(answer, int) else answer

    def _receive_inflated(self, view: memoryview, timeout: float) -> memoryview | Gone:
        deadline = time.monotonic() + timeout
        while not self._inflated:
            buffer = memoryview(bytearray(CHUNK))
            answer = self._receive(buffer, deadline - time.monotonic())
            gone = self._inflate(buffer[:answer]) if isinstance(answer, int) else answer
            if gone is not None:
                return gone
        count = min(len(view), len(self._inflated))
        view[:count] = self._inflated[:count]
        del self._inflated[:count]
        return view[:count]

    def _receive(self, view: memoryview, timeout: float) -> int | Gone:
        try:
            self._socket.settimeout(max(0.0, timeout))
            return self._socket.recv_into(view) or Gone.CLOSED
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return Gone.TIMED_OUT
        except ssl.SSLEOFError:
            return Gone.CLOSED
        except ssl.SSLError:
            return Gone.TLS
        except OSError:
            return Gone.RESET

    def send_some(self, data: memoryview, deadline: float) -> int | Gone:
        """Write as much as goes out at once; TIMED_OUT when nothing did for a short while.

        `deadline` is a value of `time.monotonic`. The caller reads what the peer says and
        tries again: a peer that does not read until it is read would otherwise block both.
        """
        if self._deflation is None:
            return self._send_some(data, deadline)
        if not self._writing:
            self._writing = min(len(data), CHUNK)
            self._deflated += self._deflation.deflate(data[: self._writing])
        count = self._send_some(memoryview(bytes(self._deflated)), deadline)
        if isinstance(count, Gone):
            return count
        del self._deflated[:count]
        if self._deflated:
            return Gone.TIMED_OUT
        written, self._writing = self._writing, 0
        return written

    def _send_some(self, data: memoryview, deadline: float) -> int | Gone:
        try:
            self._socket.settimeout(max(0.001, min(_SEND_SLICE, deadline - time.monotonic())))
            return self._socket.send(data)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return Gone.TIMED_OUT
        except ssl.SSLError:
            return Gone.TLS
        except OSError:
            return Gone.RESET

    def reset_on_close(self) -> None:
        """Make `close` send a TCP reset instead of an orderly end."""
        with contextlib.suppress(OSError):
            linger = struct.pack("ii", 1, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def close(self) -> None:
        """Let the connection go, without a word and without waiting."""
        with contextlib.suppress(OSError):
            self._socket.settimeout(0)
        with contextlib.suppress(OSError):
            self._socket.close()
