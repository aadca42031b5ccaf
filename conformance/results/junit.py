"""What a case adds to `junit.xml`, which pytest itself writes.

By the schema of Jenkins's xUnit plugin, which has no properties within a test: facts are told in
`system-out`, which GitLab shows too.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from conformance.extending.documents import place_of
from conformance.results.records import FUZZ, Result, Verdict
from conformance.results.text import visible

_DOTS = re.compile(r"[^A-Za-z0-9_-]+")
_NOTHING_TO_SEE = frozenset({Verdict.PASS, Verdict.YES, Verdict.NO, Verdict.SKIP})
"""Verdicts of cases that nobody plays again because of them: of most, whose commands are long."""
_CLASSES = {"ambient": "checks", FUZZ: "sessions"}


def class_name(result: Result) -> str:
    """Return folder and file of a case as package and class: `rfc3501.6-3-1-select`.

    CI systems take what stands before the last dot for the package, so the file's own name has to
    go without dots. Ambient checks are `ambient.checks`, generated sessions `fuzz.sessions`.
    """
    package, _, rest = result.id.partition("/")
    file = _CLASSES.get(result.kind) or rest.partition("/")[0]
    return f"{package}.{_DOTS.sub('-', file)}"


def skipped_at(result: Result, reason: str) -> tuple[str, int, str]:
    """Return where and why a case was skipped, as pytest's reports have it."""
    return result.file, result.line, reason


def facts(result: Result) -> ET.Element:
    """Return the element that tells what a dashboard may want to know of a case, a line each."""
    pairs = [
        ("verdict", result.verdict.value),
        ("level", result.level.value),
        ("section", place_of(result.rfc, result.section)),
        *(("requirement", requirement) for requirement in result.requirements),
        ("cause", result.cause),
        ("known", result.known.reason if result.known else ""),
        ("repeat", result.repeat if result.verdict not in _NOTHING_TO_SEE else ""),
    ]
    element = ET.Element("system-out")
    element.text = "\n".join(f"{name}: {visible(value)}" for name, value in pairs if value)
    return element
