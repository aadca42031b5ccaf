"""A book of a real run and of hostile records: complete, linked, escaped, the same each time."""

from __future__ import annotations

import dataclasses
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from book_pages import HOSTILE, Page, broken_links, read_pages
from in_process import call

from conformance.book.make import write_book
from conformance.casefile.suite import Suite, load_all
from conformance.cli import main as cli
from conformance.coverage.rules import Coverage
from conformance.results import reader
from conformance.results.reader import RunRecording
from conformance.results.records import Verdict
from conformance.results.text import visible

PREFIX = "rfc3501/6.4.3"
CHAPTER = "rfc3501-6.4.3-expunge.html"
CASE = "rfc3501/6.4.3-expunge/expunge-removes-the-deleted-messages-and-no-others"


@pytest.fixture(scope="module")
def run_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    words = ["book", "--server", "pymap", PREFIX, "--quiet", "-o", str(folder)]
    ran = call(*words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"book      {folder / 'index.html'}" in ran.stdout.splitlines()[-1]
    return folder


@pytest.fixture(scope="module")
def record(run_book: Path) -> RunRecording:
    return reader.read(run_book / "run" / "results.jsonl")


@pytest.fixture(scope="module")
def pages(run_book: Path) -> dict[str, Page]:
    return read_pages(run_book)


@pytest.fixture(scope="module")
def hostile_pages(
    record: RunRecording, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Page], str]:
    folder = tmp_path_factory.mktemp("hostile")
    write_book(Coverage(Suite()), _hostile(record), folder)
    return read_pages(folder), (folder / CHAPTER).read_text(encoding="utf-8")


def test_every_link_leads_somewhere(pages: dict[str, Page]) -> None:
    assert broken_links(pages) == []
    assert sum(len(page.links) for page in pages.values()) > 5000


def test_a_link_that_leads_nowhere_would_be_seen(run_book: Path, tmp_path: Path) -> None:
    shutil.copytree(run_book, tmp_path / "book")
    (tmp_path / "book" / "rules.html").unlink()
    assert any("rules.html#" in link for link in broken_links(read_pages(tmp_path / "book")))


