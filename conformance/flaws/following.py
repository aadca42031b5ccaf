"""What flaws keep of connections: how many messages there are, what others removed, who is there.

`COUNTING` and `PRESENT` are acts that only remember; the functions say what they have remembered.
A row that asks for it has these acts in front of its own.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import alter
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _count(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    name, memory = arrival.response.name, talk.memory
    if name != "EXPUNGE":
        memory[name] = arrival.response.count or 0
        return octets
    memory["EXISTS"] = max(messages(talk) - 1, 0)
    memory.pop("removed elsewhere", None)  # the numbers mean other messages from here on
    if any(command.name == "EXPUNGE" for command in arrival.in_flight):
        _tell_others(talk, arrival.response.count or 0)
    return octets


def _tell_others(talk: Talk, number: int) -> None:
    """Note with the others who have the mailbox selected that a message is gone."""
    for other in others_there(talk):
        gone = other.memory.setdefault("removed elsewhere", [])
        gone.append(_before(number, gone))


def _before(number: int, gone: list[int]) -> int:
    """Return the number that a message had before those that had the numbers `gone` went."""
    for earlier in sorted(gone):
        number += earlier <= number
    return number


def _begin(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.memory.pop("removed elsewhere", None)
    return octets


def _come(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.shared["talks"] = [*connections(talk), talk]
    return octets


COUNTING = (
    alter(_begin, kind="tagged", to="SELECT, EXAMINE"),
    alter(_count, only="EXISTS RECENT EXPUNGE"),
)
"""Keeps how many messages the client knows of, and what others have removed of them."""

PRESENT = (alter(_come, kind="greeting"),)
"""Keeps which connections there are."""


def expunged_before(responses: list[bytes]) -> tuple[list[int], list[bytes]]:
    """Return the numbers that expunged messages had before all of them, and the other responses.

    The numbers are in ascending order.
    """
    gone: list[int] = []
    others: list[bytes] = []
    for response in responses:
        found = re.fullmatch(rb"\* (\d+) EXPUNGE\r\n", response)
        if found is None:
            others.append(response)
        else:
            gone.append(_before(int(found[1]), gone))
    return sorted(gone), others


def messages(talk: Talk) -> int:
    """Return how many messages the client was told of in the selected mailbox."""
    return int(talk.memory.get("EXISTS", 0))


def recent_messages(talk: Talk) -> int:
    """Return how many messages the client was told to be recent."""
    return int(talk.memory.get("RECENT", 0))


def connections(talk: Talk) -> list[Talk]:
    """Return the connections that came before and are still there."""
    return [each for each in talk.shared.get("talks", ()) if not each.over]


def others_there(talk: Talk, mailbox: bytes | None = None) -> list[Talk]:
    """Return the other connections that have a mailbox selected, by default the one of `talk`."""
    wanted = talk.mailbox if mailbox is None else mailbox
    return [
        each for each in connections(talk) if each is not talk and each.mailbox == wanted and wanted
    ]


def removed_elsewhere(talk: Talk) -> list[int]:
    """Return the numbers of messages that another session removed, which this was not told of."""
    return list(talk.memory.get("removed elsewhere", ()))


def in_set(talk: Talk, written: bytes) -> list[int]:
    """Return the message numbers that a set stands for, as far as there are such messages."""
    last = messages(talk)
    numbers: set[int] = set()
    for first, _, end in (each.partition(b":") for each in written.split(b",") if each):
        ends = [last if side == b"*" else int(side) for side in (first, end or first)]
        numbers.update(range(max(min(ends), 1), min(max(ends), last) + 1))
    return sorted(numbers)


def set_of(arguments: bytes) -> bytes:
    """Return the set that the arguments of a command begin with, empty if it is none."""
    found = re.match(rb"[\d:,*]+(?= )", arguments)
    return found[0] if found and re.fullmatch(rb"(\d+|\*)(:(\d+|\*))?(,.+)?", found[0]) else b""
