"""Lines of a connection that speaks POP3: what they mean, and what can not stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.casefile.labels import read_labels
from conformance.casefile.plan import Step, grammar_of, make_plan
from conformance.casefile.script import LineError, read_script
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError

LABELS = read_labels("`MUST` `3501-6.1.2-ok`")


def plan(block: str) -> tuple[Step, ...]:
    return make_plan(read_script(enumerate(block.splitlines(), 1)), grammar_of(LABELS))


def test_a_reply_has_a_status_line_and_the_lines_below_it() -> None:
    (step,) = plan("pop C: LIST\npop S: +OK\npop S| 1 120\npop S| ..a\npop S| ...\npop S| .")
    (expectation,) = step.expects
    assert expectation.tagged
    reply = expectation.patterns[0].reply
    assert reply is not None
    assert reply.status == (b"+OK",)
    assert reply.lines == ((b"1 120",), (b".a",), (b"...",))
    assert (step.role.command, step.role.proves) == ("POP3 LIST", True)


def test_both_protocols_stand_in_one_block() -> None:
    steps = plan(
        "C: a1 SELECT INBOX\nS: a1 OK\npop C: DELE 1\npop S: +OK\npop C: QUIT\npop S: +OK\n"
        "C: a2 NOOP\nS: * 1 EXPUNGE\nS: a2 OK"
    )
    assert [step.who for step in steps] == ["main", "pop", "pop", "main"]
    assert [step.role.command for step in steps] == ["SELECT", "POP3 DELE", "POP3 QUIT", "NOOP"]


def test_a_name_that_only_begins_alike_speaks_imap() -> None:
    (step,) = plan("popular C: a1 NOOP\npopular S: a1 OK")
    assert step.expects[0].patterns[0].reply is None


WRONG = [
    ("pop C: NOOP\npop S: OK", "begins with +OK or -ERR"),
    ("pop C: NOOP\npop S: +ok", "begins with +OK or -ERR"),
    ("pop C: NOOP\npop S? +OK", "in the order of their commands"),
    ("pop C: NOOP\npop S: +OK\npop S> +OK", "in the order of their commands"),
    ("pop C: NOOP\npop S! +OK", "about the reply of a line above"),
    ("pop C: LIST\npop S: +OK\npop S| 1 120", "end with the line '.'"),
    ("pop C: LIST\npop S: -ERR\npop S| .", "begins with +OK"),
    ("pop C: LIST\npop S: +OK\npop S| .a\npop S| .", "with one more"),
    ("pop S| .", "needs a status line above it"),
    ("pop C| a", "is for connections that speak IMAP"),
    ("pop C* NOOP", "is for connections that speak IMAP"),
    ("pop C: {tls}", "is for connections that speak IMAP"),
    ("pop C: STAT\npop S: +OK {:mailbox}", "the grammar has no rule mailbox"),
    ("C: a1 NOOP\nS: a1 OK [UNSEEN {:unique_id}]", "the grammar has no rule unique-id"),
    ("pop C: STAT\npop S: +OK {5}", "no literals in POP3"),
    ("pop C: STAT\npop S: +OK {n:number}", "is kept and never used"),
]


@pytest.mark.parametrize(("block", "why"), WRONG)
def test_refused(block: str, why: str) -> None:
    with pytest.raises(LineError, match=re.escape(why)):
        plan(block)


def test_labels_say_how_far_a_connection_is_brought() -> None:
    labels = read_labels("`MUST` `3501-6.1.2-ok` `maildrop=five` `pop-late.state=authorization`")
    assert labels.maildrop == "five"
    assert labels.pop3_state_of("pop") == "transaction"
    assert labels.pop3_state_of("pop-late") == "authorization"
    assert labels.states == {}
    with pytest.raises(ValueError, match="a state of POP3 is one of"):
        read_labels("`MUST` `3501-6.1.2-ok` `pop.state=selected`")


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ("", "label it `disposable`"),
        ("`maildrop=five`", "label it `disposable`"),
        ("`disposable` `maildrop=many`", "unknown fixture many"),
        ("`disposable` `pop-two.state=raw`", "a connection pop-two that no line uses"),
    ],
)
def test_labels_that_do_not_fit(tmp_path: Path, labels: str, why: str) -> None:
    file = tmp_path / "6.1.2-noop.md"
    block = "```imap\npop C: NOOP\npop S: +OK\n```\n"
    file.write_text(f"# A\n\n## B\n\n`MUST` `3501-6.1.2-ok` {labels}\n\n{block}", encoding="utf-8")
    with pytest.raises(CaseError, match=re.escape(why)):
        Suite().load(file)
