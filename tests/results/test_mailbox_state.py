"""What a session knows of its mailbox, as the report tells it beside a transcript."""

from __future__ import annotations

import pytest

from conformance.results.mailbox_state import states
from conformance.results.records import RecordedLine


def told(*said: str) -> list[str]:
    """Return what is told of lines such as `C: a SELECT x`, one after the other."""
    lines = []
    for number, each in enumerate(said):
        who, _, text = each.partition(": ")
        session, _, way = who.rpartition(" ")
        lines.append(RecordedLine(float(number), session or "main", way, text))  # type: ignore[arg-type]  # C or S
    return [str(each or "") for each in states(lines)]


OPENED = ("C: a SELECT box", "S: * 3 EXISTS", "S: a OK [READ-WRITE] done")


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ((), "box, 3 messages"),
        (("S: * 2 FETCH (FLAGS (\\Seen) UID 7)",), "box, 3 messages: 2 UID 7 (\\Seen)"),
        (("S: * 2 FETCH (UID 7)", "S: * 1 EXPUNGE"), "box, 2 messages: 1 UID 7"),
        (("S: * 2 FETCH (UID 7)", "S: * 2 EXPUNGE"), "box, 2 messages"),
        (("S: * 2 FETCH (UID 7)", "S: * VANISHED 7,9"), "box, 1 message"),
        (("S: * 2 FETCH (UID 7)", "S: * VANISHED (EARLIER) 7"), "box, 3 messages: 2 UID 7"),
        (("S: * 4 EXISTS",), "box, 4 messages"),
        (("S: * 1 FETCH (BODY[] {3}", "S: abc)"), "box, 3 messages"),
        (("C: b EXAMINE other", "S: * 0 EXISTS", "S: b OK done"), "other (read-only), 0 messages"),
        (("C: b SELECT none", "S: b NO no such mailbox"), "no mailbox is selected"),
        (("C: b CLOSE", "S: b OK done"), "no mailbox is selected"),
        (("C: b CLOSE", "S: b NO not now"), "box, 3 messages"),
        (("S: * 2 FETCH (UID",), "box, 3 messages"),
    ],
)
def test_what_is_known_at_the_end(said: tuple[str, ...], last: str) -> None:
    assert [each for each in told(*OPENED, *said) if each][-1] == last


def test_it_is_told_where_it_changes_and_nowhere_else() -> None:
    assert told(*OPENED, "C: b NOOP", "S: * 3 EXISTS", "S: b OK done") == [
        "",
        "a mailbox, 3 messages",
        "box, 3 messages",
        "",
        "",
        "",
    ]


def test_sessions_are_told_apart() -> None:
    said = told(*OPENED, "two C: a SELECT box", "two S: * 3 EXISTS", "two S: a OK done",
                "two S: * 1 EXPUNGE", "S: * 1 FETCH (UID 5)")  # fmt: skip
    assert said[-2:] == ["box, 2 messages", "box, 3 messages: 1 UID 5"]


def test_an_excerpt_that_begins_in_the_middle() -> None:
    assert told("S: * 2 FETCH (UID 9)")[-1] == ""
    assert told("S: * 5 EXISTS", "S: * 2 FETCH (UID 9)")[-1] == "a mailbox, 5 messages: 2 UID 9"


def test_many_messages_are_told_in_part() -> None:
    fetched = [f"S: * {n} FETCH (UID {n})" for n in range(1, 9)]
    assert told("C: a SELECT box", "S: * 9 EXISTS", "S: a OK x", *fetched)[-1].endswith("; 2 more")


def test_a_server_that_claims_much_costs_little() -> None:
    most = 4294967295
    said = told(f"S: * {most} EXISTS", f"S: * {most} FETCH (UID 1)", f"S: * VANISHED 1:{most}",
                f"S: * {most}999 EXPUNGE")  # fmt: skip
    assert said[0] == "a mailbox, 4294967295 messages"
