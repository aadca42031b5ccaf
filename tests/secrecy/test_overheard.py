"""Secrets of clients that are not ours: whatever they send and however, nothing shows it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from secrecy_generated import ECHOES, PASSWORDS, USER, escaped, reveals

from conformance.passive.exchanges import Refused
from conformance.passive.recording import Place
from conformance.passive.watch import Seen, SessionsJudge, Watched

CHALLENGE = base64.b64encode(b"<1.2@example>")


def _quoted(password: bytes) -> list[bytes]:
    return [b'a1 LOGIN %s "%s"\r\n' % (USER.encode(), escaped(password))]


def _plain(password: bytes) -> bytes:
    return base64.b64encode(b"\0fred\0" + password)


def _digest(password: bytes) -> bytes:
    return base64.b64encode(
        b"fred " + hmac.new(password, b"<1.2@example>", hashlib.md5).hexdigest().encode()
    )


WAYS = {
    "quoted": _quoted,
    "as it is": lambda p: [b"a1 LOGIN fred " + p + b"\r\n"],
    "a tab": lambda p: [b"a1 LOGIN\tfred\t" + p + b"\r\n"],
    "no tag": lambda p: [b"LOGIN fred " + p + b"\r\n"],
    "literal": lambda p: [b"a1 LOGIN {4}\r\n", b"fred {%d}\r\n" % len(p), p + b"\r\n"],
    "literal at once": lambda p: [b"a1 LOGIN fred {%d}\r\n%s\r\n" % (len(p), p)],
    "literal+": lambda p: [b"a1 LOGIN {4+}\r\nfred {%d+}\r\n%s\r\n" % (len(p), p)],
    "cut literal": lambda p: [b"a1 LOGIN fred {%d}\r\n%s" % (len(p) + 9, p)],
    "PLAIN": lambda p: [b"a1 AUTHENTICATE PLAIN\r\n", _plain(p) + b"\r\n"],
    "PLAIN at once": lambda p: [b"a1 AUTHENTICATE PLAIN " + _plain(p) + b"\r\n"],
    "stray PLAIN": lambda p: [b"a1 authenticate plain\r\n", b"!" + _plain(p) + b"\r\n"],
    "CRAM-MD5": lambda p: [b"a1 AUTHENTICATE CRAM-MD5\r\n", _digest(p) + b"\r\n"],
    "LOGIN": lambda p: [
        b"a1 AUTHENTICATE LOGIN\r\n",
        base64.b64encode(b"fred") + b"\r\n",
        base64.b64encode(p) + b"\r\n",
    ],
}
"""How clients log in, well or badly: what they send, the server speaking between the pieces."""
ON_ONE_LINE = {"quoted", "as it is", "a tab", "no tag"}
FAULTS = ["refuses", "takes", "breaks the syntax", "closes", "says BYE", "floods"]


def _answers(fault: str, said: bytes) -> Iterator[bytes]:
    yield {
        "refuses": b"a1 NO [AUTHENTICATIONFAILED] " + said + b" is wrong\r\n",
        "takes": b"a1 OK in, as " + said + b"\r\n",
        "breaks the syntax": b"a1 BAD\r\n* (" + said + b"\r\n* 1 FETCH (" + said + b"\r\n",
        "closes": b"",
        "says BYE": b"* BYE " + said + b"\r\n",
        "floods": b"* OK " + said + b" \r\n" + b"* X" + b"." * 300 + said + b"." * 300 + b"\r\n",
    }[fault]


def overheard(password: str, way: str, form: str, fault: str, chop: int) -> str:
    """Watch a login; return all that is found, shown and kept of it."""
    found: list[Seen | Refused] = []
    watched = Watched(SessionsJudge(found.append, found.append), "one")
    place, octets = Place("x", "line", 1), password.encode()
    watched.server(b"* OK ready\r\n", 0.0, place)
    pieces = WAYS[way](octets)
    for number, piece in enumerate(pieces):
        for at in range(0, len(piece), chop):
            watched.client(piece[at : at + chop], 1.0, place)
        if number < len(pieces) - 1:
            watched.server(b"+ " + (CHALLENGE if "CRAM" in way else b"") + b"\r\n", 1.0, place)
    # The password of CRAM-MD5 is not said, so nobody but the server knows that it is one.
    known = base64.b64decode(_digest(octets)) if "CRAM" in way else octets
    for answer in _answers(fault, ECHOES[form](known)):
        watched.server(answer, 2.0, place)
    watched.client(b"a2 NOOP (\r\n", 3.0, place)
    watched.server(b"a2 BAD no\r\n* 1 FETCH (x\r\n", 3.0, place)
    watched.ended("server" if fault == "closes" else "client", 4.0, place)
    lines = [line.text for line in watched.transcript.lines()]
    for seen in found:
        if isinstance(seen, Refused):
            lines.append(seen.why)
            continue
        finding = seen.finding
        lines += [finding.message, finding.expected, finding.received, finding.shape]
        lines += [finding.offending.decode("latin-1"), *(line.text for line in finding.excerpt)]
    return "\n".join(lines)


def _shows_nothing(password: str, way: str, form: str, fault: str, chop: int) -> None:
    # A line end can be sent in a literal or in BASE64 only: elsewhere the command ends there.
    assume(way not in ON_ONE_LINE or "\n" not in password)
    shown = overheard(password, way, form, fault, chop)
    known = base64.b64decode(_digest(password.encode())).decode() if "CRAM" in way else password
    assert not reveals(shown, known)
    if len(password.encode()) < 3:
        assert "[hidden]" in shown
        assert "cut" in way or "a2 NOOP (" in shown  # it is not in every word


DRAWN = given(
    PASSWORDS,
    st.sampled_from(sorted(WAYS)),
    st.sampled_from(sorted(ECHOES)),
    st.sampled_from(FAULTS),
    st.sampled_from([1, 3, 10_000]),
)


@settings(max_examples=300, deadline=None)
@DRAWN
def test_a_client_s_password_is_nowhere(
    password: str, way: str, form: str, fault: str, chop: int
) -> None:
    _shows_nothing(password, way, form, fault, chop)


@pytest.mark.whole
@settings(max_examples=2000, deadline=None)
@DRAWN
def test_a_client_s_password_is_nowhere_in_many(
    password: str, way: str, form: str, fault: str, chop: int
) -> None:
    _shows_nothing(password, way, form, fault, chop)
