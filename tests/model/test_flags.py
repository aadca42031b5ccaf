"""Flags and dates that APPEND and COPY give: a SHOULD, where those of STORE are a MUST."""

from __future__ import annotations

import pytest
from model_talk import Step, played

from conformance.fuzz import on_additions, on_messages
from conformance.fuzz.on_mailboxes import select
from conformance.model.search import KEYS
from conformance.model.view import Disagreement

FLAGGED = (1,)
FLAGGED_KEY = next(key for key in KEYS if key.text == "FLAGGED")
SELECT: Step = ("one", select, {"path": "home"})
APPEND: Step = (
    "one",
    on_additions.append,
    {"path": "home", "text": 0, "flags": FLAGGED, "date": 1},
)
STORE: Step = (
    "one",
    on_messages.store,
    {"picks": (0,), "mode": "+FLAGS", "flags": (0,), "silent": True, "by_uid": False},
)
SEARCH: Step = ("one", on_messages.search, {"key": FLAGGED_KEY, "by_uid": False})
EMPTY, NEW = "* 0 EXISTS\nTAG OK [READ-WRITE] done", "* 1 EXISTS\nTAG OK appended"


def fetch(item: int) -> Step:
    return ("one", on_messages.fetch, {"picks": (0,), "items": (item,), "by_uid": False})


def shown(item: str) -> str:
    return f"* 1 FETCH ({item})\nTAG OK"


def test_flags_that_append_did_not_set_break_a_should() -> None:
    with pytest.raises(Disagreement, match=r"3501-6\.3\.11-flags"):
        played([SELECT, APPEND, fetch(0)], {"one": [EMPTY, NEW, shown("FLAGS ()")]})


def test_a_search_before_they_were_seen_is_not_held_against_the_server() -> None:
    played([SELECT, APPEND, SEARCH], {"one": [EMPTY, NEW, "* SEARCH\nTAG OK"]})


def test_flags_that_were_seen_stay() -> None:
    answers = [EMPTY, NEW, shown("FLAGS (\\Flagged)")]
    with pytest.raises(Disagreement, match=r"3501-2\.3\.2-permanent"):
        played([SELECT, APPEND, fetch(0), fetch(0)], {"one": [*answers, shown("FLAGS ()")]})
    with pytest.raises(Disagreement, match=r"3501-6\.4\.4-flag-keys"):
        played([SELECT, APPEND, fetch(0), SEARCH], {"one": [*answers, "* SEARCH\nTAG OK"]})


def test_flags_of_store_stay_with_those_of_append() -> None:
    played(
        [SELECT, APPEND, STORE, fetch(0)],
        {"one": [EMPTY, NEW, "TAG OK stored", shown("FLAGS (\\Seen \\Flagged)")]},
    )


def test_flags_that_store_has_replaced_are_a_must_though_nobody_had_seen_those_before() -> None:
    replaced = ("one", on_messages.store, {**STORE[2], "mode": "FLAGS"})
    with pytest.raises(Disagreement, match=r"3501-2\.3\.2-permanent"):
        played(
            [SELECT, APPEND, replaced, fetch(0)],
            {"one": [EMPTY, NEW, "TAG OK stored", shown("FLAGS (\\Seen \\Flagged)")]},
        )


def test_the_date_of_append_is_a_should() -> None:
    other = shown('INTERNALDATE "18-Jul-1996 02:44:25 -0700"')
    with pytest.raises(Disagreement, match=r"3501-6\.3\.11-date"):
        played([SELECT, APPEND, fetch(3)], {"one": [EMPTY, NEW, other]})


def test_what_an_append_without_flags_has_is_a_must() -> None:
    selected = f"* OK [PERMANENTFLAGS (\\*)] any\n{EMPTY}"  # a keyword is not given to APPEND
    plain = ("one", on_additions.append, {"path": "home", "text": 0, "flags": (5,), "date": 0})
    with pytest.raises(Disagreement, match=r"3501-2\.3\.2-permanent"):
        played([SELECT, plain, fetch(0)], {"one": [selected, NEW, shown("FLAGS (\\Seen)")]})


EXAMINE: Step = ("one", select, {"path": "home", "examine": True})
STORE_FLAGGED: Step = (
    "one",
    on_messages.store,
    {"picks": (0,), "mode": "+FLAGS", "flags": FLAGGED, "silent": False, "by_uid": False},
)
ONE = "* 1 EXISTS\nTAG OK [READ-ONLY] done"
OWN = shown("FLAGS (\\Flagged)")


def looked_at_by_another(flags: str, answer: str) -> None:
    others = [("two", *EXAMINE[1:]), ("two", *fetch(0)[1:])]
    played(
        [EXAMINE, STORE_FLAGGED, fetch(0), *others],
        {"one": [ONE, answer, OWN], "two": [ONE, shown(f"FLAGS {flags}")]},
        messages=1,
    )


def test_a_read_only_session_may_change_flags_for_itself() -> None:
    looked_at_by_another("()", OWN)


def test_a_read_only_session_changes_no_flags_for_others() -> None:
    with pytest.raises(Disagreement, match=r"3501-6\.3\.2-no-change"):
        looked_at_by_another("(\\Flagged)", OWN)


def test_a_store_that_was_refused_changes_nothing_for_the_session_either() -> None:
    with pytest.raises(Disagreement, match=r"3501-2\.3\.2-permanent"):
        looked_at_by_another("()", "TAG NO read-only")


def test_a_flag_of_which_the_mailbox_does_not_say_that_it_lasts_is_not_given() -> None:
    selected = f"* OK [PERMANENTFLAGS (\\Seen \\Deleted)] some\n{EMPTY}".replace("0", "1")
    every = {"picks": (0,), "mode": "+FLAGS", "flags": (0, 1, 2, 3, 4), "silent": True}
    executor = played(
        [SELECT, ("one", on_messages.store, {**every, "by_uid": False})],
        {"one": [selected, "TAG OK stored"]},
        messages=1,
    )
    assert executor.exchanges[-1].shown == "STORE 1 +FLAGS.SILENT (\\Seen \\Deleted)"


TEXT = "BODY[] {20}\nSubject: a\n\nText\n FLAGS ()"


def test_the_answer_that_brings_a_text_may_show_the_flags_before_it_was_read() -> None:
    text: Step = ("one", on_messages.fetch, {"picks": (0,), "items": (5, 0), "by_uid": False})
    selected = EMPTY.replace("0", "1")
    answers = [selected, f"* 1 FETCH ({TEXT})\nTAG OK"]
    seen = [*answers, shown("FLAGS (\\Seen)")]
    played([SELECT, text, fetch(0)], {"one": seen}, messages=1)
    with pytest.raises(Disagreement, match=r"3501-2\.3\.2-permanent"):
        played([SELECT, text, fetch(0)], {"one": [*answers, shown("FLAGS ()")]}, messages=1)
