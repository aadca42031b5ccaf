"""Cases that are programs: every way in which one can end, against the embedded server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from play_cases import server, usual

from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.hostile.behaviour import Behaviour
from conformance.hostile.catalogue import BEHAVIOURS
from conformance.hostile.server import HostileServer
from conformance.play.connections import Connections
from conformance.play.player import Outcome, Player
from conformance.play.workspace import Workspace
from conformance.targets import Target
from conformance.wire.account import Account
from conformance.wire.transport import Endpoint

REQUIREMENTS = """
["3501-6.1.2-ok"]
section = "6.1.2"
level = "MUST"
kind = "plain"
rule = "NOOP succeeds."
"""
FIXTURES = """
[empty]
summary = "Nothing"
messages = []

[one]
summary = "One"
messages = [{ file = "m.eml" }]
"""


def write(root: Path, program: str, labels: str = "") -> Path:
    (root / "interop").mkdir()
    (root / "messages").mkdir()
    (root / "messages" / "m.eml").write_text("Subject: hi\n\nHello.\n")
    (root / "fixtures.toml").write_text(FIXTURES)
    (root / "interop" / "requirements.toml").write_text(REQUIREMENTS)
    path = root / "interop" / "6.1.2-use.md"
    head = f"# Use\n\n## It works\n\n`MUST` `3501-6.1.2-ok` `mailbox=one` {labels}\n\n"
    path.write_text(f"{head}```python\n{program}\n```\n")
    return path


def play(root: Path, target: Target, program: str) -> Outcome:
    return play_at(root, target.endpoint, target.accounts, program)


def play_at(root: Path, endpoint: Endpoint, accounts: Sequence[Account], program: str) -> Outcome:
    suite = Suite(root)
    [(case, steps)] = suite.load(write(root, program))
    assert (case.rfc, case.section) == ("3501", "6.1.2")
    connections = Connections(endpoint, accounts, disposable=True)
    with connections.survey() as admin:
        workspace = Workspace(admin)
        try:
            return Player(connections, workspace, suite.fixtures).play(case, steps)
        finally:
            workspace.end()


FIRST = "client = connect()\nclient.select_folder(name())\n"


def test_a_program_that_finds_what_it_expects(tmp_path: Path, pymap_target: Target) -> None:
    program = FIRST + (
        "[uid] = client.search()\n"
        'expect(client.fetch([uid], ["BODY[]"])[uid][b"BODY[]"], messages[0])\n'
        'connect().append(name(), b"Subject: x\\r\\n\\r\\n")\n'
        "poll(client, lambda: len(client.search()), 2)"
    )
    assert play(tmp_path, pymap_target, program) == Outcome("pass")


@pytest.mark.parametrize(
    ("program", "verdict", "reason", "line"),
    [
        ("expect(client.search(), [])", "fail", "not what was expected", 10),
        ('client.select_folder(name("mailbox.none"))', "blocked", "could not go on", 10),
        ("client.fetch([1], ['FLAGS'])[77]", "blocked", "lacks what it asked for", 10),
        ("[uid] = client.search('DELETED')", "blocked", "more things, or fewer", 10),
        ("int('x')", "error", "line 10: ValueError", 0),
        ("skip('no such thing here')", "skip", "no such thing here", 0),
        ("sum(client.search('DRAFT')[:1]) + None", "blocked", "nothing to go on with", 10),
        ("nonsense", "error", "line 10: NameError", 0),
        ("client._disagree('they differ')", "error", "two readers", 0),
    ],
)
def test_a_program_that_does_not(
    program: str, verdict: str, reason: str, line: int, tmp_path: Path, pymap_target: Target
) -> None:
    outcome = play(tmp_path, pymap_target, FIRST + program)
    assert (outcome.verdict, outcome.line) == (verdict, line), outcome.reason
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("program", "labels", "message"),
    [
        ("x = = 1", "", ":8: not Python"),
        ("pass", "`state=selected`", "labels for connections are not allowed"),
        ("pass\n```\n\n```imap\nC: a NOOP", "", "exactly one"),
    ],
)
def test_load_errors(program: str, labels: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=message):
        Suite(tmp_path).load(write(tmp_path, program, labels))


class Folders:
    """A server with mailboxes in capitals, a keyword on every message, and much to say unasked."""

    def __init__(self) -> None:
        self.names: set[bytes] = set()

    def __call__(self, command: bytes) -> bytes:
        words = command.split(b" ")
        name = words[-1].strip(b'"')
        match words[0]:
            case b"CREATE":
                self.names.add(name)
                return b'* LIST (\\Subscribed) "/" "%s"\r\nTAG OK done\r\n' % name
            case b"DELETE":
                self.names.discard(name)
            case b"SELECT":
                return b"* 1 EXISTS\r\nTAG OK done\r\n"
            case b"FETCH":
                return b"* 1 FETCH (FLAGS (\\flagged $Mine $Junk \\Recent))\r\nTAG OK done\r\n"
            case b"LIST" if name:
                found = b"".join(b'* LIST () "/" "%s"\r\n' % n for n in self.names if n == name)
                return found + b"TAG OK done\r\n"
        return usual(command)


def play_folders(root: Path, program: str) -> Outcome:
    with server(Folders()) as endpoint:
        accounts = (Account("user1", "pass1"),)
        return play_at(root, endpoint, accounts, "client = connect(by_uid=False)\n" + program)


def test_what_came_unasked_is_no_answer_to_the_next_question(tmp_path: Path) -> None:
    program = (
        "client.create_folder(name('mailbox.new'))\n"
        "expect(client.folder_exists(name('mailbox.new')), True)\n"
        "client.create_folder(name('mailbox.other'))\n"
        "client.delete_folder(name('mailbox.other'))\n"
        "expect(client.folder_exists(name('mailbox.other')), False)"
    )
    assert play_folders(tmp_path, program) == Outcome("pass")


def test_names_in_another_letter_case_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    program = (
        "client.create_folder(name('mailbox.new'))\n"
        "found = [each[2] for each in client.list_folders('', name('mailbox.new'))]\n"
        "expect(found, [name('mailbox.%s')])"
    )
    assert play_folders(tmp_path / "a", program % "new") == Outcome("pass")
    assert play_folders(tmp_path / "b", program % "old").verdict == "fail"


def test_flags_are_those_that_somebody_set_in_any_letter_case(tmp_path: Path) -> None:
    program = (
        "client.select_folder(name())\n"
        "found = client.get_flags([1])[1]\n"
        "expect(flags(found), {b'\\\\Flagged'})\n"
        "expect(flags(found, b'$mine'), {b'\\\\Flagged', b'$mine'})"
    )
    assert play_folders(tmp_path, program) == Outcome("pass")


@pytest.mark.parametrize(
    ("behaviour", "program"),
    [
        ("long-number", "connect().select_folder(name())"),
        ("deep-structure", FIRST + "client.fetch('1', ['BODYSTRUCTURE'])"),
        ("many-numbers", FIRST + "client.search()"),
    ],
)
def test_what_the_client_can_not_read_is_no_fault_of_the_program(
    behaviour: str, program: str, tmp_path: Path
) -> None:
    with HostileServer(BEHAVIOURS[behaviour]) as hostile:
        outcome = play_at(tmp_path, hostile.endpoint, [Account("user1", "any")], program)
    assert outcome.verdict == "blocked"
    assert outcome.reason.startswith("the client could not go on: ")
    assert len(outcome.reason) < 500


def test_a_password_may_be_of_any_letters(tmp_path: Path) -> None:
    decent = Behaviour("decent", "nothing hostile", lambda _: None, "")
    with HostileServer(decent) as server:
        accounts = [Account("user1", "p\u00e4\u20acs \U0001f600")]
        assert play_at(tmp_path, server.endpoint, accounts, "connect().noop()") == Outcome("pass")
