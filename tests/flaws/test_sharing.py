"""A third of the flaws at a time comes to all of them; tests that share a run meet in a process."""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any

import pytest
from sharing import FLAWS, of_share, part, unit


def items() -> list[Any]:
    """Two tests that are about no one flaw, among seven of one each, and those of another file."""
    here = SimpleNamespace(name=FLAWS)
    of_flaws = [SimpleNamespace(path=here, callspec=None, name=n) for n in range(7)]
    others = [SimpleNamespace(path=here, name="every"), SimpleNamespace(path=here, name="none")]
    elsewhere = SimpleNamespace(path=SimpleNamespace(name="x.py"), callspec=None, name="x")
    return [others[0], *of_flaws, others[1], elsewhere]


def test_the_shares_are_all_of_them_each_once() -> None:
    played: list[object] = []
    for number in ("904", "905", "906"):
        mine = items()
        left = of_share(mine, *part(f"{number}/3"))
        names = [each.name for each in mine]
        assert {"every", "none", "x"} <= set(names)
        assert len(mine) + len(left) == len(items())
        played += [name for name in names if isinstance(name, int)]
    assert sorted(played) == list(range(7))


def test_one_of_one_leaves_nothing_out() -> None:
    mine = items()
    assert of_share(mine, *part("1/1")) == []
    assert len(mine) == len(items())


@pytest.mark.parametrize("text", ["", "1", "1/0", "/3", "a/3", "-1/3"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        part(text)


def test_tests_of_one_file_go_to_one_process_but_those_of_another_run() -> None:
    runs = "tests/whole/test_runs.py"
    assert unit("tests/cli/test_near.py::test_a[x::y]") == "tests/cli/test_near.py"
    assert unit(f"{runs}::test_pymap") == unit(f"{runs}::test_what_a_run_writes[pymap_run]") == runs
    assert unit(f"{runs}::test_dovecot") == unit(f"{runs}::test_what_a_run_writes[dovecot_run]")
    assert unit(f"{runs}::test_dovecot") != runs
