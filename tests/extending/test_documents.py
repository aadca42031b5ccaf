"""Documents are RFCs and what vendors publish: how they are called, and the ids of their rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import data
from conformance.casefile.document import read_file
from conformance.catalogue.requirements import read_requirements
from conformance.extending import documents
from conformance.extending.documents import (
    document_in,
    document_of,
    folder_of,
    label_of,
    list_of,
    parse_id,
    place_of,
    turn_of,
)
from conformance.syntax.modules import read_module

RULE = "x-gm-ext-1-3-labels-2-b"
DRAFT = "draft-ietf-morg-inthread"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "x-gm-ext-1"
    folder.mkdir()
    (tmp_path / DRAFT).mkdir()
    monkeypatch.setattr(data, "CASES", tmp_path)
    documents._id.cache_clear()
    yield folder
    documents._id.cache_clear()


@pytest.mark.parametrize(
    ("name", "document", "label"),
    [
        ("rfc6851", "6851", "RFC 6851"),
        ("rfc822", "822", "RFC 822"),
        ("x-gm-ext-1", "x-gm-ext-1", "X-GM-EXT-1"),
        ("xapplepushservice", "xapplepushservice", "XAPPLEPUSHSERVICE"),
        ("draft-ietf-morg-inthread", "draft-ietf-morg-inthread", "draft-ietf-morg-inthread"),
    ],
)
def test_a_folder_is_named_after_its_document(name: str, document: str, label: str) -> None:
    assert document_of(name) == document
    assert folder_of(document) == name
    assert label_of(document) == label
    assert place_of(document, "3.1") == f"{label} section 3.1"


@pytest.mark.parametrize(
    "name", ["security", "found", "rfc", "rfc6851-part", "messages", "draft-", ""]
)
def test_other_folders_are_named_after_none(name: str) -> None:
    assert document_of(name) == ""


def test_several_are_listed_under_one_word() -> None:
    assert list_of({"x-gm-ext-1", "6851", "3501"}) == "RFC 3501, 6851, X-GM-EXT-1"
    assert list_of({"x-gm-ext-1"}) == "X-GM-EXT-1"


def test_rfcs_come_by_number_and_others_behind_them() -> None:
    given = ["x-gm-ext-1", "9051", DRAFT, "822", "3501"]
    assert sorted(given, key=turn_of) == ["822", "3501", "9051", DRAFT, "x-gm-ext-1"]


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("6851-3.1-refused", ("6851", "3.1", "refused")),
        ("3501-9-env-from", ("3501", "9", "env-from")),
        ("9051-E-item-2", ("9051", "E", "item-2")),
        (RULE, ("x-gm-ext-1", "3", "labels-2-b")),
        ("xapple-2.1-told", ("xapple", "2.1", "told")),
        (f"{DRAFT}-4-latest-last", (DRAFT, "4", "latest-last")),
    ],
)
def test_the_id_of_a_rule_has_three_parts(
    vendor: Path, rule: str, parts: tuple[str, str, str]
) -> None:
    assert vendor.is_dir()
    assert parse_id(rule) == parts
    assert document_in(rule) == parts[0]


@pytest.mark.parametrize(
    "text", ["6851", "6851-refused", "6851-3.1-", "RFC-3-x", "needs=A", "a-1-b"]
)
def test_what_is_no_id_is_told_from_one(text: str) -> None:
    assert parse_id(text) is None
    assert document_in(text) == ""


def test_the_grammar_of_a_vendor_says_so_in_its_header() -> None:
    header = "// vendor: x-gm-ext-1\n// section: 3\n// capability: X-GM-EXT-1\n"
    module = read_module("x-gm-ext-1", header + '%extend fetch_att: x_gm\nx_gm: "X-GM-MSGID"i\n')
    assert module.rules["x_gm"].rfc == module.rfc == "x-gm-ext-1"
    for wrong in ("// section: 3\n", "// vendor: gmail\n// section: 3\n"):
        with pytest.raises(ValueError, match="neither an RFC nor a vendor's extension"):
            read_module("gmail", wrong)


def test_rules_and_cases_of_a_vendor_are_those_of_its_folder(vendor: Path) -> None:
    (vendor / "requirements.toml").write_text(
        f'["{RULE}"]\nsection = "3"\nlevel = "MUST"\nkind = "plain"\nrule = "Labels last."\n'
    )
    (vendor / "3-labels.md").write_text(
        f"# X-GM-EXT-1 labels\n\n## Labels last\n\n`MUST` `{RULE}`\n\n"
        "```imap\nC: a1 NOOP\nS: a1 OK\n```\n"
    )
    rules, _ = read_requirements(vendor / "requirements.toml")
    assert rules[RULE].rfc == "x-gm-ext-1"
    (case,) = read_file(vendor / "3-labels.md")
    assert case.rfc == "x-gm-ext-1"
    assert case.section == "3"
