"""Flaws of ESORT and CONTEXT (RFC 5267), and a facade that announces CONTEXT=SORT."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, before, drop, hold, replace, send_as
from conformance.flaws.flaw import facade, flaw

_BAD = b"{tag} BAD Unknown option\r\n"
_SORTS = "SORT, UID SORT"


def _ascending(found: re.Match[bytes]) -> bytes:
    """Write a list of numbers in ascending order."""
    return b"ALL " + b",".join(sorted(found[1].split(b","), key=int))


FACADES = (
    facade(
        "context-sort-facade",
        "CONTEXT=SORT is announced, and updates of SORT are refused by NOUPDATE",
        replace(rb" CONTEXT=SEARCH\b", b" CONTEXT=SEARCH CONTEXT=SORT"),
        before(
            b'* NO [NOUPDATE "{tag}"] Not for SORT\r\n',
            kind="tagged",
            to=_SORTS,
            where=rb"RETURN \(UPDATE",
        ),
        send_as(rb"RETURN \(UPDATE ", b"RETURN (", name=_SORTS),
        backend="dovecot24",
    ),
)

FLAWS = (
    flaw(
        "esort-in-mailbox-order",
        "ALL of a sorted search is in the order of the mailbox",
        "",
        "5267-3-order 5267-3.1-all",
        replace(rb"ALL ([\d,]+)", _ascending, only="ESEARCH", to=_SORTS),
    ),
    flaw(
        "esort-all-of-nothing",
        "ALL of a sorted search is one message short",
        "",
        "5267-3.1-all 5267-3-order",
        replace(rb"(ALL [\d:,]*?)[,:]\d+\r", b"\\1\r", only="ESEARCH", to=_SORTS),
    ),
    flaw(
        "esort-min-is-smallest",
        "MIN and MAX of a sorted search are the smallest and the largest number",
        "",
        "5267-3.1-min 5267-3.1-max",
        replace(rb"MIN (\d+) MAX (\d+)", rb"MIN \2 MAX \1", only="ESEARCH", to="SORT"),
    ),
    flaw(
        "esort-max-is-min",
        "MAX of a sorted search is the first",
        "",
        "5267-3.1-max",
        send_as(rb"RETURN \(MAX\)", b"RETURN (MIN)", name="SORT"),
        replace(rb" MIN ", b" MAX ", only="ESEARCH", to="SORT", where=rb"MAX\)"),
    ),
    flaw(
        "esort-counts-all",
        "COUNT of a sorted search counts the whole mailbox",
        "",
        "5267-3.1-count",
        replace(rb"COUNT \d+", b"COUNT 6", only="ESEARCH", to=_SORTS),
    ),
    flaw(
        "esort-without-uid",
        "UID SORT is answered without the word UID",
        "",
        "5267-3.1-uid",
        replace(rb"\) UID ", b") ", only="ESEARCH", to="UID SORT"),
    ),
    flaw(
        "esort-with-sort",
        "SORT comes besides ESEARCH",
        "",
        "5267-3-esearch",
        before(b"* SORT 1\r\n", only="ESEARCH", to=_SORTS),
    ),
    flaw(
        "esort-always",
        "SORT without return options is answered with ESEARCH as well",
        "",
        "5267-3-plain",
        before(b'* ESEARCH (TAG "{tag}") ALL 1\r\n', only="SORT"),
    ),
    flaw(
        "esort-unknown-option",
        "An unknown return option of SORT is passed over",
        "",
        "5267-5-arguments",
        send_as(rb"RETURN \(NUMBER\)", b"RETURN ()", name="SORT"),
    ),
    flaw(
        "context-unknown",
        "CONTEXT=SEARCH is announced, and CONTEXT is not known",
        "",
        "5267-4.2-context",
        answer(_BAD, name="SEARCH", where=rb"\(CONTEXT COUNT"),
    ),
    flaw(
        "context-keeps-old-results",
        "A part of a result is one of what the server has kept",
        "",
        "5267-4.5-identical",
        replace(rb"\(1:2 1,4\)", b"(1:2 4)", only="ESEARCH"),
    ),
    flaw(
        "context-refused",
        "Each update is refused",
        "",
        "5267-4.3.1-one",
        before(
            b'* NO [NOUPDATE "{tag}"] Too many contexts\r\n',
            kind="tagged",
            to="SEARCH",
            where=rb"\(UPDATE",
        ),
        send_as(rb"\(UPDATE ", b"(", name="SEARCH"),
    ),
    flaw(
        "context-silent",
        "What joins a result and leaves it is not told",
        "",
        "5267-4.3-update",
        replace(rb"\* ESEARCH [^\r]*(ADDTO|REMOVEFROM)[^\r]*\r\n", b"", only="ESEARCH"),
    ),
    flaw(
        "context-by-number",
        "Updates of a UID SEARCH are message numbers",
        "",
        "5267-4.3.2-uid",
        replace(rb"\) UID ADDTO \((\d+) \d+", rb") ADDTO (\1 1", only="ESEARCH"),
    ),
    flaw(
        "context-before-exists",
        "A new message is in ADDTO before its EXISTS",
        "",
        "5267-4.3.3-exists",
        hold({"only": "ESEARCH"}, only="EXISTS", to="NOOP"),
    ),
    flaw(
        "context-behind-expunge",
        "A message that is removed is in REMOVEFROM behind its EXPUNGE",
        "",
        "5267-4.3.4-expunge",
        hold({"only": "EXPUNGE"}, only="ESEARCH", to="NOOP"),
    ),
    flaw(
        "context-not-cancelled",
        "CANCELUPDATE is answered OK and ends nothing",
        "",
        "5267-4.3.5-cancel",
        answer(b"{tag} OK Cancelled\r\n", name="CANCELUPDATE"),
    ),
    flaw(
        "context-goes-on",
        "Updates go on when a mailbox is selected again",
        "",
        "5267-4.3-cease",
        before(b'* ESEARCH (TAG "a1") ADDTO (0 3)\r\n', kind="tagged", to="NOOP", where=rb"a4"),
    ),
    flaw(
        "context-tag-again",
        "UPDATE under a tag that has a context is taken",
        "",
        "5267-4.3-tag",
        send_as(rb"RETURN \(UPDATE\) SEEN", b"RETURN () SEEN", name="SEARCH"),
    ),
    flaw(
        "context-one-only",
        "A second context is not updated",
        "",
        "5267-4.3.1-more",
        send_as(rb"\Aa2 SEARCH RETURN \(UPDATE ", b"a2 SEARCH RETURN (", name="SEARCH"),
    ),
    flaw(
        "partial-from-zero",
        "The first result of PARTIAL is number 0",
        "F19",
        "5267-4.4-partial",
        replace(rb"\(1:2 2:3\)", b"(1:2 3,5)", only="ESEARCH"),
    ),
    flaw(
        "partial-refuses-the-end",
        "A range of PARTIAL behind the end is refused",
        "",
        "5267-4.4-beyond",
        answer(b"{tag} NO Not so many\r\n", name="SEARCH", where=rb"PARTIAL 4:500"),
    ),
    flaw(
        "context-sort-unknown",
        "CONTEXT=SORT is announced, and SORT does not know PARTIAL",
        "",
        "5267-4.1-sort",
        answer(_BAD, name=_SORTS, where=rb"PARTIAL"),
        backend="dovecot24",
        facade="context-sort-facade",
    ),
    flaw(
        "context-sort-refused-whole",
        "Where an update is refused nothing is returned",
        "",
        "5267-4.3.1-honoured",
        drop(only="ESEARCH", to=_SORTS),
        backend="dovecot24",
        facade="context-sort-facade",
    ),
)
