"""The verb `compare` as its users call it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cli_records import CASE, RULE, record, tool


def compare(*words: object) -> subprocess.CompletedProcess[str]:
    return tool("compare", *words)


def test_a_server_that_got_worse_gives_exit_code_1(tmp_path: Path) -> None:
    old, new = record(tmp_path / "a.jsonl"), record(tmp_path / "b.jsonl", "fail")
    ran = compare(old, new)
    assert ran.returncode == 1, ran.stderr
    assert "New violations of MUST rules (1)" in ran.stdout
    assert f"{CASE}: pass -> fail" in ran.stdout
    assert compare(old, new, "--no-fail").returncode == 0
    better = compare(new, old)
    assert better.returncode == 0
    assert "Fixed violations (1)" in better.stdout


def test_two_servers_are_put_side_by_side_without_a_verdict(tmp_path: Path) -> None:
    old, new = record(tmp_path / "a.jsonl"), record(tmp_path / "b.jsonl", "fail", name="two")
    ran = compare(old, new)
    assert ran.returncode == 0
    assert "What changed" not in ran.stdout
    assert compare(old, new, "--changes").returncode == 1


def test_packed_records_and_folders_are_read(tmp_path: Path) -> None:
    record(tmp_path / "one" / "results.jsonl.gz")
    record(tmp_path / "two" / "results.jsonl", name="two")
    ran = compare(tmp_path / "one", tmp_path / "two", tmp_path / "one" / "results.jsonl.gz")
    assert ran.returncode == 0, ran.stderr


def test_a_run_that_its_server_has_ended_is_whole_and_one_that_was_interrupted_is_not(
    tmp_path: Path,
) -> None:
    good = record(tmp_path / "a.jsonl")
    for lost, code in (("the server did not come back", 0), ("", 2)):
        path = record(tmp_path / "b.jsonl", name="two")
        *lines, end = path.read_text("utf-8").splitlines()
        ended = json.loads(end) | {"interrupted": True, "lost": lost, "exit_code": 2}
        path.write_text("\n".join([*lines, json.dumps(ended)]) + "\n", "utf-8")
        assert compare(good, path).returncode == code


@pytest.mark.parametrize(
    ("name", "begins"), [("m.html", "<!DOCTYPE"), ("m.md", "# one 1"), ("m.json", "{"), ("m", "\n")]
)
def test_the_name_of_the_file_tells_the_format(tmp_path: Path, name: str, begins: str) -> None:
    old, new = record(tmp_path / "a.jsonl"), record(tmp_path / "b.jsonl", name="two")
    ran = compare(old, new, "-o", tmp_path / "new" / name)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert (tmp_path / "new" / name).read_text(encoding="utf-8").startswith(begins)


def test_a_format_goes_to_the_output(tmp_path: Path) -> None:
    old, new = record(tmp_path / "a.jsonl"), record(tmp_path / "b.jsonl", "fail")
    ran = compare(old, new, "--format", "json")
    assert json.loads(ran.stdout)["changes"]["new"][0]["requirement"] == RULE


def cut(path: Path) -> Path:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def test_what_can_not_be_compared_is_said_in_one_line(tmp_path: Path) -> None:
    good = record(tmp_path / "a.jsonl")
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.gz").write_text("no gzip")
    (tmp_path / "file").write_text("")
    (tmp_path / "deep").write_text("[" * 200_000 + "\n")
    rows = [
        ([good], "two results files"),
        ([good, tmp_path / "missing.jsonl"], "missing.jsonl: No such file"),
        ([good, tmp_path / "empty"], "holds no results.jsonl"),
        ([good, tmp_path / "text.gz"], "can not be unpacked"),
        ([good, cut(record(tmp_path / "cut.jsonl.gz"))], "can not be unpacked"),
        ([good, cut(record(tmp_path / "cut.jsonl"))], "cut short"),
        ([good, record(tmp_path / "v2.jsonl", schema=2)], "schema version 2"),
        ([good, tmp_path / "deep"], "nested too deep"),
        ([good, tmp_path / "file"], "holds no run record"),
        ([good, good, good, "--changes"], "needs two runs"),
        ([good, good, "-o", tmp_path / "file" / "below.md"], "File exists"),
    ]
    for words, message in rows:
        ran = compare(*words)
        assert ran.returncode == 2, words
        assert message in ran.stderr, words
        assert len(ran.stderr.splitlines()) == 1, words
        assert ran.stdout == ""
