"""What was asked for comes: servers that leave something out, and right ones like them."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from passive_talk import of_server, selected, told

from conformance.passive.answers import RULES


class Row(NamedTuple):
    rule: str
    what: str
    broken: list[str]
    kept: list[str]


ROWS = (
    Row(
        "3501-6.3.10-items",
        "an item of STATUS is missing; one that no RFC but another has may be",
        [*told(), "C: a1 STATUS b (UIDNEXT)", "S: * STATUS b ()", "S: a1 OK done"],
        [*told(), "C: a1 STATUS b (MESSAGES)", "S: * STATUS b (MESSAGES 1)", "S: a1 OK done"],
    ),
    Row(
        "3501-6.3.10-items",
        "one of three; the items may come in any order and letter case",
        [
            *told(),
            "C: a1 STATUS b (MESSAGES UIDNEXT UNSEEN)",
            "S: * STATUS b (MESSAGES 1 UNSEEN 0)",
            "S: a1 OK done",
        ],
        [
            *told(),
            "C: a1 STATUS b (MESSAGES UIDNEXT)",
            "S: * STATUS b (uidnext 7 messages 1)",
            "S: a1 OK done",
        ],
    ),
    Row(
        "3501-6.4.5-forms",
        "an item of FETCH is missing; of other messages flags may come unasked",
        [
            *selected(),
            "C: a1 FETCH 1 (UID INTERNALDATE RFC822.SIZE)",
            "S: * 1 FETCH (UID 8 RFC822.SIZE 9)",
            "S: a1 OK done",
        ],
        [
            *selected(),
            "C: a1 FETCH 1 (UID RFC822.SIZE)",
            "S: * 2 FETCH (FLAGS (\\Seen))",
            "S: * 1 FETCH (RFC822.SIZE 9)",
            "S: * 1 FETCH (UID 8)",
            "S: a1 OK done",
        ],
    ),
    Row(
        "3501-6.4.5-forms",
        "a header is missing; its fields may be written in another way, a part by number left out",
        [
            *selected(),
            "C: a1 FETCH 1 (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (TO)])",
            "S: * 1 FETCH (RFC822.SIZE 9)",
            "S: a1 OK done",
        ],
        [
            *selected(),
            "C: a1 FETCH 1 (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (To)] BODY.PEEK[7]<0.9>)",
            'S: * 1 FETCH (RFC822.SIZE 9 BODY[HEADER.FIELDS ("TO")] NIL)',
            "S: a1 OK done",
        ],
    ),
    Row(
        "3501-6.4.5-forms",
        "what a macro stands for; a message may have gone meanwhile, and the command been refused",
        [
            *selected(),
            "C: a1 FETCH 1 FAST",
            "S: * 1 FETCH (FLAGS () RFC822.SIZE 9)",
            "S: a1 OK done",
        ],
        [
            *selected(),
            "C: a1 FETCH 1 FAST",
            "S: * 1 FETCH (FLAGS () RFC822.SIZE 9)",
            "S: a1 NO some are gone",
        ],
    ),
    Row(
        "2177-3-done",
        "IDLE is completed without DONE; it may be refused, and the session ended",
        [*told("IDLE"), "C: a1 IDLE", "S: + go", "S: a1 OK done"],
        [*told("IDLE"), "C: a1 IDLE", "S: a1 NO not now", "C: a2 IDLE", "S: + go", "S: * BYE x"],
    ),
    Row(
        "2177-3-done",
        "the same in a second IDLE; with DONE in small letters",
        [
            *told("IDLE"),
            *("C: a1 IDLE", "S: + go", "C: DONE", "S: a1 OK done"),
            *("C: a2 IDLE", "S: + go", "S: a2 OK done"),
        ],
        [*told("IDLE"), "C: a1 IDLE", "S: + go", "C: done", "S: a1 OK done"],
    ),
    Row(
        "4315-4-uid-set",
        "a code without what it needs and without text; one with all, and one of nobody's",
        [*told("UIDPLUS"), "C: a1 COPY 1 b", "S: a1 OK [COPYUID 14  ]"],
        [*told("UIDPLUS"), "C: a1 COPY 1 b", "S: a1 OK [COPYUID 14 1 2]", "S: * OK [X-A  ]"],
    ),
    Row(
        "3501-9-resp-text-code",
        "UNSEEN without a number; with it, and without text",
        [*told(), "S: * OK [UNSEEN]"],
        [*told(), "S: * OK [UNSEEN 1]"],
    ),
    Row(
        "3501-6.4.4-charset-no",
        "BAD for a charset that the server names; BAD for another reason, and NO",
        [*selected(), "C: a1 SEARCH CHARSET X ALL", "S: a1 BAD unknown charset"],
        [
            *selected(),
            *("C: a1 SEARCH CHARSET X ALL", "S: a1 NO unknown charset"),
            *("C: a2 SEARCH CHARSET X TEXT", "S: a2 BAD syntax"),
        ],
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}: {row.what}")
def test_a_server_that_breaks_the_rule_is_found(row: Row) -> None:
    assert row.rule in of_server(row.broken)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}: {row.what}")
def test_one_that_keeps_it_is_not(row: Row) -> None:
    assert row.rule not in of_server(row.kept)


def test_each_rule_is_seen() -> None:
    assert {rule.requirement for rule in RULES} <= {row.rule for row in ROWS}


def test_where_the_order_is_not_known_nothing_is_said() -> None:
    for row in ROWS[:7]:
        assert row.rule not in of_server(row.broken, exact=False)
