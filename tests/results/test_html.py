from __future__ import annotations

import base64
import hashlib
import html.parser
import itertools
import re
from typing import Any

import pytest
from results_report import write_report
from results_sample import (
    EXPUNGE,
    HOSTILE,
    SELECT,
    failed,
    finding,
    lines,
    result,
    run,
    syntax_finding,
    whole_run,
)

from conformance.results import html as report
from conformance.results.html_finding import Teller
from conformance.results.known import KnownDeviation, Unexpected
from conformance.results.markup import Html, join, tag, text
from conformance.results.records import Finding, Known, RecordedLine, TargetRecord, Verdict
from conformance.results.shorter import unpacked_folds
from conformance.results.summary import end_record

IMPLIED = {"dd", "dt", "li", "td", "th", "tr"}
VOID = {"br", "col", "hr", "meta", "img", "input", "link", "source", "wbr"}


class Page(html.parser.HTMLParser):
    """Reads a piece of HTML; what it holds, and whether its elements are closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.balanced = True
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in IMPLIED:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.balanced = False

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def names(self) -> set[str]:
        return {name for name, _ in self.elements}


def safe(source: str) -> Page:
    """Return the piece as read, having seen that nothing in it runs or is fetched."""
    page = Page(source)
    assert page.balanced
    assert page.open == []
    assert not page.names() & {"script", "img", "iframe", "link", "object", "bold"}
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        assert re.fullmatch(r"#[A-Za-z0-9-]*", attributes.get("href") or "#")
    assert "url(" not in source
    assert "@import" not in source
    assert not [char for char in source if not char.isprintable() and char != "\n"]
    return page


def hostile_run() -> tuple[Any, ...]:
    own = ("rule", "message", "expected", "received", "offending", "shape", "repeat")
    texts = dict.fromkeys(own, HOSTILE)
    known = Known(Verdict.FAIL, HOSTILE)
    own = ("title", "section", "rfc", "reason", "cause", "file", "repeat")
    made = dict.fromkeys(own, HOSTILE)
    results = [
        result(HOSTILE + v.value, v, **made, transcript=lines(HOSTILE), known=known, line=3)
        for v in Verdict
    ]
    findings = [
        finding(f"{HOSTILE}-{HOSTILE}", **texts, cases=(HOSTILE,) * 7, transcript=lines(HOSTILE)),
        finding(**texts, known=known),
    ]
    head = run(
        target=TargetRecord(HOSTILE, HOSTILE, HOSTILE, security=HOSTILE),
        server=HOSTILE,
        capabilities=(HOSTILE,),
        options={"x": HOSTILE},
    )
    return head, results, findings


def test_tags_escape_what_is_not_html() -> None:
    made = tag("p", "<b>", Html("<i>x</i>"), None, "", class_='a"b', hidden=True, title=None)
    assert made == '<p class="a&quot;b" hidden>&lt;b&gt;<i>x</i></p>'
    assert tag("br") == "<br>"
    assert join("a", "", "<", by=" & ") == "a &amp; &lt;"
    assert text("\x1b[2J\n") == "\\x1b[2J\\n"


def test_no_piece_lets_hostile_text_in() -> None:
    head, results, findings = hostile_run()
    end = end_record(results, findings, duration=1)
    gone = [Unexpected(KnownDeviation(HOSTILE, HOSTILE, Verdict.FAIL, HOSTILE), HOSTILE)]
    cells = ["<td>Passed</td>", f"<td>{HOSTILE}</td>", "c", "d"]
    report.table_row(cells, HOSTILE, results[0])
    other = ["<td>Failed</td>", f"<td>{HOSTILE}</td>", "c", "d"]
    report.table_row(other, HOSTILE, None)
    pieces = [
        *report.summary(head, results, findings, end, unexpected=gone),
        *report.environment(head).values(),
        *(report.result_extra(one, findings) for one in results),
        *cells,
        *other,
    ]
    assert len([piece for piece in pieces if "alert(1)" in safe(piece).words]) > 20
    assert report.title(head).isprintable()


def test_the_summary_says_what_matters() -> None:
    head, results, findings = whole_run()
    gone = [Unexpected(KnownDeviation("rfc3501/a/b", "3501-9-text", Verdict.FAIL, "x"), "passes")]
    end = end_record(results, findings, duration=1.5, unexpected=gone)
    page = safe("".join(report.summary(head, results, findings, end, unexpected=gone)))
    words = page.words
    assert any("ic-verdict ic-bad" in str(a.get("class")) for _, a in page.elements)
    for expected in (
        "2 distinct violations of MUST rules",
        "imap://u1@127.0.0.1:1143",
        "RFC 3501 6.4.3",
        "1 kept, 1 failed",
        "Violations of MUST rules (2)",
        "seen 41 times",
        "Warnings: SHOULD rules (1)",
        "Known violations, not counted (1)",
        "upstream issue 12",
        "rfc3501/a/b: passes",
        "second account missing (3)",
        "Optional behaviour, MAY (2)",
    ):
        assert expected in words, expected


def test_a_clean_run_has_no_empty_parts() -> None:
    end = end_record([result()], [], duration=1)
    pieces = report.summary(run(), [result()], [], end)
    words = safe("".join(pieces)).words
    assert "No MUST rule was seen broken in 1 case" in words
    assert "ic-verdict ic-good" in pieces[0]
    assert "(0)" not in words
    assert report.result_extra(result()) == ""


def told(*findings: Finding) -> Page:
    """The violations of a run, as the page has them."""
    results = [failed()]
    end = end_record(results, findings, duration=1)
    return safe("".join(report.summary(run(), results, findings, end)))


def test_the_offending_line_is_marked() -> None:
    page = told(finding())
    marked = [a for _, a in page.elements if "ic-fault" in (a.get("class") or "")]
    assert len(marked) == 1
    assert "mark" in page.names()
    assert "at fault" in page.words
    assert "cases/rfc3501/6.3.1-select.md:12" in safe(report.result_extra(failed())).words


def test_only_the_octets_at_fault_are_marked_where_the_grammar_knows_them() -> None:
    said = lines("* FLAGS (\\Seen \\Recent)")
    source = "".join(
        report.summary(
            run(), [failed()], [finding(transcript=said)], end_record([], [], duration=1)
        )
    )
    assert "<mark>\\Recent</mark>)" in source
    assert "flag does not allow" in safe(source).words


def test_each_line_is_named_after_its_rule() -> None:
    words = told(finding(transcript=lines("* 3 EXISTS"))).words
    assert "mailbox-data in response-data (RFC 3501 section 9)" in words


def test_the_clients_lines_can_be_pasted_into_a_shell() -> None:
    said = (RecordedLine(0.1, "main", "C", 'a1 LOGIN "it\'s" "[hidden]"'),)
    words = told(finding(transcript=said)).words
    assert "HOST=127.0.0.1 PORT=1143\n" in words
    assert "openssl s_client -quiet -starttls imap" in words
    assert 'printf \'a1 LOGIN "it\\047s" "%s"\\r\\n\' "$SECRET"' in words


def test_spaces_that_may_be_the_fault_are_kept() -> None:
    page = told(finding(received="* SEARCH 2 ", transcript=lines("*  SEARCH 1 ")))
    assert "S: * \\x20SEARCH 1\\x20" in page.words
    assert "* SEARCH 2\\x20" in page.words


def test_headings_are_in_order_and_ids_are_unique() -> None:
    head, results, findings = whole_run()
    end = end_record(results, findings, duration=1)
    page = safe("".join(report.summary(head, results, [*findings, *findings], end)))
    levels = [1, *(int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name))]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    assert ids
    assert len(ids) == len(set(ids))


def test_a_section_that_nothing_judged_is_not_called_kept() -> None:
    results = [result(), result(EXPUNGE, "skip", reason="no second account")]
    source = "".join(report.summary(run(), results, [], end_record(results, [], duration=1)))
    assert 'class="ic-none"' in source
    assert "nothing to judge" in safe(source).words


def test_the_environment_says_what_ran() -> None:
    rows = report.environment(run())
    assert rows["Capabilities"] == "IMAP4rev1 IDLE UIDPLUS"
    assert rows["Account"] == "an existing one"
    assert rows["Seed"] == "7"
    assert all(type(value) is str for value in rows.values())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(tmp_path_factory.mktemp("report")).read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=[str, unpacked_folds], ids=["written", "unpacked"])
def page(request: pytest.FixtureRequest, written: str) -> str:
    """The report as the file has it, and as it is once all of it is unfolded."""
    return str(request.param(written))


def test_a_hostile_line_stays_text_in_the_report(page: str) -> None:
    whole = Page(page)
    assert whole.balanced
    assert [name for name, _ in whole.elements].count("script") == 1  # our own
    assert "<script>alert" not in page
    assert whole.words.count("alert(1)") >= 4


def test_the_report_stands_alone(page: str) -> None:
    whole = Page(page)
    for _, attributes in whole.elements:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    assert "link" not in whole.names()
    assert "IMAP conformance of Examplemail 1.2" in whole.words


def test_only_our_own_script_may_run(page: str) -> None:
    (policy,) = [
        str(attributes["content"])
        for name, attributes in Page(page).elements
        if name == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    for name in ("script", "style"):
        (source,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def test_the_page_says_its_language_and_fits_a_phone(page: str) -> None:
    elements = Page(page).elements
    assert ("html", {"lang": "en"}) in elements
    assert any(a.get("name") == "viewport" for _, a in elements)


def test_each_result_has_a_row(written: str) -> None:
    page = unpacked_folds(written)
    table = page[page.index("<table id=results-table") :]
    assert re.findall(r"<th scope=col[^>]*>(\w+)", table)[:5] == [
        "Case",
        "Section",
        "Level",
        "Verdict",
        "Time",
    ]
    rows = re.findall(r"<tr><td.*?(?=<tr>|</tbody>)", table, re.DOTALL)
    assert len(rows) == 3 + len(whole_run()[1])
    bad, *_ = [row for row in rows if "&lt;script&gt;" in row and ">fail<" in row]
    assert SELECT in bad
    assert "<details class=ic-row>" in bad
    (other,) = [row for row in rows if "test_it.py::test_other" in row]
    assert ">passed<" in other


def test_a_row_leads_to_the_violation_and_repeats_no_transcript_of_it() -> None:
    found = finding(cases=(SELECT, EXPUNGE))
    page = safe("".join(report.summary(run(), [], [found], end_record([], [], duration=1))))
    told = {f"#{attributes['id']}" for _, attributes in page.elements if attributes.get("id")}
    first = report.result_extra(failed(SELECT), [found])
    later = report.result_extra(failed(EXPUNGE), [found])
    for piece in (first, later):
        assert set(re.findall('href="([^"]*)"', piece)) <= told
    assert "ic-wire" not in first
    assert "ic-wire" in later


def test_a_case_that_passed_only_names_what_was_seen_in_it() -> None:
    piece = report.result_extra(result(EXPUNGE), [finding(cases=(SELECT, EXPUNGE))])
    assert safe(piece).words.startswith("3501-6.3.1-permanentflags (MUST)")
    assert "<dl" not in piece


def test_a_server_that_fails_everywhere_gets_a_page_that_opens() -> None:
    long = lines("* 1 FETCH (" + "x" * 80 + ")") * 10
    found = [finding(shape=str(n), transcript=long) for n in range(1500)]
    page = "".join(report.summary(run(), [], found, end_record([], found, duration=1)))
    assert page.count("transcript is in results.jsonl") == 1300
    assert len(page) < 4_000_000
    shown = report.result_extra(failed(transcript=long * 5))
    assert "160 lines before these" in safe(shown).words


def test_a_fault_of_syntax_shows_what_would_be_right() -> None:
    told = Teller(run()).finding(syntax_finding())
    assert "<dt>right</dt><dd><code>NIL</code> or <code>((NIL NIL NIL NIL))</code></dd>" in told
    assert "<dt>right</dt>" not in Teller(run()).finding(syntax_finding(shape="literal:digits"))
    assert "<dt>right</dt>" not in Teller(run()).finding(finding())


def test_what_does_not_apply_is_not_to_be_repeated() -> None:
    assert "imap-conformance run" in report.result_extra(failed(SELECT))
    skipped = result(EXPUNGE, Verdict.SKIP, reason="MOVE is not announced")
    assert "imap-conformance run" not in report.result_extra(skipped)


def test_a_violation_shows_what_is_right_and_what_others_do() -> None:
    example = ("C: a1 NOOP", "S: a1 OK")
    seen = finding(source="case", requirement="3501-6.1.2-ok")
    told = Teller(run(), {seen.cases[0]: example}).finding(seen)
    assert "What is right" in told
    assert "C: a1 NOOP\nS: a1 OK" in told
    assert "kept by" in told
    assert "What is right" not in Teller(run()).finding(seen)
