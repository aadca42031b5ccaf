"""Cases that were written before IMAP4rev2, in sessions that speak it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from play_cases import WAY, play, server, usual

CAPABILITY = b"* CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE\r\nTAG OK done\r\n"
FOUND = b'* ESEARCH (tag "a1") ALL 2:3\r\nTAG OK done\r\n'
TOLD = b'* LIST () "/" other\r\nTAG OK done\r\n'


def answer(command: bytes) -> bytes:
    match command.split(b" ")[0]:
        case b"CAPABILITY":
            return CAPABILITY
        case b"SEARCH":
            return FOUND
        case b"NOOP" | b"LIST" if b"OTHER" in command or command == b"NOOP":
            return TOLD
    return usual(command)


@pytest.mark.parametrize(
    ("block", "verdict"),
    [
        ("C: a1 SEARCH SEEN\nS: * SEARCH 2 3\nS: a1 OK", "pass"),
        ('C: a1 SEARCH SEEN\nS: * ESEARCH (TAG "a1") ALL 2:3\nS: a1 OK', "pass"),
        ('C: a1 SEARCH SEEN\nS= * ESEARCH (tag "a1") ALL 2:3\nS: a1 OK', "pass"),
        ("C: a1 SEARCH SEEN\nS= * SEARCH 2 3\nS: a1 OK", "pass"),
        # RFC 9051 section 6.3.9.7 lets a server tell of mailboxes whenever it likes.
        ('C: a1 NOOP\nS! * LIST (...) {*} "other" ...\nS: a1 OK', "skip"),
        ('C: a1 LIST "" other\nS! * LIST (...) {*} "other" ...\nS: a1 OK', "fail"),
    ],
)
def test_what_is_awaited_of_a_server_of_imap4rev2(tmp_path: Path, block: str, verdict: str) -> None:
    with server(answer) as endpoint:
        outcome = play(tmp_path, endpoint, block, way=replace(WAY, protocol="rev2"))
    assert (outcome.verdict, outcome.reason if verdict == "pass" else "") == (verdict, "")
