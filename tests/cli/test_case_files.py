"""`run` takes case files that are not the suite's own, by their path."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from in_process import call

CASE = """# Mine

## NOOP is {status}

`MUST` `3501-6.1.2-ok`

```imap
C: a1 NOOP
S: a1 {status}
```
"""


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return call("run", "--server", "pymap", *words, "--output", folder / "report")


@pytest.mark.parametrize(("status", "verdict"), [("OK", "pass"), ("NO", "fail")])
def test_a_case_file_is_played(status: str, verdict: str, tmp_path: Path) -> None:
    file = tmp_path / "6.1.2-mine.md"
    file.write_text(CASE.format(status=status))
    ran = run(str(file), "rfc3501/6.1.2-noop/noop-succeeds-before-login", folder=tmp_path)
    assert ran.returncode == int(verdict == "fail"), ran.stdout + ran.stderr
    records = map(json.loads, (tmp_path / "report/results.jsonl").read_text("utf-8").splitlines())
    cases = {each["id"]: each for each in records if each.get("kind") == "case"}
    mine = cases.pop(f"{tmp_path.name}/6.1.2-mine/noop-is-{status.lower()}")
    assert mine["verdict"] == verdict
    assert mine["repeat"].endswith(str(file))
    assert list(cases) == ["rfc3501/6.1.2-noop/noop-succeeds-before-login"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "mine.md",
            CASE.format(status="OK"),
            "the name of a case file has to be <section>-<slug>.md",
        ),
        (
            "6.1.2-mine.md",
            "# A\n\n## B\n\nno labels\n",
            "the first line of a case has to have labels",
        ),
        ("6.1.2-mine.md", CASE.format(status="{x}"), "'{x}' is not a given value"),
    ],
)
def test_a_file_that_is_no_case_file_is_one_line(
    name: str, text: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    ran = run(str(file), folder=tmp_path)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert not (tmp_path / "report").exists()
