"""Differences between servers on the terminal and as a page: side by side, equal answers once."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from conformance.diff.differences import Difference, Differences, DifferingCommand
from conformance.results.markdown import plain
from conformance.results.markup import Html, join, tag
from conformance.results.page import document
from conformance.results.text import visible
from conformance.syntax.shown import clip

_WIDTH = 160


def print_differences(console: Console, all_of: Differences) -> None:
    """Print each case in which not all do the same, and how many there are."""
    for each in all_of.found:
        style = "bold red" if each.one_sided else "bold"
        _print(console, "")
        _print(console, each.title, style)
        _print(console, f"  {each.id}, {each.place}", "dim")
        for word, names in each.verdicts.items():
            _print(console, f"  {word}: {', '.join(names)}")
        for point in each.points:
            _print(console, f"  C: {_short(point.sent)}", "cyan")
            for answer in point.answers:
                _print(console, f"    {', '.join(answer.servers)}", "bold")
                for line in answer.said or ("(nothing)",):
                    _print(console, f"      S: {_short(line)}")
        for label, why in () if each.points else each.reasons.items():
            _print(console, f"    {label}: {_short(why)}")
    _print(console, "")
    for line in summary(all_of):
        _print(console, line)


def summary(all_of: Differences) -> Iterator[str]:
    """Say how many differences there are, and what they are."""
    one_sided = sum(each.one_sided for each in all_of.found)
    yield f"{', '.join(all_of.servers)}: {all_of.alike} cases answered alike"
    yield (
        f"{len(all_of.found)} answered differently, {one_sided} of them with a violation on one"
        f" side; {all_of.not_compared} not to be compared"
    )


def page(all_of: Differences) -> str:
    """Return the differences as a page that needs nothing from outside the file."""
    title = f"Differences between {', '.join(all_of.servers)}"
    return document(
        title,
        tag("header", tag("h1", title)),
        tag(
            "main",
            tag("ul", *(tag("li", line) for line in summary(all_of))),
            *map(_section, all_of.found),
        ),
    )


def _section(each: Difference) -> Html:
    verdicts = (
        tag("li", tag("b", f"{w}: "), ", ".join(names)) for w, names in each.verdicts.items()
    )
    reasons = (tag("li", f"{label}: {why}") for label, why in each.reasons.items())
    mark = tag("em", " a violation on one side") if each.one_sided else None
    return tag(
        "section",
        tag("h2", each.title, mark),
        tag("p", tag("code", each.id), f", {each.place}"),
        tag("ul", *verdicts),
        *(_point(point) for point in each.points),
        tag("details", tag("summary", "Reasons"), tag("ul", *reasons)) if each.reasons else None,
    )


def _point(point: DifferingCommand) -> Html:
    """Return a command with its answers in columns."""
    head = tag("tr", *(tag("th", ", ".join(each.servers), scope="col") for each in point.answers))
    cells = (
        tag("td", join(*(tag("code", plain(line)) for line in each.said), by=Html("<br>")))
        for each in point.answers
    )
    table = tag("table", tag("thead", head), tag("tbody", tag("tr", *cells)), class_="ic-table")
    return join(
        tag("p", f"{point.session} C: ", tag("code", plain(point.sent))),
        tag("div", table, class_="ic-scroll", tabindex="0"),
    )


def _short(text: str) -> str:
    return clip(plain(text), _WIDTH)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(visible(text), style), soft_wrap=True)
