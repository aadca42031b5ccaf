"""Flaws of MULTISEARCH (RFC 7377), and a facade that lets PARTIAL be asked for with it."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, ask_then, before, drop, replace, send_as
from conformance.flaws.flaw import Act, Flaw, facade, flaw

_BAD = b"{tag} BAD What is that\r\n"


def _row(name: str, title: str, rules: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", rules, *acts, backend="cyrus310")


def _first_two(found: re.Match[bytes]) -> bytes:
    """Cut a set that is one range or one number to two numbers."""
    first, _, last = found[1].partition(b":")
    second = min(int(first) + 1, int(last or first))
    numbers = first if second == int(first) else b"%s:%d" % (first, second)
    return b"UID PARTIAL (1:2 %s)" % numbers


FACADES = (
    facade(
        "multisearch-partial-facade",
        "PARTIAL is announced beside MULTISEARCH, and cuts what one range has",
        replace(rb" MULTISEARCH\b", b" MULTISEARCH PARTIAL"),
        send_as(rb"PARTIAL 1:2", b"ALL", name="ESEARCH"),
        replace(rb"UID ALL ([\d:]+)", _first_two, only="ESEARCH", to="ESEARCH"),
        backend="cyrus310",
    ),
)

FLAWS = (
    _row(
        "multisearch-unknown",
        "MULTISEARCH is announced, and ESEARCH is not known",
        "7377-2-announced 7377-2.1-each",
        answer(_BAD, name="ESEARCH"),
    ),
    _row(
        "multisearch-wants-range",
        "Numbers behind the end are an error in ESEARCH",
        "7377-2-beyond",
        answer(b"{tag} BAD No such message\r\n", name="ESEARCH", where=rb":200\r"),
    ),
    _row(
        "multisearch-misses-flags",
        "FLAGGED in ESEARCH finds nothing",
        "7377-2-announced",
        send_as(rb"FLAGGED", b"NOT ALL", name="ESEARCH"),
    ),
    _row(
        "multisearch-with-search",
        "ESEARCH brings SEARCH as well",
        "7377-2.1-esearch",
        before(b"* SEARCH\r\n", kind="tagged", to="ESEARCH"),
    ),
    _row(
        "multisearch-without-uid",
        "The responses to ESEARCH have no UID",
        "7377-2.1-uid",
        replace(rb"\) UID ", b") ", only="ESEARCH", to="ESEARCH"),
    ),
    _row(
        "multisearch-counts",
        "Without result options COUNT is returned",
        "7377-2.1-all 7377-2.1-each",
        send_as(rb"(\)+) SUBJECT", rb"\1 RETURN (COUNT) SUBJECT", name="ESEARCH"),
    ),
    _row(
        "multisearch-selects",
        "ESEARCH leaves another mailbox selected",
        "7377-2.1-selected-stays",
        ask_then(b"EXAMINE INBOX", name="ESEARCH", where=rb"IN \(mailboxes"),
    ),
    _row(
        "multisearch-first-only",
        "Of several mailboxes the first is searched",
        "7377-2.1-each",
        send_as(rb"\(mailboxes \((\S+) \S+\)\)", rb"(mailboxes \1)", name="ESEARCH"),
    ),
    _row(
        "multisearch-tells-of-nothing",
        "A mailbox in which nothing is found has a response",
        "7377-2.1-nothing",
        before(
            b'* ESEARCH (TAG "{tag}" MAILBOX "void" UIDVALIDITY 1) UID COUNT 0\r\n',
            kind="tagged",
            to="ESEARCH",
        ),
    ),
    _row(
        "multisearch-without-uidvalidity",
        "The responses to ESEARCH have no UIDVALIDITY",
        "7377-2.1-correlators",
        replace(rb" UIDVALIDITY \d+\)", b")", only="ESEARCH"),
    ),
    _row(
        "multisearch-saves-nothing",
        "ESEARCH does not save what it finds",
        "7377-2.1-searchres",
        send_as(rb"RETURN \(SAVE\)", b"RETURN (COUNT)", name="ESEARCH"),
    ),
    _row(
        "multisearch-subtree-is-one",
        "With subtree the mailbox alone is searched",
        "7377-2.2-subtree",
        send_as(rb"\(subtree ", b"(mailboxes ", name="ESEARCH"),
    ),
    _row(
        "multisearch-all-levels",
        "With subtree-one all levels are searched",
        "7377-2.2-subtree-one",
        send_as(rb"subtree-one", b"subtree", name="ESEARCH"),
    ),
    _row(
        "multisearch-inbox-for-personal",
        "With personal INBOX alone is searched",
        "7377-2.2-personal",
        send_as(rb"\(personal\)", b"(mailboxes INBOX)", name="ESEARCH"),
    ),
    _row(
        "multisearch-wants-source",
        "ESEARCH without a source is refused",
        "7377-2.2-default",
        answer(_BAD, name="ESEARCH", where=rb"ESEARCH RETURN", state="selected"),
    ),
    _row(
        "multisearch-wants-selected",
        "ESEARCH is refused where no mailbox is selected",
        "7377-2.2-state",
        answer(_BAD, name="ESEARCH", where=rb"mailboxes", state="authenticated"),
    ),
    _row(
        "multisearch-no-for-bad",
        "ESEARCH of the selected mailbox is answered NO where none is",
        "7377-2.2-not-selected 7377-2.2-save",
        replace(rb"\A(\S+) BAD", rb"\1 NO", to="ESEARCH"),
    ),
    _row(
        "multisearch-saves-elsewhere",
        "SAVE with other mailboxes is passed over",
        "7377-2.2-save",
        send_as(rb"(mailboxes \S+\)) RETURN \(SAVE\)", rb"\1", name="ESEARCH"),
    ),
    _row(
        "multisearch-refuses-for-rights",
        "One mailbox that may not be read makes ESEARCH fail",
        "7377-2.2-rights",
        answer(
            b"{tag} NO Permission denied\r\n",
            name="ESEARCH",
            where=rb"mailboxes \(\S+ \S+\)\) RETURN \(COUNT\)",
        ),
    ),
    _row(
        "multisearch-takes-delayed",
        "Selected-delayed is taken for selected",
        "7377-4-arguments",
        send_as(rb"selected-delayed", b"selected", name="ESEARCH"),
    ),
    _row(
        "multisearch-in-capitals-only",
        "ESEARCH is known in capitals only",
        "7377-4-case",
        answer(_BAD, name="ESEARCH", where=rb"(?-i:esearch in)"),
    ),
    flaw(
        "multisearch-partial-of-one",
        "PARTIAL is for all mailboxes together",
        "",
        "7377-2.2-partial",
        drop(only="ESEARCH", where=rb"PARTIAL", since=2),
        backend="cyrus310",
        facade="multisearch-partial-facade",
    ),
)
