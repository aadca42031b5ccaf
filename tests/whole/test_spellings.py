"""What a server does, does not depend on how a client spells what it means.

The whole suite in all ways, against any server, is compared by `whole_spellings`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_runs import Ran
from whole_spellings import accused_falsely, run_in

# Values and names by UID are spelt apart from one another, so that two ways may share a run.
# UIDs of pymap are not the message numbers, so that nothing is right by chance.
ON_PYMAP = [("--spelling=literal", "--by-uid"), ("--spelling=literal+",)]
ON_DOVECOT = [("--spelling=quoted", "--by-uid"), ("--spelling=literal+",)]
PART = ("rfc3501/3-", "rfc3501/5.5", "rfc3501/6.3.8", "rfc3501/6.4.7", "rfc3501/7.")
OVER_THE_WIRE = {"--by-uid": " UID FETCH ", "--spelling=literal": "}", "--spelling=literal+": "+}"}


@pytest.fixture(scope="module")
def pymap_plain(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_in("pymap", tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def dovecot_plain(
    dovecot_installed: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    return run_in("dovecot", tmp_path_factory.mktemp("page"), *PART)


@pytest.mark.slow
@pytest.mark.whole
@pytest.mark.parametrize("way", ON_PYMAP)
def test_verdicts_agree(way: tuple[str, ...], pymap_plain: Ran, tmp_path: Path) -> None:
    ran = run_in("pymap", tmp_path, *way)
    assert accused_falsely("pymap", pymap_plain, ran, way) == []
    lines = [line for result in ran.recording.results for line in result.transcript]
    said = "".join(line.text for line in lines if line.direction == "C")
    for word in way:
        assert OVER_THE_WIRE[word] in said


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.parametrize("way", ON_DOVECOT)
def test_verdicts_agree_on_dovecot(
    way: tuple[str, ...], dovecot_plain: Ran, tmp_path: Path
) -> None:
    ran = run_in("dovecot", tmp_path, *way, *PART)
    assert accused_falsely("dovecot", dovecot_plain, ran, way) == []
