"""What published servers came to over versions and time, as HTML: a row and a bar for each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.results.history import HistoryPoint, Version
from conformance.results.markup import Html, join, tag
from conformance.results.scrolling import table

_WIDTH = 100  # of the longest bar, in units of the drawing


def history(servers: Mapping[str, Sequence[Version]]) -> Html:
    """Return each server's versions and runs, a bar for each: what is broken and known, and new."""
    longest = max(
        (point.broken for each in servers.values() for one in each for point in one.points),
        default=0,
    )
    rows = [
        _row(one, point, number == 0, longest)
        for versions in servers.values()
        for one in versions
        for number, point in enumerate(reversed(one.points))
    ]
    heads = ("Server", "Tested", "Suite", "Judged", "MUST broken", "of these known", "SHOULD unmet")
    return join(
        table("Violations by version of a server, and run by run", (*heads, "Drawn"), rows),
        tag(
            "p",
            "A bar is as long as there are distinct violations of a MUST; those that are listed as"
            " known are its thin part. A younger suite judges more: compare runs that judged as"
            " much.",
        ),
    )


def _row(one: Version, point: HistoryPoint, newest: bool, longest: int) -> Html:
    name = f"{one.server} {one.version}".strip()
    numbers = (point.judged, point.broken, point.known, point.unmet)
    return tag(
        "tr",
        tag("th", name if newest else join(tag("span", name, class_="again")), scope="row"),
        tag("td", point.started[:10], class_="short"),
        tag("td", point.suite),
        *(tag("td", str(number), class_="number") for number in numbers),
        tag("td", _bar(point, longest)),
    )


def _bar(point: HistoryPoint, longest: int) -> Html:
    """Return a bar as a drawing; what it says stands beside it in numbers."""
    scale = _WIDTH / max(longest, 1)
    known, new = point.known * scale, (point.broken - point.known) * scale
    return tag(
        "svg",
        tag("rect", x="0", y="0", height="10", width=f"{new:.1f}", class_="new"),
        tag("rect", x=f"{new:.1f}", y="3", height="4", width=f"{known:.1f}", class_="listed"),
        viewBox=f"0 0 {_WIDTH} 10",
        class_="bar",
        role="img",
        aria_label=f"{point.broken} broken, {point.known} of them known",
        preserveAspectRatio="none",
    )
