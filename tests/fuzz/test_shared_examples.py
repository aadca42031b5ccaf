"""Two workers on one private server share the examples that failed through a Redis."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fuzz_flawed import SUITE, WAY, tool

from conformance.flaws.acts import command
from conformance.flaws.catalogue import FLAWS
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.fuzz.failure import Failure
from conformance.fuzz.generation import Generation
from conformance.fuzz.profiles import PROFILES
from conformance.fuzz.search import Search
from conformance.results.reader import read
from conformance.selfcheck.stand import FlawedTarget
from conformance.targets import Target
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.loopback import issue_certificate

# Minutes of shrinking; that a Redis keeps examples is tried by test_examples_kept as well.
pytestmark = [pytest.mark.dovecot, pytest.mark.redis, pytest.mark.slow, pytest.mark.whole]

SIZE = "3501-2.3.4-size"


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of our own, which keeps everything in memory; without one the test is skipped."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and Redis is not installed", pytrace=False)
        pytest.skip("Redis is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([program, *settings], stdout=subprocess.DEVNULL) as process:
        try:
            _await_port(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.05)
        else:
            return


def noting(owners: list[bytes], backend: Target, folder: Path) -> FlawedTarget:
    """A server with a wrong size for every message, that notes who creates mailboxes."""

    def note(_talk: Talk, request: Request) -> None:
        name = request.first
        if name.startswith(b"imapconf-"):
            owners.append(b"-".join(name.split(b"-")[:4]))

    flaw = FLAWS["size-off-by-one"]
    watched = replace(flaw, acts=(*flaw.acts, command(note, name="CREATE")))
    return FlawedTarget(backend, watched, folder, direct=False)


def found_at_once(target: Target, examples: str, folder: Path) -> list[Failure]:
    """Draw one message at most, but for what failed before, with a seed of its own."""
    search = Search(
        target,
        WAY,
        SUITE.fixtures,
        replace(PROFILES["quick"], messages=1),
        number=987,
        seconds=60.0,
        database=Generation(examples=examples).database(folder),
    )
    return search.run("content").tally.failures


def test_two_workers_share_their_examples(
    redis_url: str, dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    issue_certificate(tmp_path)
    owners: list[bytes] = []
    with noting(owners, dovecot_target, tmp_path) as target:
        more = ["-n", "2", "--budget", "160", "--examples", redis_url, "--output", str(tmp_path)]
        code, out, error = tool("fuzz", *more, target=target, cwd=tmp_path, words=["fuzz/content"])
        assert code == 1, out + error
        record = read(tmp_path / "results.jsonl")
        phases = {result.id for result in record.results if result.kind == "fuzz"}
        assert {f"fuzz/content/{shard}" for shard in (1, 2)} <= phases
        assert SIZE in {finding.requirement for finding in record.findings}, out
        # One worker has one set of mailboxes after the other: two were at it at a time.
        turns = [a for a, b in zip(owners, [*owners[1:], b""], strict=True) if a != b]
        assert len(turns) > len(set(owners)) > 1
        assert found_at_once(target, str(tmp_path / "none"), tmp_path) == []
        assert SIZE in {each.requirement for each in found_at_once(target, redis_url, tmp_path)}
