"""Cases of RFC 3501 as they are played under RFC 9051: their rules, and which are not played."""

from __future__ import annotations

import pytest

from conformance.casefile.revised import NotOfRevision, as_revised, rule_under
from conformance.casefile.suite import Suite, load_all

SUITE = Suite()


@pytest.mark.parametrize(
    ("case", "rules", "section"),
    [
        (
            "rfc3501/6.4.3-expunge/expunge-removes-the-deleted-messages-and-no-others",
            ("9051-6.4.3-removes", "9051-6.4.3-untagged"),
            "6.4.3",
        ),
    ],
)
def test_a_carried_rule_has_its_new_id(case: str, rules: tuple[str, ...], section: str) -> None:
    found, _ = SUITE.find(case)
    revised = as_revised(found, SUITE.catalogue, "9051")
    assert revised.labels.requirements == rules
    assert (revised.rfc, revised.section, revised.id) == ("9051", section, found.id)
    assert revised.enabled


@pytest.mark.parametrize(
    ("key", "now"),
    [
        ("3501-6.4.3-removes", "9051-6.4.3-removes"),
        ("3501-6.3.9-noselect", None),  # gone
        ("3501-6.3.6-subscribed", None),  # another rule
        ("3501-9-flag", "9051-9-flag"),
        ("3501-9-lsub", None),
        ("9051-6.3.1-enabled", "9051-6.3.1-enabled"),
    ],
)
def test_a_rule_is_looked_up_where_its_cases_prove_it(key: str, now: str | None) -> None:
    assert rule_under(key, SUITE.catalogue, "9051") == now


def test_no_case_of_what_is_gone_is_played() -> None:
    kept, gone = 0, []
    for case, _ in load_all(SUITE):
        try:
            as_revised(case, SUITE.catalogue, "9051")
            kept += 1
        except NotOfRevision as other:
            gone.append(str(other))
    assert kept > 1000
    assert any("a1 SEARCH NEW" in reason for reason in gone)
    assert any("3501-6.3.9-noselect" in reason for reason in gone)
    assert any("its client" in reason for reason in gone)


def test_a_level_that_became_weaker_is_that_of_the_case() -> None:
    catalogue = SUITE.catalogue
    for case, _ in load_all(SUITE):
        if case.labels.requirements[0] == "3501-2.3.4-size" and len(case.labels.requirements) == 1:
            assert case.labels.level == "MUST"
            assert as_revised(case, catalogue, "9051").labels.level == "SHOULD"
            return
    pytest.fail("no case is about the size alone")
