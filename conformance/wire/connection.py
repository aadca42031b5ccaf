"""One connection to a server: octets go out, what comes is handed out as arrivals.

The I/O around a `Dialogue`. A connection holds no opinion: what a server does wrong travels in the
arrivals, and a connection that ends is an answer. Only when it can not come about, or TLS does not
begin, does it raise a `TargetError`.
"""

from __future__ import annotations

import time
from math import inf
from types import TracebackType
from typing import Final, Self

from conformance.secrecy.secrets import Secrets
from conformance.wire import deflate
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.errors import TLSFailed
from conformance.wire.exchange import CLOSED, FLOODED, TIMED_OUT, Ending, NoArrival, Reason
from conformance.wire.framing import ENDED
from conformance.wire.limits import DEFAULT_LIMITS, Limits
from conformance.wire.tls import ANY, Handshake
from conformance.wire.transcript import Transcript
from conformance.wire.transport import CHUNK, Endpoint, Gone, Transport, alert_in
from conformance.wire.window import WaitWindow

DEFAULT_TIMEOUT: Final = 30.0
_LAST: Final = 1000  # responses that are still looked at when a connection ends


class Connection:
    """A connection to `endpoint`; use as a context manager or call `close`."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        limits: Limits = DEFAULT_LIMITS,
        chop: int = 0,
        delay: float = 0.0,
        timeout: float = DEFAULT_TIMEOUT,
        secrets: Secrets | None = None,
    ) -> None:
        """Prepare a connection; nothing is sent before `connect`.

        `chop` writes pieces of that many octets instead of one piece for each `send`;
        `delay` waits so many seconds before each write; `timeout` is the number of seconds
        for each wait that is not given its own; `secrets` are hidden in the transcript.
        """
        self.endpoint = endpoint
        self.timeout = timeout
        self.limits = limits
        self.dialogue = Dialogue(limits)
        self.transcript = Transcript(limits.transcript, secrets=secrets)
        self.ending: Ending | None = None
        self.tls_failure = ""
        """Why TLS did not begin where it was to be negotiated, one line for people."""
        self.compressed = False
        """Whether a COMPRESS was answered with OK."""
        self._chop = chop
        self._delay = delay
        self._transport: Transport | None = None
        self._at_end: Gone | None = None  # the stream of the server has ended so
        self._mute = False  # nothing can be written any more
        self._flooded = False
        self._came = 0  # octets from the server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- what happens, for who wants to know ------------------------------------------

    def _begins(self, command: Command) -> None:
        """A command begins; nothing of it was written yet."""

    def _tell(self, arrival: Arrival) -> None:
        """A response came."""

    def _ended(self, ending: Ending) -> None:
        """The connection ended; told once."""

    # -- beginning and end -------------------------------------------------------------

    def connect(self) -> None:
        """Connect and negotiate TLS if it is implicit; the greeting is left to be received.

        Raises:
            ConnectFailed, TLSFailed: the session is closed.
        """
        self._transport = Transport(self.endpoint, self.timeout)
        if self.endpoint.security == "implicit":
            try:
                self._transport.secure(self.timeout)
            except BaseException:
                self.close()
                raise

    def negotiate_tls(self, offer: Handshake = ANY) -> None:
        """Negotiate TLS on the connection as it stands: a STARTTLS was answered with OK.

        Octets that the server sent in the clear behind its OK are dropped unread, and
        observers get them as an arrival with the fault `plaintext-after-ok`. A TLS alert is
        not in the clear: TLS has failed then.

        Raises:
            TLSFailed: the negotiation failed and the connection is closed.
        """
        try:
            self._negotiate_tls(offer)
        except TLSFailed as error:
            self.tls_failure = str(error)
            self._end("tls")
            raise

    def _negotiate_tls(self, offer: Handshake) -> None:
        transport = self._transport
        if transport is None:
            raise TLSFailed(f"{self.endpoint}: the connection was closed before TLS began")
        now = time.monotonic()
        more = transport.pending()
        if more:
            self.transcript.add("S", more, now)
        early = self.dialogue.take_unread() + more
        if said := alert_in(early):
            raise TLSFailed(f"{self.endpoint}: TLS failed: the server sent the alert: {said}")
        injected = self.dialogue.plaintext_after_ok(early, now)
        if injected is not None:
            self._tell(injected)
        transport.secure(self.timeout, offer)
        self.dialogue.secured()

    def close(self, *, reset: bool = False) -> None:
        """Drop the connection at once, with a TCP reset if asked; harmless when it has ended."""
        if reset and self._transport is not None:
            self._transport.reset_on_close()
        self._end("local")

    def _end(self, reason: Reason) -> None:
        transport, self._transport = self._transport, None
        if transport is None:
            return
        transport.close()
        self._mute = True
        for _ in range(0 if self._flooded else _LAST):
            arrival = self.dialogue.next_arrival(time.monotonic())
            if not isinstance(arrival, Arrival):
                break
            self._tell(arrival)  # nobody asks for these any more, but they were said
        self.ending = Ending(reason, self.dialogue.bye)
        self._ended(self.ending)

    # -- sending -----------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Write octets as they are; when the peer has gone they are dropped.

        Each command that begins in them is told of before it is written.
        """
        if self._transport is None or self._mute or not data:
            return
        now = time.monotonic()
        for command in self.dialogue.sent(data, now):
            self._begins(command)
        if not self._chop:
            self._write(memoryview(data))
            return
        for at in range(0, len(data), self._chop):
            self._write(memoryview(data)[at : at + self._chop])

    def _write(self, data: memoryview) -> None:
        if self._delay:
            time.sleep(self._delay)
        now = time.monotonic()
        deadline = now + self.timeout
        while data and self._transport is not None and not self._mute:
            count = self._transport.send_some(data, deadline)
            if isinstance(count, int):
                self.transcript.add("C", data[:count], now)
                data = data[count:]
            elif count is not Gone.TIMED_OUT:
                # What the server said before it went is still to be read.
                self._mute = True
            elif time.monotonic() >= deadline:
                self._end("timeout")
            else:
                while self.dialogue.buffered < self.limits.frame and self._pull(0.0) is None:
                    pass
            now = time.monotonic()

    # -- receiving ---------------------------------------------------------------------

    def window(self, seconds: float | None = None) -> WaitWindow:
        """Open a window of so many seconds, for `receive`; as patient as the session if None."""
        return WaitWindow(self.timeout if seconds is None else seconds, self.limits)

    def receive(
        self, within: WaitWindow | float | None = None, *, quiet: float = inf
    ) -> Arrival | NoArrival:
        """Return the next response, TIMED_OUT when the window is over, CLOSED, or FLOODED.

        `within` is a window that other calls share, or the seconds of one for this call. TIMED_OUT
        comes after `quiet` seconds without a response as well. A literal that is not complete when
        the time is over is given up: it comes out as an arrival with the fault `literal-count`, and
        what follows is read as lines again.
        """
        window = within if isinstance(within, WaitWindow) else self.window(within)
        until = window.waited + quiet
        now = time.monotonic()
        tried = False  # a wait of no length still takes what is there
        while True:
            if window.flooded:
                self._flooded = True
                return FLOODED
            arrival = self.dialogue.next_arrival(now)
            if isinstance(arrival, Arrival):
                if deflate.begins(arrival.answers, arrival.status):
                    self._compress()
                return self._hand_out(arrival, window)
            if arrival is ENDED or self._transport is None:
                self._close_after_end()
                return CLOSED
            left = max(0.0, min(window.left, until - window.waited))
            if (tried and not left) or self._wait(left, window) is Gone.TIMED_OUT:
                self.dialogue.abandon_literal()
                arrival = self.dialogue.next_arrival(time.monotonic())
                if not isinstance(arrival, Arrival):
                    return TIMED_OUT
                return self._hand_out(arrival, window)
            tried = True
            now = time.monotonic()

    def _compress(self) -> None:
        """Go on compressed (RFC 4978 section 3), unless it is so already."""
        if self._transport is None or self.compressed:
            return
        self.compressed = True
        early = self.dialogue.take_unread()
        self.transcript.take_back(len(early))
        if not self._transport.compress(early):
            self._at_end = Gone.DEFLATE
            self.dialogue.received(b"")

    def _hand_out(self, arrival: Arrival, window: WaitWindow) -> Arrival:
        window.responses += 1
        self._tell(arrival)
        return arrival

    def _wait(self, seconds: float, window: WaitWindow) -> Gone | None:
        began, before = time.monotonic(), self._came
        window.rest()
        try:
            return self._pull(seconds)
        finally:
            window.go_on(time.monotonic() - began, self._came - before)

    def _pull(self, timeout: float) -> Gone | None:
        """Read once from the socket into the dialogue."""
        if self._transport is None or self._at_end is not None:
            return self._at_end
        into = self.dialogue.literal_buffer()
        if into is not None and len(into) < CHUNK:
            into = None
        octets = self._transport.receive(timeout, into)
        if octets is Gone.TIMED_OUT:
            return octets
        if isinstance(octets, Gone):
            self._at_end = octets
            self.dialogue.received(b"")
            return octets
        self._came += len(octets)
        self.transcript.add("S", octets, time.monotonic())
        if into is None:
            self.dialogue.received(octets)
        else:
            self.dialogue.literal_received(len(octets))
        return None

    def _close_after_end(self) -> None:
        reasons: dict[Gone | None, Reason] = {Gone.RESET: "reset", Gone.TLS: "tls"}
        reasons[Gone.DEFLATE] = "deflate"
        self._end(reasons.get(self._at_end, "closed"))
