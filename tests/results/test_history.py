"""What published runs came to over versions and time, kept and drawn."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from results_pair import bad, excused, good

from conformance.results.history import HistoryPoint, add, joined, point_of, read_history, versions
from conformance.results.history_html import history
from conformance.results.reader import ResultsError

POINT = HistoryPoint("2026-01-02T03:04:05Z", "0.1.0", judged=10, broken=4, known=3, unmet=1)


def at(day: int, **changes: int) -> HistoryPoint:
    return dataclasses.replace(POINT, started=f"2026-01-{day:02d}T00:00:00Z", **changes)


def test_a_run_comes_to_so_many_violations() -> None:
    assert point_of(good()) == HistoryPoint("2026-01-02T03:04:05Z", "0.1.0", 4, 0, 0, 0)
    assert point_of(bad()).broken == 1
    assert point_of(excused(bad())).known == 1


def test_runs_are_kept_in_the_order_of_time_and_each_once(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    assert read_history(path) == ()
    for point in (at(3), at(1), at(3, broken=2)):
        add(path, point)
    assert read_history(path) == (at(1), at(3, broken=2))
    assert joined(read_history(path), at(2)) == [at(1), at(2), at(3, broken=2)]


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"started": 1}', '{"started": "x", "suite": "1", "judged": "9"}']
)
def test_what_is_no_history_is_told_with_its_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    add(path, POINT)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(ResultsError, match=r"history\.jsonl:2: no run of a history"):
        read_history(path)


def test_a_field_that_is_unknown_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    add(path, POINT)
    path.write_text(path.read_text().replace("{", '{"strange": 1, '))
    with pytest.raises(ResultsError, match="strange is unknown"):
        read_history(path)


def test_versions_of_a_server_stand_together_in_their_order() -> None:
    runs = {name: [POINT] for name in ("cyrus-3.10.2", "cyrus-3.6.1", "a-b-1", "bare")}
    order = {server: [one.version for one in each] for server, each in versions(runs).items()}
    assert order == {"a-b": ["1"], "bare": [""], "cyrus": ["3.6.1", "3.10.2"]}


def test_each_run_is_a_bar_as_long_as_what_is_broken() -> None:
    html = history(versions({"one-1": [at(1, broken=8, known=4), at(2)], "one-2": [at(3)]}))
    rows = re.findall(r'width="([\d.]+)"', html)
    assert rows == ["12.5", "37.5", "50.0", "50.0", "12.5", "37.5"]  # the newest run first
    assert html.count('aria-label="4 broken, 3 of them known"') == 2
    assert history(versions({})).count("<svg") == 0
    clean = history(versions({"one-1": [at(1, broken=0, known=0)]}))
    assert 'width="0.0"' in clean
