"""Whole sessions with real servers: sending, explaining, warning, saving."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from in_process import call
from shell_harness import Piping, scripted

from conformance.casefile.suite import Suite
from conformance.targets import Target

BOTH = ["pymap_target", pytest.param("dovecot_target", marks=pytest.mark.dovecot)]


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Target:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Target)
    return made


def verdicts(file: Path, target: Target) -> list[str]:
    """Run the suite on a case file; return what came of its cases."""
    account, endpoint = target.accounts[0], target.endpoint
    url = f"imap://{account.user}@{endpoint.host}:{endpoint.port}"
    output = file.parent / "report"
    environ = os.environ | {"IMAP_CONFORMANCE_PASSWORD": account.password}
    ran = call("run", url, file, "--output", output, environ=environ)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    records = map(json.loads, (output / "results.jsonl").read_text("utf-8").splitlines())
    return [record["verdict"] for record in records if record.get("kind") == "case"]


@pytest.mark.parametrize("target", BOTH, indirect=True)
def test_a_session_is_explained_and_saved_as_a_case_that_passes(
    target: Target, piping: Piping, tmp_path: Path
) -> None:
    file = tmp_path / "6.4.6-mine.md"
    said = piping.target(
        target,
        "NOOP",
        "/mailbox five",
        "SELECT {mailbox}",
        "fetch 2 (UID FLAGS RFC822.SIZE)",
        "x7 STORE 2 +FLAGS (\\Deleted)",
        "EXPUNGE",
        "APPEND {mailbox} {#}",
        "Subject: of mine",
        "",
        "text",
        ".",
        "",
        "CREATE {mailbox.copy}",
        "COPY 1 {mailbox.copy}",
        "STATUS {mailbox.copy} (MESSAGES UIDNEXT)",
        "UID SEARCH ALL",
        "LOGOUT",
        f"/save {file} What I tried",
    )
    assert "C: a1 NOOP\n   NOOP: does nothing" in said.out
    assert "C: a3 fetch 2 (UID FLAGS RFC822.SIZE)" in said.out
    assert "x7 OK" in said.out
    assert "* 2 EXPUNGE\n   EXPUNGE: this message is gone" in said.out
    assert "-- saved" in said.out, said.out
    text = file.read_text(encoding="utf-8")
    assert (
        "## What I tried\n\n`MUST` `3501-2.2.2-one-completion` `state=auth` `mailbox=five`" in text
    )
    assert "C| Subject: of mine\n" in text
    assert "C: a7 COPY 1 {mailbox.copy}\n" in text
    assert "S: * STATUS {mailbox.copy} (MESSAGES 1 UIDNEXT {:nz_number})\n" in text
    assert "S: * 2 FETCH (UID {:uniqueid} FLAGS () RFC822.SIZE" in text
    assert target.accounts[0].password not in text
    assert len(Suite().load(file)) == 1
    assert verdicts(file, target) == ["pass"]


def test_mailboxes_are_removed_at_the_end(pymap_target: Target, piping: Piping) -> None:
    def there() -> set[str]:  # the server is shared: tests of other files may leave something
        return set(re.findall(r"imapconf-[^\s\"]+", piping.target(pymap_target, 'LIST "" *').out))

    before = there()
    piping.target(pymap_target, "/mailbox one", "CREATE {mailbox.copy}")
    assert there() <= before


def test_a_command_that_the_grammar_rejects_is_held_back(
    pymap_target: Target, piping: Piping
) -> None:
    said = piping.target(
        pymap_target, "NOOP please", "/send", "/send", "!NOOP please", "NOOP\\x00", "NOOP"
    )
    rejected = said.out.split("C: a1 NOOP please")[1]
    assert rejected.startswith("\n          ^\n   command does not allow SP at column 8")
    assert "not sent; /send sends it all the same" in rejected
    assert said.out.count("S: a1 BAD") == 1
    assert said.out.count("S: a2 BAD") == 1
    assert "no command was held back" in said.out
    assert "S: a3 " not in said.out
    assert "S: a4 OK" in said.out


def test_a_command_of_another_state_is_sent_with_a_warning(
    pymap_target: Target, piping: Piping
) -> None:
    said = piping.target(pymap_target, "FETCH 1 FLAGS", "UID STORE 1 FLAGS x", "LOGIN a b")
    assert "-- FETCH is for the selected state; this is authenticated" in said.out
    assert "-- UID STORE is for the selected state" in said.out
    assert "-- LOGIN is for the not authenticated state" in said.out
    assert "S: a1 BAD" in said.out


def test_literals_are_asked_for(pymap_target: Target, piping: Piping) -> None:
    said = piping.target(
        pymap_target,
        "SELECT {5}",
        "INBOX",
        "EXAMINE {5+}\\r\\nINBOX",
        "STATUS {5}",
        "INBOX (UNSEEN)",
    )
    assert "S: a1 OK [READ-WRITE]" in said.out
    assert "S: a2 OK [READ-ONLY]" in said.out
    assert "S: a3 OK" in said.out


def test_idle_waits_for_done(pymap_target: Target, piping: Piping, tmp_path: Path) -> None:
    file = tmp_path / "3-idle.md"
    lines = ["SELECT INBOX", "IDLE", "", "/wait 0.1", "DONE", "NOOP", f"/save {file}"]
    said = piping.target(pymap_target, *lines)
    assert "IDLE: waits: the server tells" in said.out
    assert "sent DONE" in said.out
    assert "S: a2 OK" in said.out
    assert "S: a3 OK" in said.out
    text = file.read_text(encoding="utf-8")
    assert "`needs=IDLE`" in text
    assert "C: a2 IDLE\nS: +\nC: DONE\nS: a2 OK\n" in text


def test_the_tree_of_any_line_is_shown(pymap_target: Target, piping: Piping) -> None:
    said = piping.target(pymap_target, "NOOP", "/tree", "/tree 1", "/tree 99", "/tree x")
    assert "response-tagged" in said.out
    assert 'command-any > "NOOP"' in said.out
    assert said.out.count("/tree takes a number below") == 2


def test_login_by_hand_keeps_the_password_to_itself(
    pymap_target: Target, piping: Piping, tmp_path: Path
) -> None:
    account = pymap_target.accounts[0]
    file = tmp_path / "6.2.3-login.md"
    said = piping.target(
        pymap_target,
        f'login {account.user} "{account.password}"',
        "NOOP",
        f"/save {file}",
        options=("--no-login",),
    )
    assert "S: a1 OK" in said.out
    assert account.password not in said.out
    assert f'LOGIN {account.user} "{"*" * len(account.password)}"' in said.out.replace(
        "login", "LOGIN"
    )
    text = file.read_text(encoding="utf-8")
    assert "C: a1 LOGIN {user} {password}\nS: a1 OK\n" in text
    assert "`state=greeted`" in text
    assert account.password not in text
    assert verdicts(file, pymap_target) == ["pass"]


LONG = "correct-horse-battery-staple-correct-horse-battery-staple"


@pytest.mark.parametrize("line", [f"LOGIN averylongusername {LONG}", f"LOGIN user {LONG} {LONG}"])
def test_no_piece_of_a_long_password_is_shown(
    line: str, pymap_target: Target, piping: Piping
) -> None:
    lines = [line, "/send", "/tree 1", "/tree"]
    said = piping.target(pymap_target, *lines, options=("--no-login",))
    assert "LOGIN" in said.out
    assert "horse" not in said.out
    assert "correct" not in said.out


SECRET = "AHVzZXIAaHVudGVyMg=="  # NUL user NUL hunter2


@pytest.mark.parametrize(
    "login",
    [
        "LOGIN {user} hunter2",
        "LOGIN {user} {7}\\r\\nhunter2",
        "login {4}\\r\\nfred {7}\\r\\nhunter2",
        '!a1  LOGIN user "hunter2"',
        "!LOGIN user hunter2 more",
        "/raw a1 LOGIN user hunter2",
        "/raw a1 login user hunter2 x",
        f"!AUTHENTICATE PLAIN {SECRET}",
        f"/raw a1 authenticate plain {SECRET}",
    ],
)
def test_a_wrong_password_is_not_kept_either(
    login: str, pymap_target: Target, piping: Piping, tmp_path: Path
) -> None:
    file = tmp_path / "6.2.3-login.md"
    said = piping.target(pymap_target, login, f"/save {file}", options=("--no-login",))
    assert "hunter2" not in said.out
    assert SECRET not in said.out
    assert "can not be saved" in said.out
    assert not file.exists()


def test_authenticate_by_hand(pymap_target: Target, piping: Piping, tmp_path: Path) -> None:
    file = tmp_path / "6.2.2-plain.md"
    encoded = pymap_target.accounts[0].sasl_plain.decode()
    for line in (encoded, "{plain}"):
        said = piping.target(
            pymap_target, "AUTHENTICATE PLAIN", line, f"/save {file}", options=("--no-login",)
        )
        assert "S: a1 OK" in said.out
        assert encoded not in said.out
        assert "C: a1 AUTHENTICATE PLAIN\nS: +\nC: {plain}\nS: a1 OK\n" in file.read_text("utf-8")
        file.unlink()


@pytest.mark.parametrize("answer", [SECRET, f"/raw {SECRET}", "AHVz{0x5a}XIAaHVudGVyMg=="])
def test_an_answer_that_may_be_a_secret_is_not_saved(
    answer: str, pymap_target: Target, piping: Piping, tmp_path: Path
) -> None:
    file = tmp_path / "6.2.2-plain.md"
    said = piping.target(
        pymap_target,
        "AUTHENTICATE PLAIN",
        answer,
        f"/save {file}",
        options=("--no-login",),
    )
    assert "may be a secret" in said.out
    assert "hunter2" not in said.out
    assert not file.exists()


def test_starttls_by_hand(piping: Piping, pymap_target: Target) -> None:
    endpoint = pymap_target.endpoints["starttls"]
    url = f"imap://user@{endpoint.host}:{endpoint.port}"
    said = piping.url(
        url, "STARTTLS", "NOOP", "/save 6.2.1-x.md", options=("--no-login", "--insecure")
    )
    assert "-- TLS has begun" in said.out, said.out
    assert "S: a2 OK" in said.out
    assert "can not be saved: the session begins TLS" in said.out


def test_a_server_that_breaks_rules_is_told_of(piping: Piping) -> None:
    answers = {
        b"SELECT": b"* 5 EXISTS\r\n* 0 FETCH (FLAGS ())\r\nTAG OK [READ-WRITE] done\r\n",
        b"NOOP": b"* 3 EXISTS\r\nTAG OK done\r\n",
        b"LOGOUT": b"* BYE\r\n",
    }
    with scripted(answers) as url:
        said = piping.url(url, "SELECT INBOX", "NOOP", password="secret")
    assert said.code == 1
    assert "S: * 0 FETCH (FLAGS ())\n     ^\n   nz-number does not allow" in said.out
    exists = said.out.index("S: * 3 EXISTS")
    assert "   MUST: " in said.out[exists : said.out.index("OK done", exists)]


def test_a_server_without_a_fault_ends_with_0(piping: Piping) -> None:
    with scripted({b"LOGOUT": b"* BYE bye\r\nTAG OK bye\r\n"}) as url:
        said = piping.url(url, "NOOP", password="secret")
    assert (said.code, said.err) == (0, "")


def test_an_extension_without_a_grammar_is_no_fault(piping: Piping) -> None:
    answers = {
        b"XLIST": b"* XLIST (\\Inbox) NIL Inbox\r\nTAG OK done\r\n",
        b"LOGOUT": b"* BYE bye\r\nTAG OK bye\r\n",
    }
    with scripted(answers) as url:
        said = piping.url(url, 'XLIST "" *', password="secret")
    assert said.code == 0
    assert "perhaps an extension that has no grammar here" in said.out


def test_cases_are_added_to_a_file_that_is_there(
    pymap_target: Target, piping: Piping, tmp_path: Path
) -> None:
    file = tmp_path / "6.1.2-noop.md"
    said = piping.target(
        pymap_target,
        "/save x.md",
        "NOOP",
        f"/save {file} One 3501-6.1.2-ok",
        "NOOP",
        f"/save {file} Two",
        f"/save {file} Two",
        f"/save {file} Three 3501-9-nothing",
        f"/save {tmp_path}/mine.md",
        f"/save {tmp_path}/none/6-x.md",
        "/save",
    )
    cases = Suite().load(file)
    assert [case.title for case, _ in cases] == ["One", "Two"]
    assert cases[0][0].labels.requirements == ("3501-6.1.2-ok",)
    for message in (
        "nothing was sent yet",
        "occurs twice",
        "unknown requirement 3501-9-nothing",
        "has to be <section>-<slug>.md",
        "none/6-x.md: No such file",
        "/save takes the name of a file",
    ):
        assert message in said.out
    assert not (tmp_path / "mine.md").exists()


def test_a_session_with_two_mailboxes_is_no_case(
    pymap_target: Target, piping: Piping, tmp_path: Path
) -> None:
    file = tmp_path / "6.3.1-select.md"
    lines = ["/mailbox", "SELECT {mailbox}", "/mailbox one", "SELECT {mailbox}", f"/save {file}"]
    said = piping.target(pymap_target, *lines)
    assert "it uses one {mailbox} after the other" in said.out
    assert not file.exists()


def test_a_fixture_that_is_not_there_names_those_that_are(
    pymap_target: Target, piping: Piping
) -> None:
    said = piping.target(pymap_target, "/mailbox fife", "/frob")
    assert "no fixture is called 'fife': there is none, " in said.out
    assert "no command of the shell is called /frob" in said.out


def test_cases_on_the_accounts_own_mailboxes_are_for_disposable_accounts(
    pymap_target: Target, piping: Piping, tmp_path: Path
) -> None:
    file = tmp_path / "6.3.1-select.md"
    piping.target(pymap_target, "SELECT INBOX", f"/save {file}")
    assert "`disposable`" in file.read_text(encoding="utf-8")
