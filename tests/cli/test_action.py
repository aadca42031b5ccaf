"""The action: its file is what a runner reads, and its steps do in a shell what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.targets.pymap import PymapTarget

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"]}
GOOD = "rfc3501/6.3.6-subscribe/subscribing-does-not-create-a-mailbox"
"""Opens no mailbox: the FLAGS that pymap shows of one are a violation."""
FAILING = "rfc3501/6.2.3-login/a-password-of-other-octets-is-wrong"


@dataclass(frozen=True)
class Step:
    """What a step came to."""

    code: int
    out: str
    outputs: dict[str, str]
    summary: str


def fill(text: str, values: dict[str, str]) -> str:
    """Put values into the expressions of a step, as a runner does."""

    def value(match: re.Match[str]) -> str:
        return values[match[1]]

    return re.sub(r"\$\{\{ *([a-z._-]+) *\}\}", value, text)


def step(name: str, folder: Path, values: dict[str, str], **environ: str) -> Step:
    """Run a step as a runner does: expressions filled in, bash, files for outputs and summary."""
    inputs = {f"inputs.{key}": str(row["default"]) for key, row in ACTION["inputs"].items()}
    output, summary = folder / "output", folder / "summary"
    output.write_text("")
    summary.write_text("")
    given = inputs | {f"inputs.{key}": value for key, value in values.items() if "." not in key}
    given |= {key: value for key, value in values.items() if "." in key}
    its = STEPS[name]
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", its["run"]],  # noqa: S607
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        | {key: fill(str(value), given) for key, value in its["env"].items()}
        | environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    pairs = (line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
    told = summary.read_text(encoding="utf-8")
    return Step(ran.returncode, ran.stdout + ran.stderr, dict(pairs), told)


@pytest.fixture
def tool(tmp_path: Path) -> str:
    """What the step that installs leaves, from this checkout."""
    path = tmp_path / "tool"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conformance.cli "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_the_file_is_that_of_a_composite_action() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert all(its["shell"] == "bash" for its in STEPS.values())
    for row in (*ACTION["inputs"].values(), *ACTION["outputs"].values()):
        assert row["description"]
    assert all(isinstance(row["default"], str) for row in ACTION["inputs"].values())


def test_expressions_name_what_there_is_and_stand_in_no_script() -> None:
    known = {f"inputs.{name}" for name in ACTION["inputs"]} | {"github.action_path"}
    known |= {f"steps.run.outputs.{name}" for name in ("exit-code", "violations")}
    known |= {"steps.run.outputs.known-violations", "steps.install.outputs.tool"}
    used = set(re.findall(r"\$\{\{ *([^ }]+) *\}\}", (ROOT / "action.yml").read_text()))
    assert used <= known
    assert {f"inputs.{name}" for name in ACTION["inputs"]} <= used
    assert not any("${{" in its["run"] for its in STEPS.values())


def test_it_installs_from_its_own_checkout_with_the_pinned_set(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\necho "$@" >> asked\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi\n'
    )
    python.chmod(0o755)
    values = {"github.action_path": str(ROOT), "python": str(python)}
    done = step("install", tmp_path, values)
    assert done.code == 0, done.out
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[0].startswith("-m venv ")
    assert asked[1].endswith(f"--constraint {ROOT}/constraints.txt {ROOT}")
    assert done.outputs["tool"].endswith("/bin/imap-conformance")


def test_a_good_run_is_told_to_the_job(tmp_path: Path, tool: str) -> None:
    values = {"server": "pymap", "cases": GOOD, "steps.install.outputs.tool": tool}
    done = step("run", tmp_path, values | {"level": "MUST,SHOULD", "output": "out put"})
    assert done.code == 0, done.out
    assert done.outputs == {"exit-code": "0", "violations": "0", "known-violations": "0"}
    assert "No MUST rule was seen broken" in done.summary
    assert (tmp_path / "out put" / "junit.xml").is_file()
    assert "::error" not in done.out


def test_a_violation_fails_the_step_unless_told_otherwise(tmp_path: Path, tool: str) -> None:
    values = {"server": "pymap", "cases": FAILING, "steps.install.outputs.tool": tool}
    done = step("run", tmp_path, values)
    assert done.code == 1, done.out
    assert done.outputs["exit-code"] == "1"
    assert done.outputs["violations"] == "1"
    assert "::error title=3501-6.2.3-rejected" in done.out
    assert step("run", tmp_path, values | {"fail": "false"}).code == 0


def test_known_violations_do_not_fail_it(tmp_path: Path, tool: str) -> None:
    known = tmp_path / "known file.toml"
    known.write_text(
        '[[deviation]]\ndeviation = "LOGIN literal: the connection is closed"\n'
        'rule = "3501-6.2.3-rejected"\nverdict = "fail"\nreason = "issue 1"\n'
        f'cases = ["{FAILING}"]\n'
    )
    values = {"server": "pymap", "cases": FAILING, "steps.install.outputs.tool": tool}
    done = step("run", tmp_path, values | {"known": str(known), "strict-known": "true"})
    assert done.code == 0, done.out
    assert done.outputs["known-violations"] == "1"


def test_a_password_comes_by_the_input_or_the_environment(
    tmp_path: Path, tool: str, pymap_target: PymapTarget
) -> None:
    account, endpoint = pymap_target.accounts[0], pymap_target.endpoint
    url = f"imap://{account.user}@{endpoint.host}:{endpoint.port}"
    values = {"target": url, "cases": GOOD, "steps.install.outputs.tool": tool}
    done = step("run", tmp_path, values | {"password": account.password})
    assert done.code == 0, done.out
    assert account.password not in done.out + done.summary
    by_environment = step("run", tmp_path, values, IMAP_CONFORMANCE_PASSWORD=account.password)
    assert by_environment.code == 0, by_environment.out


def test_what_can_not_happen_fails_it_whatever_it_is_told(tmp_path: Path, tool: str) -> None:
    values = {"server": "exchange", "fail": "false", "steps.install.outputs.tool": tool}
    done = step("run", tmp_path, values)
    assert done.code == 2
    assert done.outputs == {"exit-code": "2"}
    assert "unknown server 'exchange'" in done.out


def test_an_input_is_no_piece_of_a_script(tmp_path: Path, tool: str) -> None:
    evil = "$(touch pwned) `touch pwned`; touch pwned *"
    values = {"server": "pymap", "steps.install.outputs.tool": tool}
    for name in ("cases", "options", "known", "output", "rfc", "target"):
        done = step("run", tmp_path, values | {"cases": GOOD, name: evil})
        assert done.code in (0, 2), name
    assert not (tmp_path / "pwned").exists()


def test_the_example_of_the_page_gives_the_action_what_it_takes() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (example,) = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.S))
    used = [its for its in example["steps"] if "imap-conformance@" in its.get("uses", "")]
    assert set(used[0]["with"]) <= set(ACTION["inputs"])
