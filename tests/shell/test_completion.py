"""Completions follow the grammar, the state and what the server lists."""

from __future__ import annotations

import pytest

from conformance.shell.completion import candidates
from conformance.syntax.grammar import load
from conformance.wire.states import State

BOXES = ["INBOX", "INBOX/Sent mail", "Archive"]


def complete(
    text: str, state: State = State.SELECTED, capabilities: tuple[str, ...] = ()
) -> list[str]:
    return candidates(text, load(capabilities), state, lambda: BOXES)[1]


def test_commands_are_those_of_the_state() -> None:
    assert complete("", State.NOT_AUTHENTICATED) == [
        "AUTHENTICATE",
        "CAPABILITY",
        "LOGIN",
        "LOGOUT",
        "NOOP",
        "STARTTLS",
    ]
    authenticated = complete("", State.AUTHENTICATED)
    assert "SELECT" in authenticated
    assert "FETCH" not in authenticated
    assert {"SELECT", "FETCH", "NOOP"} <= set(complete("", State.SELECTED))
    assert complete("", State.LOGOUT) == ["CAPABILITY", "LOGOUT", "NOOP"]


def test_commands_of_announced_extensions_are_among_them() -> None:
    assert complete("ID", capabilities=("IDLE",)) == ["IDLE"]
    assert complete("ID") == []


def test_a_tag_makes_no_difference() -> None:
    assert complete("a1 FE") == complete("fe") == complete("FE") == ["FETCH"]
    assert complete("x9 SEL") == ["SELECT"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FETCH 1 (RFC", ["RFC822", "RFC822.HEADER", "RFC822.SIZE", "RFC822.TEXT"]),
        ("FETCH 1 (FLAGS EN", ["ENVELOPE"]),
        ("FETCH 1 BODY[HEADER.", ["HEADER.FIELDS", "HEADER.FIELDS.NOT"]),
        ("UID S", ["SEARCH", "STORE"]),
        ("SEARCH UNS", ["UNSEEN"]),
        ("SEARCH NOT (FROM x SENT", ["SENTBEFORE", "SENTON", "SENTSINCE"]),
        ("STORE 1 +FLAGS (\\D", ["\\Deleted", "\\Draft"]),
        ("STATUS INBOX (UID", ["UIDNEXT", "UIDVALIDITY"]),
        ("a1 FETCH 1 (", None),
        ("FETCH x", []),
        ("NOOP ", []),
    ],
)
def test_keywords_are_those_that_can_stand_there(text: str, found: list[str] | None) -> None:
    offered = complete(text)
    assert offered == found if found is not None else "ENVELOPE" in offered


def test_mailboxes_stand_where_a_mailbox_can() -> None:
    assert complete("SELECT ") == ['"INBOX/Sent mail"', "Archive", "INBOX"]
    assert complete("SELECT ar") == ["Archive"]
    assert complete("a1 COPY 1 IN") == ["INBOX"]
    assert complete('LIST "" A') == ["Archive"]
    assert "Archive" not in complete("SEARCH FROM ")


def test_mailboxes_are_not_asked_for_in_vain() -> None:
    def ask() -> list[str]:
        raise AssertionError("asked")

    candidates("FETCH 1 ", load(), State.SELECTED, ask)
    candidates("", load(), State.AUTHENTICATED, ask)


def test_the_word_is_what_stands_behind_blank_or_bracket() -> None:
    assert candidates("FETCH 1 (fl", load(), State.SELECTED, list)[0] == "fl"
    assert candidates("FETCH 1 BODY[te", load(), State.SELECTED, list)[0] == "te"
