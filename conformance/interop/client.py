"""imapclient with a `Session` in the place of its socket.

imaplib leaves reading and writing open to be overridden; here both go through a session that is
connected already, TLS included, so that transcript, grammar and ambient checks see everything.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable
from math import inf
from typing import Any

from imapclient import IMAPClient
from imapclient.response_parser import parse_response

from conformance.interop import opinion
from conformance.wire.dialogue import Arrival
from conformance.wire.session import CLOSED, FLOODED, TIMED_OUT, Session

_GREETING = b"* PREAUTH ready\r\n"  # the session has read the server's own, and has logged in
_KEYWORDS = re.compile(rb"\A(\S+ )((?:\d+ )?[A-Za-z]+(?: \[[A-Za-z-]+)?)")
"""Behind a tag or star: the name of a response, and of its code."""


class Client(IMAPClient):  # type: ignore[misc]  # imapclient ships no type information
    """An IMAPClient on a session that has logged in.

    `disagree` is told, in one line for people, wherever imapclient and our own reader take a
    response differently that the grammar accepts. With `by_uid` messages are named by UID.
    """

    def __init__(
        self, session: Session, disagree: Callable[[str], None], *, by_uid: bool = True
    ) -> None:
        self._wire = _Wire(session)
        self._disagree = disagree
        super().__init__(session.endpoint.host, ssl=False, use_uid=by_uid)
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  # imapclient's name
        return _Imaplib(self._wire)

    def _set_read_timeout(self) -> None:
        """Leave time to the session."""

    def fetch(self, messages: Any, data: Any, modifiers: Any = None) -> Any:
        """See `IMAPClient.fetch`; the second opinion is asked for."""
        since = self._asking("FETCH")
        read = super().fetch(messages, data, modifiers)
        self._compare(opinion.of_fetch(read, self._wire.since(since), by_uid=self.use_uid))
        return read

    def search(self, criteria: Any = "ALL", charset: str | None = None) -> Any:
        """See `IMAPClient.search`; the second opinion is asked for."""
        since = self._asking("SEARCH")
        read = super().search(criteria, charset)
        self._compare(opinion.of_search(read, self._wire.since(since)))
        return read

    def list_folders(self, directory: Any = "", pattern: Any = "*") -> Any:
        """See `IMAPClient.list_folders`; the second opinion is asked for."""
        since = self._asking("LIST")
        read = super().list_folders(directory, pattern)
        self._compare(opinion.of_list(read, self._wire.since(since), "LIST"))
        return read

    def list_sub_folders(self, directory: Any = "", pattern: Any = "*") -> Any:
        """See `IMAPClient.list_sub_folders`; the second opinion is asked for."""
        since = self._asking("LSUB")
        read = super().list_sub_folders(directory, pattern)
        self._compare(opinion.of_list(read, self._wire.since(since), "LSUB"))
        return read

    def idle_check(self, timeout: float | None = None) -> list[tuple[Any, ...]]:
        """Return what came within `timeout` seconds of silence while IDLE runs (RFC 2177)."""
        said = []
        self._wire.open_window()
        while (line := self._wire.line_within(timeout or 0.0)) is not None:
            first, *rest = parse_response([line.removesuffix(b"\r\n").removeprefix(b"* ")])
            said.append((first, *rest))
        return said

    def _asking(self, kind: str) -> int:
        """Return where the answer to a question begins.

        imaplib keeps what came unasked (RFC 3501 section 7) and would take it for the answer.
        """
        self._imap.untagged_responses.pop(kind, None)
        return self._wire.mark()

    def _compare(self, differences: list[str]) -> None:
        for difference in differences:
            self._disagree(difference)


class _Imaplib(imaplib.IMAP4):
    """imaplib without a socket."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        super().__init__()

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Nothing to be opened: the session is connected."""

    def read(self, size: int) -> bytes:
        """Return the payload of a literal."""
        return self._wire.read(size)

    def readline(self) -> bytes:
        """Return one line, b"" at the end of the connection."""
        return self._wire.readline()

    def send(self, data: Any) -> None:
        """Write through the session."""
        self._wire.send(bytes(data))

    def shutdown(self) -> None:
        """Close the session."""
        self._wire.session.close()


class _Wire:
    """The octets of a session as imaplib wants them, and the responses that they came in."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._buffer = bytearray(_GREETING)
        self._arrivals: list[Arrival] = []
        self._window = session.window()

    def open_window(self) -> None:
        """Begin to wait anew, for what was asked or for what comes unasked."""
        self._window = self.session.window()

    def send(self, data: bytes) -> None:
        """Write; the server has as long as the session is patient to answer."""
        self.open_window()
        self.session.send(data)

    def mark(self) -> int:
        """Return a place to ask `since` for."""
        return len(self._arrivals)

    def since(self, mark: int) -> list[Arrival]:
        """Return the responses that came since a mark."""
        return self._arrivals[mark:]

    def read(self, size: int) -> bytes:
        while len(self._buffer) < size and self._pull():
            pass
        return self._take(size)

    def readline(self) -> bytes:
        while b"\n" not in self._buffer and self._pull():
            pass
        return self._take(self._buffer.find(b"\n") + 1)

    def line_within(self, timeout: float) -> bytes | None:
        """Return one line if one comes within `timeout` seconds."""
        if b"\n" not in self._buffer and not self._pull(timeout):
            return None
        return self.readline()

    def _take(self, size: int) -> bytes:
        octets = bytes(self._buffer[:size])
        del self._buffer[:size]
        return octets

    def _pull(self, quiet: float = inf) -> bool:
        """Take one response; False at the end, or after so many seconds without one."""
        arrival = self.session.receive(self._window, quiet=quiet)
        if arrival is FLOODED:
            raise imaplib.IMAP4.abort("the answer does not come to an end")
        if arrival is TIMED_OUT and quiet == inf:
            raise imaplib.IMAP4.abort(f"no answer in time, which is {self._window.seconds:g} s")
        if arrival is TIMED_OUT or arrival is CLOSED:
            return False
        self._arrivals.append(arrival)
        # imaplib knows keywords in capitals only; the letter case of these says nothing.
        self._buffer += _KEYWORDS.sub(lambda it: it[1] + it[2].upper(), arrival.frame.octets)
        return True
