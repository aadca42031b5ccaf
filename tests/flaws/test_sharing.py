"""A third of what takes long at a time comes to all of it; tests that share a run meet."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sharing import FLAWS, LONG, of_share, turns_of, unit

from conformance.run.options import share


class Item:
    """A test, as far as it is shared out."""

    def __init__(self, nodeid: str, *, of_a_flaw: bool = False) -> None:
        self.nodeid = f"tests/{nodeid}"
        if of_a_flaw:
            self.callspec = None


ALWAYS = [f"{FLAWS}::test_every", f"{FLAWS}::test_no", "x.py::test_it"]
"""Tests beside the flaws that are about no one of them, and one of what takes little."""


def items() -> list[Any]:
    flaws = [Item(f"{FLAWS}::test_found[{n}]", of_a_flaw=True) for n in range(7)]
    # A word behind the name of a file tells its tests apart.
    parts = [name.partition(" on ") for name in LONG if name != FLAWS]
    return [*flaws, *map(Item, ALWAYS), *(Item(f"{file}::test_{word}") for file, _, word in parts)]


def test_the_shares_are_all_of_it_each_once() -> None:
    played = Counter[str]()
    for number in range(904, 910):
        mine = items()
        left = of_share(mine, *share(f"{number}/6"))
        assert len(mine) + len(left) == len(items())
        played.update(each.nodeid for each in mine)
    assert set(played) == {each.nodeid for each in items()}
    assert [n for n, times in played.items() if times > 1] == [f"tests/{n}" for n in ALWAYS]


def test_the_shares_take_about_as_long() -> None:
    turns = turns_of(6)
    taken = [sum(LONG[name] for name, turn in turns.items() if turn == each) for each in range(6)]
    assert max(taken) < 1.2 * min(taken)


def test_one_of_one_leaves_nothing_out() -> None:
    mine = items()
    assert of_share(mine, *share("1/1")) == []
    assert len(mine) == len(items())


@pytest.mark.parametrize("name", LONG)
def test_what_takes_long_is_there(name: str) -> None:
    assert (Path(__file__).parents[1] / name.partition(" ")[0]).is_file()


@pytest.mark.parametrize("text", ["", "1", "1/0", "/3", "a/3", "-1/3"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        share(text)


def test_tests_of_one_file_go_to_one_process_but_those_of_another_run() -> None:
    runs = "tests/whole/test_runs.py"
    assert unit("tests/cli/test_near.py::test_a[x::y]") == "tests/cli/test_near.py"
    assert unit(f"{runs}::test_pymap") == unit(f"{runs}::test_what_a_run_writes[pymap_run]") == runs
    assert unit(f"{runs}::test_dovecot") == unit(f"{runs}::test_what_a_run_writes[dovecot_run]")
    assert unit(f"{runs}::test_dovecot") != runs
