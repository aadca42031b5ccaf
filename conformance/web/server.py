"""Serves the page on loopback, to nobody else: no page of another site may send or read anything.

What was pasted is judged in memory, one paste at a time, and the last few results are kept there,
each under an address that can not be guessed.
"""

from __future__ import annotations

import secrets
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from conformance import __version__
from conformance.learning.ideas import Exercise, exercise
from conformance.learning.judge import LONGEST
from conformance.passive.recording import RecordingError
from conformance.transcripts.table import BY_NAME
from conformance.web import exercises, page
from conformance.web.study import Study, study

LARGEST = 8 << 20
"""Octets of a request that are taken."""
KEPT = 8
"""Results that are kept."""

_EXERCISE = "exercise"
_HOST = "127.0.0.1"
_PASSED_OVER = 8 * LARGEST
_PATIENCE = 30.0  # seconds that a browser may keep silent in the middle of a request
_OWN = frozenset({"same-origin", "none"})


class PasteServer(ThreadingHTTPServer):
    """Serves on `port` of 127.0.0.1; 0 is a free one.

    Raises:
        OSError: The port can not be listened on.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__((_HOST, port), _Handler)
        self._lock = threading.Lock()
        self._results: OrderedDict[str, Study] = OrderedDict()

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{_HOST}:{self.server_port}/"

    @property
    def names(self) -> frozenset[str]:
        """What a browser that is led here by its user calls the server."""
        return frozenset(f"{host}:{self.server_port}" for host in (_HOST, "localhost"))

    def judge(self, octets: bytes, form: str) -> str:
        """Judge a paste; return the name of its result.

        Raises:
            RecordingError: It can not be read.
        """
        with self._lock:
            made = study(octets, form)
            name = secrets.token_urlsafe(16)
            self._results[name] = made
            while len(self._results) > KEPT:
                self._results.popitem(last=False)
        return name

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that has gone; show a fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def result(self, name: str) -> Study | None:
        """Return a result; None where it is not kept."""
        with self._lock:
            return self._results.get(name)


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class _Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    server: PasteServer
    timeout: ClassVar[float] = _PATIENCE
    server_version = f"imap-conformance/{__version__}"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with the form, a result, a result as one file, or an exercise."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Judge what is sent: a session, whose result is led to, or an answer to an exercise."""
        self._answer(self._post)

    def _answer(self, answer: Callable[[], None]) -> None:
        try:
            self._admit()
            answer()
        except _RefusedError as refused:
            self.close_connection = True
            self._send(refused.status, page.entrance(refused.why))
        except OSError:
            raise
        except Exception as error:
            why = f"A fault of this tool itself, {type(error).__name__}: the terminal tells more."
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, page.entrance(why))
            raise

    def _admit(self) -> None:
        """Take requests only from a page of ours, or from who types the address."""
        if self.headers.get("Host", "") not in self.server.names:
            raise _RefusedError(HTTPStatus.MISDIRECTED_REQUEST, "This page has another address.")
        origin = self.headers.get("Origin")
        ours = origin is None or origin.removeprefix("http://") in self.server.names
        if not ours or self.headers.get("Sec-Fetch-Site", "none") not in _OWN:
            # Following a link from elsewhere shows the form, which tells nothing.
            if self.command == "GET" and self.path == "/":
                return
            raise _RefusedError(HTTPStatus.FORBIDDEN, "Another site has sent this.")

    def _get(self) -> None:
        where, _, name = self.path.removeprefix("/").partition("/")
        if not where and not name:
            self._send(HTTPStatus.OK, page.entrance())
            return
        if self.path == "/exercises":
            self._send(HTTPStatus.OK, exercises.listed())
            return
        if where == _EXERCISE:
            self._send(HTTPStatus.OK, exercises.shown(_exercise(name)))
            return
        made = self.server.result(name) if where in ("result", "share") else None
        if made is None:
            raise _RefusedError(
                HTTPStatus.NOT_FOUND,
                f"There is nothing here any more: the last {KEPT} results are kept.",
            )
        if where == "result":
            self._send(HTTPStatus.OK, page.result(made, f"/share/{name}"))
        else:
            self._send(HTTPStatus.OK, page.shared(made), name="session.html")

    def _post(self) -> None:
        where, _, name = self.path.removeprefix("/").partition("/")
        if where == _EXERCISE:
            asked = _exercise(name)
            typed = self._parts().get("answer", b"")
            if len(typed) > LONGEST:
                raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "An answer is shorter.")
            self._send(HTTPStatus.OK, exercises.shown(asked, typed.decode("utf-8", "replace")))
            return
        if self.path != "/":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "There is no such page.")
        parts = self._parts()
        octets = parts.get("file", b"") or parts.get("text", b"")
        form = parts.get("format", b"").decode("ascii", "replace")
        if form and form not in BY_NAME:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "There is no format of this name.")
        try:
            name = self.server.judge(octets, form)
        except RecordingError as error:
            raise _RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, f"Not read: {error}") from None
        self.send_response(HTTPStatus.SEE_OTHER)
        self._secure(forms=True)
        self.send_header("Location", f"/result/{name}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _parts(self) -> dict[str, bytes]:
        """Read the fields of a form, within bounds."""
        size = self.headers.get("Content-Length", "")
        if not size.isascii() or not size.isdecimal():
            raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "How long it is was not said.")
        if len(size) > len(str(LARGEST)) or int(size) > LARGEST:
            self._pass_over(int(size[:9]))
            raise _RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"More than {LARGEST >> 20} MiB is too much for a page; `lint` takes files.",
            )
        kind = self.headers.get_content_type()
        boundary = self.headers.get_param("boundary")
        if kind != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "This is not what the form sends.")
        return dict(_fields(self.rfile.read(int(size)), boundary.encode("latin-1", "replace")))

    def _pass_over(self, size: int) -> None:
        """Read what is too much, up to a bound: only then does a browser show the answer."""
        left = min(size, _PASSED_OVER)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)

    # -- what is sent ----------------------------------------------------------------------

    def _send(self, status: HTTPStatus, text: str, *, name: str = "") -> None:
        octets = text.encode("utf-8")
        self.send_response(status)
        self._secure(forms=not name)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(octets)))
        if name:
            self.send_header("Content-Disposition", f'attachment; filename="{name}"')
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(octets)

    def _secure(self, *, forms: bool) -> None:
        policy = page.policy(forms=forms)
        for header, value in (
            ("Content-Security-Policy", f"{policy}; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(header, value)

    def log_message(self, *_: object) -> None:
        """Keep silent: the terminal belongs to who has started the page."""


def _exercise(name: str) -> Exercise:
    found = exercise(name)
    if found is None:
        raise _RefusedError(HTTPStatus.NOT_FOUND, "There is no such exercise.")
    return found


def _fields(body: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    """Give the fields of a form, whatever types their contents are said to have (RFC 7578)."""
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, octets = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers: Message = BytesHeaderParser().parsebytes(head)
        name = headers.get_param("name", header="Content-Disposition")
        if isinstance(name, str):
            yield name, octets
