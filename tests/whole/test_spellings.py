"""What a server does, does not depend on how a client spells what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_runs import run

# Dovecot reads a non-synchronising literal that it did not expect as a command of its own, which
# the sections with surplus arguments (6.3.2 to 6.3.5, 6.3.11) show: a fault, but not our matter.
PART = ("rfc3501/6.2.3", "rfc3501/6.3.1-", "rfc3501/6.3.8", "rfc3501/6.3.10", "rfc3501/6.4")


@pytest.fixture(scope="module")
def as_written(
    dovecot_installed: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    return run(tmp_path_factory.mktemp("page"), "--server", "dovecot", "--quiet", *PART).verdicts()


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.parametrize(
    "way", ["--spelling=quoted", "--spelling=literal", "--spelling=literal+", "--by-uid"]
)
def test_verdicts_agree(way: str, as_written: dict[str, str], tmp_path: Path) -> None:
    ran = run(tmp_path, "--server", "dovecot", "--quiet", way, *PART)
    assert ran.verdicts() == as_written
    said = "".join(
        line.text for r in ran.recording.results for line in r.transcript if line.direction == "C"
    )
    assert {"--by-uid": " UID FETCH ", "--spelling=literal+": "+}"}.get(way, "") in said
