"""Flaws of SEARCH=FUZZY (RFC 6203)."""

from __future__ import annotations

from conformance.flaws.acts import answer, replace, send_as
from conformance.flaws.flaw import Act, Flaw, flaw

_BAD = b"{tag} BAD Unknown word\r\n"
_SEARCHES = "SEARCH, UID SEARCH"
_SORTS = "SORT, UID SORT"


def _flaw(name: str, title: str, requirements: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", requirements, *acts, backend="cyrus310")


FLAWS = (
    _flaw(
        "fuzzy-unknown",
        "SEARCH=FUZZY is announced, and FUZZY not known",
        "6203-3-fuzzy",
        answer(_BAD, name=_SEARCHES, where=rb"FUZZY"),
    ),
    _flaw(
        "fuzzy-takes-all-keys",
        "FUZZY is about all keys behind it",
        "6203-3-next-key",
        send_as(rb"FUZZY ANSWERED SEEN", b"OR FUZZY ANSWERED FUZZY SEEN", name="SEARCH"),
    ),
    _flaw(
        "fuzzy-strings-only",
        "FUZZY before what is no string is refused",
        "6203-5-keys 6203-3-fuzzy",
        answer(_BAD, name=_SEARCHES, where=rb"FUZZY (?!SUBJECT)"),
    ),
    _flaw(
        "fuzzy-in-capitals",
        "FUZZY is known in capitals only",
        "6203-7-case",
        answer(_BAD, name="SEARCH", where=rb"(?-i:fuzzy)"),
    ),
    _flaw(
        "fuzzy-of-nothing",
        "FUZZY without a key is taken",
        "6203-7-arguments",
        send_as(rb"FUZZY\r\n", b"ALL\r\n", name="SEARCH"),
    ),
    _flaw(
        "relevancy-unknown",
        "The option RELEVANCY is not known",
        "6203-4-relevancy",
        answer(_BAD, name=_SEARCHES, where=rb"RETURN \([^()]*RELEVANCY"),
    ),
    _flaw(
        "relevancy-of-the-first",
        "There is one score, whatever is found",
        "6203-4-score",
        replace(rb"RELEVANCY \((\d+)[^)]*\)", rb"RELEVANCY (\1)", only="ESEARCH"),
    ),
    _flaw(
        "relevancy-in-thousandths",
        "Scores go up to 1000",
        "6203-7-score-list 6203-4-range 6203-4-relevancy",
        replace(rb"\b100\b", b"1000", only="ESEARCH", where=rb"RELEVANCY"),
    ),
    _flaw(
        "relevancy-is-no-order",
        "SORT does not know the order RELEVANCY",
        "6203-6-sort",
        answer(_BAD, name=_SORTS, where=rb"\((REVERSE )?RELEVANCY( ARRIVAL)?\) UTF"),
    ),
    _flaw(
        "relevancy-worst-first",
        "The order RELEVANCY begins with the lowest score",
        "6203-6-highest-first",
        replace(rb"RELEVANCY \(\d+ ", b"RELEVANCY (1 ", only="ESEARCH", to=_SORTS),
    ),
    _flaw(
        "relevancy-not-of-sort",
        "SORT does not know the option RELEVANCY",
        "6203-6-esort",
        answer(_BAD, name=_SORTS, where=rb"RETURN \(RELEVANCY"),
    ),
)
