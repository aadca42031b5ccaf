"""How the tests are shared out: which go to one process, what begins first, which flaws are played.

With `--dist loadfile` the tests of a file go to one process, for they share a server or a run. A
file whose tests share two of these has its tests told apart here: marks of `xdist_group` would do
it if that plugin knew the pytest that is used. What takes long begins first: at the end nobody is
to wait for one process that has begun with a whole run.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

FLAWS = "test_flaws.py"
"""The file whose tests are those of the kit, one by one."""
_LONGEST = (
    "whole/test_runs.py",
    FLAWS,
    "cli/test_examples.py",
    "fuzz/test_hanging_servers.py",
)
"""Ends of the names of what takes minutes, longest first."""
_APART = {"whole/test_runs.py": "dovecot"}
"""Files that have two runs: the word in the names of those tests that share the second one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--flaws",
        type=part,
        default=(0, 1),
        metavar="K/N",
        help="of the flaws of the kit play the K-th of N parts only",
    )


def part(text: str) -> tuple[int, int]:
    """Read K/N; K may be larger, and is counted round, so that a number that grows does for it."""
    number, _, parts = text.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and int(parts)):
        raise argparse.ArgumentTypeError("K/N, such as 1/3")
    return (int(number) - 1) % int(parts), int(parts)


class _ByRun(LoadScopeScheduling):
    """Shares the tests out so that those which need the same run meet in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    """Return what all tests that go to the same process as this one have in common."""
    file, _, test = nodeid.partition("::")
    word = next((word for end, word in _APART.items() if file.endswith(end)), None)
    return f"{file} on {word}" if word is not None and word in test else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByRun | None:
    return _ByRun(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=of_share(items, *config.getoption("flaws")))
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (turn(item.path), item.path not in slow))


def of_share(items: list[pytest.Item], place: int, parts: int) -> Sequence[pytest.Item]:
    """Leave only a share of the flaws in `items`; return the others."""
    flaws = [each for each in items if each.path.name == FLAWS and hasattr(each, "callspec")]
    left = {id(each) for number, each in enumerate(flaws) if number % parts != place}
    others = [each for each in items if id(each) in left]
    items[:] = [each for each in items if id(each) not in left]
    return others


def turn(path: Path) -> int:
    """Return the place of a file among those that take long; the others come behind them."""
    name = path.as_posix()
    return next((n for n, end in enumerate(_LONGEST) if name.endswith(end)), len(_LONGEST))
