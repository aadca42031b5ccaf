"""The frame of every page: head, style and script, navigation, search box.

Pages take nothing from outside: style and script stand in each of them and are the only ones
that the page's policy lets run. What stands on a page is made elsewhere.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from conformance.results import diagram
from conformance.results.markup import Html, join, tag

SEARCH = "search.html"
_LEARN = "learn-"
"""Begins the names of the pages that teach."""
_PARTS = (
    ("index.html", "Contents"),
    ("learn-what-imap-is.html", "Learn"),
    ("sections.html", "Sections"),
    ("rules.html", "Rules"),
    ("grammar.html", "Grammar"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page before it gets its frame: its file, its title as text, and what stands on it.

    `played`: it has sessions to step through.
    """

    file: str
    title: str
    body: Html
    played: bool = False


@functools.cache
def _asset(name: str) -> Html:
    return Html(files("conformance.book").joinpath(name).read_text(encoding="utf-8"))


def _style(*, played: bool) -> Html:
    return Html(_asset("book.css") + diagram.style()) if played else _asset("book.css")


def _script(*, played: bool) -> Html:
    return Html(_asset("book.js") + diagram.script()) if played else _asset("book.js")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@functools.cache
def _head(*, played: bool) -> Html:
    style, script = _style(played=played), _script(played=played)
    policy = (
        f"default-src 'none'; base-uri 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    )
    return join(
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        # Only characters that have no meaning in HTML stand in a policy, but for the quotes.
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("style", style),
    )


def framed(page: Page, before: Page | None, after: Page | None) -> str:
    """Return the whole of a page, with links to the pages before and after it."""
    html = tag(
        "html",
        tag("head", _head(played=page.played), tag("title", page.title)),
        tag(
            "body",
            tag("a", "Skip to the content", href="#content", class_="skip"),
            tag("header", _parts(page), _search(), class_="top"),
            tag("main", page.body, id="content", tabindex="-1"),
            tag("footer", _neighbours(before, after)),
            tag("script", _script(played=page.played)),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{html}\n"


def _parts(page: Page) -> Html:
    links = (tag("a", name, href=file, aria_current=_current(file, page)) for file, name in _PARTS)
    return tag("nav", join(*links, by=" "), aria_label="Parts of the book")


def _current(file: str, page: Page) -> str | None:
    within = file.startswith(_LEARN) and page.file.startswith(_LEARN)
    return "page" if file == page.file else "true" if within else None


def _search() -> Html:
    return tag(
        "form",
        tag("label", "Search ", Html('<input type="search" name="q">')),
        tag("button", "Find", type="submit"),
        action=SEARCH,
        method="get",
        role="search",
    )


def _neighbours(before: Page | None, after: Page | None) -> Html:
    links = (
        tag("a", f"{arrow} {page.title}", href=page.file, rel=rel)
        for page, arrow, rel in ((before, "←", "prev"), (after, "→", "next"))
        if page
    )
    return tag("nav", *links, aria_label="Pages before and after")
