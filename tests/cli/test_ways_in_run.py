"""Runs against servers that go away, count failures or show a certificate that nobody trusts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from test_bad_input import refused

from conformance.casefile.suite import Suite, load_all
from conformance.flaws.acts import command, replace
from conformance.flaws.flaw import Flaw, flaw
from conformance.flaws.proxy import FlawedServer
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.play.refusals import refuses_logins
from conformance.results.reader import RunRecording, read
from conformance.results.records import Verdict
from conformance.targets import Target

HURRIED = """\
import sys
from conformance.play import recovery
from conformance.cli.main import main
recovery.COMEBACK = 1.0
sys.exit(main(sys.argv[1:]))
"""
NOOP, CHECK, CLOSE = "rfc3501/6.1.2-noop", "rfc3501/6.4.1-check", "rfc3501/6.4.2-close"


def dying() -> Flaw:
    """With CHECK all connections end, now and whoever comes."""

    def die(talk: Talk, request: Request) -> bytes | None:
        talk.shared["dead"] = talk.shared.get("dead") or request.name == "CHECK"
        if talk.shared["dead"]:
            talk.close()
            return b""
        return None

    return flaw("dies", "CHECK ends the server", "", "3501-6.4.1-ok", command(die))


def playing(output: Path, place: str, *words: str) -> tuple[int, str, RunRecording]:
    given = ("--profile", "none", "--timeout", "2", "--output", str(output), *words)
    ran = subprocess.run(
        [sys.executable, "-c", HURRIED, "run", f"imap://user1@{place}", *given],
        env=os.environ | {"IMAP_CONFORMANCE_PASSWORD": "pass1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran.returncode, ran.stdout, read(output / "results.jsonl")


@contextmanager
def flawed(target: Target, made: Flaw | None = None) -> Iterator[FlawedServer]:
    with FlawedServer(target.endpoint, made) as served:
        yield served


def test_a_server_that_stays_away_ends_the_run_with_what_was_found(
    pymap_target: Target, tmp_path: Path
) -> None:
    with flawed(pymap_target, dying()) as served:
        code, out, recording = playing(tmp_path, f"127.0.0.1:{served.port}", NOOP, CHECK, CLOSE)
    end = recording.end
    assert (code, end is not None and end.interrupted) == (2, True)
    assert end is not None
    assert end.lost.startswith("the server did not come back: ")
    assert out.count("the server did not come back") == 1
    assert "Cut short after" in out
    ids = [result.id for result in recording.results]
    assert any(name.startswith(NOOP) for name in ids)
    assert not any(name.startswith(CLOSE) for name in ids)
    assert [r.verdict for r in recording.results].count(Verdict.BLOCKED) == 0
    assert any(finding.requirement.startswith("3501-") for finding in recording.findings)


def test_what_servers_hold_against_all_plays_late_and_what_may_end_them_last(
    pymap_target: Target, tmp_path: Path
) -> None:
    endpoint = pymap_target.endpoint
    place = f"{endpoint.host}:{endpoint.port}"
    names = ("rfc3501/6.2.3-login/a-wrong", "rfc3501/11.2", "rfc3501/3.1", NOOP)
    beyond = ("security/11-limits/a-name", "rfc3501/6.3.11-append-limits")
    code, _, recording = playing(tmp_path, place, *beyond, *names)
    assert code in (0, 1)
    turns = {
        case.id: 2 if case.labels.last else int(refuses_logins(case, steps))
        for case, steps in load_all(Suite())
    }
    order = [turns[result.id] for result in recording.results if result.kind == "case"]
    assert order == sorted(order)
    assert order.count(2) == 5
    assert order.count(1) > 10
    assert order.count(0) > 10


def test_what_is_beyond_measure_plays_last() -> None:
    suite = Suite()
    beyond = ("announced-sizes", "held", "in-proportion", "work-in-bounds")
    first = {premise.case for premise in suite.premises.entries}
    for case, _ in load_all(suite):
        taxing = case.labels.requirements[0] in {f"3501-11-{name}" for name in beyond}
        assert case.labels.last or not taxing, case.id
        assert not case.labels.last or case.id not in first, case.id


def test_a_certificate_that_nobody_trusts_is_told_first(
    pymap_target: Target, tmp_path: Path
) -> None:
    endpoint = pymap_target.endpoint
    place = f"{endpoint.host}:{endpoint.port}"
    _, out, recording = playing(tmp_path, place, "rfc3501/6.2.1-starttls", NOOP)
    first, *rest = out.splitlines()
    assert first.startswith("note: Cases that need TLS are not played: ")
    assert "certificate not accepted" in first
    assert "--insecure" in first
    assert len(rest) > 1
    assert {f.level.value for f in recording.findings if f.section == "6.2.1"} <= {"SHOULD"}
    skipped = [r.id for r in recording.results if "certificate not accepted" in r.reason]
    assert len(skipped) >= 6
    _, _, recording = playing(
        tmp_path, place, "rfc3501/6.2.1-starttls", "--ca-file", str(endpoint.ca_file)
    )
    again = {result.id: result.verdict for result in recording.results}
    blocked = [name.rpartition("/")[2] for name in skipped if again[name] is Verdict.BLOCKED]
    # That server takes what came in the clear for commands under TLS, which is told once.
    assert blocked == ["a-login-that-came-in-the-clear-is-none-under-tls"]
    assert Verdict.SKIP not in {again[name] for name in skipped}


def test_a_server_of_no_known_revision_is_told_so(pymap_target: Target) -> None:
    made = flaw("rev", "Another revision", "", "", replace(rb"IMAP4rev1", b"IMAP4rev3"))
    with flawed(pymap_target, made) as served:
        says = "does not announce IMAP4rev1 or IMAP4rev2"
        refused("run", f"imap://user1@127.0.0.1:{served.port}", says=says)


def test_who_begins_oddly_may_be_turned_away(pymap_target: Target, tmp_path: Path) -> None:
    def defend(talk: Talk, request: Request) -> bytes | None:
        if request.octets.startswith((b"<", b"[", b"]", b"!", b"'", b"$")):
            talk.say(b"* BYE this is no way to begin\r\n")
            talk.close()
            return b""
        return None

    made = flaw("defends", "Odd beginnings are turned away", "", "", command(defend))
    with flawed(pymap_target, made) as served:
        sections = (
            "rfc3501/7.1-status-responses/n",
            "rfc3501/7.1-status-responses/tags",
            "rfc3501/2.2-c",
        )
        _, _, recording = playing(tmp_path, f"127.0.0.1:{served.port}", *sections)
    found = [(f.requirement, f.level.value) for f in recording.findings]
    assert ("3501-2.2.1-any-tag", "SHOULD") in found
    assert not {"3501-2.2.2-tag", "3501-9-tag"} & {requirement for requirement, _ in found}
