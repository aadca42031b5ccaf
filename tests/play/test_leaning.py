"""What a case leans on that its mailbox does not have: it is blocked, and no other is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from play_odd import FIXTURES

from conformance.casefile.fixtures import Fixture
from conformance.casefile.plan import Step, make_plan
from conformance.casefile.script import read_script
from conformance.play.leaning import lacks, names_inbox, sent_literals
from conformance.syntax import grammar

DATED = FIXTURES["search"]


def steps(*lines: str) -> tuple[Step, ...]:
    return make_plan(
        list(read_script([(n, line) for n, line in enumerate(lines, 1)])), grammar.load()
    )


def undated(fixture: Fixture) -> Fixture:
    return replace(fixture, messages=tuple(replace(m, date="") for m in fixture.messages))


def otherwise(fixture: Fixture) -> Fixture:
    messages = tuple(replace(m, octets=b"Date: x\r\n" + m.octets) for m in fixture.messages)
    return replace(fixture, messages=messages)


@pytest.mark.parametrize(
    ("made", "lines", "leans"),
    [
        (undated(DATED), ("C: a1 SEARCH ON 1-Feb-2024", "S: * SEARCH 2", "S: a1 OK"), True),
        (undated(DATED), ("C: a1 SEARCH since 1-Feb-2024", "S: * SEARCH 2", "S: a1 OK"), True),
        (undated(DATED), ("C: a1 SEARCH ON 1-Feb", "S: a1 BAD"), False),
        (undated(DATED), ("C: a1 SEARCH ALL", "S: * SEARCH 1 2 3 4 5 6", "S: a1 OK"), False),
        (undated(DATED), ("C: a1 FETCH 1 ALL", "S: * 1 FETCH (RFC822.SIZE 5)", "S: a1 OK"), True),
        (undated(DATED), ("C: a1 SEARCH ON 1-Feb-2024", "S: * SEARCH {found}", "S: a1 OK"), False),
        (undated(DATED), ("C: a1 SEARCH SUBJECT on", "S: * SEARCH 2", "S: a1 OK"), False),
        (
            otherwise(DATED),
            ("C: a1 FETCH 1 RFC822.SIZE", "S: * 1 FETCH (RFC822.SIZE 5)", "S: a1 OK"),
            True,
        ),
        (
            otherwise(DATED),
            ("C: a1 FETCH 1 BODY[]", "S: * 1 FETCH (BODY[] {:nstring})", "S: a1 OK"),
            False,
        ),
        (
            otherwise(DATED),
            ("C: a1 FETCH 1 BODY[]", "S: * 1 FETCH (BODY[] {msg.1.octets})", "S: a1 OK"),
            False,
        ),
        (otherwise(DATED), ("C: a1 SEARCH ALL", "S: * SEARCH 1 2 3 4 5 6", "S: a1 OK"), False),
        (otherwise(DATED), ("C: a1 SEARCH TEXT x", "S: * SEARCH 1", "S: a1 OK"), True),
        (otherwise(DATED), ("C: a1 FETCH 1 FLAGS", "S: * 1 FETCH (FLAGS ())", "S: a1 OK"), False),
        (
            replace(DATED, recent=False),
            ("C: a1 SELECT {mailbox}", "S: * 6 RECENT", "S: a1 OK"),
            True,
        ),
        (replace(DATED, recent=False), ("C: a1 SEARCH NEW", "S: * SEARCH", "S: a1 OK"), True),
        (replace(DATED, recent=False), ("C: a1 SEARCH SEEN", "S: * SEARCH", "S: a1 OK"), False),
        (replace(DATED, exact=False), ("C: a1 SEARCH LARGER 5", "S: * SEARCH {found}"), True),
        (replace(DATED, exact=False), ("C: a1 SEARCH SEEN", "S: * SEARCH {found}"), False),
    ],
)
def test_only_what_a_case_looks_at_blocks_it(
    made: Fixture, lines: tuple[str, ...], leans: bool
) -> None:
    assert bool(lacks(made, DATED, steps(*lines))) is leans


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("C: a1 SELECT inbox", True),
        ('C: a1 STATUS "INBOX" (MESSAGES)', True),
        ("C: a1 CREATE {inbox/child}", True),
        ("C: a1 SELECT {mailbox}", False),
    ],
)
def test_which_cases_need_inbox(line: str, names: bool) -> None:
    assert names_inbox(steps(line, "S: a1 OK")) is names


def test_the_literals_that_a_case_sends() -> None:
    sent = steps(
        "C: a1 APPEND INBOX {#}", "S: +", "C| Subject: x", "C|", "C| Hello.", "C:", "S: a1 OK"
    )
    assert sent_literals(sent) == [b"Subject: x\n\nHello."]
