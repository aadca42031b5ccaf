"""Flaws of STATUS=SIZE (RFC 8438), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, number, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SIZE = re.compile(rb"\bSIZE \d+", re.IGNORECASE)


def _as_told_first(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Tell the size that was told of this mailbox first."""
    found = _SIZE.search(octets)
    if found is None:
        return octets
    first = talk.shared.setdefault(("size", arrival.response.mailbox), found[0])
    return octets.replace(found[0], first, 1)


FLAWS = (
    flaw(
        "status-size-unknown",
        "STATUS=SIZE is announced, and STATUS does not know SIZE",
        "",
        "8438-3-size 8438-3-at-least",
        answer(b"{tag} BAD Unknown item\r\n", name="STATUS", where=rb"\bSIZE\b"),
    ),
    flaw(
        "status-size-zero",
        "SIZE is 0, whatever is in the mailbox",
        "",
        "8438-3-at-least",
        number(rb"\bSIZE (\d+)", lambda _: 0, only="STATUS"),
    ),
    flaw(
        "status-size-compressed",
        "SIZE is what the messages take when they are compressed",
        "",
        "8438-3-at-least",
        number(rb"\bSIZE (\d+)", lambda n: n * 2 // 3, only="STATUS"),
    ),
    flaw(
        "status-size-remembered",
        "SIZE is what it was when it was asked for first",
        "",
        "8438-3-at-least",
        alter(_as_told_first, only="STATUS"),
    ),
    flaw(
        "status-size-not-in-list",
        "LIST does not know SIZE in RETURN (STATUS)",
        "",
        "8438-3-list",
        answer(b"{tag} BAD Unknown item\r\n", name="LIST", where=rb"STATUS \([^)]*SIZE"),
    ),
    flaw(
        "status-size-of-64-bits",
        "An unknown SIZE is told as the largest number of 64 bits",
        "",
        "8438-3-size 8438-4-status-att-size",
        replace(rb"\bSIZE \d+", b"SIZE 18446744073709551615", only="STATUS"),
    ),
)

ALLOWED = (
    flaw(
        "status-size-in-blocks",
        "SIZE is rounded up to blocks of a disk",
        "",
        "8438-3-size 8438-3-at-least",
        number(rb"\bSIZE (\d+)", lambda n: -(-n // 4096) * 4096, only="STATUS"),
    ),
)
