"""Running the tool as its users do, and reading what it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.results.reader import RunRecording, read
from conformance.targets import Account
from conformance.wire.transport import Endpoint

SCHEMES = {"none": "imap", "starttls": "imap+starttls", "implicit": "imaps"}


@dataclass(frozen=True)
class Ran:
    """One run of the tool: exit code, what it printed, and where it wrote."""

    code: int
    out: str
    error: str
    output: Path

    @property
    def recording(self) -> RunRecording:
        return read(self.output / "results.jsonl")

    def verdicts(self) -> dict[str, str]:
        """Verdicts by id; of a case that was played under IMAP4rev2 the id says so."""
        return {
            result.id + ("" if result.protocol == "rev1" else f" ({result.protocol})"): (
                result.verdict.value
            )
            for result in self.recording.results
        }

    def not_met(self) -> dict[str, str]:
        """What was not simply met: verdicts by id, and findings by requirement."""
        plain = ("pass", "yes")
        found = {i: verdict for i, verdict in self.verdicts().items() if verdict not in plain}
        recording = self.recording
        return found | {f"finding {f.requirement}": f.level.value for f in recording.findings}


def words(output: Path, *more: str) -> list[str]:
    """A run of what is written, which says the same each time; generated sessions are extra."""
    tool = [sys.executable, "-m", "conformance.cli", "run", "--profile", "none"]
    return [*tool, "--output", str(output), *more]


def environ(account: Account | None = None) -> Mapping[str, str]:
    password = {"IMAP_CONFORMANCE_PASSWORD": account.password} if account else {}
    return {
        k: v for k, v in os.environ.items() if not k.startswith("IMAP_CONFORMANCE_P")
    } | password


def url(endpoint: Endpoint, account: Account) -> list[str]:
    """The words that name an endpoint of one of our own servers."""
    scheme = SCHEMES[endpoint.security]
    return [
        f"{scheme}://{account.user}@{endpoint.host}:{endpoint.port}",
        "--ca-file",
        str(endpoint.ca_file),
    ]


def run(output: Path, *more: str, account: Account | None = None, timeout: float = 1800) -> Ran:
    ran = subprocess.run(
        words(output, *more),
        env=environ(account),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in ran.stdout + ran.stderr, ran.stdout + ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr, output)
