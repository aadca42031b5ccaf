"""The verbs around the flaws, as they are used."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import pytest

from conformance.cli.main import main
from conformance.flaws.catalogue import ALLOWED, CONCURRENT, FACADES, FLAWS
from conformance.wire.session import Endpoint, Session

TOOL = [sys.executable, "-m", "conformance.cli"]


def test_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flawed", "--list"]) == 0
    listed = re.findall(r"^  (\S+)", capsys.readouterr().out, re.MULTILINE)
    assert listed == [*FLAWS, *ALLOWED, *CONCURRENT, *FACADES]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["flawed", "size-of-by-one"], "size-off-by-one"),
        (["flawed", "starttls"], "starttls-injection"),
        (["flawed", "zzz"], "--list"),
        (["flawed"], "--list"),
        (["flawed", "size-off-by-one"], "no target"),
        (["flawed", "size-off-by-one", "--server", "nothing"], "unknown server"),
        (["selfcheck", "size-of-by-one"], "size-off-by-one"),
        (["selfcheck", "size-off-by-one", "--server", "pymap"], "pymap"),
        (["selfcheck", "size-off-by-one", "--jobs", "0"], "positive"),
    ],
)
def test_a_wrong_word_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_flaw_is_served_until_ctrl_c_though_a_shell_in_the_background_ignores_it() -> None:
    words = [*TOOL, "flawed", "no-imap4rev1", "--server", "pymap"]
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    with subprocess.Popen([*ignoring, *words], stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            said = ""
            while "password" not in said:
                line = served.stdout.readline()
                assert line, said
                said += line
            found = re.search(r"imap://(\S+)@(\S+):(\d+)", said)
            assert found is not None
            with Session(Endpoint(found[2], int(found[3])), timeout=10.0) as session:
                session.open()
                session.command(b"CAPABILITY")
                assert "IMAP4REV1" not in (session.dialogue.capabilities or ())
            served.send_signal(signal.SIGINT)
            assert served.wait(20) == 0
        finally:
            served.kill()


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
def test_selfcheck_prints_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["size-off-by-one", "no-permanentflags", "other-order"]
    assert main(["selfcheck", *names, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["found"], report["total"], report["score"]) == (2, 2, 1.0)
    assert {flaw["id"] for flaw in report["flaws"]} == {"size-off-by-one", "no-permanentflags"}
    assert all(flaw["findings"] for flaw in report["flaws"])
    assert report["allowed"][0]["fair"] is True
    assert "3501-2.3.4-size" in report["failing"]


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
def test_selfcheck_says_what_it_has_done_at_once() -> None:
    # The share of the second process takes long: what the first has done is told before.
    words = [*TOOL, "selfcheck", "no-permanentflags", "other-order", "no-imap4rev1", "--jobs", "2"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        first = running.stderr.readline()
        assert first.startswith("1/3  found ")
        assert running.poll() is None
        others = running.stderr.read().splitlines()
        assert [line[:3] for line in others] == ["2/3", "3/3"]
        assert "2 of 2 flaws found" in running.stdout.read()
        assert running.wait(60) == 0


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
def test_a_selfcheck_ends_with_ctrl_c_whatever_its_processes_still_had_to_do() -> None:
    words = [*TOOL, "selfcheck", "--server", "dovecot", "--jobs", "2"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        try:
            assert running.stderr is not None
            assert running.stderr.readline()  # they are at work
            running.send_signal(signal.SIGINT)  # to it alone, not to its group as a terminal does
            assert running.wait(120) == 2
        finally:
            running.kill()
