"""Failures as files: each has its own, and a later run writes over those of an earlier one."""

from __future__ import annotations

from pathlib import Path

from conformance.casefile.compose import Exchange
from conformance.fuzz.failure import Failure
from conformance.fuzz.found import write


def failed(command: bytes) -> Failure:
    return Failure(
        "3501-6.4.5-each",
        "nothing came of message 1",
        f"3501-6.4.5-each {command.decode()}",
        "commands",
        (Exchange("main", (command,), [": TAG OK"]),),
        "one",
    )


def written(folder: Path) -> list[Path]:
    taken: list[Path] = []
    for command in (b"FETCH 1 UID", b"UID FETCH 1 UID", b"UID FETCH 1 FLAGS"):
        taken.append(write(failed(command), lambda _rule: None, folder, "a server", taken))
    return taken


def test_failures_with_one_title_have_files_of_their_own(tmp_path: Path) -> None:
    paths = written(tmp_path)
    assert len(set(paths)) == len(list(tmp_path.iterdir())) == 3
    assert ["a1 UID FETCH 1 UID" in path.read_text() for path in paths] == [False, True, False]
    assert ["a1 UID FETCH 1 FLAGS" in path.read_text() for path in paths] == [False, False, True]


def test_the_next_run_writes_the_same_files(tmp_path: Path) -> None:
    assert written(tmp_path) == written(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_searches_at_the_same_time_do_not_write_over_one_another(tmp_path: Path) -> None:
    files = {
        write(failed(command), lambda _rule: None, tmp_path, "a server", shard=shard)
        for shard, command in (("1", b"FETCH 1 UID"), ("2", b"UID FETCH 1 UID"))
    }
    assert len(files) == 2
