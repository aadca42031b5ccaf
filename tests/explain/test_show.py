"""What `explain` prints is kept under snapshots/; UPDATE_SNAPSHOTS=1 writes it anew."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from conformance.explain.explained import explain
from conformance.explain.show import DEEPEST, print_explained, record
from conformance.explain.source import read
from conformance.syntax.grammar import load

SNAPSHOTS = Path(__file__).parent / "snapshots"

EXAMPLES = {
    "list": b'* LIST (\\HasNoChildren) "/" INBOX',
    "fetch": b"* 12 FETCH (UID 7 FLAGS (\\Seen $Junk) BODY[TEXT] {7}\nHello\n)\n",
    "envelope": b'* 1 FETCH (ENVELOPE ("d" "s" (("F" NIL "f" "x.org")) NIL NIL NIL NIL NIL NIL '
    b'"<i>"))',
    "body": b'* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 9 1 '
    b"NIL))",
    "select": b"C: a1 SELECT INBOX\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 7] fine\n"
    b"S: a1 OK [READ-WRITE] done\n",
    "command_end": b"a1 FETCH 1 (FLAGS UID",
    "second_line": b"a1 LOGIN {4}\nfred  x\n",
    "extension": b"a1 IDLE\nDONE\n",
    "cut_short": b"* 1 FETCH (BODY[] {99}\nHello\n",
    "debatable": b"* OK [READ-ONLY]",
    "search": b"a1 SEARCH OR FROM fred NOT SEEN 1:*",
    "capability": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE XFOO",
}


def printed(octets: bytes, *, terminal: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    console = Console(
        file=file,
        width=100,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
    )
    for spoken in read(octets):
        print_explained(console, explain(load(), spoken))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("name", EXAMPLES)
def test_layout(name: str) -> None:
    text = printed(EXAMPLES[name])
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


HOSTILE = b"* OK [bold]loud[/bold] \x1b[2J\x07\xe2\x80\xae\x9b1m"


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("octets", [HOSTILE, b'* LIST () "/" {30}\n' + HOSTILE[:28] + b"\n"])
def test_what_a_server_sent_drives_no_terminal(octets: bytes, terminal: bool) -> None:
    text = printed(octets, terminal=terminal)
    assert "[bold]loud[/bold]" in text
    assert "\\x1b[2J" in text
    assert "\x1b[2J" not in text
    assert not set("\x07\u202e\x9b") & set(text)


def test_an_ascii_terminal_is_no_error() -> None:
    assert "\\xc3\\xa9" in printed("* OK caf\u00e9".encode(), encoding="ascii")


def test_the_caret_stands_below_the_octet_as_it_is_shown() -> None:
    lines = printed(b"* LIST (\\A\xe9) NIL a").splitlines()
    assert lines[0] == "S: * LIST (\\A\\xe9) NIL a"
    assert lines[1].index("^") == lines[0].index("\\xe9")


def test_the_caret_of_a_long_line_is_near_its_octet() -> None:
    lines = printed(b"* SEARCH" + b" 12345" * 300 + b" x" + b" 1" * 300).splitlines()
    caret = next(number for number, line in enumerate(lines) if line.strip() == "^")
    assert lines[caret - 1][lines[caret].index("^")] == "x"
    assert all(len(line) < 1100 for line in lines)


def test_a_long_literal_is_not_shown_whole() -> None:
    payload = b"line\r\n" * 5000
    text = printed(b"* 1 FETCH (BODY[] {%d}\r\n%s)" % (len(payload), payload))
    assert "[... 4962 lines ...]" in text
    assert len(text) < 5000


def test_nesting_without_end_is_cut() -> None:
    octets = b"a1 SEARCH " + b"(" * 2000 + b"ALL" + b")" * 2000
    assert "nested deeper than this shows" in printed(octets)
    (spoken,) = read(octets)
    assert len(json.dumps(record(explain(load(), spoken)))) < 10_000_000
    assert DEEPEST < 2000


def test_json_says_what_the_text_says() -> None:
    (good,) = read(b"a1 LOGIN {4}\nfred abc")
    said = json.loads(json.dumps(record(explain(load(), good))))
    assert (said["side"], said["start"], said["conforms"]) == ("client", "command", True)
    assert said["octets"] == "a1 LOGIN {4}\\x0d\\x0afred abc\\x0d\\x0a"
    assert said["meanings"][0]["section"] == "6.2.3"
    assert said["tree"]["rule"] == "command"
    assert said["tree"]["children"][0] == {
        "rule": "tag",
        "rfc": "3501",
        "section": "9",
        "start": 0,
        "end": 2,
        "octets": "a1",
        "meaning": said["tree"]["children"][0]["meaning"],
        "children": [],
    }
    (bad,) = read(b"* 0 EXPUNGE")
    said = record(explain(load(), bad))
    assert not said["conforms"]
    assert said["tree"] is None
    assert said["fault"]["column"] == 3
    assert said["fault"]["expected"] == ["nz-number"]
