"""Tables that are kept on disk: used when they are right and ours, made anew when they are not."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import cache
from conformance.syntax.tables import Tables

GRAMMAR = 'start: "A" number\nnumber: DIGITS\nDIGITS: /[0-9]+/\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    return folder


class Counted:
    """Makes a list, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> list[int]:
        self.asked += 1
        return [self.asked]


def ask(make: Counted) -> list[int]:
    return cache.kept("numbers", "key", list, make)


def test_it_is_made_once(place: Path) -> None:
    make = Counted()
    assert ask(make) == ask(make) == [1]
    assert [path.name for path in place.iterdir()] == ["numbers-key.pickle"]


@pytest.mark.parametrize("octets", [b"", b"nonsense", pickle.dumps("not a list")])
def test_a_broken_file_is_written_anew(place: Path, octets: bytes) -> None:
    make = Counted()
    ask(make)
    (place / "numbers-key.pickle").write_bytes(octets)
    assert ask(make) == ask(make) == [2]


@pytest.mark.parametrize(
    ("name", "mode"), [("numbers-key.pickle", 0o622), (".", 0o777), (".", 0o730)]
)
def test_what_others_can_write_to_is_not_read(place: Path, name: str, mode: int) -> None:
    make = Counted()
    ask(make)
    (place / name).chmod(mode)
    assert ask(make) == [2]


def test_a_link_is_not_followed(place: Path, tmp_path: Path) -> None:
    make = Counted()
    ask(make)
    file = place / "numbers-key.pickle"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert ask(make) == [2]


@pytest.mark.skipif(os.name != "posix", reason="the folder is no folder there")
def test_no_folder_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for said in ("", "/dev/null/cache"):
        monkeypatch.setenv(cache.VARIABLE, said)
        make = Counted()
        assert (ask(make), ask(make)) == ([1], [2])


def test_what_nobody_asked_for_goes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        cache.kept("numbers", str(number), list, list)
        os.utime(place / f"numbers-{number}.pickle", (number, number))
    size = (place / "numbers-0.pickle").stat().st_size
    cache.kept("numbers", "0", list, list)
    monkeypatch.setattr(cache, "_MOST", 2 * size)
    cache.kept("numbers", "3", list, list)
    assert {path.name for path in place.iterdir()} == {"numbers-0.pickle", "numbers-3.pickle"}


@pytest.mark.usefixtures("place")
def test_two_processes_make_it_once() -> None:
    program = (
        "import sys\nfrom conformance import cache\n"
        "def make():\n    sys.stdout.write('made ')\n    sys.stdin.readline()\n    return [1]\n"
        "sys.stdout.write('began ')\nsys.stdout.flush()\n"
        "sys.stdout.write(str(cache.kept('numbers', 'key', list, make)))\n"
    )
    began = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # or what is read ahead is lost to `communicate`
        )
        for _ in range(2)
    ]
    for process in began:
        assert process.stdout is not None
        assert process.stdout.read(6) == b"began "
    for process in began:
        assert process.stdin is not None
        process.stdin.write(b"go on\n")
    said = sorted(process.communicate(timeout=60)[0] for process in began)
    assert said == [b"[1]", b"made [1]"]


@pytest.mark.skipif(os.name != "posix", reason="there is no locking like this")
def test_a_process_that_takes_too_long_is_not_waited_for(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl  # noqa: PLC0415 - not everywhere

    monkeypatch.setattr(cache, "_PATIENCE", 0.0)
    place.mkdir(mode=0o700)
    with (place / "numbers-key.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert ask(Counted()) == [1]


def test_tables_that_were_kept_read_as_those_that_were_made(place: Path) -> None:
    made, kept = Tables(GRAMMAR, ["start"]), Tables(GRAMMAR, ["start"])
    assert len(list(place.iterdir())) == 1
    for tables in (made, kept):
        assert tables.lark.parse("A12").data == "start"
        assert isinstance(tables.trace("start", b"A12"), list)
    assert (made.items, made.actions, made.gotos) == (kept.items, kept.actions, kept.gotos)
    assert made.defaults == kept.defaults
    assert made.regexps == kept.regexps


def test_another_grammar_has_tables_of_its_own(place: Path) -> None:
    Tables(GRAMMAR, ["start"])
    Tables(GRAMMAR, ["start", "number"])
    Tables(GRAMMAR.replace('"A"', '"B"'), ["start"])
    assert len(list(place.iterdir())) == 3
