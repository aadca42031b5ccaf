"""How the tests are shared out: which go to one process, what begins first, which are left out.

With `--dist loadfile` the tests of a file go to one process, for they share a server or a run. A
file whose tests share two of these has its tests told apart here: marks of `xdist_group` would do
it if that plugin knew the pytest that is used. What takes long begins first: at the end nobody is
to wait for one process that has begun with a whole run.

With `--share K/N` one part in N is played of what takes long: the flaws of the kit, and the files
of `LONG`. N commits with numbers that follow each other play all of it, and so does CI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from conformance.run.options import share

FLAWS = "flaws/test_flaws.py"
"""The file whose tests are those of the kit, one by one."""
LONG: Mapping[str, int] = {
    FLAWS: 390,
    "cli/test_examples.py": 390,
    "whole/test_runs.py on dovecot": 300,
    "whole/test_runs.py": 300,
    "book/test_book.py": 240,
    "syntax/test_grammar_modules.py": 240,
    "fuzz/test_hanging_servers.py": 230,
    "fuzz/test_content_servers.py": 160,
    "whole/test_parallel.py": 140,
    "play/test_every_pattern.py": 130,
    "passive/test_proxy_verb.py": 120,
    "message/test_strategies.py": 110,
    "load/test_load_runs.py": 100,
    "cli/test_action.py": 90,
    "whole/test_spellings.py": 90,
    "syntax/test_grammar_rev2.py": 80,
    "run/test_ending.py": 70,
    "syntax/test_syntax_strategies.py": 70,
    "fuzz/test_found_on_servers.py": 60,
    "whole/test_stock_dovecot.py": 60,
    "fuzz/test_same_sessions.py": 60,
    "selfcheck/test_attribution.py": 60,
    "cli/test_selection.py": 60,
    "cli/test_kit.py": 60,
    "syntax/test_recovery.py": 60,
    "results/test_html.py": 60,
    "results/test_report_in_browser.py": 60,
    "fuzz/test_engine.py": 60,
    "secrecy/test_overheard.py": 50,
    "secrecy/test_masking.py": 50,
    "syntax/test_grammar_agreement.py": 50,
    "cli/test_json.py": 40,
    "cli/test_ways_in_run.py": 40,
    "cli/test_both_revisions.py": 40,
    "run/test_crashes.py": 40,
    "targets/test_dovecot.py": 40,
    "explain/test_explain_session.py": 40,
    "fuzz/test_uidonly_programs.py": 40,
    "shell/test_sessions.py": 40,
    "web/test_paste_in_browser.py": 40,
    "cli/test_recipes.py": 30,
    "cli/test_generated_run.py": 30,
    "cli/test_clean.py": 30,
    "clients/test_clients.py": 30,
    "whole/test_safety.py": 30,
    "cli/test_bad_input.py": 30,
    "fuzz/test_secrets_hidden.py": 30,
    "secrecy/test_own_runs.py": 30,
    "book/test_learning_in_browser.py": 30,
    "targets/test_cyrus.py": 30,
    "cli/test_known_runs.py": 30,
    "web/test_paste_server.py": 20,
    "pytest_plugin/test_fixtures.py": 20,
    "targets/test_courier.py": 20,
}
"""What takes long, by what `unit` calls it, and about how many seconds beside other tests."""
_APART = {"whole/test_runs.py": "dovecot"}
"""Files that have two runs: the word in the names of those tests that share the second one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--share",
        type=share,
        default=(0, 1),
        metavar="K/N",
        help="of what takes long play the K-th of N parts only",
    )


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
    config.hook.pytest_deselected(items=of_share(items, *config.getoption("share")))
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (-length(item.nodeid), item.path not in slow))


def of_share(items: list[pytest.Item], place: int, parts: int) -> Sequence[pytest.Item]:
    """Leave in `items` what is played of each part and in this one; return the others."""
    flaws = [each for each in items if _file(each.nodeid) == FLAWS and hasattr(each, "callspec")]
    left = {id(each) for number, each in enumerate(flaws) if number % parts != place}
    turns = turns_of(parts)
    left |= {id(each) for each in items if turns.get(_file(each.nodeid), place) != place}
    others = [each for each in items if id(each) in left]
    items[:] = [each for each in items if id(each) not in left]
    return others


def turns_of(parts: int) -> Mapping[str, int]:
    """Return for each of `LONG` in which part it is played, so that all parts take about as long.

    The flaws are not among them: each part has some.
    """
    loads, turns = [0] * parts, dict[str, int]()
    for name, seconds in sorted(LONG.items(), key=lambda each: -each[1]):
        if name != FLAWS:
            turns[name] = loads.index(min(loads))
            loads[turns[name]] += seconds
    return turns


def length(nodeid: str) -> int:
    """Return about how many seconds that takes which a test belongs to; 0 for what takes few."""
    return LONG.get(_file(nodeid), 0)


def _file(nodeid: str) -> str:
    """Return the unit of a test as `LONG` has it."""
    return unit(nodeid).removeprefix("tests/")
