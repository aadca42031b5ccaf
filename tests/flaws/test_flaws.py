"""Each flaw is found by its recorded cases, and nothing that is allowed is accused."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from conformance.casefile.suite import Suite
from conformance.flaws.allowed import ALLOWED
from conformance.flaws.catalogue import FLAWS
from conformance.flaws.found import load_found
from conformance.selfcheck.check import check, check_allowed
from conformance.selfcheck.stand import Stand
from conformance.targets import SERVERS, Target
from conformance.targets.errors import ServerMissing

pytestmark = pytest.mark.slow

FOUND = load_found()
LEAST = 0.98
"""Share of the flaws that has to be found."""
SAMPLE = (
    "rfc3501/6.2.1-starttls",
    "rfc3501/6.3.11-append",
    "rfc3501/6.4.5-fetch-partial",
    "rfc3501/2.2-commands-and-responses",
    "rfc3501/5.5-pipelining",
)


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stand]]:
    """A stand for each server that is there; CI has to have all."""
    running: list[Target] = []
    made: dict[str, Stand] = {}
    for name in {row.backend for row in (*FLAWS.values(), *ALLOWED.values())}:
        try:
            running.append(SERVERS[name or "dovecot"]().__enter__())
        except ServerMissing as missing:
            if os.environ.get("CI"):
                pytest.fail(f"CI is set and {missing}", pytrace=False)
            continue
        made[name] = Stand(running[-1], Suite(), tmp_path_factory.mktemp(name or "any"))
    yield made
    for target in running:
        target.stop()


def stand_for(stands: dict[str, Stand], backend: str) -> Stand:
    if backend not in stands:
        pytest.skip(f"no {backend} on this machine")
    return stands[backend]


def test_most_flaws_are_recorded_as_found() -> None:
    survivors = sorted(set(FLAWS) - set(FOUND))
    assert len(FOUND) >= LEAST * len(FLAWS), survivors


@pytest.mark.parametrize("name", FOUND)
def test_the_flaw_is_found(name: str, stands: dict[str, Stand]) -> None:
    flaw = FLAWS[name]
    verdict = check(stand_for(stands, flaw.backend), flaw, FOUND[name])
    assert verdict.found, verdict
    assert set(verdict.cases) & set(FOUND[name].cases)


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_not_accused(name: str, stands: dict[str, Stand]) -> None:
    allowed = ALLOWED[name]
    fairness = check_allowed(stand_for(stands, allowed.backend), allowed)
    assert fairness.fair, fairness
    assert fairness.played


def test_the_untouched_proxy_changes_no_verdict(stands: dict[str, Stand]) -> None:
    stand = stand_for(stands, "dovecot")
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
