"""A badge of a run: `badge.json` for shields.io's endpoint, `badge.svg` for everybody else.

It says what decides the exit code, in as many words as fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.results.markup import tag
from conformance.results.records import End, Finding, Level, Result, Verdict
from conformance.results.summary import violations
from conformance.results.text import counted

LABEL = "IMAP conformance"
_COLOURS = {"brightgreen": "#26701c", "yellow": "#7a5a00", "red": "#b3261e", "lightgrey": "#5f6368"}
"""shields.io's names, and for our own picture colours on which white text is AA."""
_CHAR = 6.6  # pixels of an average character; the text is fitted to it
_PAD = 6


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says, and the name of its colour."""

    message: str
    colour: str


def badge_of(results: Sequence[Result], findings: Sequence[Finding], end: End) -> Badge:
    """Return the badge of a run: what is new, else what is known, else that nothing is broken."""
    found = [f for f in violations(results, findings) if f.level is Level.MUST]
    new = sum(not finding.excused for finding in found)
    unclear = sum(r.decides and r.verdict is not Verdict.FAIL for r in results)
    if end.exit_code == 2 or all(result.kind == "ambient" for result in results):
        return Badge("not tested to the end", "lightgrey")
    if new:
        return Badge(counted(new, "violation"), "red")
    if unclear:
        return Badge(f"{unclear} not judged", "red")
    if end.exit_code:
        return Badge("known violations are gone", "red")
    if found:
        return Badge(counted(len(found), "known violation"), "yellow")
    return Badge("no violations", "brightgreen")


def badge_json(badge: Badge) -> str:
    """Return what shields.io's endpoint badge reads."""
    said = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": badge.message,
        "color": badge.colour,
        "isError": badge.colour == "red",
    }
    return json.dumps(said) + "\n"


def badge_svg(badge: Badge) -> str:
    """Return the badge as a picture that needs no font, script or address of others."""
    left, right = (round(len(text) * _CHAR) + 2 * _PAD for text in (LABEL, badge.message))
    words = f"{LABEL}: {badge.message}"
    picture = tag(
        "svg",
        tag("title", words),
        tag("rect", width=str(left), height="20", fill="#3b3f45"),
        tag("rect", x=str(left), width=str(right), height="20", fill=_COLOURS[badge.colour]),
        _text(LABEL, _PAD, left),
        _text(badge.message, left + _PAD, right),
        xmlns="http://www.w3.org/2000/svg",
        width=str(left + right),
        height="20",
        role="img",
        aria_label=words,
    )
    return f"{picture}\n"


def _text(words: str, start: int, width: int) -> str:
    return tag(
        "text",
        words,
        x=str(start),
        y="14",
        fill="#fff",
        font_family="Verdana,Geneva,DejaVu Sans,sans-serif",
        font_size="11",
        textLength=str(width - 2 * _PAD),
        lengthAdjust="spacingAndGlyphs",
    )
