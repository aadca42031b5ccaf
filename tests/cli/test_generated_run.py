"""Generated sessions as a part of `run`, and `replay` of what they found."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from cli_records import tool

from conformance.fuzz.profiles import PHASES

NOOP = "rfc3501/6.1.2-noop/noop-succeeds"
FILE = """\
# Found by generated sessions on a server

## NOOP is answered

`MUST` `3501-6.1.2-ok` `state=selected` `mailbox=five`

```imap
C: a1 NOOP
S: a1 OK
```
"""


@pytest.mark.slow
@pytest.mark.parametrize("processes", [[], ["-n", "2"]])
def test_phases_are_results_beside_cases(
    tmp_path: Path, processes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known, output = Path("known.toml"), Path("out")
    ran = tool(
        *("run", "--server", "pymap", NOOP, "--profile", "quick", "--budget", "8", "--seed", "3"),
        *("--json", "--quiet", "--output", output, "--write-known", known, *processes),
    )
    assert ran.returncode in (0, 1), ran.stderr
    records: list[dict[str, Any]] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert records[0]["seed"] == 3
    results = [record for record in records if record["type"] == "result"]
    assert all(r["id"].startswith(NOOP) for r in results if r["kind"] == "case")
    generated = {r["id"]: r for r in results if r["kind"] == "fuzz"}
    assert generated.keys() == {f"fuzz/{phase}" for phase in PHASES}
    assert all(r["reason"].endswith("; seed 3") for r in generated.values())
    root = ET.parse(output / "junit.xml").getroot()  # noqa: S314 - our own file
    named = {t.get("name") for t in root.iter("testcase") if t.get("classname") == "fuzz.sessions"}
    assert named == set(PHASES)
    found = [r for r in records if r["type"] == "finding" and "fuzz/" in r["cases"][0]]
    assert all(r["repeat"].startswith("imap-conformance replay out/found/") for r in found)
    assert all(
        f'rule = "{r["requirement"]}"' in known.read_text() for r in found if r["level"] == "MUST"
    )
    for view in ("report.html", "summary.md", "badge.svg", "grammar.json"):
        assert (output / view).stat().st_size


def test_a_file_is_played_again_and_all_of_it_shown(tmp_path: Path) -> None:
    file = tmp_path / "6.1.2-found.md"
    file.write_text(FILE, encoding="utf-8")
    ran = tool("replay", file, "--server", "pymap", "--quiet", "--output", tmp_path / "report")
    assert "main C: a1 NOOP\nmain S: a1 OK" in ran.stdout, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_replay_that_could_not_happen_shows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "6.1.2-found.md"
    file.write_text(FILE, encoding="utf-8")
    ran = tool("replay", file, "--server", "none-such", "--output", tmp_path / "report")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "unknown server" in ran.stderr
