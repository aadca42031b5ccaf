"""The recipes for CI: each is what its service reads, and what it calls is there."""

from __future__ import annotations

import errno
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.cli.main import parse

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs" / "recipes"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOWS = sorted(RECIPES.glob("github-*.yml"))
SCHEMAS = {
    **{file.name: "github-workflows" for file in WORKFLOWS},
    "gitlab-ci.yml": "gitlab-ci",
    "woodpecker.yml": "woodpecker-ci",
}
GOOD = "rfc3501/6.3.6-subscribe/subscribing-does-not-create-a-mailbox"
FAILING = "rfc3501/6.2.3-login/a-password-of-other-octets-is-wrong"


def checked(*words: str | Path) -> None:
    program = Path(sys.executable).with_name(str(words[0]))
    done = subprocess.run([program, *words[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_recipe_is_listed_where_people_look() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert {f"recipes/{file.name}" for file in RECIPES.iterdir()} == set(
        re.findall(r"\((recipes/[^)]+)\)", page)
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_what_the_service_reads(name: str) -> None:
    checked("check-jsonschema", "--builtin-schema", f"vendor.{SCHEMAS[name]}", RECIPES / name)


def test_the_containerfile_follows_the_rules_of_its_kind() -> None:
    checked("hadolint", RECIPES / "Containerfile")


def test_the_container_has_what_the_package_is_built_from() -> None:
    lines = (RECIPES / "Containerfile").read_text(encoding="utf-8").splitlines()
    taken = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    assert all((ROOT / name).exists() for name in taken)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for needed in re.findall(r'(?:readme|license-files) = \[?"([^"]+)"', project):
        assert needed in taken


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_gives_the_action_what_it_takes(file: Path) -> None:
    steps: list[dict[str, Any]] = yaml.safe_load(file.read_text())["jobs"]["conformance"]["steps"]
    (step,) = (each for each in steps if "imap-conformance" in each.get("uses", ""))
    assert set(step["with"]) <= set(ACTION["inputs"])
    used = set(re.findall(r"steps\.imap\.outputs\.([a-z-]+)", file.read_text()))
    assert used
    assert used <= set(ACTION["outputs"])


def test_every_call_is_understood() -> None:
    calls = [
        found
        for file in RECIPES.iterdir()
        for found in re.findall(r"imap-conformance (run .*)", file.read_text(encoding="utf-8"))
    ]
    assert len(calls) >= 4
    for call in calls:
        parse(shlex.split(call.rstrip("'")))


@pytest.mark.parametrize(("case", "code"), [(GOOD, 0), (FAILING, 2)])
def test_make_starts_a_server_has_it_tested_and_stops_it(
    tmp_path: Path, case: str, code: int
) -> None:
    make = shutil.which("make")
    assert make is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tool = f"{sys.executable} -m conformance.cli"
    (tmp_path / "Makefile").write_text(f"include {RECIPES / 'imap.mk'}\n")
    done = subprocess.run(
        [
            make,
            "check-imap",
            f"IMAP_SERVER={tool} flawed savedate-goes-along --server pymap --port {port}",
            f"IMAP_TARGET=imap://user1@127.0.0.1:{port}",
            f"IMAP_CONFORMANCE={tool}",
            f"IMAP_CASES={case}",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IMAP_CONFORMANCE_PASSWORD": "pass1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == code, (
        done.stdout + done.stderr + (tmp_path / "server.log").read_text()
    )
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED
