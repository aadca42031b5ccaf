"""Heat maps as HTML, for the page that compares runs."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.results.heat import HeatCell, HeatRow
from conformance.results.markup import Html, tag
from conformance.results.scrolling import table


def heat_table(caption: str, head: str, labels: Sequence[str], rows: Sequence[HeatRow]) -> Html:
    """Return rows as a table whose cells are the warmer, the more is broken."""
    body = [
        tag(
            "tr",
            tag("th", row.label, tag("span", row.more, class_="words"), scope="row"),
            *map(_cell, row.cells),
        )
        for row in rows
    ]
    return table(caption, (head, *labels), body)


def _cell(cell: HeatCell) -> Html:
    return tag("td", cell.text, class_="absent" if cell.heat is None else f"heat{cell.heat}")
