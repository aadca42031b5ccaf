"""Rows of `checks_rows` for ESEARCH (RFC 4731)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ESEARCH ESORT", "S: c1 OK done"]
MODSEQS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ESEARCH CONDSTORE", "S: c1 OK done"]


def search(options: str, *lines: str, name: str = "SEARCH", keys: str = "ALL") -> list[str]:
    """Return a search under the tag a1, what comes for it, and its OK."""
    return [*CAPS, f"C: a1 {name} RETURN ({options}) {keys}", *_said(lines), "S: a1 OK done"]


def by_modseq(*lines: str, keys: str = "MODSEQ 7") -> list[str]:
    """Return a search by MODSEQ in the same way."""
    return [*MODSEQS, f"C: a1 SEARCH RETURN (MIN) {keys}", *_said(lines), "S: a1 OK done"]


def _said(lines: tuple[str, ...]) -> list[str]:
    return [f"S: * {line}" for line in lines]


BROKEN = [
    (
        "ESEARCH with the tag of a command that is done",
        ["4731-3.1-tag", "4731-3.1-single"],
        search("ALL", 'ESEARCH (TAG "c1") ALL 1'),
    ),
    (
        "ESEARCH with the tag of a NOOP",
        ["4731-3.1-tag"],
        [*CAPS, "C: a1 NOOP", 'S: * ESEARCH (TAG "a1") ALL 1', "S: a1 OK done"],
    ),
    (
        "ESEARCH for a UID SEARCH without UID",
        ["4731-3.1-uid"],
        search("COUNT", 'ESEARCH (TAG "a1") COUNT 2', name="UID SEARCH"),
    ),
    (
        "ESEARCH for a SEARCH with UID",
        ["4731-3.1-numbers"],
        search("MIN", 'ESEARCH (TAG "a1") UID MIN 2'),
    ),
    (
        "MIN above MAX",
        ["4731-3.1-min"],
        search("MIN MAX", 'ESEARCH (TAG "a1") MIN 4 MAX 2'),
    ),
    (
        "MIN is not the first of ALL, nor MAX the last",
        ["4731-3.1-min", "4731-3.1-max"],
        search("MIN MAX ALL", 'ESEARCH (TAG "a1") MIN 2 MAX 4 ALL 5,1:2'),
    ),
    (
        "COUNT is not how many ALL has",
        ["4731-3.1-count"],
        search("ALL COUNT", 'ESEARCH (TAG "a1") COUNT 3 ALL 1:2'),
    ),
    (
        "COUNT is 0 and MIN is there",
        ["4731-3.1-nothing"],
        search("MIN COUNT", 'ESEARCH (TAG "a1") MIN 1 COUNT 0'),
    ),
    (
        "more messages than there are",
        ["4731-3.1-count"],
        search("COUNT", 'ESEARCH (TAG "a1") COUNT 6'),
    ),
    (
        "a number behind the last message",
        ["4731-3.1-numbers"],
        search("ALL", 'ESEARCH (TAG "a1") ALL 4:6'),
    ),
    (
        "COUNT was asked for and nothing comes",
        ["4731-3.1-count-always"],
        search("COUNT MIN", 'ESEARCH (TAG "a1")'),
    ),
    (
        "ALL was asked for, and one was found",
        ["4731-3.1-all"],
        search("COUNT ALL", 'ESEARCH (TAG "a1") COUNT 1'),
    ),
    (
        "ALL comes and was not asked for",
        ["4731-3.1-asked"],
        search("COUNT", 'ESEARCH (TAG "a1") COUNT 1 ALL 1'),
    ),
    (
        "COUNT stands twice",
        ["4731-3.1-once"],
        search("COUNT", 'ESEARCH (TAG "a1") COUNT 1 COUNT 1'),
    ),
    ("no ESEARCH", ["4731-3.1-single"], search("COUNT")),
    (
        "two ESEARCH responses",
        ["4731-3.1-single"],
        search("COUNT", 'ESEARCH (TAG "a1") COUNT 1', 'ESEARCH (TAG "a1") COUNT 1'),
    ),
    ("ESEARCH without a tag", ["4731-3.1-correlator"], search("COUNT", "ESEARCH COUNT 1")),
    (
        "SEARCH besides",
        ["4731-3.1-instead"],
        search("ALL", "SEARCH 1", 'ESEARCH (TAG "a1") ALL 1'),
    ),
    (
        "a search by MODSEQ without MODSEQ",
        ["4731-3.2-modseq"],
        by_modseq('ESEARCH (TAG "a1") MIN 1'),
    ),
]

KEPT = [
    ("all four", search("MIN MAX ALL COUNT", 'ESEARCH (TAG "a1") COUNT 3 ALL 4,1:2 MAX 4 MIN 1')),
    ("an empty list", search("", 'ESEARCH (TAG "a1") ALL 1:5')),
    ("nothing is found", search("MIN MAX ALL", 'ESEARCH (TAG "a1")')),
    ("nothing is counted", search("MIN COUNT", 'ESEARCH (TAG "a1") COUNT 0')),
    (
        "unique identifiers may be above the number of messages",
        search("MAX", 'ESEARCH (TAG "a1") UID MAX 99', name="UID SEARCH"),
    ),
    (
        "a message that has just come",
        search("MAX", 'ESEARCH (TAG "a1") MAX 6', "6 EXISTS"),
    ),
    (
        "two searches in flight, answered the other way round",
        [
            *(*CAPS, "C: a1 SEARCH RETURN (MIN) ALL", "C: a2 UID SEARCH RETURN (COUNT) ALL"),
            *('S: * ESEARCH (TAG "a2") UID COUNT 5', "S: a2 OK done"),
            *('S: * ESEARCH (TAG "a1") MIN 1', "S: a1 OK done"),
        ],
    ),
    (
        "a plain SEARCH beside an extended one",
        [
            *(*CAPS, "C: a1 SEARCH ALL", "C: a2 SEARCH RETURN (COUNT) ALL", "S: * SEARCH 1 2"),
            *("S: a1 OK done", 'S: * ESEARCH (TAG "a2") COUNT 2', "S: a2 OK done"),
        ],
    ),
    (
        "the first and the last in the order of a SORT",
        [
            *(*CAPS, "C: a1 SORT RETURN (MIN MAX) (DATE) UTF-8 ALL"),
            *('S: * ESEARCH (TAG "a1") MIN 4 MAX 2', "S: a1 OK done"),
        ],
    ),
    ("a search that is refused", [*CAPS, "C: a1 SEARCH RETURN (MIN) ALL", "S: a1 NO not now"]),
    ("a search by MODSEQ", by_modseq('ESEARCH (TAG "a1") MIN 1 MODSEQ 9')),
    ("a search by MODSEQ that finds nothing", by_modseq('ESEARCH (TAG "a1")')),
    (
        "a search for a subject",
        by_modseq('ESEARCH (TAG "a1") MIN 1', keys="SUBJECT MODSEQ"),
    ),
]
