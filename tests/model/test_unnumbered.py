"""Sessions without numbers (UIDONLY, RFC 9586): how they learn UIDs, and what they may be told."""

from __future__ import annotations

import pytest
from model_talk import Step, executor_of, played

from conformance.casefile.compose import script
from conformance.fuzz import on_messages
from conformance.fuzz.machine import Program, ProgramStep, have
from conformance.fuzz.on_mailboxes import select
from conformance.fuzz.rfc9586 import enable, use_number
from conformance.fuzz.told import by_uid
from conformance.model.store import Store
from conformance.model.view import Disagreement, SessionView

HOME = {"path": "home"}
ENABLE: Step = ("one", enable, HOME)
SELECT: Step = ("one", select, HOME)
OTHER: Step = ("two", select, HOME)
NOOP: Step = ("one", on_messages.noop, {})
FETCH: Step = ("one", on_messages.fetch, {"picks": (0,), "items": (0,), "by_uid": True})
EXPUNGE: Step = ("one", on_messages.expunge, {})
ENABLED = "* ENABLED UIDONLY\nTAG OK enabled"
TWO = "* 2 EXISTS\nTAG OK [READ-WRITE] selected"
FOUND = "* SEARCH 14 11\nTAG OK"
REFUSED = "TAG BAD [UIDREQUIRED] by UID, please"


def deleting(who: str, pick: int) -> Step:
    arguments = {"mode": "+FLAGS", "flags": (2,), "silent": True, "by_uid": who == "one"}
    return (who, on_messages.store, {"picks": (pick,), **arguments})


def alone(steps: list[Step], *answers: str) -> None:
    """Have steps of one session that has enabled UIDONLY, in a mailbox with two messages."""
    played([ENABLE, *steps], {"one": [ENABLED, TWO, *answers]}, messages=2)


def test_a_session_learns_its_uids_by_search_in_ascending_order() -> None:
    executor = executor_of(2, {"one": [ENABLED, TWO, FOUND, "* 11 UIDFETCH (FLAGS ())\nTAG OK"]})
    enable(executor, "one", "home")
    on_messages.fetch(executor, "one", (0,), (0,), by_uid=True)
    said = [exchange.shown for exchange in executor.exchanges]
    assert said[2:] == ["UID SEARCH ALL", "UID FETCH {u1} FLAGS"]
    assert [message.uid for message in executor.views["one"].told] == [11, 14]
    assert "one S: * SEARCH {u1:nz_number} {:nz_number}" in script(executor.exchanges)


@pytest.mark.parametrize("uids", ["11", "11 14 15", ""])
def test_all_messages_are_found_and_no_others(uids: str) -> None:
    with pytest.raises(Disagreement, match=r"3501-6.4.4-all"):
        alone([FETCH], f"* SEARCH {uids}\nTAG OK".replace(" \n", "\n"))


def test_the_uids_are_those_that_another_session_has_seen() -> None:
    look: Step = ("two", on_messages.fetch, {"picks": (0,), "items": (0,), "by_uid": True})
    fetch: Step = ("one", on_messages.fetch, {"picks": (1,), "items": (0,), "by_uid": True})
    with pytest.raises(Disagreement, match="finds other UIDs than the messages have"):
        played(
            [ENABLE, OTHER, look, fetch],
            {
                "one": [ENABLED, TWO, "* SEARCH 12 14\nTAG OK"],
                "two": [TWO, "* 1 FETCH (UID 11)\nTAG OK", "* 1 FETCH (UID 11 FLAGS ())\nTAG OK"],
            },
            messages=2,
        )


def test_what_is_not_told_yet_is_asked_for_first() -> None:
    executor = executor_of(2, {"one": [ENABLED, TWO, "TAG OK"]})
    enable(executor, "one", "home")
    executor.store.mailboxes["home"].add(executor.store.message(b"new"))
    # One NOOP does not bring it: nothing is fetched.
    on_messages.fetch(executor, "one", (0,), (0,), by_uid=True)
    assert executor.exchanges[-1].shown == "NOOP"


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("* 11 UIDFETCH (FLAGS ())\nTAG OK", ""),
        ("* 11 UIDFETCH (UID 11 FLAGS ())\nTAG OK", ""),
        ("* 14 UIDFETCH (FLAGS ())\n* 11 UIDFETCH (FLAGS ())\nTAG OK", ""),
        ("* 1 FETCH (UID 11 FLAGS ())\nTAG OK", "9586-3-no-numbers"),
        ("* 14 UIDFETCH (FLAGS ())\nTAG OK", "3501-6.4.5-each"),
        ("* 1 UIDFETCH (FLAGS ())\nTAG OK", "3501-6.4.5-each"),
        ("* 11 UIDFETCH (UID 14 FLAGS ())\nTAG OK", "9586-3.3-uidfetch"),
        ("* 11 UIDFETCH (FLAGS (\\Seen))\nTAG OK", "3501-2.3.2-permanent"),
        ("* 11 UIDFETCH (FLAGS (\\Seen \\Seen))\nTAG OK", "3501-2.3.2-set"),
    ],
)
def test_fetch_is_answered_with_uidfetch(answer: str, rule: str) -> None:
    if not rule:
        alone([FETCH], FOUND, answer)
        return
    with pytest.raises(Disagreement, match=rule):
        alone([FETCH], FOUND, answer)


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("* VANISHED 14\nTAG OK", ""),
        ("TAG OK", "3501-6.4.3-untagged"),
        ("* VANISHED 11\nTAG OK", "3501-6.4.3-removes"),
        ("* VANISHED 11,14\nTAG OK", "3501-6.4.3-removes"),
        ("* 2 EXPUNGE\nTAG OK", "9586-3-no-numbers"),
    ],
)
def test_expunge_is_answered_with_vanished(answer: str, rule: str) -> None:
    steps = [deleting("one", 1), EXPUNGE]
    if not rule:
        alone(steps, FOUND, "TAG OK stored", answer)
        return
    with pytest.raises(Disagreement, match=rule):
        alone(steps, FOUND, "TAG OK stored", answer)


