"""The verb `lint`, as it is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from passive_packets import Wire, capture

from conformance.cli.main import main

GOOD = """\
S: * OK [CAPABILITY IMAP4rev1] hi
C: a1 LOGIN fred secret
S: a1 OK in
C: a2 LOGOUT
S: * BYE now
S: a2 OK out
"""
BAD = """\
S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi
C: a1 LOGIN fred secret
S: a1 NO secret is not allowed
S: * 3 EXISTS \x1b[31m
C: a2 LOGIN fred hunter22
S: a2 NO not allowed
"""


def lint(*words: object) -> int:
    return main(["lint", *map(str, words)])


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.txt"
    path.write_text(BAD)
    return path


def test_a_good_session_has_no_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "good.txt"
    path.write_text(GOOD)
    assert lint(path) == 0
    said = capsys.readouterr().out
    assert "1 session, 2 commands, 4 responses" in said
    assert "server: 0 MUST, 0 SHOULD; client: 0 MUST, 0 SHOULD" in said


def test_each_distinct_breach_is_told_once_with_place_octets_clause_and_expected(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(bad) == 1
    said = capsys.readouterr().out
    assert said.count("3501-6.2.3-client-logindisabled") == 1
    assert "clause    RFC 3501 section 6.2.3" in said
    assert "rule      A client does not send LOGIN while the server announces" in said
    assert f"where     {bad}:2, session main, 2 times" in said
    assert "expected  STARTTLS first, or AUTHENTICATE" in said
    assert f"where     {bad}:4, session main" in said


def test_passwords_are_hidden_wherever_they_come_back(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(bad) == 1
    assert lint("--json", bad) == 1
    said = capsys.readouterr().out
    assert "secret" not in said
    assert "hunter22" not in said
    assert "LOGIN fred [hidden]" in said


def test_what_would_steer_a_terminal_is_spelt_out(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(bad) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\\x1b[31m" in said


def test_one_side_can_be_judged_alone(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--side", "server", bad) == 1
    assert "client breaks" not in capsys.readouterr().out
    assert lint("--side", "client", bad) == 1
    assert "server breaks" not in capsys.readouterr().out


def test_nobody_has_to_read_to_the_end(bad: Path) -> None:
    words = [sys.executable, "-m", "conformance.cli", "lint", *[str(bad)] * 2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_json_has_the_same(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--json", bad) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["exit_code"] == 1
    assert record["recordings"][0]["format"] == "text"
    (finding,) = [
        f for f in record["findings"] if f["requirement"] == "3501-6.2.3-client-logindisabled"
    ]
    assert (finding["side"], finding["level"], finding["section"]) == ("client", "MUST", "6.2.3")
    assert (finding["place"], finding["count"], finding["also"]) == ({"line": 2}, 2, [{"line": 5}])
    assert finding["offending"] == "a1 LOGIN fred [hidden]\\r\\n"


def test_what_only_should_not_be_does_not_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "should.txt"
    path.write_text(GOOD.replace("C: a2 LOGOUT", "C: a2 NOOP\nS: a2 OK x\nC: a2 LOGOUT"))
    assert lint(path) == 0
    assert "3501-2.2.1-client-tag-again" in capsys.readouterr().out


def test_a_recording_that_begins_in_the_middle_is_judged_without_guesses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "middle.txt"
    path.write_text('S: * 3 EXISTS\nS: a7 OK done\nC: a8 LIST "" *\nS: * LIST () NIL box\n')
    assert lint(path) == 0
    assert "1 command," in capsys.readouterr().out


def test_an_excerpt_that_begins_in_the_answer_to_select_is_in_the_middle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "excerpt.txt"
    path.write_text("S: * OK [UIDNEXT 7] next\nS: s1 OK done\nC: a1 FETCH 1 FLAGS\n")
    assert lint(path) == 0
    assert "1 command," in capsys.readouterr().out


def test_a_recording_that_stops_in_a_response_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.txt"
    path.write_text("S: * OK hi\nC: a1 LOGIN fred secret\nS: * 1 FETCH (BODY[] {99}\nS: abc\n")
    lint(path)
    assert "session main stops in the middle of a response" in capsys.readouterr().out


def test_a_capture_is_seen_by_its_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "session"
    wire = Wire().opened().say("S: * OK hi", "C: a1 FETCH 1 FLAGS", "S: a1 BAD no").closed("C")
    path.write_bytes(capture(wire.packets))
    assert lint(path) == 1
    said = capsys.readouterr().out
    assert f"where     {path}, packet 4, session 10.0.0.1:50000" in said
    assert "3501-3.4-client-logout" in said


def test_behind_starttls_nothing_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tls.pcap"
    wire = Wire().opened().say("S: * OK hi", "C: a1 STARTTLS", "S: a1 OK go")
    wire.packets.append(wire.segment("C", b"\x16\x03\x01\0\x05\n\r\n\0"))
    wire.packets.append(wire.segment("S", b"\x16\x03\x01\0\x05\n\r\n\0"))
    path.write_bytes(capture(wire.closed("C").packets))
    assert lint(path) == 0
    assert "can not be read from STARTTLS on" in capsys.readouterr().out


def test_the_record_of_a_run_is_judged_case_by_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "report"
    case = "rfc3501/6.3.1-select/select-reports-flags-and-counts-before-it-completes"
    environment = dict(os.environ)
    assert main(["run", "--server", "pymap", "--quiet", "--output", str(output), case]) == 1
    assert dict(os.environ) == environment  # or what runs next in this process is set up otherwise
    capsys.readouterr()
    record = output / "results.jsonl"
    text = record.read_text(encoding="utf-8")
    transcripts = sum(
        bool(line["transcript"])
        for line in map(json.loads, text.splitlines())
        if line["type"] == "result"
    )
    assert lint("--json", record) == 1
    read = json.loads(capsys.readouterr().out)
    assert read["recordings"][0]["format"] == "results"
    assert read["recordings"][0]["sessions"] >= transcripts > 0
    assert "3501-9-flag" in {finding["requirement"] for finding in read["findings"]}
    cut = tmp_path / "cut.jsonl"
    cut.write_text(text[: text.rindex('{"type"')], encoding="utf-8")
    assert lint(cut) == 1
    assert "the run was cut short" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\x02 nothing", "no recording that is known"),
        (b'{"type": "run"}\n', "schema version"),
        (b"\xd4\xc3\xb2\xa1\x00", "not a capture that can be read"),
        (b"\x0a\x0d\x0d\x0a\x00", "not a capture that can be read"),
    ],
)
def test_what_can_not_be_read_is_one_line_and_exit_code_2(
    tmp_path: Path, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert lint(path) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lint"], "which recordings"),
        (["lint", "/nowhere"], "No such file"),
        (["lint", "--format", "rawlog", __file__], "a pair of files"),
        (["lint", "--format", "text", "{empty}"], "no line in it"),
        (["lint", str(Path(__file__).parent)], "no pair of .in and .out"),
    ],
)
def test_a_wrong_word_is_named(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"x\n")
    assert main([word.format(empty=empty) for word in words]) == 2
    assert said in capsys.readouterr().err


def test_what_has_no_grammar_is_counted_and_its_neighbours_are_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(
        "S: * OK [CAPABILITY IMAP4rev1 SNIPPET=FUZZY] hi\n"
        "C: a1 LOGIN fred secret\n"
        "S: a1 OK [CAPABILITY IMAP4rev1 SNIPPET=FUZZY] in\n"
        "C: a2 EXAMINE INBOX\n"
        "S: * 2 EXISTS\nS: * 0 RECENT\nS: * FLAGS (\\Seen)\nS: * OK [UIDVALIDITY 1] x\n"
        "S: * OK [UIDNEXT 3] x\nS: * OK [PERMANENTFLAGS ()] x\nS: a2 OK [READ-ONLY] x\n"
        "C: a3 FETCH 1:2 (SNIPPET FLAGS)\n"
        'S: * 1 FETCH (SNIPPET (FUZZY "a b") FLAGS (\\Seen))\n'
        'S: * 2 FETCH (SNIPPET (FUZZY "a b") FLAGS (\\Seen ))\n'
        "S: a3 OK done\n"
        "C: a4 XFOO\nS: * XFOO bar (baz\nS: a4 OK done\n"
    )
    assert lint(path) == 1
    out = capsys.readouterr().out
    assert (
        "2 responses were judged in part or not at all, for there is no grammar of SNIPPET" in out
    )
    assert "1 response was judged in part or not at all, for there is no grammar of XFOO" in out
    assert "server: 1 MUST" in out


BOTH = """\
S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE] hi
C: a1 LOGIN fred secret
S: a1 OK in
C: a2 ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: a2 OK on
C: a3 SELECT INBOX
S: * FLAGS (\\Seen \\Deleted)
S: * 3 EXISTS
S: * LIST () "/" INBOX
S: * OK [PERMANENTFLAGS (\\Seen)] yes
S: * OK [UIDNEXT 9] next
S: * OK [UIDVALIDITY 1] valid
S: a3 OK [READ-WRITE] in
C: a4 SEARCH ALL
S: * ESEARCH (TAG "a4") ALL 1:3
S: a4 OK found
C: a5 NOOP
S: * 2 EXISTS
S: a5 OK done
C: a6 LOGOUT
S: * BYE now
S: a6 OK out
"""


def test_a_session_is_judged_by_the_revision_that_it_has_enabled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "both.txt"
    path.write_text(BOTH)
    assert lint(path, "--json") == 1
    enabled = [each["requirement"] for each in findings(capsys)]
    assert enabled
    assert all(name.startswith("9051-") for name in enabled)
    path.write_text(
        BOTH.replace("C: a2 ENABLE IMAP4rev2\nS: * ENABLED IMAP4rev2\nS: a2 OK on\n", "")
    )
    assert lint(path, "--json") == 1
    not_enabled = [each["requirement"] for each in findings(capsys)]
    assert "3501-6.3.1-recent" in not_enabled
    assert not [name for name in not_enabled if name.startswith("9051-")]


def findings(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    told = json.loads(capsys.readouterr().out)
    return [each for each in told["findings"] if each["side"] == "server"]
