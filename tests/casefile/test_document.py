"""Every load error names file and line; a good file loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.casefile.suite import Suite, load_all
from conformance.catalogue.errors import CaseError

LABELS = "`MUST` `3501-6.1.2-ok`"
BLOCK = "```imap\nC: a1 NOOP\nS: a1 OK\n```"
REQUIREMENTS = """
["3501-6.1.2-ok"]
section = "6.1.2"
level = "MUST"
kind = "plain"
rule = "NOOP succeeds."

["3501-6.1.2-soft"]
section = "6.1.2"
level = "SHOULD"
kind = "plain"
rule = "NOOP is quick."
"""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "messages").mkdir()
    (tmp_path / "rfc3501").mkdir()
    (tmp_path / "fixtures.toml").write_text('[empty]\nsummary = "Nothing"\nmessages = []\n')
    (tmp_path / "rfc3501" / "requirements.toml").write_text(REQUIREMENTS)
    return Suite(tmp_path)


def write(suite: Suite, text: str, name: str = "6.1.2-noop.md") -> Path:
    path = suite.root / "rfc3501" / name
    path.write_text(text, encoding="utf-8")
    return path


def case(*, labels: str = LABELS, block: str = BLOCK, title: str = "It works") -> str:
    return f"# NOOP\n\n## {title}\n\n{labels}\n\nProse.\n\n{block}\n"


def script(*lines: str) -> str:
    return case(block="\n".join(["```imap", *lines, "```"]))


def test_a_case_has_its_id_and_parts(suite: Suite) -> None:
    ((loaded, steps),) = suite.load(write(suite, case()))
    assert loaded.id == "rfc3501/6.1.2-noop/it-works"
    assert (loaded.rfc, loaded.section, loaded.line) == ("3501", "6.1.2", 3)
    assert loaded.prose == "Prose."
    assert loaded.labels.requirements == ("3501-6.1.2-ok",)
    assert [(step.who, len(step.sends), len(step.expects)) for step in steps] == [("main", 1, 1)]


def test_each_row_of_a_table_is_a_case(suite: Suite) -> None:
    table = "| case | send | answer |\n|---|---|---|\n| one | `a1 X ` | `a1 NO\\|BAD` |\n"
    text = case(block=table + "| two | `a1` | `a1 BAD` |")
    one, two = suite.load(write(suite, text))
    assert one[0].id == "rfc3501/6.1.2-noop/it-works/one"
    assert one[0].heading == two[0].heading == "rfc3501/6.1.2-noop/it-works"
    assert one[1][0].sends[0].text == "a1 X "
    assert one[1][0].expects[0].text == "a1 NO|BAD or * BYE"
    assert [step.sends[0].text for step in one[1]] == ["a1 X ", "z9 NOOP"]


def test_windows_follow_the_page(suite: Suite) -> None:
    text = script(
        "one C: a1 NOOP", "one C: a2 NOOP", "one S: a1 OK", "one S: a2 OK", "two C: b1 NOOP",
        "two S: b1 OK", "one S: * 1 EXISTS", "one C: a3 NOOP", "one S: a3 OK",
    )  # fmt: skip
    ((_, steps),) = suite.load(write(suite, text))
    assert [(s.who, len(s.sends), len(s.expects)) for s in steps] == [
        ("one", 2, 2), ("two", 1, 1), ("one", 0, 1), ("one", 1, 1),
    ]  # fmt: skip


LITERAL = ("C: a1 APPEND {mailbox} {#}", "S: +", "C| x", "C:", "S: a1 OK")
GOOD = {
    "comments and blank lines": script("# hello", "", "C: a1 NOOP", "S: a1 OK"),
    "a literal": script(*LITERAL),
    "a kept value": script("C: a1 X", "S: * {n:number} EXISTS", "S: a1 OK", "C: a2 X {n}"),
    "a kept value without quotes": script(
        "C: a1 X", "S: * {n:number} EXISTS", "S: a1 OK", "C: a2 X {name.n}"
    ),
    "an answer": script("C: a1 X", "S: + {c:base64}", "C: {sasl.cram-md5.wrong:c}"),
    "a SASL message": script("C: a1 X", "C: {sasl.plain.as-self}"),
    "an alternative": script("C: a1 X", "S: a1 NO", "S/ * BYE", "S/ {close}"),
    "a rule of the formal syntax": case(labels="`MUST` `3501-9-nz-number`"),
    "a literal in a pattern": script("C: a1 X", "S: * 1 FETCH (BODY[] {#}", "S| x", "S: )"),
    "notes": case() + "\n### A note\n\n```text\nnothing\n```\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_loads(suite: Suite, text: str) -> None:
    assert suite.load(write(suite, text))


BAD = {
    "no title": (1, "no title", "## It works\n"),
    "two titles": (2, "only one", "# A\n# B\n"),
    "no case": (1, "no case", "# A\n"),
    "no labels": (5, "labels", "# A\n\n## B\n\nProse first.\n"),
    "nothing below": (3, "no labels line", "# A\n\n## B\n"),
    "no level": (5, "one level", case(labels="`3501-6.1.2-ok`")),
    "two levels": (5, "one level", case(labels="`MUST` `MAY` `3501-6.1.2-ok`")),
    "no requirement": (5, "no requirement", case(labels="`MUST`")),
    "unknown requirement": (3, "unknown requirement", case(labels="`MUST` `3501-6.1.2-nope`")),
    "unknown allow": (3, "unknown requirement", case(labels=LABELS + " `allow=3501-6.1.2-nope`")),
    "wrong level": (3, "requirements say MUST", case(labels="`MAY` `3501-6.1.2-ok`")),
    "not the strongest": (
        3, "requirements say MUST", case(labels="`SHOULD` `3501-6.1.2-soft` `3501-6.1.2-ok`"),
    ),
    "unknown label": (5, "is unknown or occurs twice", case(labels=LABELS + " `mail=x`")),
    "label twice": (5, "unknown or occurs", case(labels=LABELS + " `state=raw` `state=auth`")),
    "unknown state": (5, "a state has to be one of", case(labels=LABELS + " `state=done`")),
    "unknown fixture": (3, "unknown fixture", case(labels=LABELS + " `mailbox=zoo`")),
    "label of no connection": (3, "no line uses", case(labels=LABELS + " `two.state=raw`")),
    "third account": (5, "the only account", case(labels=LABELS + " `main.account=3`")),
    "no block": (3, "exactly one", case(block="")),
    "two blocks": (3, "exactly one", case(block=BLOCK + "\n\n" + BLOCK)),
    "open block": (9, "never closed", case(block="```imap\nC: a1 NOOP")),
    "unknown mark": (10, "unknown mark", script("C; a1 NOOP")),
    "unknown server mark": (10, "unknown mark", script("S% a1 OK")),
    "no line": (10, "not a line", script("a1 NOOP")),
    "capture by the client": (10, "cannot keep a value", script("C: {n:number}")),
    "any by the client": (10, "cannot keep a value", script("C: {*}")),
    "unknown value without quotes": (
        10, "not a given value", script("C: a1 X {name.nothing}"),
    ),
    "unknown value": (10, "not a given value", script("C: a1 X {nothing}")),
    "an answer to nothing": (10, "keeps the challenge", script("C: {sasl.cram-md5:c}")),
    "unknown answer": (
        12, "no SASL message", script("C: a1 X", "S: + {c:base64}", "C: {sasl.gssapi:c}"),
    ),
    "an answer without challenge": (10, "not a given value", script("C: a1 {sasl.cram-md5}")),
    "unknown rule": (11, "no rule", script("C: a1 X", "S: * {n:numeral} EXISTS")),
    "kept and not used": (11, "never used", script("C: a1 X", "S: * {n:number} EXISTS")),
    "kept in one branch": (
        13, "not a given value",
        script("C: a1 X", "S: * {n:number} EXISTS", "S/ * BYE", "C: a2 {n}"),
    ),
    "a given name kept": (11, "given value", script("C: a1", "S: * {user:number} EXISTS")),
    "open brace": (10, "not closed", script("C: a1 {")),
    "count in a pattern": (11, "'{#}'", script("C: a1 X", "S: * 1 FETCH (BODY[] {5}")),
    "literal without lines": (11, "'S|' lines", script("C: a1", "S: * 1 FETCH (BODY[] {#}")),
    "lines without literal": (11, "ends in '{#}'", script("C: a1 X", "S| x")),
    "client literal without lines": (10, "no 'C|' lines", script("C: a1 X {#}", "S: +")),
    "client lines without literal": (10, "'C|' needs", script("C| x")),
    "forbids nothing": (11, "only an empty LIST", script("C: a1", "S! * LIST", "S: a1 OK")),
    "later of nothing": (11, "needs an 'S' line", script("C: a1 X", "S> * 1 EXISTS")),
    "alternative to nothing": (11, "has to arrive", script("C: a1 X", "S/ * 1 EXISTS")),
    "text in a pattern": (11, "not matched", script("C: a1 X", "S: a1 OK done")),
    "open FETCH": (11, "may always return", script("C: a1", "S: * 1 FETCH (UID 5 ...)")),
    "dots in the middle": (
        11, "stands last", script("C: a1", "S: * 1 FETCH (ENVELOPE (NIL ... NIL))"),
    ),
    "a table without rows": (9, "columns", case(block="| case | send | answer |\n|---|---|---|")),
    "other columns": (9, "columns", case(block="| a | b | c |\n|---|---|---|\n| x | `y` | `z` |")),
    "a bare cell": (
        11, "cells have to", case(block="| case | send | answer |\n|---|---|---|\n| x | y | `z` |"),
    ),
    "four cells": (
        11, "has 3 cells",
        case(block="| case | send | answer |\n|---|---|---|\n| x | `y` | `a` | `z` |"),
    ),
    "the same title": (9, "occurs twice", case() .replace("Prose.\n\n", "") + case()[8:]),
    "too long": (400, "more than 400 lines", case() + "\n" * 400),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message", "text"), BAD.values(), ids=BAD)
def test_refuses_and_says_where(suite: Suite, line: int, message: str, text: str) -> None:
    path = write(suite, text)
    with pytest.raises(CaseError) as error:
        suite.load(path)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{path}:{error.value.line}: ")
    if "twice" not in message:
        assert error.value.line == line


def test_refuses_a_file_with_another_name(suite: Suite) -> None:
    with pytest.raises(CaseError, match="the name of a case file"):
        suite.load(write(suite, case(), "noop.md"))


def test_refuses_what_is_not_text(suite: Suite) -> None:
    path = suite.root / "rfc3501" / "6.1.2-noop.md"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CaseError, match=str(path)):
        suite.load(path)


def test_refuses_one_id_in_two_files(suite: Suite) -> None:
    path = write(suite, case())
    with pytest.raises(CaseError, match="occurs twice"):
        load_all(suite, [path, path])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('["3501-6.1.2-x"]\nsection = "6.1.2"', "no field"),
        ('["6.1.2"]\nsection = "6.1.2"', "an id reads"),
        ('["3501-6.1.2-x"]\nsection="6.1.3"\nlevel="MUST"\nkind="plain"\nrule="x"', "not that of"),
        ('["3501-6.1.2-x"]\nsection="6.1.2"\nlevel="MUSTN"\nkind="plain"\nrule="x"', "level is"),
        ('["3501-6.1.2-x"]\nsection="6.1.2"\nlevel="MUST"\nkind="odd"\nrule="x"', "kind is"),
        ('["3501-6.1.2-x"]\nsection="6.1.2"\nlevel="MUST"\nkind="plain"\nrule=""', "something"),
        ('["3501-6.1.2-x"]\nfoo="6.1.2"', "unknown field"),
        ('"3501-6.1.2-x" = 5', "not a table"),
        ("[[", "requirements.toml"),
    ],
)
def test_refuses_a_wrong_requirement(suite: Suite, entry: str, message: str) -> None:
    (suite.root / "rfc3501" / "requirements.toml").write_text(entry + "\n")
    with pytest.raises(CaseError, match=message):
        _ = suite.catalogue


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("[a]\nmessages = []", "summary and messages"),
        ('[a]\nsummary = "x"\nmessages = []\nlike = "b"', "summary and messages"),
        ('[a]\nsummary = "x"\nlike = "b"\n[b]\nsummary = "x"\nmessages = []', "called 'b'"),
        ('[a]\nsummary = "x"\nlike = ["none"]', "is called"),
        ('[a]\nsummary = "x"\nmessages = []\ngone = -1', "how many"),
        ('[a]\nsummary = "x"\nmessages = [{ file = "no.eml" }]', "no.eml"),
        ('[a]\nsummary = "x"\nmessages = [{ flags = [] }]', "has a file"),
        ('[none]\nsummary = "x"\nmessages = []', "twice"),
        ('[a]\nsummary = "x"\nmessages = [{ file = "m.eml", date = "today" }]', "not a date-time"),
        ('[a]\nsummary = "x"\nmessages = [{ file = "cr.eml" }]', "holds CR"),
    ],
)
def test_refuses_a_wrong_fixture(suite: Suite, entry: str, message: str) -> None:
    (suite.root / "messages" / "m.eml").write_text("A: b\n\nc\n")
    (suite.root / "messages" / "cr.eml").write_bytes(b"A: b\r\n")
    (suite.root / "fixtures.toml").write_text(entry + "\n")
    with pytest.raises(CaseError, match=message):
        _ = suite.fixtures
