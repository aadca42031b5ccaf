"""Adding messages to mailboxes: where a server may refuse, and what is so then."""

from __future__ import annotations

import pytest
from model_talk import Step, played

from conformance.fuzz import on_additions
from conformance.fuzz.on_mailboxes import create, select, status
from conformance.model.view import Disagreement

EXAMINE: Step = ("one", select, {"path": "home", "examine": True})
B: Step = ("one", create, {"path": "b"})
ONE = "* 1 EXISTS\nTAG OK [READ-ONLY] done"
NO = "TAG NO it is read-only"


def append(path: str) -> Step:
    return ("one", on_additions.append, {"path": path, "text": 0, "flags": (0,), "date": 0})


def copy(path: str) -> Step:
    return ("one", on_additions.copy, {"picks": (0,), "path": path, "by_uid": False})


@pytest.mark.parametrize("add", [append, copy])
def test_a_session_may_be_refused_to_add_to_what_it_has_opened_with_examine(add) -> None:
    status_of_home = ("two", status, {"path": "home"})
    answer = "* STATUS box (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1 UNSEEN 1)\nTAG OK"
    played(
        [EXAMINE, add("home"), status_of_home],
        {"one": [ONE, NO], "two": [answer]},
        messages=1,
    )
    with pytest.raises(Disagreement, match=r"MESSAGES of home is 2, and it has 1"):
        played(
            [EXAMINE, add("home"), status_of_home],
            {"one": [ONE, NO], "two": [answer.replace("1 UIDNEXT", "2 UIDNEXT")]},
            messages=1,
        )


@pytest.mark.parametrize("add", [append, copy])
def test_it_is_not_refused_to_add_to_another_mailbox(add) -> None:
    with pytest.raises(Disagreement, match="is answered NO"):
        played([B, EXAMINE, add("b")], {"one": ["TAG OK made", ONE, NO]}, messages=1)
