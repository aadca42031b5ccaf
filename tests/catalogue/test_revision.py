"""What became of the rules of one RFC in a later one."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.catalogue import Catalogue, load_catalogue
from conformance.catalogue.errors import CaseError
from conformance.catalogue.sentences import SentenceAccount, load_accounts
from conformance.data import CASES

OLD = """
["1-2.1-polite"]
section = "2.1"
level = "MUST"
kind = "keyword"
rule = "The server is polite."

["1-2.2-brief"]
section = "2.2"
level = "MUST"
kind = "plain"
rule = "The server is brief."
grammar = "text"

["1-2.3-slow"]
section = "2.3"
level = "MAY"
kind = "plain"
rule = "The server may be slow."
"""
NEW = """
[rfc]
unfinished = "cases are to come"

["2-4-quick"]
section = "4"
level = "MUST"
kind = "plain"
rule = "The server is quick."
"""
TABLE = """
without_enable = ["9"]

[carried]
"1-2.1-polite" = "3.1"

[changed."1-2.2-brief"]
id = "2-3.2-short"
what = "another word"
rule = "The server is short."
level = "SHOULD"
cases = true

[gone."1-2.3-slow"]
why = "section 4"
instead = ["2-4-quick"]
"""


def made(folder: Path, table: str = TABLE) -> Catalogue:
    for name, text in (
        ("rfc1/requirements", OLD),
        ("rfc2/requirements", NEW),
        ("rfc2/from-1", table),
    ):
        path = folder / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return load_catalogue(folder)


def test_a_carried_rule_has_the_words_of_the_old_one(tmp_path: Path) -> None:
    rule = made(tmp_path)["2-3.1-polite"]
    assert (rule.rfc, rule.section, rule.level, rule.kind) == ("2", "3.1", "MUST", "keyword")
    assert (rule.rule, rule.origin, rule.changed) == ("The server is polite.", "1-2.1-polite", "")
    assert rule.same_cases


def test_a_changed_rule_has_what_is_otherwise_and_the_rest_of_the_old_one(tmp_path: Path) -> None:
    rule = made(tmp_path)["2-3.2-short"]
    assert (rule.level, rule.kind, rule.rule) == ("SHOULD", "plain", "The server is short.")
    assert (rule.changed, rule.grammar, rule.same_cases) == ("another word", ("text",), True)
    rule = made(tmp_path, TABLE.replace("cases = true", ""))["2-3.2-short"]
    assert (rule.grammar, rule.same_cases) == ((), False)


def test_the_catalogue_knows_what_a_rule_is_called_in_the_later_rfc(tmp_path: Path) -> None:
    catalogue = made(tmp_path)
    assert catalogue.under("2", "1-2.1-polite") == "2-3.1-polite"
    assert catalogue.under("2", "1-2.2-brief") == "2-3.2-short"
    assert catalogue.under("2", "1-2.3-slow") is None
    assert catalogue.under("2", "2177-3-done") == "2177-3-done"
    assert catalogue.revisions[0].gone["1-2.3-slow"].instead == ("2-4-quick",)
    assert catalogue.unfinished == {"2": "cases are to come"}


def test_a_rule_may_be_the_same_as_one_that_the_later_rfc_states_itself(tmp_path: Path) -> None:
    table = TABLE.replace('"1-2.1-polite" = "3.1"', "") + '\n[same]\n"1-2.1-polite" = "2-4-quick"\n'
    catalogue = made(tmp_path, table)
    assert catalogue.under("2", "1-2.1-polite") == "2-4-quick"
    assert catalogue["2-4-quick"].origin == ""
    assert catalogue.same_cases("2", "1-2.1-polite")
    with pytest.raises(CaseError, match="there is no rule 2-4-slow"):
        made(tmp_path, table.replace('= "2-4-quick"', '= "2-4-slow"'))


def test_a_rule_may_stay_one_of_the_old_rfc(tmp_path: Path) -> None:
    table = 'stays = ["1-2.1-polite"]\n' + TABLE.replace('"1-2.1-polite" = "3.1"', "")
    catalogue = made(tmp_path, table)
    assert catalogue.under("2", "1-2.1-polite") == "1-2.1-polite"
    assert "2-3.1-polite" not in catalogue


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"1-2.1-polite" = "3.1"', "", "1-2.1-polite does not stand here exactly once"),
        ("1-2.3-slow", "1-2.2-brief", "1-2.2-brief does not stand here exactly once"),
        ("1-2.3-slow", "1-2.3-quick", "1-2.3-quick does not stand here exactly once"),
        ("[carried]", "[carried_over]", "unknown key carried_over"),
        ("2-3.2-short", "2-3.1-polite", "requirement 2-3.1-polite stands twice"),
        ("2-3.2-short", "short", "short is no id"),
        ("SHOULD", "OUGHT", "no level is OUGHT"),
        ("what =", "changed =", "a changed rule has id, what"),
        ("why =", "because =", "a rule that is gone has why"),
    ],
)
def test_a_table_that_is_wrong_is_told(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=says):
        made(tmp_path, TABLE.replace(old, new))


# -- RFC 9051 --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return load_catalogue(CASES)


@pytest.fixture(scope="module")
def accounts() -> dict[str, list[SentenceAccount]]:
    return {
        rfc: [each for its in load_accounts(path).values() for each in its]
        for rfc in ("3501", "9051")
        for path in [CASES / f"rfc{rfc}" / "sentences.toml"]
    }


def test_rules_of_the_formal_syntax_keep_their_names(real: Catalogue) -> None:
    assert real.under("9051", "3501-9-flag") == "9051-9-flag"
    assert real["9051-9-flag"].rfc == "9051"
    assert real.under("9051", "3501-9-lsub") is None
    assert "9051-9-lsub" not in real


def test_every_item_of_its_list_of_changes_is_found(real: Catalogue) -> None:
    (table,) = (each for each in real.revisions if each.old == "3501")
    assert sorted(table.changes) == list(range(1, 31)), "appendix E"


def test_every_sentence_with_a_keyword_is_accounted_for(
    accounts: dict[str, list[SentenceAccount]],
) -> None:
    assert len(accounts["9051"]) == 425, "with the text, `requirements --rfc-text` compares each"


def test_every_rule_with_a_keyword_is_that_of_a_sentence(
    real: Catalogue, accounts: dict[str, list[SentenceAccount]]
) -> None:
    named = {key for its in accounts.values() for account in its for key in account.ids}
    rules = [rule for rule in real.values() if rule.rfc == "9051" and rule.kind == "keyword"]
    assert not [
        rule.id
        for rule in rules
        if rule.id not in named and (not rule.origin or rule.origin in named)
    ]
