"""Load runs on private servers: nothing is lost, what is lost is found, and a crash survived."""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from load_talk import WAIT, need_locust, records, start

from conformance.flaws.acts import answer
from conformance.flaws.catalogue import CONCURRENT
from conformance.flaws.flaw import Flaw, flaw
from conformance.flaws.proxy import FlawedServer
from conformance.load import verbs
from conformance.play import ownership
from conformance.results.records import LOAD, End, Result, Verdict
from conformance.run.errors import OptionError
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.private import PrivateServer
from conformance.targets.process import free_ports
from conformance.wire.session import Session
from conformance.wire.transport import Endpoint

MIX = """\
title = "{0}"
messages = 10
enter = ["SELECT {{mailbox}}", "FETCH {{fresh}} (UID FLAGS)"]
[[step]]
commands = ["{1}"]
"""
DOING = {
    "append-lost-beside-another": "APPEND {mailbox} {message}",
    "uid-given-twice": "APPEND {mailbox} {message}",
    "flag-lost-beside-another": "UID STORE {uid} +FLAGS.SILENT ({flag})",
    "octets-of-another": "UID FETCH {uid} BODY.PEEK[]",
}
"""What users do who meet a fault."""
UNTOLD = "3501-2.3.1.2-range"
"""What Cyrus 3.6.1 breaks now and then, where many append and expunge: EXPUNGE before EXISTS."""


@pytest.fixture(scope="module")
def locust() -> None:
    need_locust()


def finished(words: list[str], target: DovecotTarget, where: Endpoint) -> tuple[int, str]:
    run = start(target.accounts[0], where, *words)
    try:
        said, _ = run.communicate(timeout=WAIT)
    finally:
        run.kill()
    return run.returncode, said


def meet(
    fault: Flaw, lines: Iterable[str], users: int, target: DovecotTarget, folder: Path
) -> tuple[int, str]:
    """Have users do this on a server with a fault; return the exit code and what was said."""
    mix = folder / "mix.toml"
    mix.write_text(MIX.format(fault.title, '", "'.join(lines)), encoding="ascii")
    words = ["--users", str(users), "--count", "400", "--mix", str(mix), "--output", str(folder)]
    with FlawedServer(target.endpoint, fault) as served:
        return finished(words, target, served.endpoint)


def killed(server: PrivateServer, words: list[str], folder: Path) -> End:
    """Have two workers play, kill the server and start it again; return what the run came to."""
    port = str(free_ports().plain)
    common = ["--mix", "churn", "--timeout", "20", "--port", port]
    leading = ["--master", "--workers", "2", *words, "--output", str(folder)]
    with server as target:
        account, where = target.accounts[0], target.endpoint
        master = start(account, where, *common, *leading)
        workers = [start(account, where, *common, "--worker") for _ in range(2)]
        try:
            assert master.stdout is not None
            while "users for" not in (line := master.stdout.readline()):
                assert line, "the master ended before it began"
            time.sleep(6)  # in the middle of the run
            os.killpg(target._process.pid, signal.SIGKILL)
            target.restart()
            said, _ = master.communicate(timeout=WAIT)
            assert [worker.wait(WAIT) for worker in workers] == [0, 0]
        finally:
            for each in (master, *workers):
                each.kill()
                each.communicate()
        assert left(target) == []
    assert master.returncode in (0, 1), said
    end = records(folder).end
    assert end is not None
    messages = end.figures["messages"]
    assert end.figures["workers"] == 2
    assert messages["acknowledged"] == messages["there"] + messages["removed"] > 0
    assert messages["lost"] == 0
    assert of_load(folder).verdict is Verdict.PASS
    return end


def asked(url: str, form: dict[str, object] | None = None) -> str:
    """Return what a page of this machine says."""
    data = urlencode(form).encode() if form else None
    with urlopen(url, data, timeout=WAIT) as answer:  # noqa: S310 - one of ours
        return answer.read().decode()


def of_load(folder: Path) -> Result:
    (result,) = [each for each in records(folder).results if each.kind == LOAD]
    return result


def left(target: PrivateServer) -> list[bytes]:
    """The suite's mailboxes that are still there."""
    account = target.accounts[0]
    with Session(target.endpoint) as session:
        session.open()
        session.login(account.user, account.password)
        names = (a.response.mailbox for a in session.command(b'LIST "" "*"').untagged)
        return [name for name in names if name and ownership.run_of(name.decode("latin-1"))]


@pytest.mark.load
@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.usefixtures("locust")
def test_without_mailboxes_there_is_no_load(dovecot_target: DovecotTarget, tmp_path: Path) -> None:
    refuses = flaw("x", "Refuses", "", "", answer(b"{tag} NO forbidden\r\n", name="CREATE"))
    with FlawedServer(dovecot_target.endpoint, refuses) as served:
        ran, said = finished(["--output", str(tmp_path)], dovecot_target, served.endpoint)
    assert ran == 2
    assert "lets no mailbox be created" in said


