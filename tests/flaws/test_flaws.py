"""Each flaw is found by its recorded cases, and nothing that is allowed is accused.

The whole kit is played once, by the verb that its users have: this is what `make selfcheck` does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from in_process import call

from conformance.casefile.suite import Suite
from conformance.flaws.catalogue import ALLOWED, FLAWS
from conformance.flaws.found import load_found
from conformance.selfcheck.stand import Stand
from conformance.targets.dovecot import DovecotTarget

pytestmark = [
    pytest.mark.slow,
    pytest.mark.dovecot,
    pytest.mark.usefixtures("dovecot_installed"),
]

FOUND = load_found()
SAMPLE = (
    "rfc3501/6.2.1-starttls",
    "rfc3501/6.3.11-append",
    "rfc3501/6.4.5-fetch-partial",
    "rfc3501/2.2-commands-and-responses",
    "rfc3501/5.5-pipelining",
)
JOBS = 6
"""Processes: more than a machine has cores, for a flaw is waited for most of the time."""


@pytest.fixture(scope="module")
def checked(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """What the verb says of each flaw and each allowed behaviour that a test is about, by id."""
    here = [item for item in request.session.items if item.path == Path(__file__)]
    rows = [
        item.callspec.params
        for item in here
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
    ]
    ran = call("selfcheck", *(row["name"] for row in rows), "--jobs", JOBS, "--json")
    assert ran.returncode in (0, 1), ran.stderr
    report = json.loads(ran.stdout)
    return {each["id"]: each for each in (*report["flaws"], *report["allowed"])}


def test_every_flaw_is_recorded_as_found() -> None:
    assert sorted(set(FLAWS) - set(FOUND)) == []


@pytest.mark.parametrize("name", FOUND)
def test_the_flaw_is_found(name: str, checked: dict[str, dict[str, Any]]) -> None:
    verdict = checked[name]
    assert verdict["found"], json.dumps(verdict, indent=1)
    assert set(verdict["cases"]) & set(FOUND[name].cases)
    assert verdict["alone"] == FOUND[name].alone


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_not_accused(name: str, checked: dict[str, dict[str, Any]]) -> None:
    fairness = checked[name]
    assert fairness["fair"], json.dumps(fairness, indent=1)
    assert fairness["played"]


def test_the_untouched_proxy_changes_no_verdict(
    dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    stand = Stand(dovecot_target, Suite(), tmp_path)
    names = [name for name in stand.cases if name.startswith(SAMPLE)]
    direct = {}
    with stand.open(None, direct=True) as run:
        for name in names:
            direct[name] = run.play(name)
    through = stand.untouched(names)
    assert [
        (name, direct[name].result.verdict, through[name].result.verdict)
        for name in names
        if direct[name].result.verdict is not through[name].result.verdict
    ] == []
