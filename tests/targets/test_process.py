"""Running a program of our own: how its death reads, and what is never left behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.targets import process
from conformance.targets.errors import ServerFailed
from conformance.targets.process import (
    ServerProcess,
    make_folder,
    remove_folder,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = make_folder()
    yield made
    remove_folder(made)


def shell(script: str, folder: Path) -> ServerProcess:
    return ServerProcess(["/bin/sh", "-c", script], folder, logs=[folder / "log"])


def test_death_reads_as_one_harmless_line(folder: Path) -> None:
    running = shell("printf '1\\n2\\n3\\n4\\n' ; printf '5\\033[31m\\n6\\n' >log; exit 1", folder)
    try:
        with pytest.raises(ServerFailed) as caught:
            running.wait_for_greeting(1, listening=folder)
    finally:
        running.stop()
    assert str(caught.value) == "sh died at its start: 2 | 3 | 4 | 5?[31m | 6"


def test_death_without_a_word(folder: Path) -> None:
    running = shell("exit 1", folder)
    try:
        with pytest.raises(ServerFailed, match=r"^sh died at its start: its log is empty$"):
            running.wait_for_greeting(1, listening=folder)
    finally:
        running.stop()


def test_patience_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.targets.process._START", 0.1)
    running = shell("sleep 60", folder)
    try:
        with pytest.raises(ServerFailed, match=r"^sh did not greet within 0 s: its log is empty$"):
            running.wait_for_greeting(1, listening=folder / "never")
    finally:
        running.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


def test_stop_twice(folder: Path) -> None:
    running = shell("sleep 60", folder)
    running.stop()
    running.stop()
    assert folder.exists()


def test_a_long_or_odd_place_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("x" * 60, "a b"):
        place = tmp_path / name
        place.mkdir()
        monkeypatch.setenv("TMPDIR", str(place))
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        made = make_folder()
        try:
            assert made.parent == Path("/tmp")  # noqa: S108
        finally:
            remove_folder(made)


def test_a_folder_is_in_memory_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    memory = Path(tempfile.mkdtemp(dir="/tmp"))  # a short path
    memory.chmod(0o755)
    monkeypatch.setattr(process, "MEMORY", memory)
    for room, places in ((1, [memory]), (1 << 62, [Path(tempfile.gettempdir()), Path("/tmp")])):  # noqa: S108
        monkeypatch.setattr(process, "_ROOM", room)
        made = make_folder()
        remove_folder(made)
        assert made.parent in places
    memory.rmdir()
    monkeypatch.setattr(process, "_ROOM", 1)
    made = make_folder()  # where there is no such folder at all
    remove_folder(made)
    assert made.parent != memory
