"""Search keys: true, false, or open where a session may lag behind."""

from __future__ import annotations

import pytest

from conformance.model.search import KEYS, OPEN, ModelKey, joined, negated
from conformance.model.store import SEEN, Store, StoredMessage
from conformance.model.view import SessionView

YES, NO = frozenset({True}), frozenset({False})
BY_TEXT = {key.text: key for key in KEYS}
OCTETS = b"Subject: TWO parts\r\n\r\nThe third line, and more of it to be long enough.\r\n"


@pytest.fixture
def lagging() -> tuple[SessionView, StoredMessage]:
    """A session that may or may not know that a message is flagged and no longer seen."""
    store, one, two = Store(), SessionView(), SessionView()
    mailbox = store.create("home")
    mailbox.add(message := store.message(OCTETS, [SEEN, b"$KEPT"]))
    for view in (one, two):
        view.select(mailbox, 1, read_only=False)
    one.change(message, lambda _flags: frozenset({b"\\FLAGGED", b"$KEPT"}))
    return two, message


TRUTHS = [
    ("ALL", YES),
    ("SEEN", OPEN),
    ("UNSEEN", OPEN),
    ("FLAGGED", OPEN),
    ("UNFLAGGED", OPEN),
    ("DELETED", NO),
    ("UNDELETED", YES),
    ("ANSWERED", NO),
    ("DRAFT", NO),
    ("UNDRAFT", YES),
    ("LARGER 60", YES),
    ("SMALLER 60", NO),
    ("SUBJECT two", YES),
    ("BODY third", YES),
    ("KEYWORD $Kept", YES),
]


@pytest.mark.parametrize(("text", "truths"), TRUTHS)
def test_a_key_is_true_for_what_may_be_shown(
    text: str, truths: frozenset[bool], lagging: tuple[SessionView, StoredMessage]
) -> None:
    key = BY_TEXT[text]
    assert key.truths(*lagging) == truths
    turned = negated(key)
    assert turned.text == f"NOT {text}"
    assert turned.truths(*lagging) == {not truth for truth in truths}


def test_what_was_shown_is_open_no_more(lagging: tuple[SessionView, StoredMessage]) -> None:
    view, message = lagging
    view.fetched(1, None, message.flags)
    assert BY_TEXT["SEEN"].truths(view, message) == NO
    assert BY_TEXT["FLAGGED"].truths(view, message) == YES


JOINED = [
    ("and", "ALL", "SEEN", OPEN),
    ("and", "DELETED", "SEEN", NO),
    ("and", "ALL", "UNDRAFT", YES),
    ("or", "ALL", "SEEN", YES),
    ("or", "DELETED", "SEEN", OPEN),
    ("or", "DELETED", "DRAFT", NO),
]


@pytest.mark.parametrize(("how", "first", "second", "truths"), JOINED)
def test_keys_are_joined(
    how: str,
    first: str,
    second: str,
    truths: frozenset[bool],
    lagging: tuple[SessionView, StoredMessage],
) -> None:
    key = joined((BY_TEXT[first], BY_TEXT[second]), how)
    assert key.truths(*lagging) == truths
    assert key.text == (f"OR {first} {second}" if how == "or" else f"({first} {second})")


def test_size_and_text_are_those_of_the_message() -> None:
    view, store = SessionView(), Store()
    exactly = store.message(b"x" * 60)
    short = store.message(b"Subject: third\r\n\r\ntwo")
    assert BY_TEXT["LARGER 60"].truths(view, exactly) == NO
    assert BY_TEXT["SMALLER 60"].truths(view, exactly) == NO
    assert BY_TEXT["SMALLER 60"].truths(view, short) == YES
    assert BY_TEXT["SUBJECT two"].truths(view, short) == NO
    assert BY_TEXT["BODY third"].truths(view, short) == NO


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.text)
def test_every_key_cites_a_rule(key: ModelKey) -> None:
    assert key.rule.startswith("3501-6.4.4-")
