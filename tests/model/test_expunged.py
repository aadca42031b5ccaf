"""Commands on messages that another session has removed (RFC 2180 section 4): what may come."""

from __future__ import annotations

import pytest
from model_talk import Step, played

from conformance.fuzz import on_messages
from conformance.fuzz.on_mailboxes import select
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
    with pytest.raises(Disagreement, match="3501-2.3.2-permanent"):
        played(
            [*BEFORE, flagging(ALL), reading((0,))],
            {
                "one": [*ONE, "TAG NO some are gone", "* 1 FETCH (FLAGS (\\Seen))\nTAG OK"],
                "two": OTHER,
            },
            messages=2,
        )


def test_store_is_not_refused_for_messages_that_are_there() -> None:
    with pytest.raises(Disagreement, match="3501-6.4.6-add"):
        played(
            [*BEFORE, flagging((0,))],
            {"one": [*ONE, "TAG NO some are gone"], "two": OTHER},
            messages=2,
        )
