from __future__ import annotations

import dataclasses
import html.parser
import json
import re
import shutil
import subprocess
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest
from results_pair import MAY, bad, everything, excused, good, recording
from results_sample import HOSTILE, REQUIREMENT, SELECT, SYNTAX, failed, finding, syntax_finding
from rich.console import Console

from conformance.casefile.suite import Suite
from conformance.results.badge import Badge, badge_svg
from conformance.results.changes import changes
from conformance.results.matrix import GRAMMAR_RESULT, CellState, Matrix, RuleRow, matrix
from conformance.results.matrix_html import matrix_html
from conformance.results.matrix_json import matrix_json
from conformance.results.matrix_markdown import matrix_page
from conformance.results.matrix_terminal import print_matrix
from conformance.results.records import Level
from conformance.run.judging import SYNTAX as SYNTAX_NAME

BADGES = [Badge("x", colour) for colour in ("brightgreen", "yellow", "red", "lightgrey")]
RENUMBER = "3501-6.4.3-renumber"


def row(of: Matrix, id_: str) -> RuleRow:
    return next(rule for rule in of.rules if rule.id == id_)


def test_a_rule_is_broken_kept_or_not_judged() -> None:
    both = matrix([good(), bad(name="Other")])
    assert [cell.state for cell in row(both, REQUIREMENT).cells] == [
        CellState.KEPT,
        CellState.BROKEN,
    ]
    assert [cell.state for cell in row(both, RENUMBER).cells] == [
        CellState.KEPT,
        CellState.UNJUDGED,
    ]
    assert [cell.state for cell in row(both, MAY).cells] == [CellState.YES, CellState.NO]
    assert row(both, REQUIREMENT).differs
    assert not row(both, RENUMBER).differs  # nothing is known of the second


def test_a_rule_of_the_grammar_is_kept_where_the_grammar_was_held_and_nothing_found() -> None:
    broken = recording([failed()], [syntax_finding()], name="Other")
    cells = row(matrix([good(), broken]), SYNTAX).cells
    assert [cell.state for cell in cells] == [CellState.KEPT, CellState.BROKEN]
    assert row(matrix([bad(), broken]), SYNTAX).cells[0].state is CellState.ABSENT
    assert f"ambient/{SYNTAX_NAME}" == GRAMMAR_RESULT


def test_a_case_that_failed_says_nothing_of_the_other_rules_that_it_names() -> None:
    two = recording([failed(requirements=(REQUIREMENT, RENUMBER))], [finding()])
    assert row(matrix([two]), RENUMBER).cells[0].state is CellState.UNJUDGED


def test_a_failure_without_a_finding_is_a_violation_too() -> None:
    lone = matrix([recording([failed()])])
    assert row(lone, REQUIREMENT).cells[0].state is CellState.BROKEN
    assert lone.columns[0].violations == 1


def test_what_is_known_is_marked() -> None:
    cell = row(matrix([excused(bad())]), REQUIREMENT).cells[0]
    assert cell.text == "broken (known)"


def test_a_should_that_is_unmet_is_no_broken_must() -> None:
    cells = row(matrix([everything()]), "3501-6.3.11-trycreate").cells
    assert cells[0].state is CellState.UNMET
    assert not row(matrix([everything()]), "3501-6.3.11-trycreate").broken


def test_sections_are_in_the_order_of_the_rfcs_and_say_how_they_fared() -> None:
    both = matrix([good(), bad(name="Other")])
    assert both.sections == (
        ("3501", "6.1.2"),
        ("3501", "6.3.1"),
        ("3501", "6.4.3"),
        ("3501", "9"),
    )
    assert both.section(("3501", "6.3.1")) == ("1/1", "0/1, 1 broken")
    assert both.section(("3501", "6.4.3")) == ("1/1", "not judged")
    assert both.section(("3501", "9")) == ("1/1", "not run")


def test_labels_tell_runs_of_one_server_apart() -> None:
    at = "2026-01-0{}T03:04:05Z"
    labels = [c.label for c in matrix([good(started=at.format(n)) for n in (1, 2, 2)]).columns]
    assert labels[0] == "Examplemail 1.2, 2026-01-01 03:04"
    assert len(set(labels)) == 3


def test_the_catalogue_has_the_words_of_a_rule_that_nobody_broke() -> None:
    catalogue = Suite().catalogue
    known = next(iter(catalogue))
    kept = recording([dataclasses.replace(good().results[0], requirements=(known,))])
    rule = row(matrix([kept], catalogue), known)
    assert (rule.text, rule.section) == (catalogue[known].rule, catalogue[known].section)
    assert rule.level is Level(catalogue[known].level)


