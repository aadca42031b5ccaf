"""What was told during a run beside what is there in the end: what is wrong, and what looks so."""

from __future__ import annotations

import json
from random import Random

import pytest
from load_talk import hear

from conformance.load.keeper import Keeper, digest
from conformance.load.ledger import LoadLedger, MessageFacts
from conformance.load.letters import letter
from conformance.load.reading import MessageRead
from conformance.load.reconcile import RULES, Reckoning, reconcile

MAIL = letter(Random(3))  # noqa: S311 - no secret
SIZE = b"%d" % len(MAIL.octets)
BOX = (b"box", 9)


def append(answer: bytes) -> tuple[bytes, ...]:
    """APPEND of our message, with an answer."""
    return (
        b"C: a3 APPEND box {" + SIZE + b"}",
        b"S: + go on",
        b"C: " + MAIL.octets,
        b"S: a3 " + answer,
    )


APPENDED = append(b"OK [APPENDUID 9 8] done")
UNNAMED = append(b"OK done")
STORED = MessageFacts(MAIL.token, digest(MAIL.octets), len(MAIL.octets), "2024-01-01")
OTHER = MessageFacts("0" * 16, b"x" * 16, 5, "2024-01-01")
DELETE_8 = (b"C: a4 UID STORE 8 +FLAGS (\\Deleted)", b"S: a4 OK done")


def there(
    *uids: int, flags: frozenset[bytes] = frozenset(), facts: MessageFacts = STORED
) -> MessageRead:
    held = {uid: facts if uid == 8 else OTHER._replace(token=f"{uid:016}") for uid in uids}
    return MessageRead(9, None, held, dict.fromkeys(held, flags))


SEEN_GONE = b"S: * 2 EXPUNGE"
REFUSED_STORED = "3501-6.3.11-atomic refused and stored"
DELETE_12 = (b"C: a4 UID STORE 12 +FLAGS (\\Deleted)", b"S: a4 OK done")
FLAG_7 = (b"C: a3 UID STORE 7 +FLAGS (\\Flagged)", b"S: a3 OK done")
BLANK = (
    b'S: * 2 FETCH (INTERNALDATE "01-Jan-1970 00:00:00 +0000" RFC822.SIZE 0 '
    b'ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) BODY[] "")'
)
WRONG = {
    "lost": (APPENDED, there(1, 7), "3501-6.3.11-appended lost"),
    "lost without UIDPLUS": (UNNAMED, there(1, 7), "3501-6.3.11-appended lost"),
    "twice": (
        APPENDED,
        MessageRead(9, None, {8: STORED, 9: STORED}, {}),
        "3501-6.3.11-appended twice",
    ),
    "refused and there": (append(b"NO full"), there(1, 7, 8), REFUSED_STORED),
    "other octets": (
        APPENDED, there(8, facts=STORED._replace(digest=b"y" * 16)),
        "3501-6.3.11-appended other octets",
    ),
    "a copy is lost": (
        (b"C: a3 UID COPY 7 other", b"S: a3 OK [COPYUID 9 7 30] done",
         b"C: a4 UID COPY 7 box", b"S: a4 OK [COPYUID 9 7 31] done"),
        there(1, 7), "3501-6.4.7-copies lost by COPY",
    ),
    "expunged and there": (
        (b"C: a3 EXPUNGE", SEEN_GONE, b"S: a3 OK done"), there(1, 7),
        "3501-6.4.3-removes there again",
    ),
    "a flag is lost": (
        (b"C: a3 UID STORE 7 +FLAGS (\\Flagged)", b"S: a3 OK done"), there(1, 7),
        "3501-6.4.6-add flag lost",
    ),
    "another size": (
        (b"C: a3 FETCH 2 RFC822.SIZE", b"S: * 2 FETCH (RFC822.SIZE 99)", b"S: a3 OK done"),
        there(1, 7), "3501-2.3.1.1-immutable size differs",
    ),
    "another message": (
        APPENDED, there(8, facts=OTHER), "3501-2.3.1.1-never-reused token differs",
    ),
}  # fmt: skip

