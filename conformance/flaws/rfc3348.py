"""Flaws of CHILDREN (RFC 3348), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_TOLD = re.compile(rb"\\Has(?:No)?Children", re.IGNORECASE)


def _as_told_first(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Say of a name what was said of it first on this connection."""
    found = _TOLD.search(octets)
    if found is None:
        return octets
    first = talk.memory.setdefault(("children", arrival.response.mailbox), found[0])
    return octets.replace(found[0], first, 1)


FLAWS = (
    flaw(
        "children-never",
        "Parents are listed with HasNoChildren",
        "C07",
        "3348-3-has-no-children",
        replace(rb"\\HasChildren", rb"\\HasNoChildren", only="LIST"),
    ),
    flaw(
        "children-remembered",
        "A connection says of a name what it said first, whatever was created since",
        "",
        "3348-3-has-no-children",
        alter(_as_told_first, only="LIST"),
    ),
    flaw(
        "children-direct-only",
        "A level that is no mailbox itself is listed with HasNoChildren",
        "",
        "3348-3-has-no-children",
        replace(rb"\\Noselect \\HasChildren", rb"\\Noselect \\HasNoChildren", only="LIST"),
    ),
    flaw(
        "children-both",
        "A mailbox with children has HasNoChildren as well",
        "",
        "3348-3-not-both",
        replace(rb"\\HasChildren", rb"\\HasChildren \\HasNoChildren", only="LIST"),
    ),
    flaw(
        "children-and-noinferiors",
        "A mailbox with children has Noinferiors as well",
        "",
        "3348-3-noinferiors",
        replace(rb"\\HasChildren", rb"\\HasChildren \\Noinferiors", only="LIST"),
    ),
    flaw(
        "children-none-and-noinferiors",
        "A mailbox without children has Noinferiors as well",
        "",
        "3348-3-redundant",
        replace(rb"\\HasNoChildren", rb"\\HasNoChildren \\Noinferiors", only="LIST"),
    ),
    flaw(
        "children-always",
        "Every mailbox is listed with HasChildren",
        "",
        "3348-3-has-children",
        replace(rb"\\HasNoChildren", rb"\\HasChildren", only="LIST"),
    ),
    flaw(
        "children-not-announced",
        "LIST tells of children, and no capability says so",
        "",
        "3348-3-announced",
        replace(rb" (?:CHILDREN|LIST-EXTENDED)\b", b"", count=0, only="CAPABILITY OK"),
    ),
    flaw(
        "children-of-others-always",
        "A mailbox of somebody else has HasChildren, for it may have some that are not shown",
        "",
        "3348-3-no-access",
        replace(rb"\\HasNoChildren", rb"\\HasChildren", only="LIST", where=rb'LIST "" "?Other/'),
    ),
)

ALLOWED = (
    flaw(
        "children-not-told",
        "LIST tells of no name whether it has children",
        "",
        "3348-3-attributes 3348-3-has-no-children 3348-3-has-children",
        replace(rb" ?\\Has(?:No)?Children", b"", only="LIST"),
    ),
    flaw(
        "children-of-noinferiors",
        "A mailbox without children has Noinferiors instead of HasNoChildren",
        "",
        "3348-3-redundant 3348-3-has-no-children",
        replace(rb"\\HasNoChildren", rb"\\Noinferiors", only="LIST"),
    ),
)