def test_a_session_beside_it_goes_on_with_numbers_and_each_is_told_in_its_way() -> None:
    played(
        [ENABLE, OTHER, FETCH, deleting("two", 0), ("two", on_messages.expunge, {}), NOOP, FETCH],
        {
            "one": [
                *(ENABLED, TWO, FOUND, "* 11 UIDFETCH (FLAGS ())\nTAG OK"),
                *("* VANISHED 11\nTAG OK", "* 14 UIDFETCH (FLAGS ())\nTAG OK"),
            ],
            "two": [TWO, "TAG OK stored", "* 1 EXPUNGE\nTAG OK"],
        },
        messages=2,
    )


def test_who_removes_what_nobody_has_seen_the_uid_of_asks_for_it_first() -> None:
    """Or else nobody could say which one has vanished, and the others are told of one too many."""
    played(
        [ENABLE, OTHER, deleting("two", 1), EXPUNGE, ("two", on_messages.noop, {})],
        {
            "one": [
                *(ENABLED, TWO, "* 14 UIDFETCH (FLAGS (\\Deleted))\nTAG OK", FOUND),
                "* VANISHED 14\nTAG OK",
            ],
            "two": [TWO, "TAG OK stored", "* 2 EXPUNGE\nTAG OK"],
        },
        messages=2,
    )


def test_uidfetch_is_for_who_has_enabled_it() -> None:
    with pytest.raises(Disagreement, match=r"9586-3.1-enable"):
        played([SELECT, NOOP], {"one": [TWO, "* 11 UIDFETCH (FLAGS ())\nTAG OK"]}, messages=2)


def test_a_session_that_has_selected_a_mailbox_enables_nothing() -> None:
    executor = played([SELECT, ENABLE], {"one": [TWO]}, messages=2)
    assert not executor.uid_only


@pytest.mark.parametrize(
    ("answer", "rule"),
    [("TAG BAD unknown", "9586-3.1-enable"), ("* ENABLED\nTAG OK", "9586-3.1-enable")],
)
def test_what_is_announced_can_be_enabled(answer: str, rule: str) -> None:
    with pytest.raises(Disagreement, match=rule):
        played([ENABLE], {"one": [answer]}, messages=2)


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (REFUSED, ""),
        ("TAG BAD no", "9586-3-uidrequired"),
        ("TAG NO [UIDREQUIRED] no", "9586-3.2-prohibited"),
        ("TAG OK", "9586-3.2-prohibited"),
        (f"* VANISHED 11\n{REFUSED}", "3501-7.4.1-in-step"),
    ],
)
def test_a_number_is_refused_with_its_code(answer: str, rule: str) -> None:
    steps: list[Step] = [FETCH, ("one", use_number, {"picks": (0, 1), "which": 1})]
    before = FOUND, "* 11 UIDFETCH (FLAGS ())\nTAG OK"
    if not rule:
        alone(steps, *before, answer)
        return
    with pytest.raises(Disagreement, match=rule):
        alone(steps, *before, answer)


def test_what_a_number_has_done_all_the_same_is_seen() -> None:
    with pytest.raises(Disagreement, match=r"3501-2.3.2-permanent"):
        alone(
            [("one", use_number, {"picks": (0,), "which": 1}), FETCH],
            *(REFUSED, FOUND, "* 11 UIDFETCH (FLAGS (\\Deleted))\nTAG OK"),
        )


def test_steps_that_are_written_by_number_are_had_by_uid_there_and_only_there() -> None:
    fetch = (("picks", (0,)), ("items", (0,)), ("by_uid", False))
    program = Program(
        "five",
        (
            ProgramStep("one", "enable uidonly", (("path", "home"),)),
            ProgramStep("two", "select", (("path", "home"),)),
            ProgramStep("one", "fetch", fetch),
            ProgramStep("two", "fetch", fetch),
        ),
    )
    answers = {
        "one": [ENABLED, TWO, FOUND, "* 11 UIDFETCH (FLAGS ())\nTAG OK"],
        "two": [TWO, "* 1 FETCH (FLAGS ())\nTAG OK"],
    }
    executor = executor_of(2, answers, "UIDONLY")
    have(executor, program)
    said = [exchange.shown for exchange in executor.exchanges]
    assert said[-2:] == ["UID FETCH {u1} FLAGS", "FETCH 1 FLAGS"]


def test_what_is_awaited_is_written_in_the_words_of_the_session() -> None:
    store, view = Store(), SessionView()
    mailbox = store.create("home")
    for _ in range(2):
        mailbox.add(store.message(b"text"))
    view.select(mailbox, 2, read_only=False)
    names = {1: "{u1}", 2: ""}
    for line, right in {
        ": * 1 FETCH (FLAGS ())": ": * {u1} UIDFETCH (FLAGS ())",
        "! * 1 FETCH": "! * {u1} UIDFETCH",
        ": * 2 FETCH (FLAGS ())": ": * {:nz_number} UIDFETCH (FLAGS ())",
        ": * 0 FETCH": ": * {:nz_number} UIDFETCH",
        ": * 1 EXPUNGE": ": * VANISHED {*}",
        "! * 1 EXPUNGE": "! * VANISHED {u1}",
        ": * 2 EXISTS": ": * 2 EXISTS",
        ": TAG OK": ": TAG OK",
    }.items():
        assert by_uid(line, view, names.__getitem__) == right
