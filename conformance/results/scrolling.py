"""A table that scrolls by itself, for pages that compare runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.results.markup import Html, tag


def table(caption: str, heads: Sequence[str], rows: Iterable[Html], name: str = "") -> Html:
    """Return a table; `name` is the id that scripts and links find it by."""
    made = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *rows),
        id=name or None,
    )
    # A region that scrolls has to be reached by keyboard too, and then needs a name.
    return tag("div", made, class_="scroll", tabindex="0", role="region", aria_label=caption)
