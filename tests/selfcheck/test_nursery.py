"""Programs forked from a process that has read what they need: each as if it were started alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.selfcheck.bounded import run_bounded
from conformance.selfcheck.nursery import COOPERATIVE, Nursery, NurseryOrder

SPOKEN = "* 3 EXISTS\r\n"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


def test_what_a_program_reads_says_and_takes(nursery: Nursery, tmp_path: Path) -> None:
    ran = run_bounded(["explain"], tmp_path, seconds=60, text=SPOKEN, nursery=nursery)
    assert (ran.code, ran.late, ran.left) == (0, False, False)
    assert "EXISTS: how many messages" in ran.output
    assert ran.cpu > 0
    assert 20 << 20 < ran.memory < 250 << 20


def test_exit_codes_environment_and_words_are_its_own(nursery: Nursery, tmp_path: Path) -> None:
    words = ["run", "imap://u@127.0.0.1:1", "--quiet", "--output", str(tmp_path / "output")]
    environment = {"IMAP_CONFORMANCE_PASSWORD": "any"}
    ran = run_bounded(words, tmp_path / "a", seconds=60, environment=environment, nursery=nursery)
    assert (ran.code, "127.0.0.1:1" in ran.output) == (2, True)
    ran = run_bounded(["no-verb"], tmp_path / "b", seconds=60, nursery=nursery)
    assert (ran.code, "there is no verb" in ran.output) == (2, True)
    assert "IMAP_CONFORMANCE_PASSWORD" not in os.environ


def test_a_folder_may_be_used_again(nursery: Nursery, tmp_path: Path) -> None:
    codes = [
        run_bounded([*words], tmp_path, seconds=60, text=SPOKEN, nursery=nursery).code
        for words in (["explain"], ["no-verb"], ["explain"])
    ]
    assert codes == [0, 2, 0]


def test_one_that_does_not_end_is_ended(nursery: Nursery, tmp_path: Path) -> None:
    ran = run_bounded(["hostile", "no-answer"], tmp_path, seconds=0.3, nursery=nursery)
    assert (ran.code, ran.late) == (-9, True)


def test_load_has_sockets_that_are_cooperative(tmp_path: Path) -> None:
    with Nursery(COOPERATIVE) as cooperative:
        words = ["load", "--server", "pymap", "--users", "1", "--ramp", "1", "--duration", "2"]
        words += ["--quiet", "--output", str(tmp_path / "output")]
        ran = run_bounded(words, tmp_path, seconds=120, nursery=cooperative)
    assert ran.code in (0, 1)
    assert "messages: " in ran.output


def await_beginning(nursery: Nursery, folder: Path) -> None:
    deadline = time.monotonic() + 60
    while nursery.begun(folder) is None and time.monotonic() < deadline:
        time.sleep(0.05)


def test_what_can_not_begin_is_told(tmp_path: Path) -> None:
    with Nursery("no such kind") as broken:
        broken.begin(NurseryOrder((), str(tmp_path), 1 << 30, {}))
        with pytest.raises(RuntimeError, match="ended with 1"):
            await_beginning(broken, tmp_path)
