"""`imap-conformance requirements` as people and machines use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli import main as cli


def test_json_has_the_rules_of_a_section(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["requirements", "2.2.2", "--json"])
    rules = json.loads(capsys.readouterr().out)
    assert {rule["section"] for rule in rules} == {"2.2.2"}
    (strict,) = (rule for rule in rules if rule["id"] == "3501-2.2.2-strict")
    assert (strict["level"], strict["kind"]) == ("SHOULD", "keyword")
    assert any(proof.startswith("rfc3501/2.2.2-syntax-errors/") for proof in strict["covered_by"])


def test_text_has_rules_and_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["requirements", "3501-2.2.2-tag"])
    out = capsys.readouterr().out
    assert "    covered by ambient:tag\n" in out
    assert "shown able to fail" in out


def test_another_text_than_the_rfc_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "rfc.txt"
    text.write_text("1.2.    Words\n\n   This MUST be read.\n")
    assert cli.main(["requirements", "2.2", "--rfc-text", str(text)]) == 1
    error = capsys.readouterr().err
    assert "section 1.2, sentence 1 (line 3) has MUST, but its account says MUST, MUST NOT" in error
    assert "section 3.4: 4 sentences are accounted for, but the text has 0" in error


@pytest.mark.parametrize(
    ("words", "says"),
    [(["17.3"], "begins with 17.3"), (["--rfc-text", "/no/such/file"], "/no/such/file: ")],
)
def test_bad_input_is_one_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["requirements", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("imap-conformance: ")
    assert says in line