@pytest.mark.load
@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.usefixtures("locust")
@pytest.mark.parametrize("name", CONCURRENT)
def test_a_fault_that_needs_many_is_found_by_many(
    name: str, dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    fault = CONCURRENT[name]
    ran, said = meet(fault, [DOING[name]], 12, dovecot_target, tmp_path)
    assert ran == 1, said
    record = records(tmp_path)
    assert of_load(tmp_path).verdict is Verdict.FAIL
    assert {finding.requirement for finding in record.findings} == set(fault.requirements)
    assert record.end is not None
    messages, lost = record.end.figures["messages"], record.end.figures["lost"]
    assert messages["lost"] == len(lost)
    if name == "append-lost-beside-another":
        (finding,) = record.findings
        assert finding.count == len(lost) > 0
        assert "OK APPEND completed" in "".join(line.text for line in finding.transcript)
        assert "OK APPEND completed" in lost[0]
        assert lost[0].split()[0] in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert left(dovecot_target) == []


@pytest.mark.load
@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.usefixtures("locust")
def test_a_fault_that_needs_many_is_not_seen_by_one(
    dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    acts = [act for fault in CONCURRENT.values() for act in fault.acts]
    ran, said = meet(flaw("x", "All", "", "", *acts), DOING.values(), 1, dovecot_target, tmp_path)
    assert ran == 0, said
    assert of_load(tmp_path).verdict is Verdict.PASS
    assert not records(tmp_path).findings
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("commands a second")


@pytest.mark.load
@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.usefixtures("locust", "dovecot_installed")
def test_two_workers_lose_nothing_though_the_server_is_killed(tmp_path: Path) -> None:
    end = killed(DovecotTarget(), ["--users", "12", "--duration", "15"], tmp_path)
    assert end.figures["dropped"] > 0
    assert not records(tmp_path).findings


@pytest.mark.load
@pytest.mark.whole
@pytest.mark.usefixtures("locust")
@pytest.mark.parametrize(
    "server",
    [
        pytest.param("dovecot", marks=pytest.mark.dovecot),
        pytest.param("cyrus", marks=pytest.mark.cyrus),
    ],
)
def test_fifty_users_lose_nothing_though_the_server_is_killed(
    server: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(f"{server}_installed")
    target = DovecotTarget() if server == "dovecot" else CyrusTarget()
    words = ["--users", "50", "--ramp", "5", "--duration", "60"]
    end = killed(target, words, tmp_path)
    assert end.figures["dropped"] > 12
    found = {finding.requirement for finding in records(tmp_path).findings}
    assert found <= ({UNTOLD} if server == "cyrus" else set())


@pytest.mark.load
@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.usefixtures("locust")
def test_users_are_started_and_stopped_by_the_page(
    dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    port = free_ports().plain
    words = ["--web", "--web-port", str(port), "--output", str(tmp_path)]
    run = start(dovecot_target.accounts[0], dovecot_target.endpoint, *words)
    page = f"http://127.0.0.1:{port}"
    try:
        assert run.stdout is not None
        while "starts and stops users" not in (line := run.stdout.readline()):
            assert line, "the run ended before there was a page"
        assert page in line
        assert "Locust" in asked(f"{page}/")
        swarm = asked(f"{page}/swarm", {"user_count": 3, "spawn_rate": 3})
        assert json.loads(swarm)["success"]
        until = time.monotonic() + WAIT
        while json.loads(asked(f"{page}/stats/requests"))["stats"][-1]["num_requests"] < 50:
            assert time.monotonic() < until
            time.sleep(0.2)
        assert json.loads(asked(f"{page}/stop", {"all": "users"}))["success"]
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=WAIT)
    finally:
        run.kill()
        run.communicate()
    assert run.returncode == 0, said
    assert of_load(tmp_path).verdict is Verdict.PASS
    assert left(dovecot_target) == []


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    verbs.add_verbs(parser.add_subparsers())
    return parser.parse_args(["load", *words])


def test_without_the_extra_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "find_spec", lambda name: None)  # noqa: ARG005
    with pytest.raises(OptionError, match=r"pip install 'imap-conformance\[load\]'"):
        verbs.load(options("--server", "dovecot"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--server", "pymap", "--worker"], "a worker plays on the master's server"),
        (["imap://a@localhost", "imap://b@localhost"], "one server is enough"),
        (["--server", "pymap", "--mix", "strange"], "no mix is called 'strange'"),
    ],
)
def test_what_is_wrong_is_said_before_anything_begins(words: list[str], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        verbs.load(options(*words))
