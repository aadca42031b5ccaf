"""How a program takes ends and refusals, and how it writes them down."""

from __future__ import annotations

import pytest
from model_talk import executor_of, played

from conformance.casefile.compose import script
from conformance.fuzz import on_mailboxes, on_messages
from conformance.fuzz.executor import ProgramOver
from conformance.model.view import Disagreement

HOME = {"path": "home"}
SELECTED = "* 0 EXISTS\nTAG OK done"


def test_a_session_without_its_mailbox_may_end_and_is_written_down_as_open() -> None:
    executor = played(
        [
            ("one", on_mailboxes.select, HOME),
            ("two", on_mailboxes.delete, HOME),
            ("one", on_messages.noop, {}),
        ],
        {"one": [SELECTED, "* BYE it is gone"], "two": ["TAG OK gone"]},
    )
    assert script(executor.exchanges)[-3:] == [
        "one C: a2 NOOP",
        "one S: a2 OK|NO|BAD",
        "one S/ {close}",
    ]


def test_where_a_change_may_have_been_made_the_program_is_over() -> None:
    with pytest.raises(ProgramOver, match="nobody knows what was done"):
        played(
            [
                ("one", on_mailboxes.select, HOME),
                ("two", on_mailboxes.delete, HOME),
                ("one", on_mailboxes.create, {"path": "b"}),
            ],
            {"one": [SELECTED, "* BYE it is gone"], "two": ["TAG OK gone"]},
        )


def test_a_session_that_has_its_mailbox_does_not_end_without_a_word() -> None:
    with pytest.raises(Disagreement, match="was not completed"):
        played(
            [("one", on_mailboxes.select, HOME), ("one", on_messages.noop, {})],
            {"one": [SELECTED, "* 0 RECENT"]},
        )


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_idle_is_refused_before_login(status: str) -> None:
    executor = executor_of(0, {"one": [f"TAG {status} log in"]}, "IDLE")
    executor.idle_if_offered("one", valid=False)
    assert script(executor.exchanges) == ["one C: a1 IDLE", f"one S: a1 {status}"]


def test_idle_is_not_done_before_login() -> None:
    executor = executor_of(0, {"one": ["+ go on\nTAG OK done"]}, "IDLE")
    with pytest.raises(Disagreement, match="3501-3-wrong-state"):
        executor.idle_if_offered("one", valid=False)


def test_idle_is_not_bad_after_login() -> None:
    executor = executor_of(0, {"one": ["TAG BAD what"]}, "IDLE")
    with pytest.raises(Disagreement, match="2177-3-authenticated"):
        executor.idle_if_offered("one")
