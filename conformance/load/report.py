"""What a load run shows: a table on the terminal, and `report.html`.

The page has the parts of every report (verdict, violations with transcripts), and before them what
was measured. Like every page of ours it needs nothing from outside the file, and no script.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.load.figures import PERCENTILES, FigureRow, Figures
from conformance.load.lead import SHOWN, LoadOutcome
from conformance.results import html
from conformance.results.markup import Html, tag
from conformance.results.page import document
from conformance.results.text import visible
from conformance.run.campaign import Campaign

_ON_TERMINAL, _ON_PAGE = 10, 200  # lost messages that are named
_HEADS = (
    "command",
    "count",
    "a second",
    "not OK",
    "mean ms",
    *(f"p{s * 100:g}" for s in PERCENTILES),
)


def print_figures(console: Console, outcome: LoadOutcome) -> None:
    """Print what was measured, and what became of the messages."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, head in enumerate(_HEADS):
        table.add_column(head, justify="right" if number else "left")
    for row in (*outcome.figures.rows, outcome.figures.total):
        table.add_row(*(Text(visible(cell)) for cell in _cells(row)))
    console.print(table)
    for line in _lines(outcome, _ON_TERMINAL):
        console.print(line, markup=False, soft_wrap=True)


def _cells(row: FigureRow) -> tuple[str, ...]:
    times = (f"{ms:.0f}" for ms in row.times)
    name = "all" if row.name == "Aggregated" else row.name
    return name, str(row.count), f"{row.rate:.1f}", str(row.failed or ""), f"{row.mean:.1f}", *times


def _lines(outcome: LoadOutcome, shown: int) -> Iterator[str]:
    account, counted = outcome.account, outcome.figures
    yield (
        f"messages: {account.acknowledged} acknowledged, {account.there} there,"
        f" {account.removed} removed, {len(account.lost)} lost"
    )
    yield from (f"lost: {visible(each)}" for each in account.lost[:shown])
    if len(account.lost) > shown:
        yield f"... and {len(account.lost) - shown} more: the first {SHOWN} are in results.jsonl"
    if account.unanswered:
        yield f"messages that are there, of APPENDs that were never answered: {account.unanswered}"
    if counted.refused or counted.dropped:
        yield f"connections: {counted.refused} refused, {counted.dropped} ended by the server"
    for name, said, count in counted.failures:
        yield f"{count:6} {visible(name)}: {visible(said)}"
    if outcome.silent:
        yield f"{outcome.silent} workers did not tell what they had learnt: no loss is judged"


def page(campaign: Campaign, outcome: LoadOutcome) -> str:
    """Return `report.html` of a campaign that has finished.

    Raises:
        ValueError: it has not.
    """
    run, end = campaign.record.run, campaign.record.end
    if run is None or end is None:
        raise ValueError("the campaign has not finished")
    parts = html.summary(
        run,
        campaign.record.results,
        campaign.record.marked_findings(),
        end,
        unexpected=campaign.record.unexpected,
    )
    return document(
        html.title(run),
        tag("header", tag("h1", html.title(run))),
        tag(
            "main",
            Html(parts[0]),
            _measured(outcome),
            *map(Html, parts[1:]),
            _environment(campaign),
        ),
    )


def _measured(outcome: LoadOutcome) -> Html:
    rows = [tag("tr", tag("th", cells[0], scope="row"), *(tag("td", cell) for cell in cells[1:]))
            for cells in map(_cells, (*outcome.figures.rows, outcome.figures.total))]  # fmt: skip
    head = tag("tr", *(tag("th", name, scope="col") for name in _HEADS))
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="ic-table")
    return tag(
        "section",
        tag("h2", _title(outcome.figures)),
        tag("div", table, class_="ic-scroll", tabindex="0"),
        tag("ul", *(tag("li", line) for line in _lines(outcome, _ON_PAGE))),
    )


def _title(counted: Figures) -> str:
    processes = f" in {counted.workers} processes" if counted.workers > 1 else ""
    return f"{counted.total.rate:.1f} commands a second, {counted.users} users{processes}"


def _environment(campaign: Campaign) -> Html:
    if campaign.record.run is None:
        return Html("")
    rows = [tag("tr", tag("th", name, scope="row"), tag("td", Html(value)))
            for name, value in html.environment(campaign.record.run).items()]  # fmt: skip
    table = tag("table", tag("tbody", *rows), class_="ic-table ic-run")
    return tag("section", tag("h2", "The run"), tag("div", table, class_="ic-scroll"))
