"""Sessions as people report them: each comes out as its page says, and nobody else is accused."""

from __future__ import annotations

from pathlib import Path

import pytest
from passive_reported import Recording, judged, recordings

PAGES = ("reported.md", "recorded.md", "threads.md")
ROWS = [row for page in PAGES for row in recordings(Path(__file__).parent / page)]


def test_no_recording_is_passed_over() -> None:
    headings = [
        line
        for page in PAGES
        for line in (Path(__file__).parent / page).read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    assert len(ROWS) == len(headings)
    assert len({row.title for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row.title[:60] for row in ROWS])
def test_a_recording_comes_out_as_it_should(row: Recording, tmp_path: Path) -> None:
    finds, faults = judged(row.text, tmp_path)
    assert finds == row.finds
    if row.faults:
        assert faults == row.faults
