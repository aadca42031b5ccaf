"""Cases played against scripted servers, each verdict both ways, and against a real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from play_cases import noop, play, server, usual

from conformance.casefile.document import Case
from conformance.casefile.labels import read_labels
from conformance.catalogue.levels import Verdict
from conformance.play import step
from conformance.play.connections import Connections, Way
from conformance.play.player import Outcome, Player
from conformance.play.workspace import Workspace
from conformance.targets import Target
from conformance.wire.account import Account
from conformance.wire.transport import Endpoint

ONE = "C: a1 NOOP\nS: * 1 EXISTS\nS: a1 OK"
VERDICTS = [
    ("pass", None, b"* 1 EXISTS\r\nTAG OK x\r\n", ONE),
    ("fail", "mismatch", b"* 1 EXISTS\r\nTAG NO x\r\n", ONE),
    ("fail", "missing", b"TAG OK x\r\n", ONE),
    ("fail", "mismatch", b"* 2 EXISTS\r\nTAG OK x\r\n", ONE),
    ("fail", "closed", b"", ONE),
    ("fail", "timeout", b"* 1 EXISTS\r\n", ONE),
    ("fail", "unexpected", b"b9 OK x\r\n", ONE),
    ("fail", "mismatch", b"TAG DONE x\r\n", ONE),
    ("pass", None, b"    at server.js:1\n\r\nof lines\r\n* 1 EXISTS\r\nTAG OK x\r\n", ONE),
    ("pass", None, b"* 1 EXISTS\r\n* 7 RECENT\r\nTAG OK x\r\n", ONE),
    ("pass", None, b"TAG NO x\r\n", "C: a1 NOOP\nS: a1 NO|BAD"),
    ("pass", None, b"* BYE x\r\n", "C: a1 NOOP\nS: a1 NO\nS/ * BYE\nS/ {close}"),
    ("pass", None, b"", "C: a1 NOOP\nS: a1 NO\nS/ {close}"),
    ("fail", "mismatch", b"TAG OK x\r\n", "C: a1 NOOP\nS: a1 NO\nS/ {close}"),
    ("fail", "unexpected", b"* 3 EXPUNGE\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS! * {:nz_number} EXPUNGE\nS: a1 OK"),
    ("pass", None, b"* 3 EXPUNGE\r\n* 3 EXPUNGE\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 3|4 EXPUNGE\nS> * 3 EXPUNGE\nS: a1 OK"),
    ("fail", "mismatch", b"* 3 EXPUNGE\r\n* 4 EXPUNGE\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 3|4 EXPUNGE\nS> * 3 EXPUNGE\nS: a1 OK"),
    ("fail", "missing", b"* 3 EXPUNGE\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 3|4 EXPUNGE\nS> * 3 EXPUNGE\nS: a1 OK"),
    ("pass", None, b"* 1 FETCH (UID 5)\r\n* 1 FETCH (FLAGS ())\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 1 FETCH (FLAGS () UID 5)\nS: a1 OK"),
    ("pass", None, b"* 1 FETCH (UID 5 FLAGS ())\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 1 FETCH (FLAGS ())\nS: * 1 FETCH (UID 5)\nS: a1 OK"),
    ("fail", "mismatch", b"* 1 FETCH (UID 5)\r\n* 1 EXPUNGE\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 1 FETCH (FLAGS ())\nS: a1 OK"),
    ("fail", "unexpected", b"* 1 EXISTS\r\n* 2 EXISTS\r\nTAG OK x\r\n", "STRICT" + ONE),
    ("pass", None, b"* 1 EXISTS\r\n* 1 EXISTS\r\nTAG OK x\r\n",
     "STRICT" + ONE.replace("S:", "S?", 1)),
    ("pass", None, (b"* 1 EXISTS\r\n* 1 RECENT\r\n* 1 FETCH (FLAGS ($a))\r\n* LIST () NIL a\r\n"
     b"* CAPABILITY IMAP4rev1\r\n* OK [UNSEEN 1] x\r\n* NO full\r\nTAG OK x\r\n"), "STRICT" + ONE),
    ("pass", None, b"* LIST () NIL other\r\nTAG OK x\r\n",
     "STRICTC: a1 NOOP\nS? * LIST () NIL {mailbox}\nS: a1 OK"),
    ("pass", None, b"* 1 FETCH (FLAGS (\\FLAGGED $Junk))\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 1 FETCH (FLAGS (\\Flagged))\nS: a1 OK"),
    ("fail", "mismatch", b"* 1 FETCH (FLAGS ($Mine))\r\nTAG OK x\r\n",
     "---\nC: a1 NOOP\nS: * 1 FETCH (FLAGS ())\nS: a1 OK\nC: a2 STORE 1 +FLAGS ($mine)\nS: a2 OK"),
    ("fail", "mismatch", b"* 1 FETCH (FLAGS (\\Draft))\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * 1 FETCH (FLAGS ())\nS: a1 OK"),
    ("fail", "unexpected", b"* 1 FETCH (FLAGS (\\Seen $Junk))\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS! * 1 FETCH (FLAGS (\\Seen))\nS: a1 OK"),
    ("pass", None, b"* OK exactly This\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS= * OK exactly This\nS: a1 OK"),
    ("pass", None, b"* 5 EXISTS\r\nTAG OK x\r\n",
     "C: a1 NOOP\nS: * {n:number} EXISTS\nS: a1 OK\nC: a2 NOOP\nS: * {n} EXISTS\nS: a2 OK"),
    ("pass", None, b"TAG OK x\r\n", "C: a1 NOOP\nC: a2 NOOP\nS: a2 OK\nS: a1 OK"),
    ("pass", None, b"TAG OK x\r\n", "two C: a1 NOOP\ntwo S: a1 OK\nC: {close}"),
    ("pass", None, b"TAG OK x\r\n", "C: a1 NOOP\nS: a1 OK\nS! * 1 EXISTS"),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "cause", "said", "block"), VERDICTS)
def test_verdict(tmp_path: Path, verdict: str, cause: str | None, said: bytes, block: str) -> None:
    labels = "`strict`" if block.startswith("STRICT") else ""
    with server(noop(said)) as endpoint:
        outcome = play(tmp_path, endpoint, block.removeprefix("STRICT"), labels)
    assert (outcome.verdict, outcome.cause) == (verdict, cause), outcome


LEADS = "C: a1 NOOP\nS: * 1 EXISTS\nS: a1 OK\n---\nC: a2 CAPABILITY\nS: a2 OK"
KEEPS = LEADS.replace("* 1", "* {n:number}").replace(
    "---", "---\nC: a3 NOOP\nS! * {n} RECENT\nS: a3 OK"
)
LACK = "NOOP: no untagged EXISTS"


@pytest.mark.parametrize(
    ("verdict", "said", "block", "lacks"),
    [
        ("blocked", b"TAG OK x\r\n", LEADS, ""),
        ("pass", b"TAG OK x\r\n", LEADS, LACK),
        ("blocked", b"* 2 EXISTS\r\nTAG OK x\r\n", LEADS, LACK),
        ("blocked", b"TAG NO x\r\n", LEADS, LACK),
        ("blocked", b"TAG OK x\r\n", KEEPS, LACK),
        ("fail", b"TAG OK x\r\n", ONE, LACK),
    ],
)
def test_what_leads_to_a_proof_goes_on_without_what_the_server_leaves_out(
    tmp_path: Path, verdict: str, said: bytes, block: str, lacks: str
) -> None:
    with server(noop(said)) as endpoint:
        outcome = play(tmp_path, endpoint, block, lacks=(lacks,))
    assert outcome.verdict == verdict, outcome


LOGIN = "C: a1 NOOP\nS: + {c:base64}\nC: {sasl.scram-sha-1.final:c}\nS: a1 OK"


def test_a_challenge_that_can_not_be_answered_is_the_server_s_fault(tmp_path: Path) -> None:
    with server(noop(b"+ bm90IHRoZSBub25jZQ==\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, LOGIN)
    assert (outcome.verdict, outcome.cause, outcome.line) == ("fail", "mismatch", 10)
    assert outcome.expected == "a challenge for {sasl.scram-sha-1.final}"
    assert "nonce" in outcome.reason


def test_an_answer_to_a_challenge_is_not_shown(tmp_path: Path) -> None:
    block = LOGIN.replace("scram-sha-1.final", "cram-md5").replace("a1 OK", "a2 OK")
    with server(noop(b"+ PDFAeD4=\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    # The server of this test takes the answer for a command, whose tag it returns.
    assert outcome.verdict == "fail"
    shown = [line.text for line in outcome.transcript if line.direction == "C"]
    assert not any("dXNlcjEg" in text for text in shown), shown


@pytest.mark.parametrize(
    ("level", "said", "verdict"),
    [("SHOULD", b"NO", "warn"), ("SHOULD", b"OK", "pass"), ("MAY", b"NO", "no"),
     ("MAY", b"OK", "yes"), ("MUST", b"NO", "fail")],
)  # fmt: skip
def test_the_level_decides_what_a_difference_means(
    tmp_path: Path, level: str, said: bytes, verdict: str
) -> None:
    with server(noop(b"TAG " + said + b" x\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK", level=level)
    assert outcome.verdict == verdict


@pytest.mark.parametrize(
    ("labels", "reason"),
    [("`needs=MOVE`", "MOVE is not announced"), ("`needs=MOVE|UIDPLUS`", "MOVE or UIDPLUS"),
     ("`lacks=IDLE`", "IDLE is announced"), ("`disposable`", "disposable"),
     ("`main.account=2`", "second account")],
)  # fmt: skip
def test_skips_what_does_not_apply(tmp_path: Path, labels: str, reason: str) -> None:
    with server(usual) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK", labels)
    assert outcome.verdict == "skip"
    assert reason in outcome.reason


def test_a_condition_that_is_not_met_skips(tmp_path: Path) -> None:
    block = "C: a1 NOOP\nS- a1 OK\nC: a2 CHECK\nS: a2 OK"
    for number, (said, verdict) in enumerate(((b"NO", "skip"), (b"OK", "pass"))):
        (tmp_path / str(number)).mkdir()
        with server(noop(b"TAG " + said + b" x\r\n")) as endpoint:
            outcome = play(tmp_path / str(number), endpoint, block)
        assert outcome.verdict == verdict, outcome


@pytest.mark.parametrize(
    ("known", "said", "verdict"),
    [("", b"BAD", "skip"), ("", b"OK", "pass"), ("mail.example", b"BAD", "fail")],
)
def test_a_name_that_the_server_may_not_have_accuses_nobody(
    known: str, said: bytes, verdict: str, tmp_path: Path
) -> None:
    def answer(command: bytes) -> bytes:
        return b"TAG " + said + b" x\r\n" if command.startswith(b"NOOP") else usual(command)

    with server(answer) as endpoint:
        reached = replace(endpoint, server_name=known)
        outcome = play(tmp_path, reached, "C: a1 NOOP {url.host}\nS: a1 OK")
    assert outcome.verdict == verdict, outcome


@pytest.mark.parametrize(("said", "unanswered"), [(b"", True), (b"+ more\r\n", False)])
def test_a_command_that_is_asked_about_is_not_unanswered(
    said: bytes, unanswered: bool, tmp_path: Path
) -> None:
    with server(noop(said or b"* 1 EXISTS\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK", way=Way(timeout=0.3))
    assert outcome.unanswered is unanswered, outcome


def test_an_untagged_condition_skips_too(tmp_path: Path) -> None:
    block = "C: a1 NOOP\nS- * 4 EXISTS\nS: a1 OK"
    with server(usual) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert outcome.verdict == "skip"
    assert "only where the server sends * 4 EXISTS" in outcome.reason


def test_a_kept_value_is_written_with_its_quotes_or_without(tmp_path: Path) -> None:
    sent: list[bytes] = []

    def answer(command: bytes) -> bytes:
        sent.append(command)
        listed = b'* LIST () "/" "a b"\r\n' if command.endswith(b'"%"') else b""
        return listed + usual(command)

    block = 'C: a1 LIST "" "%"\nS: * LIST (...) {*} {n:mailbox}\nS: a1 OK\n'
    block += 'C: a2 LIST {n} "{name.n}*"\nS: a2 OK'
    with server(answer) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert outcome.verdict == "pass", outcome
    assert b'LIST "A B" "A B*"' in sent


def test_a_completion_in_the_place_of_a_condition_skips(tmp_path: Path) -> None:
    block = "C: a1 NOOP\nS- +\nC: more\nS: a1 NO"
    with server(usual) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert outcome.verdict == "skip"
    assert "only where the server sends +; it answered OK" in outcome.reason


def test_an_untagged_bad_is_not_waited_for_long(tmp_path: Path) -> None:
    with server(noop(b"* BAD what?\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK")
    assert (outcome.verdict, outcome.cause) == ("fail", "timeout")


def test_tls_that_fails_closes_the_connection(tmp_path: Path) -> None:
    block = "C: a1 NOOP\nS: a1 OK\nC: {tls}\nS: {close}"
    with server(noop(b"TAG OK go\r\nthis is no TLS\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, block, "`state=greeted`")
    assert outcome.verdict == "pass", outcome


def test_a_child_is_skipped_where_none_can_be_made(tmp_path: Path) -> None:
    def childless(command: bytes) -> bytes:
        refused = command.startswith(b"CREATE") and command.endswith(b"/CHILD")
        return b"TAG NO no inferiors\r\n" if refused else usual(command)

    with server(childless) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 CREATE {mailbox/x}\nS: a1 OK")
    assert outcome.verdict == "skip"


def test_a_child_is_skipped_without_a_hierarchy(tmp_path: Path) -> None:
    def flat(command: bytes) -> bytes:
        listing = b'* LIST () NIL ""\r\nTAG OK x\r\n'
        return listing if command == b'LIST "" ""' else usual(command)

    with server(flat) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 CREATE {mailbox/x}\nS: a1 OK")
    assert (outcome.verdict, outcome.reason) == ("skip", "the server has no hierarchy of mailboxes")


def test_a_refused_fixture_blocks(tmp_path: Path) -> None:
    def refusing(command: bytes) -> bytes:
        refused = command.startswith(b"CREATE") and command.endswith(b"-1")
        return b"TAG NO quota\r\n" if refused else usual(command)

    with server(refusing) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 SELECT {mailbox}\nS: a1 OK")
    assert outcome.verdict == "blocked"
    assert "quota" in outcome.reason


def test_a_login_refused_later_blocks(tmp_path: Path) -> None:
    logins = 0

    def refusing(command: bytes) -> bytes:
        nonlocal logins
        logins += command.startswith(b"LOGIN")
        refused = command.startswith(b"LOGIN") and logins > 1
        return b"TAG NO busy\r\n" if refused else usual(command)

    with server(refusing) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK")
    assert outcome.verdict == "blocked"
    assert "busy" in outcome.reason


def test_polls_until_the_window_is_complete(tmp_path: Path) -> None:
    polls: list[bytes] = []

    def slow(command: bytes) -> bytes:
        if command != b"NOOP":
            return usual(command)
        polls.append(command)
        return b"* 4 EXISTS\r\nTAG OK x\r\n" if len(polls) == 3 else b"TAG OK x\r\n"

    with server(slow) as endpoint:
        outcome = play(tmp_path, endpoint, "C* a1 NOOP\nS: * 4 EXISTS\nS: a1 OK")
    assert outcome.verdict == "pass"
    assert len(polls) == 3


def test_what_came_before_the_poll_counts(tmp_path: Path) -> None:
    def early(command: bytes) -> bytes:
        return b"* 4 EXISTS\r\nTAG OK x\r\n" if command == b"CHECK" else usual(command)

    block = "C: a1 CHECK\nS: a1 OK\nC* a2 NOOP\nS: * 4 EXISTS\nS: a2 OK"
    with server(early) as endpoint:
        outcome = play(tmp_path, endpoint, block)
    assert outcome.verdict == "pass"


def test_polling_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "POLLING", 0.1)
    with server(usual) as endpoint:
        outcome = play(tmp_path, endpoint, "C* a1 NOOP\nS: * 4 EXISTS\nS: a1 OK")
    assert (outcome.verdict, outcome.cause) == ("fail", "missing")


def test_the_transcript_tells_the_case_but_no_password(tmp_path: Path) -> None:
    with server(noop(b"TAG NO pass1 is your password\r\n")) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK")
    text = "\n".join(line.text for line in outcome.transcript)
    assert "a1 NOOP" in text
    assert "is your password" in text
    assert "pass1" not in text


LITERALS = """
C: a1 APPEND {mailbox} (\\Seen) {#}
S: +
C| Subject: caf{0xe9}
C|
C| Hi.
C:
S: a1 OK
C~ a2 SEL
C: ECT {#name.mailbox}
S: +
C: {name.mailbox}
S: * 2 EXISTS
S: a2 OK [READ-WRITE]
C: a3 FETCH 1:2 (FLAGS RFC822.SIZE BODY.PEEK[TEXT])
S: * 1 FETCH (FLAGS (\\Flagged) RFC822.SIZE {msg.1.size})
S: * 2 FETCH (FLAGS (\\Seen) BODY[TEXT] {#}
S| Hi.
S: )
S: a3 OK
C: a4 LIST "" {mailbox}
S: * LIST (...) {delim} {mailbox}
S: a4 OK
C: a5 LOGOUT
S: * BYE
S: a5 OK
S: {close}
"""


@pytest.mark.parametrize("keep", [False, True])
def test_the_transcript_of_a_pass_is_kept_only_where_it_is_asked_for(
    tmp_path: Path, keep: bool
) -> None:
    with server(usual) as endpoint:
        outcome = play(tmp_path, endpoint, "C: a1 NOOP\nS: a1 OK", keep=keep)
    assert outcome.verdict == "pass"
    assert ("a1 NOOP" in [line.text for line in outcome.transcript]) is keep


def test_plays_on_a_real_server(tmp_path: Path, pymap_target: Target) -> None:
    outcome = play(tmp_path, pymap_target.endpoint, LITERALS, "`mailbox=one`")
    assert outcome.verdict == "pass", outcome


def test_second_connection_and_selected_state(tmp_path: Path, pymap_target: Target) -> None:
    block = (
        "C: a1 STORE 1 +FLAGS (\\Deleted)\nS: * 1 FETCH (FLAGS (\\Flagged \\Deleted))\nS: a1 OK\n"
        "C: a2 EXPUNGE\nS: * 1 EXPUNGE\nS: a2 OK\n"
        "two C* b1 NOOP\ntwo S: * 1 EXPUNGE\ntwo S: b1 OK"
    )
    labels = "`mailbox=one` `state=selected`"
    outcome = play(tmp_path, pymap_target.endpoint, block, labels)
    assert outcome.verdict == "pass", outcome


@pytest.mark.parametrize(
    ("maildrop", "come", "comes"),
    [
        ("maildrop=five", ["fail", "pass"], "pass"),  # messages came in another order, once
        ("maildrop=five", ["fail", "fail"], "fail"),
        ("maildrop=five", ["pass"], "pass"),
        ("", ["fail", "pass"], "fail"),
    ],
)
def test_what_deviates_in_a_maildrop_has_to_do_so_twice(
    maildrop: str, come: list[Verdict], comes: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter(come)
    monkeypatch.setattr(Player, "_play_once", lambda *_: Outcome(next(outcomes)))
    label = f"`{maildrop}`" if maildrop else ""
    labels = read_labels(f"`MUST` `1939-4-numbers-stay` `disposable` {label}")
    case = Case("pop3/4-x/y", "y", Path("x.md"), 1, "4", labels, "", ())
    connections = Connections(Endpoint("127.0.0.1", 1), [Account("fred", "secret")])
    player = Player(connections, cast("Workspace", None), {})  # which `_play_once` makes use of
    assert player.play(case, ()).verdict == comes
