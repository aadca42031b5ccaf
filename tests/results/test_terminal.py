"""The terminal's layout is kept under snapshots/; UPDATE_SNAPSHOTS=1 writes it anew."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from results_sample import (
    EXPUNGE,
    HOSTILE,
    SELECT,
    failed,
    finding,
    lines,
    result,
    run,
    syntax_finding,
    whole_run,
)
from results_screen import check_snapshot, console, printed
from rich.console import Console

from conformance.results.known import KnownDeviation, KnownDeviations
from conformance.results.progress import progress
from conformance.results.records import Finding, Known, Result, Verdict
from conformance.results.summary import end_record
from conformance.results.terminal import print_summary

STALE = KnownDeviation(
    "EXPUNGE: other untagged EXPUNGE",
    "3501-7.4.1-removed",
    Verdict.FAIL,
    "was wrong in 1.1",
    ("rfc3501/6.4.3-expunge/gone",),
)


def summary(
    results: Sequence[Result],
    findings: Sequence[Finding],
    screen: Console | None = None,
    *,
    interrupted: bool = False,
) -> tuple[int, str]:
    screen = screen or console()
    unexpected = KnownDeviations((STALE,)).unexpected(results, findings, complete=False)
    end = end_record(
        results, findings, duration=12.34, unexpected=unexpected, interrupted=interrupted
    )
    with progress(screen, len(results)) as shown:
        for number, one in enumerate(results):
            shown.begin(one.rfc, one.section)
            shown.done(one, number)
    print_summary(
        screen,
        run(),
        results,
        findings,
        end,
        unexpected=unexpected,
        known_file="known.toml",
        reports=[("report", "out/report.html"), ("results", "out/results.jsonl")],
    )
    return end.exit_code, printed(screen)


def everything() -> tuple[int, str]:
    _, results, findings = whole_run()
    return summary(results, findings)


def clean() -> tuple[int, str]:
    return summary([result(), result(EXPUNGE)], [])


def known_only() -> tuple[int, str]:
    known = Known(Verdict.FAIL, "upstream issue 12")
    return summary([failed(known=known), result(EXPUNGE)], [finding(known=known)])


def nothing() -> tuple[int, str]:
    return summary([], [])


def interrupted() -> tuple[int, str]:
    return summary([result(), failed(EXPUNGE)], [], interrupted=True)


def long_and_narrow() -> tuple[int, str]:
    long = "* 1 FETCH (" + "x " * 400
    found = syntax_finding(received=long, message=long, rule="word " * 60)
    many = [result(f"rfc3501/6.4.6-store/b{n}", "blocked", reason="refused") for n in range(12)]
    return summary([result(), *many], [found], console(width=50))


@pytest.mark.parametrize(
    "make", [everything, clean, known_only, nothing, interrupted, long_and_narrow]
)
def test_layout(make: Callable[[], tuple[int, str]]) -> None:
    code, text = make()
    check_snapshot(make.__name__, f"exit code: {code}\n{text}")


def hostile() -> tuple[list[Result], list[Finding]]:
    bad = failed(reason=HOSTILE, title=HOSTILE, transcript=lines(HOSTILE), repeat=HOSTILE)
    own = ("rule", "message", "expected", "received", "offending", "repeat", "shape")
    texts = dict.fromkeys(own, HOSTILE)
    results = [
        bad,
        *(result(f"rfc3501/{v.value}", v, reason=HOSTILE, repeat=HOSTILE) for v in Verdict),
    ]
    return results, [
        finding(**texts),
        finding("3501-9-text", **texts, known=Known(Verdict.FAIL, HOSTILE)),
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_what_a_server_sent_drives_no_terminal(terminal: bool) -> None:
    _, text = summary(*hostile(), console(terminal=terminal))
    assert "\\x1b[2J" in text
    assert "[bold]loud[/bold]" in text
    assert "\x1b[2J" not in text
    assert not set("\x07\u202e\udc80") & set(text)
    if not terminal:
        assert not [char for char in text if not char.isprintable() and char != "\n"]


def test_an_ascii_terminal_is_no_error() -> None:
    _, text = summary(
        [failed(reason="caf\u00e9 \u00a7")], [], console(terminal=True, encoding="ascii")
    )
    assert "caf\\xe9" in text


def test_no_color_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def printed_with_colour() -> str:
        screen = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
        _, results, findings = whole_run()
        print_summary(screen, run(), results, findings, end_record(results, findings, duration=1))
        file = screen.file
        assert isinstance(file, io.StringIO)
        return file.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31m" in printed_with_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in printed_with_colour()


def test_the_command_to_repeat_is_one_whole_line() -> None:
    command = f"imap-conformance run imap://u1@127.0.0.1:1143 {SELECT}"
    _, text = summary([failed()], [finding(repeat=command)], console(width=40))
    assert any(line.endswith(command) for line in text.splitlines())


def test_spaces_that_may_be_the_fault_are_kept() -> None:
    _, text = summary([failed()], [finding(received="*  SEARCH 1 ")])
    assert "*  SEARCH 1\\x20\n" in text


def test_a_failed_case_without_a_finding_is_shown() -> None:
    _, text = summary([failed(requirements=())], [])
    assert "1 violation of MUST rules" in text
    assert SELECT in text


def test_a_failed_case_is_shown_though_its_requirement_is_known_elsewhere() -> None:
    elsewhere = finding(cases=(EXPUNGE,), known=Known(Verdict.FAIL, "r"))
    code, text = summary([failed()], [elsewhere])
    assert code == 1
    assert "1 violation of MUST rules" in text
