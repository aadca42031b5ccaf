"""Which windows of a case prove, and in which words it is said what deviated."""

from __future__ import annotations

from pathlib import Path

import pytest
from play_cases import play, server, usual

from conformance.casefile.leading import roles
from conformance.casefile.script import LineError, read_script
from conformance.casefile.suite import Suite, load_all
from conformance.wire.forms import form_of

APPEND = "C: a1 APPEND {mailbox} {2}\nS: +\nC: hi\nS: a1 OK"
SELECT = "C: a2 SELECT {mailbox}\nS: a2 OK"
FETCH = "C: a3 FETCH 1 (FLAGS)\nS: * 1 FETCH (FLAGS (...))\nS: a3 OK"
NOOP = "C: z9 NOOP\nS: z9 OK"


def shown(block: str) -> str:
    """One letter a window: P proves, l leads."""
    windows = read_script(enumerate(block.splitlines(), 1))
    return "".join("P" if role.proves else "l" for role in roles(windows))


@pytest.mark.parametrize(
    ("block", "proves"),
    [
        (NOOP, "P"),
        (f"{SELECT}\n{FETCH}", "lP"),
        (f"{APPEND}\n{SELECT}\n{FETCH}", "lllP"),
        (f"{APPEND}", "PP"),
        (f"{FETCH}\n{SELECT}\n{FETCH}", "PlP"),
        (f"{FETCH}\n{NOOP}", "PP"),
        (f"{SELECT}\n{FETCH}\n{NOOP}", "lPP"),
        (f"C: a1 CREATE x\nS: a1 NO\n{FETCH}", "PP"),
        (f"C: a1 CREATE x\nS: a1 NO|BAD\n{FETCH}", "PP"),
        (f"C: a1 CREATE x\nS: a1 OK\nS! * 1 EXPUNGE\n{FETCH}", "PP"),
        (f"{SELECT}\n---\n{NOOP}\n{FETCH}", "lPP"),
        (f"---\n{SELECT}\n{FETCH}", "PP"),
        (f"{SELECT}\n{FETCH}\n---\n{NOOP}", "llP"),
        ("two C: b1 STORE 1 FLAGS ()\ntwo S: b1 OK\nC* a1 NOOP\nS: * 1 FETCH (FLAGS ())\nS: a1 OK",
         "lP"),
    ],
)  # fmt: skip
def test_the_windows_of_the_last_command_prove(block: str, proves: str) -> None:
    assert shown(block) == proves


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (f"{NOOP}\n---", "nothing below"),
        (f"{NOOP}\n---\n{NOOP}\n---\n{NOOP}", "occurs twice"),
        ("C: a1 NOOP\n---\nS: a1 OK", "before a line of the client"),
    ],
)
def test_the_line_before_the_proof_stands_between_windows(block: str, message: str) -> None:
    with pytest.raises(LineError, match=message):
        read_script(enumerate(block.splitlines(), 1))