def test_ids_are_unique_and_headings_in_order(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        assert page.headings[0] == 1, name
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(below <= above + 1 for above, below in steps), name
        assert ("lang", "en") in page.attributes


def test_every_case_has_its_place(pages: dict[str, Page]) -> None:
    ids = {anchor for page in pages.values() for anchor in page.ids}
    cases = [case.id for case, _ in load_all(Suite())]
    assert [case for case in cases if case not in ids] == []


def test_every_rule_and_every_rule_of_the_grammar_has_its_place(pages: dict[str, Page]) -> None:
    suite = Suite()
    assert set(suite.catalogue) <= set(pages["rules.html"].ids)
    assert {"resp_text_code", "envelope", "nz_number"} <= set(pages["grammar.html"].ids)
    assert "rules.html#3501-6.4.3-removes" in pages["sections.html"].links
    assert f"{CHAPTER}#{CASE}" in pages["sections.html"].links


def test_what_the_server_said_stands_beside_the_example(
    pages: dict[str, Page], record: RunRecording
) -> None:
    result = next(each for each in record.results if each.id == CASE)
    assert result.verdict is Verdict.PASS
    assert len(result.transcript) > 10
    page = pages[CHAPTER]
    for line in result.transcript:
        assert f"{line.direction}: {line.text}" in page.text
    assert result.repeat in page.text
    assert "Not played against pymap" in pages["rfc3501-6.1.2-noop.html"].text


def test_the_grammar_knows_the_cases_that_it_was_seen_in(pages: dict[str, Page]) -> None:
    assert "Seen in the transcripts of " in pages["grammar.html"].text
    assert any(link.startswith(CHAPTER) for link in pages["grammar.html"].links)


def test_nothing_is_loaded_from_elsewhere(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.tags.count("script") == page.tags.count("style") == 1
        assert not {"img", "link", "iframe", "object", "base"} & set(page.tags)
        assert not [value for name, value in page.attributes if name == "src"]
        assert any("default-src 'none'" in value for name, value in page.attributes)


def _hostile(record: RunRecording) -> RunRecording:
    """The record with hostile text wherever it has text that is free."""
    lines = tuple(
        dataclasses.replace(line, text=HOSTILE, session=HOSTILE, mark=True)
        for line in next(each for each in record.results if each.transcript).transcript
    )
    run = dataclasses.replace(
        record.run,
        server=HOSTILE,
        target=dataclasses.replace(record.run.target, label=HOSTILE, name=HOSTILE),
    )
    results = tuple(
        dataclasses.replace(
            each, verdict=Verdict.FAIL, reason=HOSTILE, repeat=HOSTILE, transcript=lines
        )
        for each in record.results
    )
    findings = tuple(
        dataclasses.replace(
            each, requirement=key, message=HOSTILE, source="ambient", cases=(CASE, HOSTILE)
        )
        for each in record.findings
        for key in (HOSTILE, "3501-6.4.3-removes")
    )
    assert findings
    return dataclasses.replace(record, run=run, results=results, findings=findings)


def test_what_a_hostile_server_sent_stays_text(hostile_pages: tuple[dict[str, Page], str]) -> None:
    pages, source = hostile_pages
    assert broken_links(pages) == []
    for page in pages.values():
        assert page.tags.count("script") == 1
        assert "img" not in page.tags
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert "\x1b" not in page.text
        assert "\u202e" not in page.text
    assert visible(HOSTILE) in pages[CHAPTER].text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in source


def _case_file(root: Path, prose: str) -> Path:
    folder = root / "rfc3501"
    folder.mkdir(parents=True)
    (root / "messages").mkdir()
    (root / "fixtures.toml").write_text('[empty]\nsummary = "Nothing"\nmessages = []\n')
    (folder / "requirements.toml").write_text(
        '["3501-6.1.2-ok"]\nsection = "6.1.2"\nlevel = "MUST"\nkind = "plain"\n'
        'rule = "NOOP succeeds <script>alert(2)</script>."\n'
    )
    (folder / "6.1.2-noop.md").write_text(
        f"# A title {prose}\n\n{prose}\n\n## An example {prose}\n\n`MUST` `3501-6.1.2-ok`\n\n"
        f"{prose}\n\n```imap\n# {prose}\nC: a1 NOOP {prose}\nS: a1 OK\n```\n\n"
        f"## A table\n\n`MUST` `3501-6.1.2-ok`\n\n"
        f"| case | send | answer |\n|---|---|---|\n| row | `a1 NOOP {prose}` | `a1 OK` |\n"
    )
    return root


@pytest.mark.parametrize(
    "prose",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![seen](http://example.net/pixel.gif)",
        "[here](javascript:alert(1))",
    ],
)
def test_markup_in_a_case_file_stays_text(tmp_path: Path, prose: str) -> None:
    suite = Suite(_case_file(tmp_path / "cases", prose))
    write_book(Coverage(suite, tmp_path, tmp_path / "none.toml"), None, tmp_path / "book")
    pages = read_pages(tmp_path / "book")
    page = pages["rfc3501-6.1.2-noop.html"]
    for each in pages.values():
        assert each.tags.count("script") == 1
        assert "img" not in each.tags
        assert not [link for link in each.links if link.startswith("javascript")]
    assert page.text.count(f"a1 NOOP {prose}") == 2
    assert broken_links(pages) == []


def test_the_same_record_gives_the_same_octets(
    run_book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "results.jsonl.gz"
    packed.write_bytes(gzip.compress((run_book / "run" / "results.jsonl").read_bytes()))
    assert cli.main(["book", "--results", str(packed), "-o", str(tmp_path / "again")]) == 0
    assert "again/index.html" in capsys.readouterr().out
    again = {path.name: path.read_bytes() for path in (tmp_path / "again").glob("*.html")}
    assert again == {path.name: path.read_bytes() for path in run_book.glob("*.html")}


def test_a_book_without_a_server_has_the_examples_alone(tmp_path: Path) -> None:
    assert cli.main(["book", "-o", str(tmp_path)]) == 0
    pages = read_pages(tmp_path)
    assert broken_links(pages) == []
    assert f"imap-conformance run --server pymap {CASE}" in pages[CHAPTER].text
    assert "Not played" not in pages[CHAPTER].text


# -- bad input -------------------------------------------------------------------------------


def _no_end(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[:-1])


def _other_verdict(data: bytes) -> bytes:
    return data.replace(b'"verdict": "pass"', b'"verdict": "fine"', 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_no_end, "cut short"),
        (lambda data: data[:-20], "cut short"),
        (lambda _: b"", "no run record"),
        (lambda data: data.replace(b"{", b"[", 1), "results.jsonl:1: not JSON"),
        (_other_verdict, "result.verdict"),
        (lambda _: b"\xff\xfe\n", "results.jsonl:1: not JSON"),
        (lambda _: json.dumps({"type": "run", "schema": 9}).encode() + b"\n", "version 9"),
    ],
)
def test_a_damaged_record_is_one_line(
    run_book: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[bytes], bytes],
    says: str,
) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(change((run_book / "run" / "results.jsonl").read_bytes()))
    capsys.readouterr()
    assert cli.main(["book", "--results", str(path), "-o", str(tmp_path / "book")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("imap-conformance: ")
    assert says in line
    assert not (tmp_path / "book").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--results", "{folder}/none.jsonl"], "none.jsonl: No such file"),
        (["--results", "{folder}"], "holds no results.jsonl"),
        (["--results", "x", "--server", "pymap"], "not both"),
        (["--results", "x", "rfc3501/6.1"], "not both"),
        (["--server", "nothing"], "unknown server"),
        (["rfc3501/6.1"], "a server is named by a URL"),
        (["--server", "pymap", "rfc3501/99"], "no case id is"),
        (["-o", "{folder}/file"], "file: File exists"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    (tmp_path / "file").write_text("")
    given = [word.format(folder=tmp_path) for word in words]
    output = [] if "-o" in words else ["-o", str(tmp_path / "book")]
    assert cli.main(["book", *given, *output]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("imap-conformance: ")
    assert says in line
