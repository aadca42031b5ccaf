"""The commands of a recorded session are sent again, in whatever format it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from shell_harness import Piping, scripted

from conformance.shell.load import load
from conformance.shell.typed import TypedError

LOG = """\
<= '* OK [CAPABILITY IMAP4rev1] ready'
=> 'A1 LOGIN "fred" "secret"'
<= 'A1 OK in'
=> 'A2 CREATE {3}'
<= '+ go'
=> 'b x'
<= 'A2 OK done'
=> 'A3 NOOP'
<= 'A3 OK done'
=> 'A4 FETHC 1'
<= 'A4 BAD what'
=> 'A5 LOGOUT'
"""


def test_commands_are_taken_as_they_were_sent(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(LOG)
    assert load(path) == ["A2 CREATE {3}\\r\\nb x", "A3 NOOP", "A4 FETHC 1"]


def test_they_are_sent(piping: Piping, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(LOG)
    heard: list[bytes] = []

    def answer(line: bytes) -> bytes:
        heard.append(line)
        if line.endswith(b"}\r\n"):
            return b"+ go\r\n"
        return b"* BYE\r\nTAG OK out\r\n" if b"LOGOUT" in line else b"TAG OK done\r\n"

    with scripted(answer) as url:
        said = piping.url(url, f"/load {path}", "/quit", password="secret")
    sent = [line for line in heard if line.startswith((b"A3", b"A4", b"b x"))]
    assert sent == [b"b x\r\n", b"A3 NOOP\r\n", b"A4 FETHC 1\r\n"]
    assert "A4 FETHC 1" in said.out
    assert "secret" not in said.out


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no command"), (b"S: * OK hi\n", "no command"), (None, "No such file")],
)
def test_what_can_not_be_sent_is_one_line(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TypedError) as error:
        load(path)
    assert said in str(error.value)
