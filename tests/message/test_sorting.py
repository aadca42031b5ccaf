"""The order of a SORT: keys by hand, what is left open, and that an order is one."""

from __future__ import annotations

from itertools import permutations

import pytest

from conformance.message.collation import casemap
from conformance.message.parts import read_message
from conformance.message.search import KeptMessage
from conformance.message.sent_date import sent_dates
from conformance.message.sorting import Order, sorted_by
from conformance.syntax import grammar
from conformance.syntax.values import Group, Leaf

GRAMMAR = grammar.load(("SORT", "SORT=DISPLAY"))
ARRIVED = b"05-Mar-2024 12:00:00 +0000"


def kept(number: int, date: bytes = ARRIVED, **fields: str) -> KeptMessage:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    message = read_message(f"{head}\r\n{'x' * number}\r\n".encode())
    return KeptMessage(message, number, uid=number + 10, flags=frozenset(), date=date)


MAILBOX = [
    kept(1, Subject="Re: b", Date="Mon, 1 Jan 2024 00:30:00 +0200", From="Zoe <bob@x>"),
    kept(2, Subject="a", Date="Sun, 31 Dec 2023 23:00:00 +0000", From='"B" <Alice@x>', To="z@x"),
    kept(3, Subject="B (fwd)", Date="Sun, 31 Dec 2023 15:00:00 -0800", From="alice@y", To="a@x"),
    kept(4, b"31-Dec-2023 22:45:00 +0000", From="A <z@x>, a@x", Cc="g: a@x, b@x;"),
]
ORDERS = {
    "ARRIVAL": [4, 1, 2, 3],
    "REVERSE ARRIVAL": [1, 2, 3, 4],
    "DATE": [1, 4, 2, 3],
    "REVERSE DATE": [2, 3, 4, 1],
    "FROM": [2, 3, 1, 4],
    "REVERSE FROM": [4, 1, 2, 3],
    "TO": [1, 4, 3, 2],
    "SIZE": [4, 1, 2, 3],
    "SUBJECT": [4, 2, 1, 3],
    "REVERSE SUBJECT": [1, 3, 2, 4],
    "SUBJECT REVERSE DATE": [4, 2, 3, 1],
    "DISPLAYFROM": [4, 3, 2, 1],
    "DISPLAYTO": [1, 4, 3, 2],
}


def order(keys: str, criteria: str = "ALL", name: str = "SORT") -> Order:
    command = f"a {name} ({keys}) UTF-8 {criteria}\r\n".encode()
    return sorted_by(command, GRAMMAR, MAILBOX)


def differs(wanted: Order, *numbers: int) -> str | None:
    return wanted.differs(Group(tuple(Leaf(b"%d" % number) for number in numbers)), "SORT")


@pytest.mark.parametrize(("keys", "wanted"), ORDERS.items())
def test_one_order_is_right(keys: str, wanted: list[int]) -> None:
    right = [list(each) for each in permutations((1, 2, 3, 4)) if not differs(order(keys), *each)]
    assert right == [wanted]


def test_a_group_may_be_read_in_two_ways() -> None:
    # Nothing, then g or a: where no other message has a Cc that changes nothing.
    assert differs(order("CC"), 1, 2, 3, 4) is None
    assert differs(order("CC"), 1, 2, 4, 3)


def test_what_is_found_is_compared_first() -> None:
    wanted = order("SIZE", "SUBJECT b")
    assert differs(wanted, 1, 3) is None
    assert differs(wanted, 1) == "SORT: 3 is missing; expected 1 3"
    assert differs(wanted, 1, 2, 3) == "SORT: 2 is too much; expected 1 3"
    assert differs(wanted, 1, 3, 1) == "SORT: 1 stands twice"
    assert differs(wanted, 3, 1) == "SORT: 1 comes before 3 by SIZE"


def test_unique_identifiers_and_message_numbers() -> None:
    assert differs(order("REVERSE SUBJECT", "1:2", "UID SORT"), 11, 12) is None


def test_what_can_not_be_read_is_left_open() -> None:
    for field in ("Mon, 99 Jan 2024 00:00:00 +0000", "Mon, 1 Jan 2024 77:00:00 +0000"):
        assert not sent_dates(kept(1, Date=field).message.header, ARRIVED)
    mailbox = [kept(1, Subject="=?x-none?Q?a?="), kept(2, Subject="b")]
    found = sorted_by(b"a SORT (SUBJECT) UTF-8 ALL\r\n", GRAMMAR, mailbox)
    assert found.open
    assert differs(found, 2, 1) is None


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("31 Dec 2000 16:01:33 -0800", "2001-01-01T00:01:33"),
        ("Mon, 5 Feb 2024 09:30:00 EST", "2024-02-05T14:30:00"),
        ("Mon, 5 Feb 2024 09:30:00 XYZ", "2024-02-05T09:30:00"),
        ("Mon, 5 Feb 2024 09:30 (noon) +0000 (UTC)", "2024-02-05T09:30:00"),
    ],
)
def test_sent_dates_are_in_utc(field: str, wanted: str) -> None:
    [date] = sent_dates(kept(1, Date=field).message.header, None)
    assert date.isoformat() == wanted + "+00:00"


def test_casemap_takes_letters_apart() -> None:
    assert casemap("aZ_") == b"AZ_"
    assert casemap("\u00e4") == casemap("A\u0308") == b"A\xcc\x88"
    assert casemap("\u01c6") == b"D" + "z\u030c".encode()
    assert casemap("\u00df") == "\u00df".encode()


def test_what_is_answered_otherwise() -> None:
    with pytest.raises(ValueError, match="no command"):
        sorted_by(b"a SORT (X) UTF-8 ALL\r\n", GRAMMAR, MAILBOX)
    extended = grammar.load(("SORT", "ESORT"))
    with pytest.raises(ValueError, match="what to return"):
        sorted_by(b"a SORT RETURN (ALL) (DATE) UTF-8 ALL\r\n", extended, MAILBOX)
