"""Every rule that a client could see is covered by something, and every id stands for something."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from conformance.casefile.suite import Suite
from conformance.coverage.rules import (
    Coverage,
    UnknownRequirementError,
    found_by_flaw,
    print_coverage,
)

RULES = """
["3501-6.1.2-ok"]
section = "6.1.2"
level = "MUST"
kind = "plain"
rule = "NOOP succeeds."

["3501-6.1.2-quick"]
section = "6.1.2"
level = "SHOULD"
kind = "keyword"
rule = "NOOP is quick."
unobservable = "Quick is no number."

["3501-6.1.20-other"]
section = "6.1.20"
level = "MUST"
kind = "syntax"
rule = "What is sent is a response."
grammar = "response-data text"

["3501-7.3.1-bare"]
section = "7.3.1"
level = "MUST"
kind = "plain"
rule = "Nobody looks at this."
"""
CASE = """# NOOP

## It works

`MUST` `3501-6.1.2-ok`

| case | send | answer |
|---|---|---|
| upper | `a1 NOOP` | `a1 OK` |
| lower | `a1 noop` | `a1 OK` |
"""


@pytest.fixture
def coverage(tmp_path: Path) -> Coverage:
    for folder in ("messages", "rfc3501", "reports/courier-5"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "fixtures.toml").write_text('[empty]\nsummary = "Nothing"\nmessages = []\n')
    (tmp_path / "rfc3501/requirements.toml").write_text(RULES)
    (tmp_path / "rfc3501/6.1.2-noop.md").write_text(CASE)
    (tmp_path / "reports/courier-5/known.toml").write_text(
        '[[deviation]]\ndeviation = "NOOP: no tagged NOOP"\nrule = "3501-6.1.2-ok"\n'
        'verdict = "fail"\nreason = "x"\ncases = ["rfc3501/6.1.2-noop/it-works/lower"]\n'
    )
    (tmp_path / "found.toml").write_text(
        '[no-noop]\nrequirements = ["3501-6.1.2-ok"]\nbesides = ["3501-6.1.20-other"]\n'
    )
    return Coverage(Suite(tmp_path), tmp_path / "reports", tmp_path / "found.toml")


@pytest.fixture(scope="module")
def real() -> Coverage:
    return Coverage(Suite())


def test_a_table_is_one_proof_and_the_grammar_another(coverage: Coverage) -> None:
    assert coverage.proofs["3501-6.1.2-ok"] == ("rfc3501/6.1.2-noop/it-works",)
    assert coverage.proofs["3501-6.1.20-other"] == ("grammar:response-data", "grammar:text")


def test_a_rule_without_proof_is_told_unless_nobody_can_see_it(coverage: Coverage) -> None:
    assert coverage.unproven == {"3501-7.3.1-bare"}


def test_what_was_seen_to_fail_is_known_by_server_and_flaw(coverage: Coverage) -> None:
    assert coverage.failing["3501-6.1.2-ok"] == ("courier-5", "flaw:no-noop")
    assert coverage.failing["3501-6.1.20-other"] == ("flaw:no-noop",)
    assert coverage.shown(coverage.requirements) == (2, 3)


def test_prefixes_select_whole_sections_and_beginnings_of_ids(coverage: Coverage) -> None:
    def ids(*prefixes: str) -> list[str]:
        return [rule.id for rule in coverage.select(prefixes)]

    assert ids("6.1.2") == ["3501-6.1.2-ok", "3501-6.1.2-quick"]
    assert ids("6.1", "3501-7") == ids()
    with pytest.raises(UnknownRequirementError, match=r"6\.9"):
        ids("6.9")


def test_the_record_of_a_rule_is_json(coverage: Coverage) -> None:
    (rule,) = coverage.select(["3501-6.1.2-quick"])
    assert json.loads(json.dumps(coverage.record(rule))) == {
        "id": "3501-6.1.2-quick",
        "rfc": "3501",
        "section": "6.1.2",
        "level": "SHOULD",
        "kind": "keyword",
        "rule": "NOOP is quick.",
        "covered_by": [],
        "unobservable": "Quick is no number.",
        "origin": None,
        "changed": None,
        "shown_to_fail_by": [],
    }


def test_the_page_tells_proofs_failures_and_holes(coverage: Coverage) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    print_coverage(console, coverage, coverage.requirements)
    page = console.export_text()
    assert "PROVEN BY NOTHING" in page
    assert "shown to fail by courier-5, flaw:no-noop" in page
    assert "unobservable: Quick is no number." in page
    assert "2 of 3, 67%" in page


def test_flaws_without_a_record_show_nothing(tmp_path: Path) -> None:
    assert found_by_flaw(tmp_path / "found.toml") == {}


def test_ids_that_stand_for_nothing_are_told(coverage: Coverage) -> None:
    path = coverage.suite.root / "rfc3501/sentences.toml"
    path.write_text('["1"]\nsentences = [{ words = "MUST", ids = ["3501-1-none"] }]\n')
    told = coverage.dangling()
    assert told[0] == "3501-1-none"
    assert "3501-3.4-bye" in told, "an ambient check reports it, this catalogue has it not"
    catalogue = coverage.suite.root / "rfc3501/requirements.toml"
    catalogue.write_text(RULES.replace('"response-data text"', '"no-such-rule"'))
    assert "grammar:no-such-rule" in Coverage(Suite(coverage.suite.root)).dangling()


def test_every_id_of_the_suite_stands_for_a_rule(real: Coverage) -> None:
    assert not real.dangling()


def test_every_rule_of_the_suite_is_proven(real: Coverage) -> None:
    assert not real.gaps


def test_what_breaks_the_syntax_of_an_extension_breaks_what_it_stands_for(real: Coverage) -> None:
    assert "flaw:inprogress-half-nil" in real.failing["9585-5-inprogress-state-unknown"]
    assert "flaw:inprogress-half-nil" in real.failing["9585-4-progress"]
    assert "flaw:inprogress-goal-below-zero" in real.failing["9585-4-positive"]


def test_rules_of_a_later_rfc_are_proven_by_the_cases_of_an_earlier_one(
    real: Coverage,
) -> None:
    case = "rfc3501/2.2-commands-and-responses/the-server-speaks-first"
    assert case in real.proofs["3501-2.2-greeting"]
    assert f"rev2:{case}" in real.proofs["9051-2.2-greeting"]
    assert set(real.proofs["9051-A.1-valid"]) == set(real.proofs["3501-5.1.3-valid"]), "no ENABLE"
    gone = "recent-new-and-old-go-by-the-flag-recent"
    assert not any(
        gone in word for words in real.proofs.values() for word in words if "rev2" in word
    )
    changed = real.proofs["9051-4.3-quoted-octets"]
    assert changed == ("rev2:grammar:quoted", "rev2:grammar:QUOTED-CHAR"), "no case of the old rule"


def test_all_rules_that_a_client_can_see_are_proven(real: Coverage) -> None:
    assert real.unproven == frozenset()
    assert "9051" in {rule.rfc for rule in real.select()}


def test_an_rfc_without_all_its_cases_is_shown_on_request(
    real: Coverage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real.suite.catalogue, "unfinished", {"9051": "cases are to come"})
    shown = {rule.rfc for rule in real.select()}
    assert {"2177", "3501", "4315", "6851"} <= shown
    assert "9051" not in shown
    assert {rule.rfc for rule in real.select(rfc="9051")} == {"9051"}
    assert {rule.id for rule in real.select(["9051-6.3.1-stays"])} == {"9051-6.3.1-stays"}
    assert {rule.section for rule in real.select(["6.3.1"], "9051")} == {"6.3.1"}
    console = Console(width=80, record=True, file=io.StringIO())
    print_coverage(console, real, real.select(["6.3.1"], "9051"))
    assert "not finished: cases are to come" in console.export_text()
    with pytest.raises(UnknownRequirementError, match="RFC 9999"):
        real.select(rfc="9999")


def test_the_page_of_a_later_rfc_says_where_its_rules_are_from(real: Coverage) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    print_coverage(console, real, real.select(["2.2.1", "6.3.2"], "9051"))
    page = console.export_text()
    assert "from 3501-6.3.1-access: word for word" in page
    assert "from 3501-2.2.1-reject: the octets of a non-synchronizing literal come" in page
    assert "39 are gone" in page
