"""Cases that are programs: every way in which one can end, against the embedded server."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.casefile.arena import Arena
from conformance.casefile.errors import CaseError
from conformance.casefile.player import Outcome, Player
from conformance.casefile.suite import Suite
from conformance.casefile.workspace import Workspace
from conformance.targets import Target

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


def write(root: Path, program: str, chips: str = "") -> Path:
    (root / "interop").mkdir()
    (root / "messages").mkdir()
    (root / "messages" / "m.eml").write_text("Subject: hi\n\nHello.\n")
    (root / "fixtures.toml").write_text(FIXTURES)
    (root / "interop" / "requirements.toml").write_text(REQUIREMENTS)
    path = root / "interop" / "6.1.2-use.md"
    head = f"# Use\n\n## It works\n\n`MUST` `3501-6.1.2-ok` `mailbox=one` {chips}\n\n"
    path.write_text(f"{head}```python\n{program}\n```\n")
    return path


def play(root: Path, target: Target, program: str) -> Outcome:
    suite = Suite(root)
    [(case, steps)] = suite.load(write(root, program))
    assert (case.rfc, case.section) == ("3501", "6.1.2")
    arena = Arena(target.endpoint, target.accounts, disposable=True)
    with arena.survey() as admin:
        workspace = Workspace(admin)
        try:
            return Player(arena, workspace, suite.fixtures).play(case, steps)
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
        ("skip('no such thing here')", "skip", "no such thing here", 0),
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
    ("program", "chips", "message"),
    [
        ("x = = 1", "", ":8: not Python"),
        ("pass", "`state=selected`", "no chips for them"),
        ("pass\n```\n\n```imap\nC: a NOOP", "", "exactly one"),
    ],
)
def test_load_errors(program: str, chips: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=message):
        Suite(tmp_path).load(write(tmp_path, program, chips))
