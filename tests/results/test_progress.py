"""What a run shows while it goes on, on a terminal and in a log."""

from __future__ import annotations

import dataclasses
import io

import pytest
from results_sample import EXPUNGE, failed, result
from results_screen import check_snapshot, console, frames, printed
from rich.console import Console

from conformance.results.progress import (
    LiveProgress,
    MixedProgress,
    PlainProgress,
    progress,
    time_left,
)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def play(shown: LiveProgress | PlainProgress, clock: Clock) -> None:
    """Three of 1530 cases in two seconds, the second of them slow."""
    slow = dataclasses.replace(failed(EXPUNGE), duration=1.75)
    for number, one in enumerate((result(), slow, result())):
        shown.begin(one.rfc, one.section)
        clock.now += max(one.duration, 0.125)
        shown.done(one, number)


def live(screen: Console) -> None:
    clock = Clock()
    with LiveProgress(screen, 1530, clock) as shown:
        play(shown, clock)


@pytest.mark.parametrize("width", [100, 60])
def test_what_a_live_display_looks_like(width: int) -> None:
    screen = console(terminal=True, width=width)
    live(screen)
    rows = frames(screen)[-1].strip("\n").splitlines()
    assert all(len(row) <= width for row in rows)
    check_snapshot(f"live_{width}", "\n".join(rows) + "\n")


def test_the_live_display_is_gone_at_the_end() -> None:
    screen = console(terminal=True)
    live(screen)
    last = printed(screen).rpartition("slowest")[2]
    assert "\x1b[2K" in last  # the lines are erased
    assert "RFC" not in last


def test_drawn_sessions_are_in_no_rfc() -> None:
    screen = console()
    with PlainProgress(screen, 4) as shown:
        shown.begin("", "fuzz/commands")
        shown.done(result(), 0)
    assert "\nfuzz/commands     ." in printed(screen)


def test_what_a_log_looks_like() -> None:
    screen = console()
    clock = Clock()
    with PlainProgress(screen, 3) as shown:
        play(shown, clock)
    check_snapshot("log", printed(screen))
    assert "\x1b" not in printed(screen)


def test_a_log_tells_now_and_then_how_long_it_will_take() -> None:
    screen = console()
    clock = Clock()
    with PlainProgress(screen, 40, clock) as shown:
        for number in range(30):
            shown.begin("3501", "6.3.1")
            clock.now += 0.5
            shown.done(result(), number)
    assert printed(screen).splitlines()[2:] == [
        "RFC 3501 6.3.1    " + "." * 20, "20 of 40, 19 violations, 10 s left",
        "RFC 3501 6.3.1    " + "." * 10,
    ]  # fmt: skip


def test_sections_that_come_mixed_have_a_line_each() -> None:
    screen = console()
    clock = Clock()
    with MixedProgress(screen, 200, clock) as shown:
        for number in range(100):
            for section in ("6.3.1", "6.3.2"):
                shown.begin("3501", section)
                clock.now += 0.125
                shown.done(result(), number)
    rows = printed(screen).splitlines()[2:]
    assert [row.split(" .")[0].rstrip() for row in rows if row.startswith("RFC")] == [
        "RFC 3501 6.3.1", "RFC 3501 6.3.2"
    ]  # fmt: skip
    assert sum(row.count("...") > 0 for row in rows) == 4, "each is wrapped once"
    assert [row for row in rows if " of 200" in row] == [
        "80 of 200, 39 violations, 15 s left", "160 of 200, 79 violations, 5 s left"
    ]  # fmt: skip


def test_a_section_is_written_when_others_have_long_begun() -> None:
    screen = console()
    with MixedProgress(screen, 20) as shown:
        for number in range(20):
            shown.begin("3501", f"6.{number}")
            shown.done(result(), 0)
        assert "6.0 " in printed(screen)
        assert "6.19" not in printed(screen)
    assert "6.19" in printed(screen)


@pytest.mark.parametrize(
    ("done", "seconds", "left"),
    [(5, 1.0, ""), (10, 1.0, "9 s left"), (10, 20.0, "3 min left"), (100, 9.0, "")],
)
def test_how_long_it_takes_is_told_once_it_can_be(done: int, seconds: float, left: str) -> None:
    assert time_left(done, 100, seconds) == left


def test_cases_that_are_all_quick_need_no_slowest() -> None:
    screen = console()
    with PlainProgress(screen, 1) as shown:
        shown.begin("3501", "6.3.1")
        shown.done(result(), 0)
    assert "slowest" not in printed(screen)


def test_colours_are_off_where_nobody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn() -> str:
        file = io.StringIO()
        live(Console(file=file, force_terminal=True, color_system="standard", width=100))
        return file.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[3" in drawn()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in drawn()


def test_a_terminal_that_can_not_redraw_gets_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with progress(console(terminal=True), 1) as shown:
        assert isinstance(shown, PlainProgress)


def test_progress_fits_the_screen() -> None:
    with progress(console(terminal=True), 1) as live, progress(console(), 1) as plain:
        assert isinstance(live, LiveProgress)
        assert isinstance(plain, PlainProgress)


def test_live_progress_names_section_counts_and_violations() -> None:
    screen = console(terminal=True)
    with progress(screen, 3) as shown:
        shown.begin("3501", "6.3.1\x1b[2J[bold]")
        shown.done(result(), 2)
    text = printed(screen)
    assert "RFC 3501 6.3.1\\x" in text
    assert "1/3" in text
    assert "2 violations" in text
    assert "\x1b[2J" not in text


def test_plain_progress_wraps() -> None:
    screen = console(width=40)
    with PlainProgress(screen, 60) as shown:
        for _ in range(60):
            shown.begin("3501", "6.3.1")
            shown.done(result(), 0)
    rows = printed(screen).splitlines()[2:]
    assert [row.count(".") - row.count("6.3.1") * 2 for row in rows] == [22, 22, 16]
    assert all(len(row) <= 40 for row in rows)


def test_an_ascii_terminal_is_no_error() -> None:
    screen = console(terminal=True, width=40, encoding="ascii")
    live(screen)
    assert "slowest" in printed(screen)
