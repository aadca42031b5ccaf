"""The page of `report.html`: our template, style and script for what pytest-html gathers.

pytest-html calls the hooks, keeps rows and pieces and writes the file; only its page is not used:
that one draws every row anew at each click, can not be worked without a mouse, and is wider than
a phone. Ours stands in the file as it is shown; its script filters and sorts, and a content
security policy lets nothing else run and nothing be fetched, whatever a server said.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import pytest
from pytest_html.report_data import ReportData
from pytest_html.selfcontained_report import SelfContainedReport

from conformance.results import diagram
from conformance.results.markup import Html, join, tag
from conformance.results.shorter import ROW_FOLD, compact, packed_folds


def html_report(path: Path, config: pytest.Config) -> Any:
    """Return the plugin of pytest-html that writes `path` with our page; to be registered."""
    return SelfContainedReport(path, config, ReportData(config), template(), style())


def document(title: str, *body: Html) -> str:
    """Return a whole page in the style of the report, without a script; nothing is fetched."""
    policy = f"default-src 'none'; style-src {_hash(style())}; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        tag("title", title),
        tag("style", Html(style())),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', *body), lang='en')}\n"


def style() -> str:
    """Return the style sheet of the page."""
    return _read("report.css") + diagram.style()


def _read(name: str) -> str:
    return files("conformance.results").joinpath(name).read_text(encoding="utf-8")


def template() -> jinja2.Template:
    """Return the template that pytest-html fills."""
    script = diagram.script() + _read("report.js")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {
        "rows": rows,
        "environment": environment_rows,
        "packed_folds": packed_folds,
        "compact": compact,
    }
    environment.globals |= {
        "script": Html(script),
        "policy": f"default-src 'none'; style-src {_hash(style())}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
    }
    return environment.from_string(_read("report.html.jinja2"))


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def rows(gathered: str) -> list[Html]:
    """Return the rows of the table out of what pytest-html gathered: JSON whose cells are HTML.

    What unfolds stands within the first cell of its row.
    """
    made = []
    for tests in json.loads(gathered)["tests"].values():
        for test in tests:
            first, *others = map(Html, test["resultsTableRow"])
            pieces = [Html(e["content"]) for e in test["extras"] if e["format_type"] == "html"]
            if test["log"]:
                pieces.append(tag("pre", Html(test["log"])))
            if pieces:
                inside = join(tag("summary", "Details"), *pieces)
                first = Html(f"{first.removesuffix('</td>')}{ROW_FOLD}{inside}</details></td>")
            made.append(tag("tr", first, *others))
    return made


def environment_rows(gathered: str) -> Html:
    """Return the rows that say what ran, out of what pytest-html gathered."""
    values = json.loads(gathered)["environment"].items()
    return join(
        *(tag("tr", tag("th", name, scope="row"), tag("td", Html(value))) for name, value in values)
    )
