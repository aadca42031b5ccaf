"""Puts the book together and writes it: the same cases and the same record, the same octets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.book.chapter import Chapter, read_chapter
from conformance.book.contents import contents, name_of, search
from conformance.book.definitions import read_definitions, seen_in
from conformance.book.example import RecordedRun, chapter_body
from conformance.book.frame import Page, framed
from conformance.book.grammar_page import grammar_page
from conformance.book.learning import learning_pages
from conformance.book.places import Places, file_of
from conformance.book.reference import Reference
from conformance.casefile.suite import load_all
from conformance.coverage.rules import Coverage
from conformance.extending.documents import document_of, turn_of
from conformance.results.reader import RunRecording
from conformance.results.records import Finding, section_key
from conformance.syntax.modules import available


@dataclass(frozen=True, slots=True)
class WrittenPages:
    """How large a book has become: pages and octets."""

    pages: int
    octets: int


def write_book(coverage: Coverage, record: RunRecording | None, folder: Path) -> WrittenPages:
    """Write the book into `folder`, which is made if it is not there.

    `record` is what the server beside the examples has said; without one there is none.

    Raises:
        CaseError: a case file breaks the format.
        OSError: the folder can not be written to.
    """
    pages = book(coverage, record)
    folder.mkdir(parents=True, exist_ok=True)
    octets = 0
    for before, page, after in zip((None, *pages), pages, (*pages[1:], None), strict=False):
        octets += (folder / page.file).write_bytes(framed(page, before, after).encode())
    return WrittenPages(len(pages), octets)


def book(coverage: Coverage, record: RunRecording | None) -> Sequence[Page]:
    """Return the pages of the book in their order."""
    chapters = _chapters(coverage)
    cases = tuple(case for chapter in chapters for case in chapter.cases)
    places = Places(cases, coverage.suite.catalogue, read_definitions())
    findings = record.findings if record else ()
    heard = _heard(record) if record else None
    reference = Reference(
        coverage,
        places,
        chapters,
        server=heard.server if heard else "",
        findings=_by(findings, lambda finding: (finding.requirement,)),
    )
    return (
        contents(chapters, record),
        *learning_pages(places),
        *(
            Page(file_of(each.id), each.title, chapter_body(each, places, heard))
            for each in chapters
        ),
        reference.sections(),
        reference.rules(),
        grammar_page(places, available(), _proven(coverage), seen_in(record) if record else {}),
        search(chapters, coverage.requirements, places),
    )


def _chapters(coverage: Coverage) -> tuple[Chapter, ...]:
    """Read the case files, in the order of the sections."""
    suite = coverage.suite
    loaded = [case for case, _ in load_all(suite)]

    def key(path: Path) -> tuple[object, ...]:
        section, _, rest = path.stem.partition("-")
        document = document_of(path.parent.name)
        return not document, turn_of(document), path.parent.name, section_key(section), rest

    return tuple(
        read_chapter(path, [case for case in loaded if case.path == path])
        for path in sorted(suite.case_files(), key=key)
    )


def _heard(record: RunRecording) -> RecordedRun:
    return RecordedRun(
        server=name_of(record.run),
        results={result.id: result for result in record.results},
        findings=_by(
            (finding for finding in record.findings if finding.source != "case"),
            lambda finding: finding.cases,
        ),
    )


def _by(
    findings: Iterable[Finding], keys: Callable[[Finding], Iterable[str]]
) -> Mapping[str, Sequence[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        for key in keys(finding):
            found.setdefault(key, []).append(finding)
    return found


def _proven(coverage: Coverage) -> Mapping[str, Sequence[str]]:
    """Return the rules of the catalogue that each rule of the formal syntax proves."""
    found: dict[str, list[str]] = {}
    for rule in coverage.requirements:
        for abnf in rule.grammar:
            found.setdefault(abnf.lower().replace("-", "_"), []).append(rule.id)
    return found
