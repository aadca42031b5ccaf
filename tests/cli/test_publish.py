"""The verb `publish`, and what is published."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from cli_records import record, tool

from conformance.data import REPORTS
from conformance.results import shorter
from conformance.results.packed import unpacked_page
from conformance.results.reader import read


def publish(*words: object) -> subprocess.CompletedProcess[str]:
    return tool("publish", *words)


def ran(runs: Path, name: str, verdict: str = "pass", *, report: str = "<title>R</title>") -> None:
    """A folder as a run leaves it."""
    record(runs / name / "results.jsonl", verdict, name=name)
    (runs / name / "report.html").write_text(report, encoding="utf-8")
    (runs / name / "findings.md").write_text("# None\n", encoding="utf-8")


def test_runs_are_kept_and_compared(tmp_path: Path) -> None:
    runs, kept = tmp_path / "runs", tmp_path / "reports"
    ran(runs, "one-1")
    ran(runs, "two-1", "fail")
    (kept / "one-1").mkdir(parents=True)
    (kept / "one-1" / "README.md").write_text("by hand", encoding="utf-8")
    done = publish(kept, "--runs", runs)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    packed = (kept / "one-1" / "results.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == (runs / "one-1" / "results.jsonl").read_bytes()
    assert "1 violation" in (kept / "two-1" / "badge.svg").read_text(encoding="utf-8")
    assert (kept / "one-1" / "README.md").read_text(encoding="utf-8") == "by hand"
    index = (kept / "index.html").read_text(encoding="utf-8")
    assert 'href="one-1/README.md"' in index
    assert "two-1/README.md" not in index  # there is none
    assert "DISPUTE.md" not in index
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    assert publish(kept, "--runs", runs).returncode == 0
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def test_each_run_that_was_kept_stays_in_the_history(tmp_path: Path) -> None:
    runs, kept = tmp_path / "runs", tmp_path / "reports"
    for verdict, day in (("fail", "2026-01-01"), ("pass", "2026-02-02")):
        ran(runs, "one-1", verdict)
        results = runs / "one-1" / "results.jsonl"
        results.write_text(results.read_text().replace("2026-01-02", day))
        assert publish(kept, "--runs", runs).returncode == 0
    assert len((kept / "one-1" / "history.jsonl").read_text().splitlines()) == 2
    index = (kept / "index.html").read_text(encoding="utf-8")
    assert [index.count(label) for label in ('"1 broken, 0 of', '"0 broken, 0 of')] == [1, 1]
    (kept / "one-1" / "history.jsonl").write_text("nonsense\n")
    done = publish(kept)
    assert done.returncode == 2
    assert "history.jsonl:1: no run of a history" in done.stderr


def test_what_can_not_be_published_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runs, kept = tmp_path / "runs", tmp_path / "reports"
    kept.mkdir()
    ran(runs, "one-1", report=f"<p>{Path.cwd()}/x</p>")
    ran(tmp_path / "memory", "one-1", report="<p>/dev/shm/imapc-a/mail</p>")
    folded = f"<details><summary>More</summary>/dev/shm/imapc-a/mail{' and more' * 99}</details>"
    monkeypatch.setattr(shorter, "PLAIN", 0)
    ran(tmp_path / "folded", "one-1", report=shorter.packed_folds(folded))
    (tmp_path / "bare").mkdir()
    record(tmp_path / "bare" / "x" / "results.jsonl")
    record(tmp_path / "cut" / "x" / "results.jsonl")
    whole = (tmp_path / "cut" / "x" / "results.jsonl").read_bytes()
    (tmp_path / "cut" / "x" / "results.jsonl").write_bytes(whole[:-200])
    rows = [
        ([kept], "no folder here holds a results.jsonl.gz"),
        ([kept, "--runs", kept], "no folder here holds a results.jsonl"),
        ([kept, "--runs", runs], "holds a path of this machine"),
        ([kept, "--runs", tmp_path / "memory"], "holds a path of this machine, /dev/shm/imapc-"),
        ([kept, "--runs", tmp_path / "folded"], "holds a path of this machine, /dev/shm/imapc-"),
        ([kept, "--runs", tmp_path / "bare"], "report.html: No such file"),
        ([kept, "--runs", tmp_path / "cut"], "cut short"),
    ]
    for words, message in rows:
        done = publish(*words)
        assert done.returncode == 2, words
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not list(kept.iterdir())


PUBLISHED = sorted(path.parent for path in REPORTS.glob("*/results.jsonl.gz"))


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda folder: folder.name)
def test_what_is_published_is_whole_and_tells_nothing_of_a_machine(folder: Path) -> None:
    recording = read(folder / "results.jsonl.gz")
    assert not recording.truncated
    texts = [
        gzip.decompress((folder / "results.jsonl.gz").read_bytes()).decode(),
        unpacked_page((folder / "report.html").read_text(encoding="utf-8")),
        (folder / "findings.md").read_text(encoding="utf-8"),
    ]
    for text in texts:
        assert not re.search(r"imapc-[0-9a-z_]{6}|/home/|/root/|\.venv|pass[12]\b", text)
    index = (REPORTS / "index.html").read_text(encoding="utf-8")
    assert f'href="{folder.name}/report.html"' in index


def test_each_folder_is_measured_anew_with_the_server_that_it_was_measured_with() -> None:
    made = subprocess.run(
        ["make", "--dry-run", "--silent", "reports"],  # noqa: S607  # whichever make there is
        cwd=REPORTS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = dict(re.findall(r"(\S+-[\d.]+)=(\w+)", made.stdout))
    labels = {folder: f"--server {server}" for folder, server in pairs.items()}
    assert labels == {
        folder.name: label
        for folder in PUBLISHED
        if (label := read(folder / "results.jsonl.gz").run.target.label).startswith("--server ")
    }


def test_what_is_published_stays_small() -> None:
    sizes = [path.stat().st_size for path in REPORTS.rglob("*") if path.is_file()]
    assert sum(sizes) < 1_300_000 * len(PUBLISHED)  # of whom each has four thousand results


def test_the_published_page_links_to_what_is_there_and_nowhere_else() -> None:
    index = (REPORTS / "index.html").read_text(encoding="utf-8")
    for address in re.findall(r'(?:href|src)="([^"#]+)"', index):
        assert (REPORTS / address).is_file(), address
