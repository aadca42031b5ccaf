"""What programs let a server do with mailboxes and subscriptions, and what they do not."""

from __future__ import annotations

import pytest
from model_talk import played

from conformance.fuzz import on_additions, on_mailboxes
from conformance.model.view import Disagreement

HOME = {"path": "home"}
SUBSCRIBED_AND_GONE = [
    ("one", on_mailboxes.subscribe, HOME),
    ("one", on_mailboxes.delete, HOME),
]


def test_lsub_may_leave_out_a_subscribed_name_that_does_not_exist() -> None:
    played(
        [*SUBSCRIBED_AND_GONE, ("one", on_mailboxes.lsub, {})],
        {"one": ["TAG OK done", "TAG OK gone", "TAG OK nothing"]},
    )


def test_lsub_returns_a_subscribed_name_that_exists_again() -> None:
    with pytest.raises(Disagreement, match="subscribed and LSUB does not return it"):
        played(
            [
                *SUBSCRIBED_AND_GONE,
                ("one", on_mailboxes.create, HOME),
                ("one", on_mailboxes.lsub, {}),
            ],
            {"one": ["TAG OK done", "TAG OK gone", "TAG OK made", "TAG OK nothing"]},
        )


EMPTY = "* 0 EXISTS\nTAG OK [READ-WRITE] done"
DELETED_UNDER_ONE = [("one", on_mailboxes.select, HOME), ("two", on_mailboxes.delete, HOME)]
LISTED = '* LIST () "/" box\nTAG OK'


def test_a_name_may_stay_taken_while_its_deleted_mailbox_is_selected() -> None:
    played(
        [*DELETED_UNDER_ONE, ("two", on_mailboxes.create, HOME), ("one", on_mailboxes.list_, {})],
        {"one": [EMPTY, LISTED], "two": ["TAG OK gone", "TAG NO in use"]},
    )


def test_a_deleted_mailbox_is_not_listed_for_others() -> None:
    with pytest.raises(Disagreement, match="does not exist and is listed"):
        played(
            [*DELETED_UNDER_ONE, ("two", on_mailboxes.list_, {})],
            {"one": [EMPTY], "two": ["TAG OK gone", LISTED]},
        )


def test_a_name_is_free_when_nobody_has_its_deleted_mailbox_any_more() -> None:
    with pytest.raises(Disagreement, match=r"3501-6\.3\.3-created"):
        played(
            [
                *DELETED_UNDER_ONE,
                ("one", on_mailboxes.select, {"path": "b"}),
                ("two", on_mailboxes.create, HOME),
            ],
            {"one": [EMPTY, "TAG NO no b"], "two": ["TAG OK gone", "TAG NO in use"]},
        )


REFUSED = [
    (on_mailboxes.delete, {"path": "b"}),
    (on_mailboxes.rename, {"path": "b", "to": "c"}),
    (on_mailboxes.create, HOME),
    (on_mailboxes.status, {"path": "b"}),
]
APPENDED = ("two", on_additions.append, {"path": "home", "text": 0, "flags": (0,), "date": 0})


@pytest.mark.parametrize(("operation", "arguments"), REFUSED)
def test_what_comes_with_a_refusal_counts(operation, arguments) -> None:
    steps = [("one", on_mailboxes.select, HOME), APPENDED, ("one", operation, arguments)]
    executor = played(
        steps, {"one": [EMPTY, "* 1 EXISTS\nTAG NO no such name"], "two": ["TAG OK appended"]}
    )
    assert executor.views["one"].settled


@pytest.mark.parametrize(("operation", "arguments"), REFUSED)
def test_what_does_not_come_with_it_is_still_to_come(operation, arguments) -> None:
    steps = [("one", on_mailboxes.select, HOME), APPENDED, ("one", operation, arguments)]
    executor = played(steps, {"one": [EMPTY, "TAG NO no such name"], "two": ["TAG OK appended"]})
    assert not executor.views["one"].settled
