"""Every rule for clients is seen to be broken and to be kept."""

from __future__ import annotations

import pytest
from passive_rows import Row
from passive_talk import LOGGED_IN, of_client, of_server, selected, told, watch
from registered_rows import registered

from conformance.casefile.suite import Suite
from conformance.passive import client_syntax
from conformance.passive.client import CHECKS

ROWS = registered(__file__, "passive", "ROWS")
OWN = {rule.requirement: rule for check in CHECKS for rule in check.rules} | {
    rule.requirement: rule for rule in client_syntax.RULES
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}: {row.what}")
def test_a_rule_is_reported_when_broken_and_only_then(row: Row) -> None:
    assert row.rule in of_client(row.broken)
    assert row.rule not in of_client(row.kept)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}: {row.what}")
def test_who_keeps_a_rule_breaks_no_other(row: Row) -> None:
    assert of_client(row.kept) == []
    assert of_server(row.kept) == []


def test_every_rule_has_rows() -> None:
    assert {row.rule for row in ROWS} >= set(OWN)


def test_no_rule_for_clients_has_the_id_of_one_for_servers() -> None:
    assert OWN.keys().isdisjoint(Suite().catalogue)


def test_every_rule_names_level_and_section() -> None:
    for rule in OWN.values():
        assert rule.level in {"MUST", "SHOULD"}
        assert rule.requirement.split("-")[1] == rule.section
        assert rule.sentence.endswith(".")


@pytest.mark.parametrize(
    "lines",
    [
        [*selected(), "C: a1 NOOP", "C: a2 FETCH 1 FLAGS"],
        [*LOGGED_IN, "C: a1 CREATE {3}", "C: box"],
        [*selected("IDLE"), "C: a1 IDLE", "S: + idling", "C: a2 NOOP"],
    ],
)
def test_where_the_order_is_not_known_nothing_that_hangs_on_it_is_said(lines: list[str]) -> None:
    assert of_client(lines) != []
    assert of_client(lines, exact=False) == []


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ([*told(), "C: a1 SELECT  box"], "3501-9-mailbox"),
        ([*told("CONDSTORE"), "C: a1 LIST box"], "3501-9-list"),
        ([*told(), "C: a1 SELECT box (CONDSTORE)"], "3501-2.2.1-client-unannounced"),
        ([*told("CONDSTORE"), "C: a1 SELECT box (COND)"], "7162-7-condstore-param"),
        ([*told(), "C: FROB"], "3501-9-command"),
    ],
)
def test_a_command_is_held_against_the_formal_syntax(lines: list[str], rule: str) -> None:
    assert of_client(lines) == [rule]


@pytest.mark.parametrize(
    "lines",
    [
        [*told("ID"), 'C: a1 ID ("name" "x")'],
        [*told("CONDSTORE"), "C: a1 SELECT box (CONDSTORE)"],
        [*told("LIST-EXTENDED"), 'C: a1 LIST (SUBSCRIBED) "" "*"'],
        [*told("X-FROB"), "C: a1 XFROB nicate"],
        [*selected("SORT=DISPLAY"), "C: a1 SORT (DATE) UTF-8 ALL"],
        [*selected("IMAP4rev2"), "C: a1 SEARCH RETURN (COUNT) ALL"],
    ],
)
def test_what_was_announced_may_be_sent(lines: list[str]) -> None:
    assert of_client(lines) == []


def test_a_finding_has_its_place_its_octets_and_an_excerpt() -> None:
    (seen,) = [s for s in watch([*LOGGED_IN, "C: a1 FETCH 1 FLAGS"]) if s.side == "C"]
    assert str(seen.place) == "talk:4"
    assert seen.finding.offending == b"a1 FETCH 1 FLAGS\r\n"
    assert seen.finding.received == "a1 FETCH 1 FLAGS"
    assert [line.text for line in seen.finding.excerpt][-1] == "a1 FETCH 1 FLAGS"


def test_a_finding_about_the_server_has_the_place_of_the_response() -> None:
    lines = [*LOGGED_IN, "C: a1 NOOP", "S: * 1 FETCH (FLAGS (\\Recent", "S: a1 OK done"]
    seen = next(s for s in watch(lines) if s.side == "S")
    assert str(seen.place) == "talk:5"


def test_a_doubt_that_is_settled_later_is_placed_where_it_arose() -> None:
    lines = [
        *selected(),
        "C: a1 FETCH 1:* FLAGS",
        "S: * 1 EXPUNGE",
        "S: a1 OK done",
    ]
    seen = next(s for s in watch(lines) if s.side == "S")
    assert str(seen.place) == f"talk:{len(lines) - 1}"
