"""What the server of a URL is called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from conformance.run.naming import says_of_itself
from conformance.syntax.responses import read_response
from conformance.wire.session import Session


class Answering:
    """A session whose server answers ID as told."""

    def __init__(self, *lines: bytes) -> None:
        self._lines = lines
        self.sent = b""

    def command(self, octets: bytes) -> SimpleNamespace:
        self.sent = octets
        responses = [SimpleNamespace(response=read_response(line)) for line in self._lines]
        return SimpleNamespace(untagged=responses)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'* ID ("name" "Dovecot" "version" "2.4.1")\r\n', ("Dovecot", "2.4.1")),
        (b'* ID ("VERSION" "1" "Name" "x" "os" NIL)\r\n', ("x", "1")),
        (b'* ID ("name" "Dovecot")\r\n', ("Dovecot", "")),
        (b'* ID ("name" NIL "version" "1")\r\n', ("", "1")),
        (b'* ID ("name")\r\n', ("", "")),
        (b"* ID NIL\r\n", ("", "")),
        (b"* ID\r\n", ("", "")),
        (b"* OK no ID here\r\n", ("", "")),
    ],
)
def test_what_the_answer_to_id_says(line: bytes, said: tuple[str, str]) -> None:
    session = Answering(b"* 1 EXISTS\r\n", line)
    assert says_of_itself(cast("Session", session)) == said
    assert session.sent == b"ID NIL"


def test_a_name_is_shown_safely_and_shortly() -> None:
    long = b'* ID ("name" "' + b"x" * 500 + b'" "version" "\x1b[2J")\r\n'
    name, version = says_of_itself(cast("Session", Answering(long)))
    assert len(name) < 60
    assert "\x1b" not in version


def test_no_answer_is_no_name() -> None:
    assert says_of_itself(cast("Session", Answering())) == ("", "")
