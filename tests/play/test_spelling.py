"""Other spellings of values: what goes over the wire, and what must not be spelt otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from play_cases import play, server, usual

from conformance.play.connections import Way
from conformance.play.spelling import STYLES, Style
from conformance.targets import Target

ALONE = "C: a1 EXAMINE {mailbox}\nS: a1 OK"
TOGETHER = "C: a1 NOOP\nC: a2 EXAMINE {mailbox}\nS: a1 OK\nS: a2 OK"
POLLED = "C* a1 EXAMINE {mailbox}\nS: a1 OK"
SPELLINGS: list[tuple[Style, str, bytes, str, str]] = [
    ("page", ALONE, b"LITERAL+", "", "atom"),
    ("quoted", ALONE, b"LITERAL+", "", '"atom"'),
    ("literal", ALONE, b"LITERAL+", "", "{n}"),
    ("literal+", ALONE, b"LITERAL+", "", "{n+}"),
    ("literal+", ALONE, b"LITERAL-", "", "{n+}"),
    ("literal+", ALONE, b"IDLE", "", "{n}"),
    ("literal", TOGETHER, b"LITERAL+", "", '"atom"'),
    ("literal+", TOGETHER, b"LITERAL+", "", "{n+}"),
    ("literal", POLLED, b"LITERAL+", "", '"atom"'),
    ("literal", ALONE, b"LITERAL+", "`as-written`", "atom"),
]


@pytest.mark.parametrize(("style", "block", "announced", "labels", "spelling"), SPELLINGS)
def test_how_a_name_is_written(
    tmp_path: Path, style: Style, block: str, announced: bytes, labels: str, spelling: str
) -> None:
    seen: list[str] = []

    def answer(command: bytes) -> bytes:
        if command == b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 " + announced + b"\r\nTAG OK done\r\n"
        if command.startswith(b"EXAMINE "):
            seen.append(command.removeprefix(b"EXAMINE ").decode())
        return usual(command)

    with server(answer) as endpoint:
        play(tmp_path, endpoint, block, labels, way=Way(timeout=2.0, spelling=style))
    assert re.sub(r"\d+(?=\+?\})", "n", re.sub(r"IMAPCONF[\w-]+", "atom", seen[0])) == spelling


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("by_uid", [False, True])
@pytest.mark.parametrize("block", [ALONE, TOGETHER, POLLED])
def test_a_real_server_does_not_mind(
    tmp_path: Path, pymap_target: Target, style: Style, by_uid: bool, block: str
) -> None:
    block += "\nC: b1 FETCH 1 (UID)\nS: * 1 FETCH (UID {u:uniqueid})\nS: b1 OK"
    block += "\nC: b2 SEARCH UID {u}\nS: * SEARCH 1\nS: b2 OK"
    block += "\nC: b3 COPY 1 {mailbox}\nS: b3 OK|NO"
    way = Way(timeout=5.0, spelling=style, by_uid=by_uid)
    outcome = play(tmp_path, pymap_target.endpoint, block, "`mailbox=one`", way=way)
    assert outcome.verdict == "pass", outcome
