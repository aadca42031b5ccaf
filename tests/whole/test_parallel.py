"""A run over several processes says what a run in one process says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET  # our own report
from pathlib import Path

import pytest
from whole_runs import Ran, run, url

from conformance.data import CASES
from conformance.results.reader import read
from conformance.targets import Account, Target

PART = ("rfc3501/6.1", "rfc3501/6.3.5", "rfc3501/6.3.9", "rfc3501/7.2", "interop/2.3.2")


def heard(ran: Ran) -> set[tuple[str, str]]:
    """What was found. How often differs: each process plays the premises that it needs."""
    return {(f.requirement, f.shape) for f in ran.recording.findings}


@pytest.mark.slow
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_private_server_for_each_process(processes: str, tmp_path: Path) -> None:
    serial = run(tmp_path / "serial", "--server", "pymap", "--quiet", *PART)
    spread = run(tmp_path / "spread", "--server", "pymap", "--quiet", "-n", processes, *PART)
    assert spread.verdicts() == serial.verdicts()
    assert heard(spread) == heard(serial)
    assert spread.code == serial.code
    tree = ET.parse(spread.output / "junit.xml").getroot()  # noqa: S314  # our own report
    assert len(list(tree.iter("testcase"))) == len(serial.verdicts())
    lines = (spread.output / "results.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert (kinds[0], kinds[-1]) == ("run", "end")


@pytest.mark.slow
def test_one_server_for_all_processes(pymap_target: Target, tmp_path: Path) -> None:
    account = pymap_target.accounts[0]
    words = [*url(pymap_target.endpoint, account), "--disposable", "--quiet", *PART]
    serial = run(tmp_path / "serial", *words, account=account)
    spread = run(tmp_path / "spread", *words, "-n", "2", account=account)
    assert spread.verdicts() == serial.verdicts()


@pytest.mark.slow
def test_pytest_leads_several_processes_too(tmp_path: Path) -> None:
    file = CASES / "rfc3501" / "6.1.2-noop.md"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", str(file), "--imap-server", "pymap", "-n", "2",
         "--imap-output", str(tmp_path), "-p", "no:cacheprovider"],
        env=os.environ, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stdout + ran.stderr, ran.stdout + ran.stderr
    assert (tmp_path / "findings.md").exists()
    kinds = {result.kind for result in read(tmp_path / "results.jsonl").results}
    assert kinds == {"case", "ambient"}  # a part of the suite has no generated sessions


def test_a_target_that_is_not_there(tmp_path: Path) -> None:
    ran = run(tmp_path, "imap://u@127.0.0.1:1", "--quiet", "-n", "2", account=Account("u", "p"))
    assert ran.code == 2
    assert "can not connect" in ran.error
