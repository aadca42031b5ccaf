"""Results files of one case, as the tests of `compare` and `publish` need them, and the tool."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

from in_process import call

RUN = {
    "type": "run",
    "schema": 1,
    "suite": {"name": "imap-conformance", "version": "0.1.0"},
    "target": {
        "label": "imap://u@one",
        "name": "one",
        "version": "1",
        "disposable": True,
        "security": "none",
    },
    "server": "* OK",
    "capabilities": ["IMAP4REV1"],
    "grammar": ["rfc3501"],
    "started": "2026-01-02T03:04:05Z",
    "python": "3.11.9",
    "options": {},
    "seed": None,
}
END = {
    "type": "end",
    "totals": {},
    "findings": {},
    "duration": 1.0,
    "exit_code": 0,
    "interrupted": False,
    "unexpected": [],
}
CASE = "rfc3501/6.3.1-select/exists-is-sent"
RULE = "3501-6.3.1-exists"


def case(verdict: str) -> dict[str, object]:
    return {
        "type": "result",
        "id": CASE,
        "kind": "case",
        "title": "EXISTS is sent",
        "verdict": verdict,
        "level": "MUST",
        "section": "6.3.1",
        "rfc": "3501",
        "requirements": [RULE],
        "duration": 0.1,
        "reason": "" if verdict == "pass" else "never received",
        "cause": "",
        "known": None,
        "file": "rfc3501/6.3.1-select.md",
        "line": 3,
        "repeat": "imap-conformance run imap://u@one",
        "transcript": [],
    }


def record(path: Path, verdict: str = "pass", *, name: str = "one", **head: object) -> Path:
    run = RUN | {"target": RUN["target"] | {"name": name}} | head  # type: ignore[operator]  # a dict
    lines = "".join(json.dumps(line) + "\n" for line in (run, case(verdict), END))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines, encoding="utf-8")
    return path


def tool(*words: object) -> subprocess.CompletedProcess[str]:
    return call(*words)
