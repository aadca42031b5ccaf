"""What was learnt of a server's capabilities: as lines for people, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from conformance.capabilities.asked import ProbeAnswer
from conformance.capabilities.unregistered import OF_NO_RFC
from conformance.casefile.document import read_file
from conformance.casefile.suite import Suite
from conformance.extending.documents import document_of, label_of
from conformance.play.connections import Announced
from conformance.results.text import visible
from conformance.syntax.meanings import Meaning, load_meanings
from conformance.syntax.modules import available
from conformance.syntax.shown import clip

_WORDS: Mapping[str, str] = {
    "works": "works",
    "NO": "answers NO",
    "BAD": "answers BAD",
    "silent": "does not answer",
    "ended": "ends the connection",
    "without data": "answers OK without the data",
    "not asked": "could not be asked",
}
"""What came of a question, for people."""

_NAME = 40  # characters of a name that a server may have made as long as it likes


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """One capability that was announced.

    `told` says when: `before TLS` and never behind it, `before login`, `after login`. `rules` and
    `cases` are how many the suite has of its RFC; `grammar`: whether it has its formal syntax.
    `spelt` is the capability as the server wrote it.
    """

    capability: str
    told: tuple[str, ...]
    meaning: Meaning | None
    grammar: bool
    rules: int
    cases: int
    answer: ProbeAnswer | None
    spelt: str

    @property
    def says(self) -> str:
        """What it is, with where that is said; "" for what is not known."""
        if self.meaning is not None:
            return f"{label_of(self.meaning.rfc)}: {self.meaning.says}"
        own = OF_NO_RFC.get(self.capability)
        return f"of no RFC: {own}" if own else ""


def rows(announced: Announced, answers: Iterable[ProbeAnswer], suite: Suite) -> list[CapabilityRow]:
    """Join what is announced with what it is, what the suite has for it, and what came."""
    came = {answer.capability: answer for answer in answers if answer.announced}
    rules = Counter(rule.rfc for rule in suite.catalogue.values())
    cases = Counter(
        document_of(path.parent.name) for path in suite.case_files() for _ in read_file(path)
    )
    written = {name for module in available() for name in module.capabilities}
    found = []
    for name in sorted(announced.clear | announced.before | announced.after):
        meaning = meaning_of(name)
        rfc = meaning.rfc if meaning is not None else ""
        forms = {name, name.partition("=")[0] + "="} if "=" in name else {name}
        told = (
            ("before TLS", announced.clear - announced.before - announced.after),
            ("before login", announced.before),
            ("after login", announced.after),
        )
        found.append(
            CapabilityRow(
                name,
                tuple(when for when, names in told if name in names),
                meaning,
                bool(rfc) and not written.isdisjoint(forms),
                rules[rfc] if rfc else 0,
                cases[rfc] if rfc else 0,
                came.get(name),
                announced.spelt.get(name, name),
            )
        )
    return found


def meaning_of(name: str) -> Meaning | None:
    """Return what a capability means, by its whole name or by what stands before its value.

    None for what is not known, and for what is of no RFC.
    """
    if name in OF_NO_RFC:
        return None
    meanings = load_meanings()
    forms = (name, name.partition("=")[0] + "=", name.partition("=")[0])
    found = (meanings.get("capability", form) for form in forms)
    return next((meaning for meaning in found if meaning is not None), None)


def print_rows(console: Console, found: Sequence[CapabilityRow]) -> None:
    """Print a line for each announced capability, by when they are announced."""
    for told in dict.fromkeys(row.told for row in found):
        console.print(f"Announced {' and '.join(told)}", style="bold")
        for row in (row for row in found if row.told == told):
            console.print(_line(row), markup=False, soft_wrap=True)
        console.print()


def _line(row: CapabilityRow) -> str:
    name = clip(visible(row.spelt), _NAME)
    came = _WORDS[row.answer.came] if row.answer else ""
    held = f" (suite: {_held(row)})" if row.meaning is not None and _held(row) else ""
    return f"  {name:22} {came:12} {row.says or 'not known to the suite'}{held}"


def print_notable(console: Console, answers: Sequence[ProbeAnswer]) -> None:
    """Print what is announced and not there, and what is there and not announced."""
    for answer in answers:
        if answer.broken:
            console.print(
                f"wrong  {answer.capability} is announced and {_WORDS[answer.came]} "
                "(RFC 3501 section 7.2.1: the list is of what the server supports)",
                soft_wrap=True,
            )
            console.print(f"       C: {answer.sent}", markup=False, soft_wrap=True)
            console.print(f"       S: {visible(answer.said)}", markup=False, soft_wrap=True)
    for answer in answers:
        if answer.doubtful:
            what = f"{answer.capability} is announced and {_WORDS[answer.came]}"
            console.print(
                f"note   {what}: {answer.sent}",
                markup=False,
                soft_wrap=True,
            )
        if answer.unannounced:
            console.print(
                f"note   {answer.capability} works and is not announced: clients will not use it",
                soft_wrap=True,
            )


def record(row: CapabilityRow) -> dict[str, Any]:
    """Return the JSON form of a row."""
    return {
        "capability": row.capability,
        "spelt": row.spelt,
        "told": list(row.told),
        "rfc": row.meaning.rfc if row.meaning else None,
        "section": row.meaning.section if row.meaning else None,
        "says": row.meaning.says if row.meaning else OF_NO_RFC.get(row.capability),
        "grammar": row.grammar,
        "rules": row.rules,
        "cases": row.cases,
        "came": row.answer.came if row.answer else None,
        "said": row.answer.said if row.answer else None,
    }


def _held(row: CapabilityRow) -> str:
    if row.meaning is not None and row.meaning.rfc == "3501" and row.meaning.section != "7.2.1":
        return ""  # what the RFC of the protocol says of it is not counted apart
    if row.cases:
        return f"{row.rules} rules, {row.cases} cases"
    return "grammar" if row.grammar else ""
