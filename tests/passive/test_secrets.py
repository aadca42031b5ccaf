"""Whatever form a password has when it goes by, it is not shown."""

from __future__ import annotations

import base64

import pytest
from passive_talk import GREETING, watch

from conformance.passive.recording import Place
from conformance.passive.watch import Seen, SessionsJudge, Watched

PLAIN = base64.b64encode(b"\0fred\0hunter22").decode()


@pytest.mark.parametrize(
    "lines",
    [
        ["C: a1 LOGIN fred hunter22", "S: a1 NO hunter22 is wrong"],
        ['C: a1 LOGIN "fr\\"ed" "hunter22"', "S: a1 NO"],
        ['C: a1 login fred "hunt\\er22"', "S: * OK hunter22"],
        ["C: a1 LOGIN {4}", "S: + ", "C: fred {8}", "S: + ", "C: hunter22", "S: a1 NO"],
        ["C: a1 LOGIN fred {8}", "S: + ", "C: hunter22", "S: a1 NO hunter22"],
        ["C: a1 LOGIN fred hunter22(", "S: a1 BAD hunter22("],
        ["C: a1 AUTHENTICATE PLAIN", "S: + ", f"C: {PLAIN}", "S: a1 NO hunter22"],
        [f"C: a1 AUTHENTICATE PLAIN {PLAIN}", f"S: a1 NO {PLAIN}"],
    ],
)
def test_a_password_is_in_no_finding_and_no_transcript(lines: list[str]) -> None:
    found = watch([*GREETING, *lines, "S: * 1 FETCH (hunter22"])
    assert found
    for seen in found:
        assert "hunter22" not in repr(seen)
        assert PLAIN not in repr(seen)
    watched = Watched(SessionsJudge(lambda _: None), "main")
    for number, line in enumerate([*GREETING, *lines], 1):
        take = watched.client if line[0] == "C" else watched.server
        take(line[3:].encode() + b"\r\n", float(number), Place("x", "line", number))
    shown = "\n".join(line.text for line in watched.transcript.lines())
    assert "hunter22" not in shown
    assert PLAIN not in shown
    assert "[hidden]" in shown


@pytest.mark.parametrize("password", ["hunter(22nd", "(22nd)hunter", "hunter{22nd"])
def test_a_finding_does_not_quote_the_half_of_a_password(password: str) -> None:
    lines = [f'C: a1 LOGIN fred "{password}"', "S: a1 NO no", f"S: * {password}"]
    found = watch([*GREETING, *lines])
    assert found
    for seen in found:
        assert "hunter" not in repr(seen)
        assert "22nd" not in repr(seen)


def test_a_password_of_one_connection_is_hidden_in_the_next() -> None:
    judge = SessionsJudge(lambda _: None)
    for name in ("one", "two"):
        watched = Watched(judge, name)
        watched.server(b"* OK hi\r\n", 0.0, Place("x", "line", 1))
        watched.client(b"a1 LOGIN fred hunter22\r\n", 1.0, Place("x", "line", 2))
        assert "hunter22" not in str(watched.transcript.lines())


@pytest.mark.parametrize(
    "pieces",
    [
        [b"a1 LOGIN fred {8}\r\nhunter22\r\n"],  # without waiting
        [b"a1 LOGIN fred {20}\r\nhunter22"],  # and closed in its middle
        [b"a1 LOGIN\tfred\thunter22\r\n"],
        [b"LOGIN fred hunter22\r\n"],
        [b"a1 AUTHENTICATE PLAIN\r\n", b"!" + PLAIN.encode() + b"\r\n"],
    ],
)
def test_a_login_that_is_broken_shows_no_password(pieces: list[bytes]) -> None:
    found: list[Seen] = []
    watched = Watched(SessionsJudge(found.append), "main")
    place = Place("x", "line", 1)
    watched.server(b"* OK ready\r\n", 0.0, place)
    for piece in pieces:
        watched.client(piece, 1.0, place)
        watched.server(b"+ \r\n", 1.0, place)
    watched.ended("client", 2.0, place)
    shown = repr(found) + repr(watched.transcript.lines())
    assert "hunter22" not in shown
    assert PLAIN.strip("=") not in shown