@pytest.mark.parametrize(
    ("name", "arguments", "form"),
    [
        ("APPEND", "{mailbox} {#}", "APPEND"),
        ("APPEND", r"{mailbox} (\Seen $Work) {#}", "APPEND (flags)"),
        ("APPEND", '{mailbox} () "17-Jul-1996 02:44:25 -0700" {#}', "APPEND () date"),
        ("LIST", '"" "{name.mailbox}*"', 'LIST "*"'),
        ("LIST", '"" {mailbox/%}', "LIST %"),
        ("LIST", '"" nil', "LIST NIL"),
        ("LIST", "{0}\r\n {0}\r\n", "LIST literal empty"),
        ("APPEND", "{mailbox} {0+}", "APPEND empty"),
        ("LOGIN", "{user} {0x80ff}", "LOGIN"),
        ("LIST", '"" {mailbox}', "LIST"),
        ("SEARCH", 'OR SUBJECT "AND" 1:3', "SEARCH OR SUBJECT"),
        ("SEARCH", 'NOT (SEEN FROM "x")', "SEARCH NOT SEEN FROM ()"),
        ("SEARCH", "SUBJECT {#}", "SEARCH SUBJECT literal"),
        ("LIST", '"" {#}', "LIST literal"),
        ("FETCH", "2:* (UID)", "FETCH UID *"),
        ("UID STORE", r"*,{u1} +FLAGS (\Seen)", "UID STORE FLAGS *"),
        ("FETCH", "1 (BODY.PEEK[HEADER.FIELDS (SUBJECT)] UID)",
         "FETCH BODY.PEEK[HEADER.FIELDS SUBJECT UID"),
        ("FETCH", "1 (BODY[3.HEADER] BODY[3.1] BODY[4] BODY[12.MIME] BODY[])",
         "FETCH BODY[n.HEADER BODY[n.n BODY[n BODY[nn.MIME BODY["),
        ("FETCH", "1 (BINARY.PEEK[1]<0.5> BINARY.SIZE[2])", "FETCH BINARY.PEEK[n BINARY.SIZE[n"),
        ("STORE", r"1 +FLAGS.SILENT (\Deleted)", "STORE FLAGS.SILENT"),
        ("UID STORE", r"1 +FLAGS \Seen", "UID STORE FLAGS bare"),
        ("noop", "", "NOOP lower"),
        ("Uid Fetch", "1 FLAGS", "UID FETCH FLAGS lower"),
    ],
)  # fmt: skip
def test_a_form_has_keywords_and_no_values(name: str, arguments: str, form: str) -> None:
    assert form_of(name, arguments) == form


TWO = "C: a1 NOOP\nS: * 1 EXISTS\nS: a1 OK\nC: a2 SEARCH ALL\nS: * SEARCH 1\nS: a2 OK"


@pytest.mark.parametrize(
    ("noop", "search", "verdict", "deviation"),
    [
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"* SEARCH 1\r\nTAG OK x\r\n", "pass", ""),
        (b"TAG OK x\r\n", b"", "blocked", "NOOP: no untagged EXISTS"),
        (b"* 2 EXISTS\r\nTAG OK x\r\n", b"", "blocked", "NOOP: other untagged EXISTS"),
        (b"TAG NO x\r\n", b"", "blocked", "NOOP: NO instead of OK"),
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"TAG OK x\r\n", "fail", "SEARCH: no untagged SEARCH"),
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"TAG BAD x\r\n", "fail", "SEARCH ALL: BAD instead of OK"),
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"", "fail", "SEARCH ALL: the connection is closed"),
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"* SEARCH 2\r\nTAG OK x\r\n", "fail",
         "SEARCH: other untagged SEARCH (3501-6.1.2-ok)"),
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"* BAD x\r\n", "fail",
         "SEARCH ALL: no answer but an untagged BAD (3501-6.1.2-ok)"),
    ],
)  # fmt: skip
def test_only_the_proof_accuses(
    noop: bytes, search: bytes, verdict: str, deviation: str, tmp_path: Path
) -> None:
    def answer(command: bytes) -> bytes:
        if command.startswith(b"NOOP"):
            return noop
        return search if command.startswith(b"SEARCH") else usual(command)

    with server(answer) as endpoint:
        outcome = play(tmp_path, endpoint, TWO)
    assert (outcome.verdict, outcome.deviation) == (verdict, deviation)


TOGETHER = "C: a1 CHECK\nC: a2 SEARCH SUBJECT {8}\nS: * 1 EXISTS\nS: +\nS? a1 OK"


@pytest.mark.parametrize(
    ("check", "search", "deviation"),
    [
        (b"* 2 EXPUNGE\r\n", b"TAG BAD x\r\n", "SEARCH SUBJECT literal: BAD instead of OK"),
        (b"* 1 EXISTS\r\nTAG OK x\r\n", b"TAG NO x\r\n",
         "SEARCH SUBJECT literal: NO instead of OK"),
        (b"TAG BAD x\r\n", b"", "CHECK: BAD instead of OK"),
    ],
)  # fmt: skip
def test_of_commands_sent_together_the_refused_one_is_named(
    check: bytes, search: bytes, deviation: str, tmp_path: Path
) -> None:
    def answer(command: bytes) -> bytes:
        if command.startswith(b"CHECK"):
            return check
        return search if command.startswith(b"SEARCH") else usual(command)

    block = f"{TOGETHER}\nC: number 2\nS: a2 OK"
    with server(answer) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert outcome.deviation == deviation


