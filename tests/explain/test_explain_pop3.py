"""Lines of POP3 are explained, and which protocol a line is of is found out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.syntax.modules import available
from conformance.syntax.pop3 import grammar, meaning_of

SESSION = """\
S: +OK ready <1896.697170952@dbc.mtview.ca.us>
C: LIST
S: +OK 2 messages
S: 1 120
S: .
C: LIST 2
S: +OK 2 200
C: UIDL 2
S: +OK 2 QhdPYR:00WBw1Ph7x7
C: RETR 1
S: +OK
S: Subject: x
S: .
C: XTND XMIT
S: -ERR
"""


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[str, bool]]:
    main(["explain", "--json", *words])
    return [(each["start"], each["conforms"]) for each in json.loads(capsys.readouterr().out)]


def test_each_line_is_what_the_conversation_makes_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "session.txt"
    path.write_text(SESSION)
    found = rows(capsys, str(path))
    assert all(conforms for _, conforms in found)
    assert [start for start, _ in found if start != "command"] == [
        *("greeting", "status-line", "scan-listing", "termination", "scan-listing-reply"),
        *("unique-id-listing-reply", "status-line", "termination", "status-line"),
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["+OK 2 320"], ("drop-listing-reply", True)),
        (["+OK hello"], ("status-line", True)),
        (["--protocol", "pop3", "TOP 1 10"], ("command", True)),
        (["--protocol", "pop3", "TOP 1"], ("command", False)),
        (["+ok"], ("status-line", False)),
        (["* 2 EXISTS"], ("response-data", True)),
        (["--protocol", "imap", "+OK"], ("continue-req", False)),
        (["S: -ERR [IN-USE] locked"], ("greeting", False)),
    ],
)
def test_the_protocol_is_found_out(
    words: list[str], expected: tuple[str, bool], capsys: pytest.CaptureFixture[str]
) -> None:
    assert rows(capsys, *words) == [expected]


def test_words_of_imap_are_not_taken_for_those_of_pop3(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "--protocol", "pop3", "LIST 1"]) == 0
    said = capsys.readouterr().out
    assert "asks for the octets of each message, or of one (command of POP3; RFC 1939" in said
    assert "mailbox" not in said


def test_each_command_and_each_kind_of_reply_has_its_meaning() -> None:
    commands = {name for module in available("POP3") for name in module.commands}
    assert commands
    assert not [name for name in commands if meaning_of(name, start="command") is None]
    starts = set(grammar().starts) - {"command"}
    assert not [name for name in starts if meaning_of("", start=name) is None]
