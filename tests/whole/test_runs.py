"""The whole suite against the servers that the tool starts itself, as its users run it.

`RECORD=1 pytest tests/whole/test_runs.py` writes the recorded verdicts anew; read the difference.
"""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET  # our own report
from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_runs import Ran, run, url

from conformance.results.known import KnownDeviations
from conformance.results.reader import check
from conformance.results.records import DECISIVE, Verdict
from conformance.results.shorter import unpacked_folds
from conformance.targets.dovecot import DovecotTarget

RECORDED = Path(__file__).parent / "recorded"
REPORTS = Path(__file__).parents[2] / "reports"
KNOWN = REPORTS / "pymap-0.36.7" / "known.toml"
OVER_TLS = "not possible over implicit TLS"
BY_TIME = (
    "security/11-weight/",
    "security/11-guesses/",
    "security/11-limits/a-pattern-of-many-wildcards",
    "finding 3501-11-work-in-bounds",
)
"""Cases that look at how long something takes: not the same on each machine, nor each time."""
RULES_BY_TIME = ("3501-11-in-proportion", "3501-11-work-in-bounds")


def compare(ran: Ran, under: str = "rev1") -> None:
    """Compare a run with what was recorded of this server and version, and revision of IMAP4."""
    target = ran.recording.run.target
    name = f"{target.name}-{target.version}" + ("" if under == "rev1" else f"-{under}")
    path = RECORDED / f"{name}.txt"
    lines = [
        f"{verdict:8} {what}"
        for what, verdict in sorted(ran.not_met().items())
        if not (verdict == "skip" and what.startswith("rfc9051/"))  # of the other revision
        and not what.startswith(BY_TIME)
    ]
    if os.environ.get("RECORD"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not path.exists():
        pytest.skip(f"no verdicts were recorded of {target.name} {target.version}")
    assert lines == path.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def pymap_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    output = tmp_path_factory.mktemp("pymap")
    return run(output, "--server", "pymap", "--known", str(KNOWN))


@pytest.fixture(scope="module")
def dovecot_run(dovecot_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Ran:  # noqa: ARG001
    return run(tmp_path_factory.mktemp("dovecot"), "--server", "dovecot", "--quiet", "-n", "2")


@pytest.fixture(scope="module")
def private_dovecot(dovecot_installed: None) -> Iterator[DovecotTarget]:  # noqa: ARG001
    with DovecotTarget() as target:
        yield target


@pytest.mark.slow
def test_pymap_does_what_is_known(pymap_run: Ran) -> None:
    assert pymap_run.code == 0, pymap_run.out + pymap_run.error
    recording, known = pymap_run.recording, KnownDeviations.load(KNOWN)
    gone = known.unexpected(recording.results, recording.findings, complete=True)
    assert [each for each in gone if each.entry.rule not in RULES_BY_TIME] == []


@pytest.mark.slow
def test_pymap_as_recorded(pymap_run: Ran) -> None:
    compare(pymap_run)


@pytest.mark.slow
@pytest.mark.dovecot
def test_dovecot_as_recorded(dovecot_run: Ran) -> None:
    compare(dovecot_run)


@pytest.mark.slow
@pytest.mark.whole
@pytest.mark.parametrize(
    ("server", "under", "folder", "processes"),
    [
        pytest.param("cyrus", "rev1", "cyrus-3.6.1", "2", marks=pytest.mark.cyrus),
        pytest.param("cyrus310", "rev1", "cyrus-3.10.2", "2", marks=pytest.mark.cyrus),
        pytest.param("cyrus310", "rev2", "cyrus-3.10.2", "6", marks=pytest.mark.cyrus),
        pytest.param("dovecot24", "rev1", "dovecot-2.4.1", "2", marks=pytest.mark.dovecot),
        pytest.param("courier", "rev1", "courier-5.0.13", "6", marks=pytest.mark.courier),
    ],
)
def test_the_other_servers_do_what_is_known_and_recorded(
    server: str,
    under: str,
    folder: str,
    processes: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    request.getfixturevalue(f"{server}_installed")
    known = ["--known", str(REPORTS / folder / "known.toml")]
    if server != "cyrus310":  # its entries are of both revisions
        known.append("--strict-known")
    # Courier sleeps 2 s over a RENAME or DELETE and 5 s over a wrong password, and Cyrus takes 1 s
    # over what follows CREATE once it speaks IMAP4rev2: more at a time.
    words = ("--protocol", under, "-n", processes)
    ran = run(tmp_path, "--server", server, "--quiet", *words, *known)
    assert ran.code == 0, ran.out + ran.error
    compare(ran, under)


@pytest.mark.slow
@pytest.mark.whole
@pytest.mark.dovecot
@pytest.mark.parametrize("way", ["none", "starttls", "implicit"])
def test_every_way_in_gives_the_same_verdicts(
    way: str, private_dovecot: DovecotTarget, dovecot_run: Ran, tmp_path: Path
) -> None:
    account, second = private_dovecot.accounts
    endpoint = private_dovecot.endpoints[way]
    (tmp_path / "second").write_text(second.password)
    ran = run(
        tmp_path,
        *url(endpoint, account),
        *("--disposable", "--quiet", "--user2", second.user),
        *("--password2-file", str(tmp_path / "second")),
        account=account,
    )
    expected = dovecot_run.not_met()
    if way == "implicit":  # STARTTLS can not be tried on a port that begins with TLS
        for result in ran.recording.results:
            if result.verdict is Verdict.SKIP and OVER_TLS in result.reason:
                expected[result.id] = "skip"
        expected = {what: v for what, v in expected.items() if "finding 3501-6.2.1-" not in what}
    assert ran.not_met() == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    "which",
    [
        "pymap_run",
        "dovecot_run",
    ],
)
def test_what_a_run_writes(which: str, request: pytest.FixtureRequest) -> None:
    if which == "dovecot_run":
        request.getfixturevalue("dovecot_installed")
    ran: Ran = request.getfixturevalue(which)
    lines = (ran.output / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert [check(json.loads(line)) for line in lines] == [None] * len(lines)
    kinds = [json.loads(line)["type"] for line in lines]
    assert (kinds[0], kinds[-1]) == ("run", "end")
    results = ran.recording.results
    tree = ET.parse(ran.output / "junit.xml").getroot()  # noqa: S314  # our own report
    assert len(list(tree.iter("testcase"))) == len(results)
    excused = [r for r in results if r.excused and r.verdict in DECISIVE]  # a warning fails nobody
    skipped = len(excused) + sum(r.verdict is Verdict.SKIP for r in results)
    assert len(list(tree.iter("skipped"))) == skipped
    assert (ran.output / "junit.xml").stat().st_size < 2_000_000
    report = (ran.output / "report.html").read_text(encoding="utf-8")
    assert len(report) < 3_000_000
    assert "http://" not in report.split("<body>")[0]
    for secret in ("pass1", "pass2"):
        assert secret not in unpacked_folds(report)
        for file in ran.output.iterdir():
            assert secret not in file.read_text(encoding="utf-8"), file
        assert secret not in ran.out + ran.error


@pytest.mark.slow
@pytest.mark.dovecot
def test_dovecot_told_in_pieces_gives_the_same_verdicts(dovecot_run: Ran, tmp_path: Path) -> None:
    words = [
        "--server",
        "dovecot",
        "--quiet",
        "--chop",
        "7",
        "-n",
        "3",
        "rfc3501/6.4",
        "rfc3501/2.2",
    ]
    ran = run(tmp_path, *words)
    whole = dovecot_run.verdicts()
    cases = {i: v for i, v in ran.verdicts().items() if not i.startswith("ambient/")}
    assert cases == {i: whole[i] for i in cases}
