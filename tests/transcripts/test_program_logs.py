"""Each program that shares a format with others is read, alone and in whatever carries a paste.

The logs in `programs/` tell the session of `samples/`, with its one fault. What captures hold is
in `tests/passive/test_capture.py`, and half a pair of Dovecot's rawlog in `test_rawlog.py` there.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from test_formats import CARRIERS, FAULT, found_in

PROGRAMS = Path(__file__).parent / "programs"
FORMATS = {
    "angus": "logged",
    "go-imap": "unmarked",
    "imapclient": "strings",
    "mail-imapclient": "imapsync",
    "mailkit": "text",
    "neomutt": "mutt",
    "node-imap": "strings",
    "offlineimap": "strings",
    "openssl": "unmarked",
    "php-imap": "arrows",
    "ruby": "text",
    "tshark": "words",
}
NO_LOGIN = {"angus": 14}
"""Its program does not log what answers the login as a line of the server."""


def test_each_log_is_named_here() -> None:
    assert sorted(path.stem for path in PROGRAMS.iterdir()) == sorted(FORMATS)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("program", FORMATS)
def test_a_log_is_read(program: str, carrier: str, tmp_path: Path) -> None:
    path = tmp_path / "pasted"
    path.write_bytes(CARRIERS[carrier]((PROGRAMS / f"{program}.txt").read_bytes()))
    responses = NO_LOGIN.get(program, 15)
    assert found_in(path) == (FORMATS[program], 5, responses, [FAULT])
