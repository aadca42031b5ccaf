"""What programs let a server do with mailboxes and subscriptions, and what they do not."""

from __future__ import annotations

import pytest
from model_talk import played

from conformance.fuzz import on_mailboxes
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
