"""What a run could not remove: told at its end and in its record, and removed by `clean`."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.flaws.acts import answer
from conformance.flaws.flaw import flaw
from conformance.flaws.proxy import FlawedServer
from conformance.play import ownership
from conformance.play.connections import Connections
from conformance.results.reader import read
from conformance.run.leftovers import clean_command
from conformance.targets.pymap import PymapTarget
from conformance.wire.transport import Endpoint

KEEPS = flaw("test", "Keeps all", "", "", answer(b"{tag} NO never\r\n", name="DELETE"))


@pytest.fixture
def target() -> Iterator[PymapTarget]:
    """A server for one test alone."""
    with PymapTarget() as started:
        yield started


def tool(target: PymapTarget, endpoint: Endpoint, verb: str, *more: str) -> tuple[int, str]:
    account = target.accounts[0]
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "conformance.cli",
            verb,
            f"imap://{account.user}@{endpoint.host}:{endpoint.port}",
            *more,
        ],
        env=os.environ | {"IMAP_CONFORMANCE_PASSWORD": account.password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def own(target: PymapTarget) -> list[str]:
    with Connections(target.endpoint, target.accounts).survey() as session:
        reply = session.command(b'LIST "" *')
    names = [(a.response.mailbox or b"").decode() for a in reply.untagged]
    return [name for name in names if ownership.run_of(name)]


def test_what_stays_is_told_and_cleaned_later(target: PymapTarget, tmp_path: Path) -> None:
    words = ("--quiet", "--output", str(tmp_path), "rfc3501/6.1.2", "rfc3501/6.3.10")
    with FlawedServer(target.endpoint, KEEPS) as served:
        _, said = tool(target, served.endpoint, "run", *words)
        left = own(target)
        end = read(tmp_path / "results.jsonl").end
        assert end is not None
        assert sorted(end.left_behind) == sorted(left)
        assert f"{len(left)} mailboxes of the suite could not be removed" in said
        again = re.search(r"Try again with: (.*)", said)
        assert again
        assert shlex.split(again[1])[:2] == ["imap-conformance", "clean"]
        code, said = tool(target, served.endpoint, "clean")
        assert code == 1
        assert all(name in said for name in left[:3])
    left = own(target)
    code, said = tool(target, target.endpoint, "clean")
    assert (code, own(target)) == (0, [])
    assert re.fullmatch(r"[0-9]+ mailboxes removed\.\n", said)
    code, said = tool(target, target.endpoint, "clean")
    assert (code, said) == (0, "There was nothing to remove.\n")


def test_only_names_of_ours_are_taken(target: PymapTarget) -> None:
    code, said = tool(target, target.endpoint, "clean", "Archive")
    assert code == 2
    assert "'Archive' is not a name of a mailbox that the suite has made" in said


def test_what_may_still_go_on_is_left_unless_asked_for(target: PymapTarget) -> None:
    run = ownership.new_run()  # this process's, which goes on
    with Connections(target.endpoint, target.accounts).survey() as session:
        assert session.command(f"CREATE {run}-1".encode()).ok
    code, said = tool(target, target.endpoint, "clean")
    assert (code, own(target)) == (1, [f"{run}-1"])
    assert "1 mailbox of runs that may still go on" in said
    code, said = tool(target, target.endpoint, "clean", "--all")
    assert (code, own(target)) == (0, [])
    ownership.end_run(run)


def test_the_command_that_tries_again_reaches_the_server_as_the_run_did() -> None:
    repeat = ("imap-conformance", "run", "imaps://u@host", "--insecure", "--disposable")
    options = {"insecure": "True", "disposable": "True", "ca-file": "a b.pem"}
    assert clean_command(repeat, options, ["name"]) == (
        "imap-conformance clean imaps://u@host --ca-file 'a b.pem' --insecure name"
    )
