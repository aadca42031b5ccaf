"""The table of extensions that change each other."""

from __future__ import annotations

import json

import pytest
from in_process import call

from conformance.casefile.suite import Suite, load_all
from conformance.coverage.interplay import CapabilityPair, pairs


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], CapabilityPair]:
    return {each.capabilities: each for each in pairs(case for case, _ in load_all(Suite()))}


@pytest.mark.parametrize(
    "both",
    [
        ("CONDSTORE", "ESEARCH"),
        ("BINARY", "REPLACE"),
        ("MOVE", "UIDONLY"),
        ("SORT", "UIDONLY"),
        ("REPLACE", "UIDONLY"),
        ("MOVE", "QRESYNC"),
        ("IDLE", "NOTIFY"),
        ("NOTIFY", "QRESYNC"),
        ("LIST-MYRIGHTS", "LIST-STATUS"),
        ("LIST-METADATA", "LIST-MYRIGHTS"),
        ("LIST-EXTENDED", "SPECIAL-USE"),
        ("MOVE", "UIDPLUS"),
        ("CATENATE", "REPLACE"),
        ("QUOTA=RES-MESSAGE", "REPLACE"),
        ("MULTIAPPEND", "UIDPLUS"),
        ("PARTIAL", "SEARCHRES"),
        ("BINARY", "CATENATE"),
        ("BINARY", "MULTIAPPEND"),
        ("THREAD", "UIDONLY"),
        ("REPLACE", "UTF8=ACCEPT"),
        ("APPENDLIMIT", "REPLACE"),
        ("QUOTASET", "REPLACE"),
    ],
)
def test_a_pair_that_has_rules_has_a_case(
    both: tuple[str, str], found: dict[tuple[str, str], CapabilityPair]
) -> None:
    assert found[both].rules
    assert found[both].cases


def test_what_anything_may_be_said_with_is_no_partner(
    found: dict[tuple[str, str], CapabilityPair],
) -> None:
    names = {name for both in found for name in both}
    assert not names & {"ENABLE", "LITERAL+", "LITERAL-", "IMAP4REV1"}


def test_it_is_printed_for_people_and_for_machines() -> None:
    ran = call("requirements", "--interplay", "qresync", "--json")
    rows = json.loads(ran.stdout)
    assert rows
    assert all("QRESYNC" in row["capabilities"] for row in rows)
    assert "MOVE & QRESYNC" in call("requirements", "--interplay", "QRESYNC").stdout
    refused = call("requirements", "--interplay", "NONSENSE")
    assert refused.returncode == 2
    assert "no case is about NONSENSE" in refused.stderr
