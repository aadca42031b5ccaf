"""The same cases on several servers: what is a difference, and what is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from in_process import call

from conformance.diff.answers import exchanges
from conformance.diff.differences import Differences, differences
from conformance.diff.show import page
from conformance.results.reader import RunRecording
from conformance.results.records import (
    Level,
    RecordedLine,
    Result,
    Run,
    SuiteRecord,
    TargetRecord,
    Verdict,
)
from conformance.results.summary import end_record

OWN = "imapconf-5bce-00038c6-6b0bf4b1-0de6e045e1-f042-1"
OTHER = "imapconf-5bce-0003b96-6b0bf4c1-3c79d6e1c1-235f-1"

ALIKE = {
    "text for people": ("S a1 OK done", "S a1 OK NOOP completed."),
    "names of the run": (f"S * STATUS {OWN} (MESSAGES 6)", f"S * STATUS {OTHER} (MESSAGES 6)"),
    "UIDVALIDITY": ("S * OK [UIDVALIDITY 5] is so", "S * OK [UIDVALIDITY 6] valid"),
    "capabilities": ("S * CAPABILITY IMAP4rev1", "S * CAPABILITY IMAP4rev1 IDLE"),
    "a prompt": ("S + go on", "S + OK"),
    "the time of day": (
        'S * 1 FETCH (INTERNALDATE "07-Jan-2026 10:00:00 +0000")',
        'S * 1 FETCH (INTERNALDATE " 7-Jan-2026 10:00:05 +0100")',
    ),
    "where UIDs begin": ("S * 1 FETCH (UID 1)", "S * 1 FETCH (UID 101)"),
}
DIFFERENT = {
    "a status": ("S a1 OK done", "S a1 NO done"),
    "a code": ("S a1 NO [TRYCREATE] no", "S a1 NO no"),
    "data": ("S * 1 EXISTS", "S * 2 EXISTS"),
    "a date": (
        'S * 1 FETCH (INTERNALDATE "01-Feb-2024 10:00:00 +0000")',
        'S * 1 FETCH (INTERNALDATE "02-Feb-2024 10:00:00 +0000")',
    ),
    "one response more": ("S a1 OK done", "S * 1 RECENT\nS a1 OK done"),
}


def said(text: str) -> tuple[RecordedLine, ...]:
    lines = ["S * OK ready", "C c1 LOGIN x y", "S c1 OK in", "C a1 NOOP", *text.split("\n")]
    return tuple(RecordedLine(0.0, "main", "C" if x[0] == "C" else "S", x[2:]) for x in lines)


def recording(*results: Result) -> RunRecording:
    run = Run(
        SuiteRecord("s", "1"), TargetRecord("t"), "", (), (), "2026-01-07T10:00:00+00:00", "3.11"
    )  # fmt: skip
    return RunRecording(run, results, (), end_record(results, (), duration=1.0))


def result(text: str, verdict: Verdict = Verdict.PASS, name: str = "rfc3501/a/b") -> Result:
    return Result(
        name, "case", "A case", verdict, Level.MUST, "6.1.2", "3501", ("3501-6.1.2-x",), 0.1,
        reason="" if verdict is Verdict.PASS else "why", transcript=said(text),
    )  # fmt: skip


def compared(*texts: str, verdicts: Sequence[Verdict] = ()) -> Differences:
    verdicts = verdicts or [Verdict.PASS] * len(texts)
    names = [f"server{n}" for n in range(len(texts))]
    pairs = zip(names, texts, verdicts, strict=True)
    return differences({name: recording(result(text, verdict)) for name, text, verdict in pairs})


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_what_differs_by_right_is_no_difference(one: str, other: str) -> None:
    assert compared(one, other).found == ()
    assert compared(one, other).alike == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_shown_with_its_command(one: str, other: str) -> None:
    found = compared(one, other, one)
    (difference,) = found.found
    (point,) = difference.points
    assert point.sent == "a1 NOOP"
    assert [answer.servers for answer in point.answers] == [("server0", "server2"), ("server1",)]
    assert not difference.one_sided
    assert found.exit_code == 0


def test_the_order_of_untagged_responses_is_open() -> None:
    one, other = "S * 1 EXISTS\nS * 1 RECENT\nS a1 OK", "S * 1 RECENT\nS * 1 EXISTS\nS a1 OK"
    assert compared(one, other).found == ()


def test_uids_are_compared_wherever_they_stand() -> None:
    one = "S * 1 FETCH (UID 4)\nS a1 OK\nC a2 UID SEARCH ALL\nS * SEARCH 4 6\nS a2 OK"
    other = one.replace("UID 4", "UID 104").replace("4 6", "104 106")
    assert compared(one, other).found == ()
    assert compared(one, other.replace("106", "107")).found != ()
    fetched = one + "\nC a3 UID FETCH 4:* FLAGS\nS a3 OK"
    assert compared(fetched, fetched.replace("4:*", "104:*").replace("UID 4", "UID 104")).found
    texts = fetched, other + "\nC a3 UID FETCH 104:* FLAGS\nS a3 OK"
    assert compared(*texts).found == ()


def test_a_violation_on_one_side_decides() -> None:
    found = compared("S a1 OK", "S a1 BAD", verdicts=[Verdict.PASS, Verdict.FAIL])
    assert found.found[0].violating == ("server1",)
    assert found.exit_code == 1
    both = compared("S a1 NO", "S a1 BAD", verdicts=[Verdict.FAIL, Verdict.FAIL])
    assert both.found != ()
    assert both.exit_code == 0


def test_a_case_that_one_server_could_not_be_asked_is_not_compared() -> None:
    found = compared("S a1 OK", "S a1 BAD", verdicts=[Verdict.PASS, Verdict.SKIP])
    assert (found.found, found.not_compared) == ((), 1)
    three = compared(
        "S a1 OK", "S a1 BAD", "S a1", verdicts=[Verdict.PASS, Verdict.PASS, Verdict.SKIP]
    )
    assert three.found[0].verdicts == {"pass": ("server0", "server1"), "skip": ("server2",)}


def test_what_the_suite_itself_sends_is_left_out() -> None:
    assert [each.sent for each in exchanges(said("S a1 OK"))] == ["a1 NOOP"]


def test_the_page_takes_nothing_of_a_server_for_markup() -> None:
    text = page(compared("S * <script>alert(1)</script>\nS a1 OK", "S a1 OK"))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
def test_two_servers_are_played_at_once(tmp_path: Path) -> None:
    out = tmp_path / "diff.html"
    ran = call("diff", "dovecot", "pymap", "rfc3501/6.4.3", "--json", "-o", out, cwd=tmp_path)
    told = json.loads(ran.stdout)
    assert ran.returncode == told["exit_code"] == 1, ran.stderr
    assert told["servers"] == ["dovecot", "pymap"]
    assert told["alike"] > 5
    ids = {each["id"] for each in told["differences"]}
    assert "rfc3501/6.4.3-expunge/expunge-takes-no-arguments/range" in ids
    assert "EXPUNGE takes no arguments" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["pymap", "rfc3501/6.1.2"], "at least two servers"),
        (["pymap", "pymap"], "at least two servers"),
        (["pymap", "imap://user@localhost:1", "no/such"], "no case id is 'no/such'"),
    ],
)
def test_what_can_not_be_compared_is_said(words: list[str], why: str, tmp_path: Path) -> None:
    ran = call("diff", *words, cwd=tmp_path)
    assert ran.returncode == 2
    assert why in ran.stderr