def terminal(of: Matrix, **how: bool) -> str:
    file = StringIO()
    print_matrix(Console(file=file, width=200), of, changes(good(), everything()), **how)
    return file.getvalue()


def test_the_terminal_shows_what_differs_and_with_whole_everything() -> None:
    both = matrix([good(), good(name="Other")])
    assert RENUMBER not in terminal(both).partition("By rule")[2].partition("What changed")[0]
    assert RENUMBER in terminal(both, whole=True)
    assert "0 of 3" in terminal(both)


@pytest.mark.parametrize("view", ["terminal", "markdown", "html", "json"])
def test_hostile_text_stays_text_in_every_view(view: str) -> None:
    hostile = everything(name=HOSTILE)
    both, changed = matrix([good(), hostile]), changes(good(), hostile)
    page = {
        "terminal": lambda: terminal(both),
        "markdown": lambda: matrix_page(both, changed),
        "html": lambda: matrix_html(both, changed),
        "json": lambda: matrix_json(both, changed),
    }[view]()
    assert "\x1b" not in page
    assert "\u202e" not in page
    if view in ("html", "markdown"):
        assert "<script>alert" not in page
    if view == "json":
        assert HOSTILE in json.loads(page)["runs"][1]["name"]


class Outline(html.parser.HTMLParser):
    """Headings, heads of tables and what a page refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.unscoped: list[str] = []
        self.addresses: list[str] = []
        self.unnamed = 0
        self._labelled = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.unscoped.append(str(attrs))
        self._labelled |= tag == "label"
        self.unnamed += tag in ("input", "select") and not self._labelled
        self.addresses += [str(given[a]) for a in ("src", "href") if given.get(a)]

    def handle_endtag(self, tag: str) -> None:
        self._labelled &= tag != "label"


def test_the_page_is_whole_in_itself_and_can_be_read_by_everybody() -> None:
    both = matrix([good(), everything(name="Other")])
    page = matrix_html(both, changes(good(), everything()))
    outline = Outline(page)
    assert outline.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert not outline.unscoped
    assert not outline.unnamed
    assert outline.addresses == ["#rules"]
    assert '<html lang="en">' in page
    assert page.count("<caption>") == page.count("<table")
    assert "http:" not in page
    assert "https:" not in page


def test_the_page_s_policy_lets_its_own_script_run_and_no_other(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium")
    path = tmp_path / "page.html"
    page = matrix_html(matrix([good(), bad(name="Other")]))
    intruder = "<script>document.body.append('INTRUDER')</script>"
    path.write_text(page.replace("</main>", f"</main>{intruder}"), encoding="utf-8")
    ran = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", path.as_uri()],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "2 of 3 rules are shown." in ran.stdout
    assert ran.stdout.count("INTRUDER") == 1  # the text of the script, which did not run


def test_json_holds_all_rules_and_runs() -> None:
    told = json.loads(matrix_json(matrix([good(), bad(name="Other")])))
    assert told["comparison"] == 1
    assert told["changes"] is None
    assert [run["violations"] for run in told["runs"]] == [0, 1]
    states = {r["id"]: [cell["state"] for cell in r["cells"]] for r in told["rules"]}
    assert states[REQUIREMENT] == ["kept", "broken"]
    found = next(r for r in told["rules"] if r["id"] == REQUIREMENT)["cells"][1]["violations"]
    assert found[0]["cases"] == [SELECT]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of `#rgb` or `#rrggbb`."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "back"),
    [
        *(("text", back) for back in ("page", "head", "bad-back", "warn-back")),
        *(("soft", "page"), ("link", "page"), ("good", "page")),
        *(("bad", "bad-back"), ("warn", "warn-back")),
    ],
)
def test_text_of_the_page_can_be_read_in_light_and_in_dark(
    text: str, back: str, scheme: int
) -> None:
    css = files("conformance.results").joinpath("matrix.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", css, re.S)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block))
    assert contrast(colours[text], colours[back]) >= 4.5


def test_text_of_a_badge_can_be_read() -> None:
    for fill in set(re.findall(r"fill=\"(#[0-9a-f]{6})\"", "".join(map(badge_svg, BADGES)))):
        assert contrast("#fff", fill) >= 4.5
