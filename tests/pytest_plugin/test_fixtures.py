"""The fixtures in a project outside this tree: by the page in docs/, and on a flawed server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import conformance

ROOT = Path(conformance.__file__).parents[1]
PAGE = ROOT / "docs" / "pytest.md"

FLAWED = """
import pytest
from conformance.flaws.catalogue import FLAWS
from conformance.selfcheck.stand import FlawedTarget
from conformance.targets.pymap import PymapTarget

@pytest.fixture(scope="session")
def imap_target(tmp_path_factory):
    with PymapTarget() as pymap:
        flaw = FLAWS["star-in-flags"]  # a syntax error in what SELECT brings
        with FlawedTarget(pymap, flaw, tmp_path_factory.mktemp("certificates")) as target:
            yield target
"""

TESTS = r"""
def test_the_grammar_objects(imap_session, imap_mailbox):
    assert imap_session.command(b"SELECT " + imap_mailbox().encode()).ok

def test_a_finding_is_awaited(imap_session, imap_mailbox, imap_checks):
    assert imap_session.command(b"SELECT " + imap_mailbox().encode()).ok
    assert "3501-9-no-flag-extension" in [each.requirement for each in imap_checks]
    imap_checks.clear()

def test_another_line_comes(imap_play):
    imap_play("C: a1 LIST \"\" \"\"\nS: * LIST () NIL nonesuch\nS: a1 OK")

def test_something_is_not_announced(imap_play):
    imap_play("C: a1 NOOP\nS: a1 OK", needs=("XNONE",))

def test_a_line_is_none(imap_play):
    imap_play("C a1 NOOP")

def test_there_is_no_such_fixture(imap_mailbox):
    imap_mailbox("sixty")

def test_nothing_is_wrong(imap_connect):
    assert imap_connect("phone").command(b"NOOP").ok
    assert imap_connect("laptop", state="greeted").command(b"CAPABILITY").ok
"""

COMES_OF_IT = """\
ERROR test_mine.py::test_the_grammar_objects - Failed: 3501-9-
PASSED test_mine.py::test_a_finding_is_awaited
FAILED test_mine.py::test_another_line_comes - Failed: line 2:
SKIPPED [1]
FAILED test_mine.py::test_a_line_is_none - ValueError: line 1: unknown mark
FAILED test_mine.py::test_there_is_no_such_fixture - ValueError: unknown fixture
PASSED test_mine.py::test_nothing_is_wrong
"""


def have(
    folder: Path, tests: str, conftest: str = "", ini: str = "imap_target = pymap"
) -> subprocess.CompletedProcess[str]:
    """Run tests of a project in `folder`, with no plugin but the fixtures."""
    (folder / "pytest.ini").write_text(f"[pytest]\n{ini}\n")
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_mine.py").write_text(tests)
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    environ |= {"COLUMNS": "200", "IMAP_CONFORMANCE_PASSWORD": "secret"}
    environ.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "conformance.pytest_plugin.fixtures"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def blocks(page: Path, opening: str) -> str:
    """Return the Python blocks of a page that begin so."""
    found = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S)
    return "\n".join(each for each in found if each.startswith(opening))


@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    done = have(tmp_path, blocks(PAGE, "# test_mine.py"), ini="imap_target = dovecot")
    assert "2 passed in" in done.stdout, done.stdout + done.stderr


def test_what_is_wrong_fails_the_test_in_which_it_is_seen(tmp_path: Path) -> None:
    done = have(tmp_path, TESTS, FLAWED)
    for line in COMES_OF_IT.splitlines():
        assert f"\n{line}" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "Failed: no server: set imap_target"),
        ("ftp://host", "Failed: unknown URL scheme 'ftp'"),
    ],
)
def test_a_server_that_is_not_named_rightly_is_told(tmp_path: Path, where: str, said: str) -> None:
    done = have(tmp_path, "def test_it(imap_session): pass\n", ini=f"imap_target = {where}")
    assert said in done.stdout, done.stdout + done.stderr
    assert "another exception" not in done.stdout
