"""What is kept of case files is what reading them gives, until what decides it changes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import cache
from conformance.casefile import plans
from conformance.casefile import suite as suite_module
from conformance.casefile.suite import Suite, load_all
from conformance.catalogue.errors import CaseError
from conformance.data import CASES

FILE = "6.1.2-noop.md"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small suite, and a cache with nothing in it."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    root = tmp_path / "cases"
    (root / "rfc3501").mkdir(parents=True)
    for name in ("fixtures.toml", "premises.toml"):
        shutil.copy(CASES / name, root)
    shutil.copytree(CASES / "messages", root / "messages")
    for name in ("requirements.toml", FILE):
        shutil.copy(CASES / "rfc3501" / name, root / "rfc3501")
    return root


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read and not taken from what is kept."""
    files: list[Path] = []
    reads = suite_module.read_file

    def noted(path: Path, *, programs: bool) -> object:
        files.append(path)
        return reads(path, programs=programs)

    monkeypatch.setattr(suite_module, "read_file", noted)
    return files


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_kept_is_what_was_read(root: Path, read: list[Path]) -> None:
    made = load_all(Suite(root))
    assert load_all(Suite(root)) == made
    assert read == [root / "rfc3501" / FILE]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"rfc3501/{FILE}", "NOOP", "CHECK"),
        ("rfc3501/requirements.toml", "rule = ", "rule =  "),
        ("fixtures.toml", "\n", "\n\n"),
        ("messages", "\n", "\n\n"),
    ],
)
def test_what_decides_is_seen_to_change(
    root: Path, read: list[Path], file: str, old: str, new: str
) -> None:
    load_all(Suite(root))
    path = root / file
    edit(min(path.glob("*.eml")) if path.is_dir() else path, old, new)
    load_all(Suite(root))
    assert len(read) == 2


def test_a_file_that_is_wrong_is_so_every_time(root: Path) -> None:
    edit(root / "rfc3501" / FILE, "`MUST`", "`MAY`")
    said = []
    for _ in range(2):
        with pytest.raises(CaseError) as caught:
            load_all(Suite(root))
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.mark.usefixtures("root")
def test_a_program_is_read_anew(read: list[Path]) -> None:
    program = next(
        path for path in sorted(CASES.glob("interop/*.md")) if "```python" in path.read_text()
    )
    for _ in range(2):
        suite = Suite()
        assert any(case.program for case, _ in suite.load(program))
    assert read == [program, program]


def test_every_package_that_reads_cases_decides_what_is_kept() -> None:
    words = "import sys, conformance.casefile.suite; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[1] for name in ran.stdout.split() if name.startswith("conformance.")}
    assert loaded - {"cache", "data"} == set(plans._READERS)
