"""The first page, with the contents and how to read an example, and the page of the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from conformance.book.chapter import Chapter
from conformance.book.example import badge
from conformance.book.frame import SEARCH, Page
from conformance.book.learning import outline
from conformance.book.places import Places, file_of
from conformance.catalogue.requirements import Requirement
from conformance.extending.documents import document_of, label_of
from conformance.results.markup import Html, join, tag
from conformance.results.reader import RunRecording
from conformance.results.records import Result, Run, Verdict
from conformance.results.summary import totals_line

TITLE = "IMAP conformance, case by case"

_ABOUT = (
    "Each chapter explains a piece of an RFC, and each of its examples is a test that the suite "
    "plays against a server."
)
_LEARN = (
    "Nine ideas, in the order in which one learns them: each in a few words, with a recorded "
    "session to play step by step and an exercise whose answers are judged."
)
_FOLDERS = {
    "found": "What generated sessions found in real servers",
    "interop": "Everyday use, through a client library",
    "pop3": "POP3 beside IMAP, on the same messages",
}
_MARKS = (
    ("C:", "the client sends this line"),
    ("C~", "the client sends this without a line end"),
    ("C|", "a line of the literal that the line before announced"),
    ("C*", "the client sends this again and again, until what is awaited has come"),
    ("S:", "the server has to send this, in any order with its neighbours"),
    ("S>", "the server has to send this behind the line above"),
    ("S?", "the server may send this"),
    ("S!", "the server must not send this"),
    ("S/", "this will do as well as the line above"),
    ("S-", "the example only applies where the server sends this"),
    ("S=", "the server has to send exactly these octets"),
    ("S|", "a line of a literal that the server has to send, or of a reply of POP3"),
    ("{name:rule}", "a value of this rule of the formal syntax, kept under the name"),
    ("{name}", "a value that was kept, or that the suite knows"),
    ("{*}", "any value"),
    ("...", "there may be more"),
    ("3|4", "one of these"),
)
_VERDICTS: Mapping[Verdict, str] = {
    Verdict.PASS: "the rule is kept",
    Verdict.FAIL: "a MUST is not met",
    Verdict.WARN: "a SHOULD is not met",
    Verdict.YES: "the server does what the RFC says it MAY",
    Verdict.NO: "the server does not do what the RFC says it MAY",
    Verdict.SKIP: "does not apply to this server",
    Verdict.BLOCKED: "a precondition failed, so nothing is said",
    Verdict.ERROR: "a fault of the suite",
}


def contents(chapters: Sequence[Chapter], record: RunRecording | None) -> Page:
    """Return the first page."""
    results = {result.id: result for result in record.results} if record else {}
    folders: dict[str, list[Chapter]] = {}
    for chapter in chapters:
        folders.setdefault(chapter.id.partition("/")[0], []).append(chapter)
    body = join(
        tag("h1", TITLE),
        tag("h2", "Learn IMAP"),
        tag("p", _LEARN),
        outline(),
        tag("h2", "Case by case"),
        tag("p", _ABOUT),
        _run(record, chapters) if record else None,
        *(_folder(name, its, results) for name, its in folders.items()),
        _reading(),
    )
    return Page("index.html", TITLE, body)


def name_of(run: Run) -> str:
    """Return how the server of a run is called: by name and version, or as it was given."""
    return f"{run.target.name} {run.target.version}".strip() or run.target.label


def _run(record: RunRecording, chapters: Sequence[Chapter]) -> Html:
    own = {case.id for chapter in chapters for case in chapter.cases}
    strange = sum(result.kind == "case" and result.id not in own for result in record.results)
    total = totals_line(record.results, record.end) if record.end else ""
    return tag(
        "section",
        tag("h2", f"The server beside the examples: {name_of(record.run)}"),
        tag("p", f"{record.run.target.label}, {record.run.started}. {total}"),
        tag("p", "It says of itself: ", tag("code", record.run.server)),
        tag("p", f"{strange} results are of cases that this book does not have.")
        if strange
        else None,
    )


def _folder(name: str, chapters: Sequence[Chapter], results: Mapping[str, Result]) -> Html:
    document = document_of(name)
    title = label_of(document) if document else _FOLDERS.get(name, name)
    heads = ("Chapter", "Cases", *(["Verdicts"] if results else []))
    head = tag("tr", *(tag("th", each, scope="col") for each in heads))
    rows = (_chapter(chapter, results) for chapter in chapters)
    return join(tag("h2", title), tag("table", tag("thead", head), tag("tbody", *rows)))


def _chapter(chapter: Chapter, results: Mapping[str, Result]) -> Html:
    count = Counter(results[case.id].verdict for case in chapter.cases if case.id in results)
    verdicts = (join(str(count[each]), badge(each), by=" ") for each in Verdict if count[each])
    return tag(
        "tr",
        tag("th", tag("a", chapter.title, href=file_of(chapter.id)), scope="row"),
        tag("td", len(chapter.cases), class_="number"),
        tag("td", join(*verdicts, by=", ")) if results else None,
    )


def _reading() -> Html:
    return join(
        tag("h2", "How to read an example", id="reading"),
        tag(
            "p",
            "The line of labels above an example has its level, the rules that it proves, and what "
            "it needs. A line of an example may begin with the name of a connection.",
        ),
        _table("Mark", ((tag("code", mark), what) for mark, what in _MARKS)),
        tag("h3", "Verdicts"),
        _table("Verdict", ((badge(verdict), what) for verdict, what in _VERDICTS.items())),
    )


def _table(name: str, rows: Iterable[tuple[Html, str]]) -> Html:
    head = tag("tr", tag("th", name, scope="col"), tag("th", "Meaning", scope="col"))
    body = (tag("tr", tag("th", mark, scope="row"), tag("td", what)) for mark, what in rows)
    return tag("table", tag("thead", head), tag("tbody", *body))


# -- search ----------------------------------------------------------------------------------


def search(chapters: Sequence[Chapter], rules: Sequence[Requirement], places: Places) -> Page:
    """Return the page of the search: everything that can be found, in one list."""
    entries = [
        *(tag("a", chapter.title, href=file_of(chapter.id)) for chapter in chapters),
        *(places.case(case.id) for chapter in chapters for case in chapter.cases),
        *(join(places.rule(rule.id), f" {rule.rule}") for rule in rules),
        *(
            join("formal syntax: ", places.syntax(its[0].abnf))
            for its in places.definitions.by_name.values()
            if not its[0].helper
        ),
    ]
    body = join(
        tag("h1", "Search"),
        tag("p", "Case titles, rules and the names of the formal syntax."),
        tag("p", f"{len(entries)} entries", id="says", role="status"),
        tag("ul", *(tag("li", entry) for entry in entries), id="found", class_="plain"),
    )
    return Page(SEARCH, "Search", body)
