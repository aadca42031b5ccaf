"""Recordings in Markdown: a heading, a line `finds: ...`, the recording in a fence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from conformance.passive.lint import lint
from conformance.passive.verdicts import Verdicts

_RECORDING = re.compile(
    r"^## (?P<title>[^\n]+)\n\nfinds: (?P<finds>[^\n]+)\n\n"
    r"(?P<fence>~~~|```)text\n(?P<text>.*?)\n(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


class Recording(NamedTuple):
    """One recording. `finds` are the breaches, `side requirement`; `faults` whose refusals are."""

    title: str
    text: str
    finds: frozenset[str]
    faults: tuple[str, ...]


def recordings(page: Path) -> list[Recording]:
    """Read a page; `finds: nothing` or `server RULE, client RULE; refusals: server, client`."""
    found = []
    for match in _RECORDING.finditer(page.read_text(encoding="utf-8")):
        finds, _, faults = match["finds"].partition("; refusals: ")
        rules = frozenset() if finds == "nothing" else frozenset(finds.split(", "))
        owners = tuple(faults.split(", ")) if faults else ()
        found.append(Recording(match["title"], match["text"], rules, owners))
    return found


def judged(text: str, folder: Path) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return what is found, and whose fault each refusal is."""
    path = folder / "session.txt"
    path.write_text(text, encoding="utf-8")
    verdicts = Verdicts()
    lint([path], verdicts)
    finds = frozenset(
        f"{entry.side} {entry.seen.finding.requirement}" for entry in verdicts.entries
    )
    return finds, tuple(refused.fault for refused in verdicts.refused)