@pytest.mark.parametrize(
    ("block", "answer", "deviation"),
    [
        ("C: a1 SEARCH SUBJECT {3}\nS: +\nC: abc\nS: a1 OK", b"* BAD what?\r\n",
         "SEARCH SUBJECT literal: no answer but an untagged BAD (3501-6.1.2-ok)"),
        ("C: a1 RENAME a INBOX\nS: a1 NO|BAD", b"TAG OK done\r\n",
         "RENAME: OK instead of NO or BAD (3501-6.1.2-ok)"),
        ("C: a1 RENAME a inbox\nS: a1 NO|BAD", b"TAG OK done\r\n",
         "RENAME: OK instead of NO or BAD (3501-6.1.2-ok)"),
    ],
)  # fmt: skip
def test_what_is_one_fault_has_one_name(
    block: str, answer: bytes, deviation: str, tmp_path: Path
) -> None:
    def said(command: bytes) -> bytes:
        return answer if command.startswith((b"SEARCH", b"RENAME")) else usual(command)

    with server(said) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert (outcome.verdict, outcome.deviation) == ("fail", deviation)


@pytest.mark.parametrize(
    ("awaited", "deviation"),
    [
        ("* LIST (...) NIL x", "NOOP: no untagged LIST (3501-6.1.2-ok)"),
        ("* LSUB (...) NIL x", "NOOP: no untagged LSUB (3501-6.1.2-ok)"),
        ("* STATUS x (MESSAGES 1)", "NOOP: no untagged STATUS"),
    ],
)
def test_a_name_that_is_not_listed_is_what_its_case_is_about(
    awaited: str, deviation: str, tmp_path: Path
) -> None:
    with server(usual) as endpoint:
        outcome = play(tmp_path, endpoint, f"C: a1 NOOP\nS: {awaited}\nS: a1 OK")
    assert (outcome.verdict, outcome.deviation) == ("fail", deviation)


def test_premises_are_cases_that_prove_with_their_last_command() -> None:
    suite = Suite()
    cases = {case.id: (case, steps) for case, steps in load_all(suite)}
    premises = suite.premises.entries
    assert len({premise.case for premise in premises}) == len(premises) > 40
    for premise in premises:
        case, steps = cases[premise.case]
        assert steps[-1].role.proves, case.id
        assert not case.labels.disposable, case.id


@pytest.mark.parametrize(
    ("deviation", "first"),
    [
        ("SEARCH: no untagged SEARCH", "search"),
        ("UID SEARCH: no untagged SEARCH", "search"),
        ("SELECT: NO instead of OK", "select"),
        ("EXAMINE: no untagged EXISTS", "select-exists"),
        ("SELECT: other untagged EXISTS", "select-count"),
        ("APPEND (flags): BAD instead of OK", "append-flags"),
        ("APPEND (flags) date: BAD instead of OK", "append-flags"),
        ("APPEND: the connection is closed", "append"),
        ("NOOP: no untagged EXISTS", "told-by-noop"),
        ("FETCH: other untagged FETCH FLAGS", "flags-kept"),
    ],
)
def test_a_deviation_is_explained_by_the_premise_about_it(deviation: str, first: str) -> None:
    premises = Suite().premises.before("rfc3501/x/y")
    assert next(each.name for each in premises if each.may_explain(deviation)) == first


def test_a_premise_is_explained_only_by_those_before_it() -> None:
    premises = Suite().premises
    own = next(premise for premise in premises.entries if premise.name == "search")
    before = premises.before(own.case)
    assert before == premises.entries[: premises.entries.index(own)]
    assert not any(each.may_explain("SEARCH: no untagged SEARCH") for each in before)
