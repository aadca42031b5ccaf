"""`{found}` and `{fetched}`: what can not be computed is a load error, what is wrong is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.casefile import computed
from conformance.casefile.fixtures import Fixture, FixtureMessage
from conformance.casefile.given import of_message
from conformance.casefile.plan import Step
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.play.computed import ShownMailbox, bind
from conformance.play.match import Matcher
from conformance.play.match_values import Differs
from conformance.play.received import Received
from conformance.syntax import grammar
from conformance.syntax.responses import read_response
from conformance.syntax.values import Group

GRAMMAR = grammar.load(("SORT", "THREAD=REFERENCES"))
MESSAGE = """\
From: Ann <ann@example.com>
Date: Mon, 2 Sep 2024 10:00:00 +0000
Subject: one

Text.
"""
HEAD = "# Title\n\n## A case\n\n`MUST` `3501-6.1.2-ok` `state=selected` `mailbox=m.eml`\n\n"
REQUIREMENT = """
["3501-6.1.2-ok"]
section = "6.1.2"
level = "MUST"
kind = "plain"
rule = "NOOP succeeds."
"""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "rfc3501").mkdir()
    (tmp_path / "messages").mkdir()
    (tmp_path / "fixtures.toml").write_text("")
    (tmp_path / "messages" / "m.eml").write_text(MESSAGE)
    (tmp_path / "messages" / "vague.eml").write_text("no field\n\ntext\n")
    (tmp_path / "rfc3501" / "requirements.toml").write_text(REQUIREMENT)
    return Suite(tmp_path)


def load(suite: Suite, body: str, mailbox: str = "m.eml") -> tuple[Step, ...]:
    path = suite.root / "rfc3501" / "6.1.2-noop.md"
    path.write_text(HEAD.replace("m.eml", mailbox) + body)
    return suite.load(path)[0][1]


def block(*lines: str) -> str:
    return "```imap\n" + "\n".join(lines) + "\n```\n"


BAD = {
    "no fetch": ("no such command", ["C: a1 NOOP", "S: * 1 FETCH {fetched}", "S: a1 OK"]),
    "sent": ("cannot have a computed value", ["C: a1 SEARCH {found}", "S: a1 OK"]),
    "no SEARCH": ("grammar", ["C: a1 SEARCH X", "S: * SEARCH {found}", "S: a1 OK"]),
    "no message": ("no message 2", ["C: a1 FETCH 2 BODY", "S: * 2 FETCH {fetched}", "S: a1 OK"]),
    "no section": ("part 2", ["C: a1 FETCH 1 BODY[2]", "S: * 1 FETCH {fetched}", "S: a1 OK"]),
    "among items": (
        "the only value",
        ["C: a1 FETCH 1 BODY", "S: * 1 FETCH (BODY {fetched})", "S: a1 OK"],
    ),
    "flags not shown": (
        "FLAGS, UID",
        ["C: a1 SEARCH SEEN", "S: * SEARCH {found}", "S: a1 OK"],
    ),
    "value of no message": (
        "no message 3",
        ["C: a1 FETCH 1 BODY", "S: * 1 FETCH (BODY {msg.3.body})", "S: a1 OK"],
    ),
}


@pytest.mark.parametrize(("message", "lines"), BAD.values(), ids=BAD)
def test_what_makes_no_sense_is_a_load_error(suite: Suite, message: str, lines: list[str]) -> None:
    with pytest.raises(CaseError, match=message):
        load(suite, block(*lines))


@pytest.mark.parametrize(
    "lines", [["C: a1 FETCH 1 BODY[HEADER]", "S: * 1 FETCH {fetched}", "S: a1 OK"]]
)
def test_what_the_rfc_leaves_open_is_a_load_error(suite: Suite, lines: list[str]) -> None:
    with pytest.raises(CaseError, match="leaves it open"):
        load(suite, block(*lines), mailbox="vague.eml")


def answers(suite: Suite, command: str, pattern: str, *responses: bytes) -> str:
    """Play one command against responses, and return where the last one differs."""
    step = load(suite, block(f"C: a1 {command}", f"S: {pattern}", "S: a1 OK"))[0]
    shown, sent = ShownMailbox(suite.fixtures["m.eml"]), computed.SentOctets()
    sent.add(f"a1 {command}\r\n".encode())
    names = bind(step, sent, shown, GRAMMAR)
    wanted = step.expects[0].patterns[0]
    given = {
        name: bound
        for name in wanted.uses()
        if (bound := of_message(name, suite.fixtures["m.eml"])) is not None
    }
    received = Received(read_response(responses[-1]), responses[-1])
    try:
        Matcher(GRAMMAR, names, given).match(wanted, received)
    except Differs as differs:
        return str(differs)
    return ""


def test_found(suite: Suite) -> None:
    arguments = suite, "SEARCH SUBJECT one", "* SEARCH {found}"
    assert not answers(*arguments, b"* SEARCH 1\r\n")
    assert "1 is missing" in answers(*arguments, b"* SEARCH\r\n")
    assert "2 is too much" in answers(*arguments, b"* SEARCH 1 2\r\n")


def test_fetched(suite: Suite) -> None:
    arguments = suite, "FETCH 1 (RFC822.SIZE BODY.PEEK[TEXT]<0.2>)", "* 1 FETCH {fetched}"
    right = b'* 1 FETCH (BODY[TEXT]<0> "Te" RFC822.SIZE 90 FLAGS ())\r\n'
    assert not answers(*arguments, right)
    assert "expected 'Te'" in answers(*arguments, right.replace(b"Te", b"T"))
    assert "expected 90" in answers(*arguments, right.replace(b"90", b"89"))
    assert "no item" in answers(*arguments, right.replace(b"<0>", b""))


def test_one_side_only(suite: Suite) -> None:
    ann = b'(("Ann" NIL "ann" "example.com"))'
    envelope = b'("2-Sep-2024" "one" %s %s %s NIL NIL NIL NIL NIL)' % (ann, ann, ann)
    response = b"* 1 FETCH (ENVELOPE %s)\r\n" % envelope
    for view in ("addresses", "texts"):
        assert not answers(suite, "FETCH 1 ENVELOPE", f"* 1 FETCH {{fetched.{view}}}", response)
    assert "date" in answers(suite, "FETCH 1 ENVELOPE", "* 1 FETCH {fetched.date}", response)


def test_values_of_a_message(suite: Suite) -> None:
    pattern = "* 1 FETCH (BODY {msg.1.body} BODY[1] {msg.1.section.1})"
    right = b'* 1 FETCH (BODY ("text" "plain" NIL NIL NIL "7bit" 7 1) BODY[1] {7}\r\n)\r\n'
    assert "BODY[1]" in answers(suite, "FETCH 1 (BODY BODY[1])", pattern, right)
    wrong = right.replace(b" 7 1", b" 8 1")
    assert "octets" in answers(suite, "FETCH 1 (BODY BODY[1])", pattern, wrong)


def test_shown_goes_by_the_responses_of_the_session(suite: Suite) -> None:
    shown = ShownMailbox(suite.fixtures["m.eml"])
    for response in (b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n", b"* 2 FETCH (UID 8)\r\n"):
        shown.take(read_response(response))
    assert str(shown.found(b"a UID SEARCH SEEN\r\n", GRAMMAR)) == "7"
    shown.take(read_response(b"* 1 EXPUNGE\r\n"))
    assert str(shown.found(b"a UID SEARCH ALL\r\n", GRAMMAR)) == "nothing"


@pytest.mark.parametrize(
    ("name", "command", "right", "wrong"),
    [
        ("SORT", "SORT (DATE) UTF-8 ALL", b"* SORT 1\r\n", b"* SORT\r\n"),
        ("SORT", "SORT (DATE) UTF-8 NOT ALL", b"* SORT\r\n", b"* SORT 1\r\n"),
        ("THREAD", "THREAD REFERENCES UTF-8 ALL", b"* THREAD (1)\r\n", b"* THREAD (1)(1)\r\n"),
    ],
)
def test_orders_and_threads(name: str, command: str, right: bytes, wrong: bytes) -> None:
    shown = ShownMailbox(
        Fixture("m", "one", (FixtureMessage(MESSAGE.replace("\n", "\r\n").encode()),))
    )
    expected = shown.found(f"a {command}\r\n".encode(), GRAMMAR, name)
    assert expected.differs(Group(read_response(right).values), name) is None
    assert expected.differs(Group(read_response(wrong).values), name)


def test_found_behind_another_response_is_a_load_error(suite: Suite) -> None:
    with pytest.raises(CaseError, match="SEARCH, SORT, THREAD"):
        load(suite, block("C: a1 SEARCH ALL", "S: * ESEARCH {found}", "S: a1 OK"))


def test_rows_are_played_for_the_mailbox_they_name(suite: Suite) -> None:
    path = suite.root / "rfc3501" / "6.1.2-noop.md"
    table = "| case | mailbox | {} |\n|---|---|---|\n| row | `m.eml` | `{}` `{}` |\n"
    head = HEAD.replace("`mailbox=m.eml`", "")
    path.write_text(head + table.format("search", "SEARCH ALL", "UID SEARCH 1"))
    [(case, steps)] = suite.load(path)
    assert case.labels.mailbox == "m.eml"
    assert [step.sends[0].text for step in steps][1:] == ["a1 SEARCH ALL", "a2 UID SEARCH 1"]
    path.write_text(head + table.format("fetch.sizes", "FETCH 1 BODY", "FETCH 1 BODYSTRUCTURE"))
    [(case, steps)] = suite.load(path)
    assert [step.expects[0].text for step in steps][1:] == ["* 1 FETCH {fetched.sizes}"] * 2
