"""The truth of an account: flags with their history, copies, UIDs, names."""

from __future__ import annotations

from conformance.model.store import DELETED, SEEN, Mailbox, Store, StoredMessage, below, spelt

FLAGGED = b"\\FLAGGED"


def test_flags_are_written_in_one_order_as_the_rfc_spells_them() -> None:
    assert spelt([SEEN, b"$KEPT", DELETED]) == "($kept \\Deleted \\Seen)"
    assert spelt([]) == "()"


def test_a_change_makes_a_new_version_and_none_makes_none() -> None:
    message = Store().message(b"text", [SEEN])
    assert message.settled
    message.change(lambda flags: flags | {SEEN})
    assert message.versions == [{SEEN}]
    message.change(lambda flags: flags | {FLAGGED})
    assert message.versions == [{SEEN}, {SEEN, FLAGGED}]
    assert message.flags == {SEEN, FLAGGED}
    assert message.settled


def test_a_copy_of_what_is_not_settled_has_one_of_several_sets_of_flags() -> None:
    store = Store()
    message = store.message(b"text", [SEEN])
    copy = store.copy(message, [frozenset({SEEN}), frozenset(), frozenset({SEEN})])
    assert copy.serial != message.serial
    assert copy.octets == message.octets
    assert copy.versions == [{SEEN}, frozenset()]
    assert not copy.settled
    copy.change(lambda flags: flags | {FLAGGED})
    assert copy.versions[copy.floor :] == [{SEEN, FLAGGED}, {FLAGGED}]
    assert not copy.settled
    copy.change(lambda _flags: frozenset({DELETED}))
    assert copy.settled
    assert copy.flags == {DELETED}


def test_a_copy_without_versions_has_the_flags_of_its_original() -> None:
    store = Store()
    assert store.copy(store.message(b"", [SEEN]), []).versions == [{SEEN}]


def test_what_is_shown_settles_a_copy() -> None:
    store = Store()
    copy = store.copy(store.message(b""), [frozenset(), frozenset({SEEN})])
    copy.settle(frozenset())
    assert copy.candidates == [frozenset()]
    assert copy.settled


def test_what_is_removed_is_gone_and_can_be_removed_again() -> None:
    mailbox, message = Mailbox("a"), StoredMessage(1, b"", "", [frozenset()])
    mailbox.add(message)
    for _ in range(2):
        mailbox.remove(message)
        assert message.gone
        assert mailbox.messages == []


def test_the_highest_uid_stays_when_its_message_goes() -> None:
    store = Store()
    mailbox, first, second = store.create("a"), store.message(b""), store.message(b"")
    mailbox.add(first)
    mailbox.add(second)
    mailbox.learn_uid(second, 9)
    mailbox.learn_uid(first, 4)
    mailbox.remove(second)
    assert (first.uid, mailbox.highest) == (4, 9)


def test_a_rename_takes_what_is_below_with_it_and_forgets_uids() -> None:
    store = Store()
    for path in ("a", "a/x", "ab"):
        mailbox = store.create(path)
        mailbox.uidvalidity = 7
        mailbox.add(store.message(b""))
        mailbox.learn_uid(mailbox.messages[0], 3)
    store.rename("a", "b")
    assert sorted(store.mailboxes) == ["ab", "b", "b/x"]
    moved = store.mailboxes["b/x"]
    assert (moved.path, moved.uidvalidity, moved.highest) == ("b/x", None, 0)
    assert moved.messages[0].uid is None
    assert store.mailboxes["ab"].messages[0].uid == 3
    assert store.past == {"a": [(7, 3)], "a/x": [(7, 3)]}


def test_a_name_remembers_what_it_stood_for() -> None:
    store = Store()
    store.create("a").uidvalidity = 5
    store.create("a/x")
    store.delete("a")
    assert store.past == {"a": [(5, 0)]}
    assert list(store.mailboxes) == ["a/x"]
    store.delete("a/x")  # its UIDVALIDITY was never seen
    assert "a/x" not in store.past


def test_names_are_below_a_path_by_levels() -> None:
    assert below("a/x", "a")
    assert not below("ab", "a")
    assert not below("a", "a")
    store = Store()
    for path in ("a", "a/x", "a/x/y", "ab"):
        store.create(path)
    assert store.children("a") == ["a/x", "a/x/y"]
