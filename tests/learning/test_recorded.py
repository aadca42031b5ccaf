"""The sessions that the book plays, as Dovecot says them today.

`RECORD=1` writes what it says into `recorded.jsonl`, the name of the mailbox in a shorter form.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from in_process import call

from conformance.learning import ideas as module
from conformance.learning.ideas import ideas, recordings
from conformance.results import reader
from conformance.results.records import RecordedLine

CASES = list(dict.fromkeys(case for idea in ideas() for case in idea.cases))
_UIDVALIDITY = re.compile(r"\b\d{9,}\b")
_OWN = re.compile(r"imapconf-[0-9a-f-]+")


@pytest.mark.usefixtures("dovecot_installed")
def test_a_server_says_the_same_to_the_cases_today(tmp_path: Path) -> None:
    words = ("--server", "dovecot", "--profile", "none", "--transcripts", "--quiet")
    ran = call("run", *words, "--output", str(tmp_path), *CASES)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    record = reader.read(tmp_path / "results.jsonl")
    played = {result.id: result.transcript for result in record.results if result.id in CASES}
    if os.environ.get("RECORD"):
        server = f"{record.run.target.name} {record.run.target.version}".strip()
        entries = (
            {
                "case": case,
                "server": server,
                "lines": [
                    [round(line.t, 3), line.session, line.direction, _OWN.sub("lesson", line.text)]
                    for line in played[case]
                ],
            }
            for case in CASES
        )
        kept = Path(module.__file__).with_name("recorded.jsonl")
        kept.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), encoding="utf-8")
        return
    for case in CASES:
        assert _sent(recordings()[case].lines) == _sent(played[case])


def _sent(lines: Sequence[RecordedLine]) -> list[str]:
    """What the client has sent, but for names and numbers that are new each time."""
    said = (_OWN.sub("lesson", line.text) for line in lines if line.direction == "C")
    return [_UIDVALIDITY.sub("1", text) for text in said]
