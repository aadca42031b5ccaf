"""Commands on messages that another session has removed (RFC 2180 section 4): what may come."""

from __future__ import annotations

import pytest
from model_talk import Step, played

from conformance.fuzz import on_additions, on_messages
from conformance.fuzz.on_mailboxes import create, select, status
from conformance.model.view import Disagreement

ALL = (0, 1)
DELETED, FLAGGED = (2,), (1,)
HOME = {"path": "home"}
TWO = "* 2 EXISTS\nTAG OK [READ-WRITE] done"

# `one` learns the identifiers of both messages and marks the second, which `two` removes.
BEFORE: list[Step] = [
    ("one", select, HOME),
    ("two", select, HOME),
    (
        "one",
        on_messages.store,
        {"picks": (1,), "mode": "+FLAGS", "flags": DELETED, "silent": True, "by_uid": False},
    ),
    ("one", on_messages.fetch, {"picks": ALL, "items": (1,), "by_uid": True}),
    ("two", on_messages.expunge, {}),
]
ONE = [
    TWO,
    "TAG OK stored",
    "* 1 FETCH (UID 11)\nTAG OK",
    "* 2 FETCH (UID 12)\nTAG OK",
    "* 1 FETCH (UID 11)\n* 2 FETCH (UID 12)\nTAG OK",
]
OTHER = [TWO, "* 2 FETCH (FLAGS (\\Deleted))\nTAG OK", "* 2 EXPUNGE\nTAG OK"]


def flagging(picks: tuple[int, ...]) -> Step:
    return (
        "one",
        on_messages.store,
        {"picks": picks, "mode": "+FLAGS", "flags": FLAGGED, "silent": False, "by_uid": True},
    )


def reading(items: tuple[int, ...]) -> Step:
    return ("one", on_messages.fetch, {"picks": (0,), "items": items, "by_uid": False})


@pytest.mark.parametrize("flags", ["()", "(\\Flagged)"])
def test_store_may_be_refused_for_a_message_that_is_gone_with_the_others_changed_or_not(
    flags: str,
) -> None:
    played(
        [*BEFORE, flagging(ALL), reading((0,))],
        {"one": [*ONE, "TAG NO some are gone", f"* 1 FETCH (FLAGS {flags})\nTAG OK"], "two": OTHER},
        messages=2,
    )


def test_store_that_was_refused_gives_no_other_flags() -> None:
    with pytest.raises(Disagreement, match=r"3501-2.3.2-permanent"):
        played(
            [*BEFORE, flagging(ALL), reading((0,))],
            {
                "one": [*ONE, "TAG NO some are gone", "* 1 FETCH (FLAGS (\\Seen))\nTAG OK"],
                "two": OTHER,
            },
            messages=2,
        )


def test_store_is_not_refused_for_messages_that_are_there() -> None:
    with pytest.raises(Disagreement, match=r"3501-6.4.6-add"):
        played(
            [*BEFORE, flagging((0,))],
            {"one": [*ONE, "TAG NO some are gone"], "two": OTHER},
            messages=2,
        )


COPY: Step = ("one", on_additions.copy, {"picks": (0,), "path": "b", "by_uid": True})
B: Step = ("one", create, {"path": "b"})
STATUS_OF_B: Step = ("two", status, {"path": "b"})


def status_of_b(messages: int) -> str:
    return f"* STATUS boxb (MESSAGES {messages} UIDNEXT 5 UIDVALIDITY 1 UNSEEN {messages})\nTAG OK"


def copied(answer: str, messages: int) -> None:
    played(
        [*BEFORE, B, COPY, STATUS_OF_B],
        {"one": [*ONE, "TAG OK made", answer], "two": [*OTHER, status_of_b(messages)]},
        messages=2,
    )


@pytest.mark.parametrize(
    ("answer", "messages"), [("TAG OK copied", 1), ("TAG NO some are gone", 0)]
)
def test_copy_may_be_refused_where_removed_messages_are_not_told_of(
    answer: str, messages: int
) -> None:
    copied(answer, messages)


def test_copy_that_was_refused_copies_nothing() -> None:
    with pytest.raises(Disagreement, match=r"MESSAGES of b is 1, and it has 0"):
        copied("TAG NO some are gone", 1)


def test_copy_is_not_refused_where_the_session_knows_all() -> None:
    with pytest.raises(Disagreement, match=r"3501-6.4.7-copies"):
        played(
            [*BEFORE, ("one", on_messages.noop, {}), B, COPY],
            {"one": [*ONE, "* 2 EXPUNGE\nTAG OK", "TAG OK made", "TAG NO no"], "two": OTHER},
            messages=2,
        )


def test_copy_by_uid_names_no_message_that_is_gone() -> None:
    executor = played(
        [*BEFORE, B, ("one", on_additions.copy, {"picks": ALL, "path": "b", "by_uid": True})],
        {"one": [*ONE, "TAG OK made", "TAG OK copied"], "two": OTHER},
        messages=2,
    )
    assert executor.exchanges[-1].shown == "UID COPY {u1} {mailbox.b}"


def test_expunge_may_be_refused_while_another_session_is_there() -> None:
    refused = [*OTHER[:2], "TAG NO in use", "TAG NO in use", "TAG OK done"]
    played(
        [*BEFORE, ("two", on_messages.expunge, {}), ("two", on_messages.noop, {})],
        {"one": ONE, "two": refused},
        messages=2,
    )


def test_expunge_is_not_refused_to_the_only_session() -> None:
    with pytest.raises(Disagreement, match=r"3501-6.4.3-removes"):
        played(
            [*BEFORE, ("one", on_messages.close, {}), ("two", on_messages.expunge, {})],
            {
                "one": [*ONE, "TAG OK closed"],
                "two": [*OTHER[:2], "TAG NO in use", "* 2 EXPUNGE\nTAG OK", "TAG NO in use"],
            },
            messages=2,
        )


ALONE: list[Step] = [
    ("one", select, HOME),
    ("one", on_messages.fetch, {"picks": ALL, "items": (0, 1), "by_uid": False}),
]
SEEN = "* 1 FETCH (UID 11 FLAGS ())\n* 2 FETCH (UID 12 FLAGS ())\nTAG OK"


@pytest.mark.parametrize(
    ("picks", "asked", "rule"),
    [
        ({}, [], "3501-6.4.3-removes"),
        ({"picks": (0,)}, ["* 1 FETCH (UID 11)\nTAG OK"], "4315-2.1-expunge-others"),
    ],
    ids=["EXPUNGE", "UID EXPUNGE"],
)
def test_expunge_takes_nothing_that_is_not_marked(
    picks: dict[str, object], asked: list[str], rule: str
) -> None:
    expunge: Step = ("one", on_messages.expunge, picks)
    with pytest.raises(Disagreement) as raised:
        played([*ALONE, expunge], {"one": [TWO, SEEN, *asked, "* 1 EXPUNGE\nTAG OK"]}, messages=2)
    assert raised.value.requirement == rule
    played([*ALONE, expunge], {"one": [TWO, SEEN, *asked, "TAG OK"]}, messages=2)


def test_what_comes_beside_another_session_is_nobody_s_expunge() -> None:
    """Who has removed it is not known then."""
    beside: list[Step] = [("two", select, HOME), *ALONE, ("one", on_messages.expunge, {})]
    with pytest.raises(Disagreement, match=r"3501-7.4.1-in-step"):
        played(beside, {"one": [TWO, SEEN, "* 1 EXPUNGE\nTAG OK"], "two": [TWO]}, messages=2)
