"""Rawlogs: pairs of files, whose order has to be put together again."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.passive import interleave as order_of_both
from conformance.passive.interleave import interleave, tag_of
from conformance.passive.rawlog import read_rawlog
from conformance.passive.recording import Chunk, Place, RecordingError
from conformance.targets.dovecot import DovecotTarget
from conformance.wire.session import Literal, Session

OUT = "a1 OK [CAPABILITY IMAP4rev1] Logged in\r\n"


def chunks(way: str, text: str) -> list[Chunk]:
    place = Place("x", "line", 1)
    side = "C" if way == "C" else "S"
    return [Chunk("main", side, line, 0.0, place) for line in BytesIO(text.encode())]


def order(client: str, server: str) -> list[str]:
    said = chunks("C", client)
    tags = Counter(tag_of(chunk.octets) for chunk in said)
    merged = interleave(said, chunks("S", server), tags)
    return [f"{c.direction}: {c.octets.decode()}".rstrip() for c in merged]


def test_each_answer_comes_behind_its_command() -> None:
    said = order(
        "a2 NOOP\r\na3 SELECT b\r\n", f"{OUT}* 1 EXISTS\r\na2 OK\r\n* 3 EXISTS\r\na3 OK\r\n"
    )
    assert said == [
        f"S: {OUT.rstrip()}",
        "C: a2 NOOP",
        "S: * 1 EXISTS",
        "S: a2 OK",
        "C: a3 SELECT b",
        "S: * 3 EXISTS",
        "S: a3 OK",
    ]


def test_commands_that_did_not_wait_are_seen_by_their_tags() -> None:
    said = order("a2 NOOP\r\na3 SEARCH ALL\r\n", f"{OUT}* SEARCH 1\r\na3 OK\r\na2 OK\r\n")
    assert said[1:] == ["C: a2 NOOP", "C: a3 SEARCH ALL", "S: * SEARCH 1", "S: a3 OK", "S: a2 OK"]


def test_a_literal_comes_behind_the_request_for_it() -> None:
    said = order("a2 APPEND b {6}\r\nx\r\ny\r\n\r\na3 NOOP\r\n", f"{OUT}+ go\r\na2 OK\r\na3 OK\r\n")
    assert said[1:] == [
        "C: a2 APPEND b {6}",
        "S: + go",
        "C: x",
        "C: y",
        "C:",
        "S: a2 OK",
        "C: a3 NOOP",
        "S: a3 OK",
    ]


def test_a_literal_that_was_refused_never_came() -> None:
    said = order("a2 APPEND b {6}\r\na3 NOOP\r\n", f"{OUT}a2 NO\r\na3 OK\r\n")
    assert said[1:] == ["C: a2 APPEND b {6}", "S: a2 NO", "C: a3 NOOP", "S: a3 OK"]


def test_done_comes_before_the_answer_to_idle() -> None:
    said = order(
        "a2 IDLE\r\nDONE\r\na3 NOOP\r\n", f"{OUT}+ idling\r\n* 1 EXISTS\r\na2 OK\r\na3 OK\r\n"
    )
    assert said[1:] == [
        "C: a2 IDLE",
        "S: + idling",
        "S: * 1 EXISTS",
        "C: DONE",
        "S: a2 OK",
        "C: a3 NOOP",
        "S: a3 OK",
    ]


def test_a_login_that_was_recorded_goes_step_by_step() -> None:
    said = order(
        "a1 AUTHENTICATE LOGIN\r\neA==\r\neQ==\r\na2 NOOP\r\n",
        "* OK hi\r\n+ VQ==\r\n+ UA==\r\na1 OK in\r\na2 OK\r\n",
    )
    assert said[:6] == [
        "S: * OK hi",
        "C: a1 AUTHENTICATE LOGIN",
        "S: + VQ==",
        "C: eA==",
        "S: + UA==",
        "C: eQ==",
    ]


@pytest.mark.parametrize(
    ("client", "server"),
    [
        ("", OUT),
        ("a2 NOOP\r\n", ""),
        ("a2 NOOP\r\n", f"{OUT}* 1 FETCH (BODY[] {{9}}\r\nab"),
        ("a2 APPEND b {9}\r\n", OUT),
        ("\r\n\r\n", "x\r\n\r\n+\r\n* \r\n"),
        ("a2 NOOP\r\na2 NOOP\r\n", f"{OUT}a2 OK\r\na7 OK\r\n* BYE\r\n"),
    ],
)
def test_nothing_of_a_damaged_recording_is_lost(client: str, server: str) -> None:
    said = [each.split("\n") for each in order(client, server)]
    assert sum(map(len, said)) == len(list(BytesIO((client + server).encode())))


def pair(folder: Path, client: str, server: str) -> Path:
    (folder / "x.in").write_bytes(client.encode())
    (folder / "x.out").write_bytes(server.encode())
    return folder / "x.in"


def test_times_are_taken_off_each_line(tmp_path: Path) -> None:
    path = pair(
        tmp_path,
        "1795781464.171648 a2 NOOP\r\n",
        "1795781464.171294 a1 OK in\r\n1795781464.171700 * OK still\r\n"
        "1795781464.171700 a2 OK done\r\n",
    )
    recording = read_rawlog(path, 1000)
    (group,) = recording.groups
    said = list(group.said())
    assert b"".join(chunk.octets for chunk in said) == (
        b"a1 OK in\r\na2 NOOP\r\n* OK still\r\na2 OK done\r\n"
    )
    assert said[0].when == 1795781464.171294
    assert group.sessions["x"].logs_in
    assert not group.sessions["x"].exact


def test_no_more_is_read_than_the_order_needs() -> None:
    read = 0

    def server() -> Iterator[Chunk]:
        nonlocal read
        for number in range(1, 1001):
            for line in (f"* {number} EXISTS\r\n", f"a{number} OK done\r\n"):
                read += 1
                yield chunks("S", line)[0]

    client = chunks("C", "".join(f"a{number} NOOP\r\n" for number in range(1, 1001)))
    tags = Counter(tag_of(chunk.octets) for chunk in client)
    for said, _ in enumerate(interleave(client, server(), tags), 1):
        assert read <= said + 4
    assert read == 2000


def test_an_answer_that_is_far_away_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_of_both, "_AHEAD", 100)
    shown = "".join(f"* {number} FETCH (UID {number})\r\n" for number in range(1, 30))
    said = order("a2 FETCH 1:* UID\r\na3 NOOP\r\n", f"{OUT}{shown}a2 OK\r\na3 OK\r\n")
    assert said[1] == "C: a2 FETCH 1:* UID"
    assert said[-3:] == ["S: a2 OK", "C: a3 NOOP", "S: a3 OK"]


def test_a_half_that_is_missing_is_named(tmp_path: Path) -> None:
    path = pair(tmp_path, "", "")
    path.with_suffix(".out").unlink()
    with pytest.raises(RecordingError, match=r"half x\.out is missing"):
        read_rawlog(path, 1000)


def test_a_file_that_stops_in_a_line_is_named(tmp_path: Path) -> None:
    recording = read_rawlog(pair(tmp_path, "a2 NOOP", OUT), 1000)
    assert recording.notes == ["x.in stops in the middle of a line"]


@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
def test_a_rawlog_of_dovecot_is_read_and_has_nothing_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = DovecotTarget()
    configured = target.configuration.read_text(encoding="utf-8")
    target.configuration = tmp_path / "dovecot.conf"
    target.configuration.write_text(f"{configured}\nrawlog_dir = %h/rawlog\n", encoding="utf-8")
    kept = tmp_path / "rawlog"
    with target:
        assert target.endpoint.ca_file is not None
        home = target.endpoint.ca_file.parent / target.accounts[0].user
        (home / "rawlog").mkdir()
        shutil.chown(home / "rawlog", home.stat().st_uid, home.stat().st_gid)
        with Session(target.endpoint, timeout=20.0) as session:
            session.open()
            session.login(target.accounts[0].user, target.accounts[0].password)
            session.command(b"SELECT INBOX")
            session.command(b"APPEND INBOX ", Literal(b"Subject: x\r\n\r\nhello\r\n"))
            session.command(b"FETCH 1:* (FLAGS BODY[])")
            session.send(b"x1 NOOP\r\nx2 SEARCH ALL\r\n")
            while session.dialogue.in_flight:
                session.receive()
            session.logout()
        deadline = time.monotonic() + 10.0
        while time.monotonic() < deadline:
            if any(b"LOGOUT" in path.read_bytes() for path in (home / "rawlog").glob("*.in")):
                break
            time.sleep(0.05)
        shutil.copytree(home / "rawlog", kept)
    assert main(["lint", str(kept)]) == 0
    said = capsys.readouterr().out
    assert "1 session, 6 commands" in said
    assert "client: 0 MUST, 0 SHOULD" in said
