"""What is said of a server that answers otherwise: what came, and the word that differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from play_cases import noop, play, server

from conformance.play.wording import without_names

EXPUNGE = "C: a1 NOOP\nS: * 2 EXPUNGE\nS: a1 OK"
FETCH = "C: a1 NOOP\nS: * 1 FETCH (FLAGS ())\nS: * 4 FETCH (FLAGS ())\nS: a1 OK"
LIST = "C: a1 NOOP\nS: * LIST () NIL {mailbox}\nS: a1 OK"
MESSAGES = [
    (EXPUNGE, b"* 2 EXPUNGED\r\nTAG OK x\r\n", "* 2 EXPUNGED", "EXPUNGED where EXPUNGE belongs"),
    (EXPUNGE, b"* EXPUNGE 2\r\nTAG OK x\r\n", "* EXPUNGE 2", "number"),
    (EXPUNGE, b"* 3 EXPUNGE\r\nTAG OK x\r\n", "* 3 EXPUNGE", "number: expected 2, received 3"),
    (EXPUNGE, b"TAG OK x\r\n", "nothing else", "no untagged EXPUNGE came"),
    (EXPUNGE, b"* 1 EXISTS\r\n* 0 RECENT\r\nTAG OK x\r\n", "* 1 EXISTS, then * 0 RECENT",
     "no untagged EXPUNGE came"),
    (EXPUNGE, b"* 1 EXISTS\r\n" * 5 + b"TAG OK x\r\n",
     "* 1 EXISTS, then * 1 EXISTS, then * 1 EXISTS, then 2 more", "no untagged EXPUNGE came"),
    (EXPUNGE, b"", "the end of the connection",
     "the server closed the connection: no untagged EXPUNGE came"),
    (EXPUNGE, b"* BYE x\r\n", "* BYE x", "no answer in time: no untagged EXPUNGE came"),
    (EXPUNGE, b"TAG BAD EXPUNGE failed\r\n", "a1 BAD EXPUNGE failed", "answered BAD, not OK"),
    ("C: a1 NOOP\nS: a1 OK", b"* BAD x\r\n", "* BAD x", "an untagged BAD, and no completion"),
    ("C: a1 NOOP\nS: a1 OK", b"a+1 OK x\r\n", "a+1 OK x",
     "an OK with another tag than the command's"),
    ("C: a1 NOOP\nS: a1 OK", b"* BAD x\r\na+1 BAD x\r\n", "* BAD x, then a+1 BAD x",
     "a BAD with another tag than the command's"),
    ("C: a1 NOOP\nS: a1 OK", b"TAG NO x\r\n", "a1 NO x", "answered NO, not OK"),
    ("C: a1 NOOP\nS: a1 NO|BAD", b"TAG OK x\r\n", "a1 OK x", "answered OK, not NO or BAD"),
    ("C: a1 NOOP\nS: a1 NO\nS/ * BYE\nS/ {close}", b"TAG OK x\r\n", "a1 OK x",
     "answered OK, not NO or untagged BYE or end of the connection"),
    ("C: a1 NOOP\nS: a1 OK", b"TAG OKAY x\r\n", "a1 OKAY x", "a tagged line with OKAY where OK"),
    ("C: a1 NOOP\nS: a1 OK", b"TAG\r\n", "a1", "a tagged line without OK, NO or BAD"),
    ("C: a1 NOOP\nS: a1 OK [ALERT]", b"TAG OK x\r\n", "a1 OK x",
     "answered OK without a code, not OK [ALERT]"),
    ("C: a1 NOOP\nS= + ", b"+ =\r\n", "+ =", "not exactly '+ '"),
    ("C: a1 NOOP\nS: +\nC: x", b"TAG BAD x\r\n", "a1 BAD x",
     "answered BAD: no continuation request (+) came"),
    (FETCH, b"* 4 FETCH (FLAGS ())\r\nTAG OK x\r\n", "nothing else", "no FETCH of message 1 came"),
    (FETCH, b"* 3 FETCH (FLAGS ())\r\n* 4 FETCH (FLAGS ())\r\nTAG OK x\r\n",
     "* 3 FETCH (FLAGS ())", "no FETCH of message 1 came"),
    (FETCH, b"* 1 FETCH (FLAGS (\\Seen))\r\n* 4 FETCH (FLAGS ())\r\nTAG OK x\r\n",
     "* 1 FETCH (FLAGS (\\Seen))", "FLAGS: '\\\\Seen' is too much"),
    (LIST, b"* LIST () NIL other\r\nTAG OK x\r\n", "* LIST () NIL other",
     "LIST, name: expected {mailbox}, received 'other'"),
    ("C: a1 NOOP\nS! * {:number} EXPUNGE\nS: a1 OK", b"* 2 EXPUNGE\r\nTAG OK x\r\n",
     "* 2 EXPUNGE", "this untagged EXPUNGE must not come here"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "said", "received", "reason"), MESSAGES)
def test_what_came_is_shown_and_the_word_that_differs(
    tmp_path: Path, block: str, said: bytes, received: str, reason: str
) -> None:
    with server(noop(said)) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert outcome.verdict == "fail"
    assert outcome.received == received
    assert reason in outcome.reason


def test_names_of_one_run_are_written_as_case_files_have_them() -> None:
    name = "imapconf-5bce-390f-6b0af5ba-fabb19bdae-0591-17"
    assert without_names(f"no {name}-copy/sub, {name.upper()}") == (
        "no {mailbox.copy}/sub, {mailbox}"
    )
