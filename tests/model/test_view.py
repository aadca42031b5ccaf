"""What a session may be shown of its mailbox, and what it may not: each check both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from conformance.model.store import DELETED, RECENT, SEEN, Flags, Mailbox, Store, StoredMessage
from conformance.model.view import Disagreement, SessionView

FLAGGED = b"\\FLAGGED"
NONE: Flags = frozenset()


@dataclass
class Two:
    """Two sessions that have selected a mailbox with three messages."""

    store: Store = field(default_factory=Store)
    mailbox: Mailbox = field(init=False)
    one: SessionView = field(default_factory=SessionView)
    two: SessionView = field(default_factory=SessionView)

    def __post_init__(self) -> None:
        self.mailbox = self.store.create("home")
        for _ in range(3):
            self.add()
        for view in (self.one, self.two):
            view.select(self.mailbox, 3, read_only=False)

    def add(self) -> StoredMessage:
        message = self.store.message(b"Subject: x\r\n\r\ntext\r\n", [SEEN])
        self.mailbox.add(message)
        return message

    def message(self, number: int) -> StoredMessage:
        return self.mailbox.messages[number - 1]


def nobody(_message: StoredMessage) -> bool:
    return False


def marked(message: StoredMessage) -> bool:
    return DELETED in message.flags


Doing = Callable[[Two], object]


def lagging(two: Two) -> None:
    """The second session was not told yet of a change that the first has made."""
    two.one.change(two.message(1), lambda _flags: frozenset({FLAGGED}))


def told(two: Two) -> None:
    lagging(two)
    two.two.fetched(1, None, frozenset({FLAGGED}))


def removed(two: Two) -> None:
    """The first session has seen message 2 go."""
    two.one.expunge(2, lambda _message: True)


def numbered(two: Two) -> None:
    two.one.fetched(1, 11, None)
    two.one.fetched(2, 12, None)


def claimed(two: Two) -> None:
    two.one.fetched(1, None, frozenset({SEEN, RECENT}))
    two.two.select(two.mailbox, 3, read_only=False)


def renamed(two: Two) -> None:
    """What was recent has another name now, and a session selects it there."""
    two.one.fetched(1, None, frozenset({SEEN, RECENT}))
    two.store.rename("home", "b")
    two.two.select(two.mailbox, 3, read_only=False)


def unsettled(two: Two) -> None:
    """A copy whose flags are one of two sets."""
    copy = two.store.copy(two.message(1), [frozenset({SEEN}), NONE])
    two.mailbox.add(copy)
    two.one.exists(4)
    two.two.exists(4)


def shown_copy(two: Two) -> None:
    unsettled(two)
    two.one.fetched(4, None, NONE)


ALLOWED: list[tuple[str, Doing, Doing]] = [
    ("the flags that are", lambda _: None, lambda t: t.two.fetched(1, None, frozenset({SEEN}))),
    ("late flags, old", lagging, lambda t: t.two.fetched(1, None, frozenset({SEEN}))),
    ("late flags, new", lagging, lambda t: t.two.fetched(1, None, frozenset({FLAGGED}))),
    ("own flags", lagging, lambda t: t.one.fetched(1, None, frozenset({FLAGGED}))),
    ("flags of one removed elsewhere", removed, lambda t: t.two.fetched(2, None, NONE)),
    ("a late EXPUNGE", removed, lambda t: t.two.expunge(2, nobody)),
    ("an EXPUNGE of what is marked", lambda t: t.one.change(t.message(3), lambda _: frozenset(
        {DELETED})), lambda t: t.one.expunge(3, marked)),
    ("an EXPUNGE of no number", lambda _: None, lambda t: t.two.expunge(9, nobody)),
    ("a FETCH of no number", lambda _: None, lambda t: t.two.fetched(9, None, NONE)),
    ("the UID that it has", numbered, lambda t: t.two.fetched(1, 11, None)),
    ("a UID behind a late EXPUNGE", lambda t: (numbered(t), t.one.expunge(1, lambda _: True)),
     lambda t: (t.two.fetched(1, 11, None), t.two.expunge(1, nobody), t.two.fetched(1, 12, None))),
    ("recent to the first", lambda _: None,
     lambda t: t.one.fetched(1, None, frozenset({SEEN, RECENT}))),
    ("recent to both at once", lambda t: t.one.fetched(1, None, frozenset({SEEN, RECENT})),
     lambda t: t.two.fetched(1, None, frozenset({SEEN, RECENT}))),
    ("recent twice to one", lambda t: t.one.fetched(1, None, frozenset({SEEN, RECENT})),
     lambda t: t.one.fetched(1, None, frozenset({SEEN, RECENT}))),
    ("recent again under another name", renamed,
     lambda t: t.two.fetched(1, None, frozenset({SEEN, RECENT}))),
    ("a copy with either flags", unsettled, lambda t: t.two.fetched(4, None, frozenset({SEEN}))),
    ("a copy with other flags", unsettled, lambda t: t.two.fetched(4, None, NONE)),
    ("a copy as it was shown", shown_copy, lambda t: t.two.fetched(4, None, NONE)),
    ("what nobody can know", lambda t: setattr(t.two, "adrift", True),
     lambda t: t.two.fetched(1, None, frozenset({DELETED}))),
]  # fmt: skip

WRONG: list[tuple[str, Doing, Doing, str]] = [
    ("flags that never were", lambda _: None,
     lambda t: t.two.fetched(1, None, frozenset({SEEN, FLAGGED})), "3501-2.3.2-permanent"),
    ("flags that are missing", lambda _: None,
     lambda t: t.two.fetched(1, None, NONE), "3501-2.3.2-permanent"),
    ("old flags to who changed them", lagging,
     lambda t: t.one.fetched(1, None, frozenset({SEEN})), "3501-2.3.2-permanent"),
    ("back behind what was shown", told,
     lambda t: t.two.fetched(1, None, frozenset({SEEN})), "3501-2.3.2-permanent"),
    ("an EXPUNGE that nobody asked for", lambda _: None,
     lambda t: t.two.expunge(2, nobody), "3501-7.4.1-in-step"),
    ("an EXPUNGE of what is marked behind EXAMINE", lambda t: (t.one.change(t.message(1),
        lambda _: frozenset({DELETED})), setattr(t.one, "read_only", True)),
     lambda t: t.one.expunge(1, nobody), "3501-6.3.2-no-change"),
    ("an EXPUNGE of the wrong number", removed,
     lambda t: t.two.expunge(3, nobody), "3501-7.4.1-in-step"),
    ("an EXPUNGE of what is not marked", lambda t: t.one.change(t.message(3), lambda _: frozenset(
        {DELETED})), lambda t: t.one.expunge(1, marked), "3501-7.4.1-in-step"),
    ("the UID of another", numbered,
     lambda t: t.two.fetched(1, 12, None), "3501-7.4.1-in-step"),
    ("a number too early", lambda t: (numbered(t), t.one.expunge(1, lambda _: True)),
     lambda t: t.two.fetched(1, 12, None), "3501-7.4.1-in-step"),
    ("recent again", claimed,
     lambda t: t.two.fetched(1, None, frozenset({SEEN, RECENT})), "3501-2.3.2-recent-once"),
    ("a copy with flags of none", unsettled,
     lambda t: t.two.fetched(4, None, frozenset({FLAGGED})), "3501-6.4.7-preserve"),
    ("a copy otherwise than it was shown", shown_copy,
     lambda t: t.one.fetched(4, None, frozenset({SEEN})), "3501-2.3.2-permanent"),
    ("too few messages", lambda t: t.add(),
     lambda t: t.two.select(t.mailbox, 3, read_only=True), "3501-6.3.1-count"),
    ("too many messages", removed,
     lambda t: t.two.select(t.mailbox, 3, read_only=False), "3501-6.3.1-count"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "shown"), [r[1:] for r in ALLOWED], ids=[r[0] for r in ALLOWED])
def test_what_may_be_shown(before: Doing, shown: Doing) -> None:
    two = Two()
    before(two)
    shown(two)


@pytest.mark.parametrize(
    ("before", "shown", "requirement"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG]
)
def test_what_may_not_be_shown(before: Doing, shown: Doing, requirement: str) -> None:
    two = Two()
    before(two)
    with pytest.raises(Disagreement) as caught:
        shown(two)
    assert caught.value.requirement == requirement
    assert str(caught.value).startswith(f"{requirement}: ")
    assert caught.value.expected
    assert caught.value.received


# -- how a session catches up --------------------------------------------------------------


def test_a_session_knows_a_message_until_it_is_told_otherwise() -> None:
    two = Two()
    second = two.message(2)
    removed(two)
    assert [m.serial for m in two.two.told] == [1, 2, 3]
    assert [m.serial for m in two.two.alive] == [1, 3]
    assert two.two.number(second) == 2
    assert (two.one.settled, two.two.settled) == (True, False)
    two.two.expunge(2, nobody)
    assert two.two.settled


def test_new_messages_are_known_by_exists() -> None:
    two = Two()
    new = two.add()
    assert two.two.untold == [new]
    two.two.exists(4)
    assert two.two.untold == []
    assert two.two.number(new) == 4
    two.two.exists(4)
    assert two.two.settled


def test_who_came_and_went_unheard_is_unknown_until_the_rest_is() -> None:
    two = Two()
    gone, stays = two.add(), two.add()
    two.one.exists(5)
    two.one.expunge(4, lambda _message: True)
    assert gone.gone
    two.two.exists(5)
    assert two.two.slots[3:] == [None, None]
    assert not two.two.settled
    two.two.expunge(4, nobody)
    assert two.two.slots[3:] == [stays]
    assert two.two.settled


def test_an_unknown_message_is_known_by_its_uid() -> None:
    two = Two()
    _, stays = two.add(), two.add()
    two.one.exists(5)
    two.one.fetched(5, 15, None)
    two.one.expunge(4, lambda _message: True)
    two.two.exists(5)
    assert two.two.fetched(5, None, NONE) is None
    assert two.two.fetched(5, 99, NONE) is None
    assert two.two.fetched(5, 15, None) is stays
    assert two.two.slots[4] is stays


def test_a_uid_is_learnt_where_it_is_shown() -> None:
    two = Two()
    numbered(two)
    assert [m.uid for m in two.mailbox.messages] == [11, 12, None]
    assert two.mailbox.highest == 12


def test_a_change_is_certain_if_it_is_one_whatever_was_shown() -> None:
    two = Two()
    assert two.one.change(two.message(1), lambda flags: flags | {FLAGGED})
    assert not two.one.change(two.message(1), lambda flags: flags | {FLAGGED})
    # The other one may have been told, or not.
    assert not two.two.change(two.message(1), lambda flags: flags | {FLAGGED})


def test_an_examined_mailbox_leaves_messages_recent() -> None:
    two = Two()
    two.one.select(two.mailbox, 3, read_only=True)
    two.one.fetched(1, None, frozenset({SEEN, RECENT}))
    two.two.select(two.mailbox, 3, read_only=False)
    two.two.fetched(1, None, frozenset({SEEN, RECENT}))


def test_who_has_left_has_nothing_selected() -> None:
    two = Two()
    two.one.leave()
    assert two.one.mailbox is None
    assert two.one.slots == two.one.told == two.one.untold == []
    two.one.exists(3)
    assert two.one.slots == []
    assert two.one.fetched(1, 1, NONE) is None


def with_uids(two: Two, *uids: int) -> None:
    """Both sessions are told UIDs of the first messages."""
    for number, uid in enumerate(uids, start=1):
        two.one.fetched(number, uid, None)


def test_what_vanishes_is_known_by_its_uid() -> None:
    two = Two()
    with_uids(two, 5, 6, 7)
    second = two.message(2)
    two.one.change(second, lambda flags: flags | {DELETED})
    two.one.vanish([6], marked)
    assert second.gone
    assert two.one.slots == two.mailbox.messages
    assert len(two.two.slots) == 3  # nobody has told the other


def test_what_vanishes_has_to_be_removed_by_somebody() -> None:
    two = Two()
    with_uids(two, 5, 6, 7)
    with pytest.raises(Disagreement) as raised:
        two.one.vanish([6], nobody)
    assert raised.value.requirement == "3501-7.4.1-in-step"


def test_what_vanishes_under_an_unknown_uid_is_one_of_those_without() -> None:
    two = Two()
    with_uids(two, 5)
    two.mailbox.remove(two.message(3))
    two.one.vanish([9], nobody)
    assert two.one.slots == two.mailbox.messages
    assert two.one.settled
