"""Each flaw is reported under its rule by a run of the suite, and by nothing when it is away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.flaws.catalogue import FLAWS
from conformance.flaws.flaw import Flaw
from conformance.flaws.proxy import FlawedServer
from conformance.targets import Target
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.errors import ServerMissing
from conformance.targets.pymap import PymapTarget

# Enough of the suite to meet every flaw, so that eleven runs stay cheap.
CASES = ("rfc3501/6.1.1", "rfc3501/6.3.1", "rfc3501/2.3.3", "rfc3501/2.3.4", "rfc3501/6.4.5-fetch/",
         "rfc3501/6.4.5-fetch-structure", "rfc3501/6.4.4-search/")  # fmt: skip


@pytest.fixture(scope="module")
def backend() -> Iterator[Target]:
    """Dovecot, the cleaner of the two; the embedded server where it is not installed."""
    try:
        target: Target = DovecotTarget().__enter__()
    except ServerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI is set and {missing}", pytrace=False)
        target = PymapTarget().__enter__()
    yield target
    target.stop()


def run(target: Target, flaw: Flaw | None, output: Path) -> set[str]:
    """Run the suite through the proxy; return the requirements of its findings."""
    with FlawedServer(target.endpoint, flaw) as served:
        endpoint = served.endpoint
        url = f"imap://{target.accounts[0].user}@{endpoint.host}:{endpoint.port}"
        words = ["run", url, *CASES, "--output", str(output), "--quiet", "--disposable"]
        ran = subprocess.run(
            [sys.executable, "-m", "conformance.cli", *words],
            env=os.environ | {"IMAP_CONFORMANCE_PASSWORD": target.accounts[0].password},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert ran.returncode in (0, 1), ran.stderr + ran.stdout
    records = [json.loads(line) for line in (output / "results.jsonl").read_text().splitlines()]
    assert records[-1]["type"] == "end"
    return {record["requirement"] for record in records if record["type"] == "finding"}


@pytest.fixture(scope="module")
def untouched(backend: Target, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the server itself does wrong, through a proxy that changes nothing."""
    return run(backend, None, tmp_path_factory.mktemp("untouched"))


@pytest.mark.slow
@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
def test_the_flaw_is_found(
    flaw: Flaw, backend: Target, untouched: set[str], tmp_path: Path
) -> None:
    assert not untouched & set(flaw.requirements), "the untouched server has this flaw already"
    found = run(backend, flaw, tmp_path)
    assert found & set(flaw.requirements), f"only {sorted(found - untouched)} were reported"