RIGHT = {
    "kept": (APPENDED, there(1, 7, 8), (1, 1, 0)),
    "kept without UIDPLUS": (UNNAMED, there(1, 7, 8), (1, 1, 0)),
    "deleted": ((*APPENDED, *DELETE_8), there(1, 7), (1, 0, 1)),
    "marked in vain": (
        (*APPENDED, b"C: a4 UID STORE 8 +FLAGS.SILENT (\\Deleted)", b"S: a4 NO"),
        there(1), (1, 0, 1),
    ),
    "marked, and never answered": (
        (*APPENDED, b"C: a4 UID STORE 1:9 FLAGS (\\Deleted \\Seen)"), there(1), (1, 0, 1),
    ),
    "everything marked by number": (
        (*APPENDED, b"C: a4 STORE 1:3 +FLAGS \\Deleted", b"S: a4 OK"), there(), (1, 0, 1),
    ),
    "moved away": ((*APPENDED, b"C: a4 UID MOVE 8 other", b"S: a4 OK"), there(1, 7), (1, 0, 1)),
    "one of those without a name": (
        (*UNNAMED, *DELETE_12), there(1, 7), (1, 0, 1),
    ),
    "mailbox deleted": (
        (*APPENDED, b"C: a4 DELETE box", b"S: a4 OK done"), there(1, 7), (1, 0, 1),
    ),
    "refused and not there": (append(b"NO full"), there(1, 7), (0, 0, 0)),
    "refused, and copied": (
        (*append(b"NO full"), b"C: a4 UID COPY 1 box", b"S: a4 OK"), there(1, 7, 8), (0, 0, 0),
    ),
    "a copy of what was marked": (
        (b"C: a3 UID COPY 7 box", b"S: a3 OK [COPYUID 9 7 31] done",
         b"C: a4 UID STORE 7 +FLAGS (\\Deleted)"), there(1), (0, 0, 0),
    ),
    "a flag that somebody took": (
        (*FLAG_7, b"C: a4 UID STORE 1:9 FLAGS ()"),
        there(1, 7), (0, 0, 0),
    ),
    "the answers for what others have expunged": (
        (b"C: a3 FETCH 2 (INTERNALDATE RFC822.SIZE ENVELOPE BODY[])",
         BLANK, b"S: a3 OK done"),
        there(1, 7), (0, 0, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "read", "wanted"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_found(lines: tuple[bytes, ...], read: MessageRead, wanted: str) -> None:
    keeper, _ = hear(*lines)
    account = judged(keeper, read)
    found = [f"{each.requirement} {each.shape}" for each in account.wrong]
    assert wanted in found
    assert {each.requirement for each in account.wrong} <= set(RULES)


def test_each_message_that_is_lost_is_named() -> None:
    copied = b"C: a4 UID COPY 7 box", b"S: a4 OK [COPYUID 9 7 31] done"
    keeper, _ = hear(*APPENDED, *copied)
    assert judged(keeper, there(1, 7)).lost == [
        "box UID 8, one: a3 OK [APPENDUID 9 8] done",
        "box UID 31, put there by COPY",
    ]


@pytest.mark.parametrize(("lines", "read", "counts"), RIGHT.values(), ids=RIGHT)
def test_what_only_looks_wrong_is_not_accused(
    lines: tuple[bytes, ...], read: MessageRead, counts: tuple[int, int, int]
) -> None:
    keeper, _ = hear(*lines)
    account = judged(keeper, read)
    assert account.wrong == []
    assert (account.acknowledged, account.there, account.removed) == counts
    assert account.lost == []


def test_a_flag_that_is_not_permanent_may_go() -> None:
    keeper, _ = hear(b"C: a3 UID STORE 7 +FLAGS (\\Flagged)", b"S: a3 OK done")
    read = there(1, 7)
    read.permanent = frozenset({rb"\SEEN"})
    assert judged(keeper, read).wrong == []


def test_a_mailbox_that_could_not_be_read_is_no_loss() -> None:
    keeper, _ = hear(*APPENDED)
    account = reconcile(keeper.ledger, {b"box": MessageRead(failed="the connection was closed")})
    assert account.wrong == []
    assert account.unread == {b"box": "the connection was closed"}


def test_ledgers_of_machines_are_one_whatever_the_order() -> None:
    appended, _ = hear(*APPENDED)
    deleted, _ = hear(*DELETE_8)
    sized, _ = hear(b"C: a3 FETCH 2 RFC822.SIZE", b"S: * 2 FETCH (RFC822.SIZE 99)", b"S: a3 OK")
    other, _ = hear(b"C: a3 FETCH 2 RFC822.SIZE", b"S: * 2 FETCH (RFC822.SIZE 98)", b"S: a3 OK")
    for order in ((appended, deleted, sized, other), (other, sized, deleted, appended)):
        ledger = LoadLedger()
        for keeper in order:
            for piece in keeper.ledger.pieces():
                ledger.take(_over_the_wire(piece))
        account = reconcile(ledger, {b"box": there(1)})
        assert [each.shape for each in account.wrong] == ["size differs"]
        assert account.removed == 1
        assert ledger.appends == appended.ledger.appends


def test_a_ledger_travels_in_small_pieces() -> None:
    ledger = LoadLedger()
    for uid in range(1, 5001):
        ledger.learn(BOX, uid, MessageFacts(size=uid))
    pieces = list(ledger.pieces())
    assert max(len(piece.get("facts", ())) for piece in pieces) <= 2000
    other = LoadLedger()
    for piece in pieces:
        other.take(_over_the_wire(piece))
    assert other.boxes == ledger.boxes


def _over_the_wire(piece: dict[str, object]) -> dict[str, object]:
    """Make lists of tuples, as the protocol does."""

    def encode(value: object) -> object:
        return {"octets": value.hex()} if isinstance(value, bytes) else value

    def listed(value: object) -> object:
        if isinstance(value, (list, tuple)):
            return [listed(each) for each in value]
        return encode(value)

    def decode(value: dict[str, object]) -> object:
        return bytes.fromhex(str(value["octets"])) if set(value) == {"octets"} else value

    text = json.dumps({key: listed(value) for key, value in piece.items()})
    found: dict[str, object] = json.loads(text, object_hook=decode)
    return found


def judged(keeper: Keeper, read: MessageRead) -> Reckoning:
    return reconcile(keeper.ledger, {b"box": read})
