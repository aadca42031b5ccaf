"""How far the suite covers the catalogue: what proves each rule, and what was seen to break it.

A rule has been shown able to fail when a real server is published to break it (`reports/`), or
when a flaw of `conformance/flaws/` was found by it (`found.toml` there). So has what became of it
in a later RFC, where the same cases prove that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from rich.text import Text

from conformance import flaws
from conformance.casefile.suite import Suite
from conformance.catalogue.catalogue import Catalogue
from conformance.catalogue.levels import LEVELS
from conformance.catalogue.requirements import KINDS, Requirement, read_toml
from conformance.catalogue.sentences import compare, load_accounts, read_sentences
from conformance.coverage.proofs import AMBIENT, GRAMMAR, bare, dangling, proofs, unproven
from conformance.data import REPORTS
from conformance.extending.documents import folder_of, label_of, turn_of
from conformance.extending.registry import BASE
from conformance.results.known import KnownDeviations
from conformance.results.records import Verdict, section_key
from conformance.syntax.modules import available

_BOLD = Style(bold=True)
SENTENCES = "sentences.toml"
FOUND = Path(flaws.__file__).with_name("found.toml")


@cache
def _sections() -> Mapping[tuple[str, str], str]:
    """Return the section that has each rule of the formal syntax, by RFC and name."""
    origins = (origin for module in available() for origin in module.rules.values())
    return {(each.rfc, each.abnf.lower()): each.section for each in origins}


class UnknownRequirementError(ValueError):
    """No rule has an id or a section that begins so; the message is one line for people."""


@dataclass(frozen=True)
class Coverage:
    """The catalogue of a suite with what stands behind each rule.

    `reports` holds a folder `<server>-<version>` with `known.toml` for each server; `found` says
    which rules reported which flaw. Either may be missing.
    """

    suite: Suite
    reports: Path = REPORTS
    found: Path = FOUND

    @cached_property
    def proofs(self) -> Mapping[str, tuple[str, ...]]:
        """What proves each requirement: cases, `ambient:` checks, `grammar:` rules."""
        return proofs(self.suite)

    @cached_property
    def failing(self) -> Mapping[str, tuple[str, ...]]:
        """What was seen to break each requirement: `<server>-<version>`, `flaw:<id>`."""
        seen: dict[str, dict[str, None]] = {}
        for path in sorted(self.reports.glob("*/known.toml")):
            for entry in KnownDeviations.load(path).entries:
                if entry.verdict not in (Verdict.FAIL, Verdict.WARN):
                    continue
                seen.setdefault(entry.rule, {})[path.parent.name] = None
        for flaw, keys in found_by_flaw(self.found).items():
            for key in keys:
                seen.setdefault(key, {})[f"flaw:{flaw}"] = None
        for rule, its in self.proofs.items():
            for proof in its:  # what breaks a rule of the grammar breaks what it stands for
                for key in self._grammar_rules(rule, proof):
                    seen.setdefault(rule, {}).update(seen.get(key, {}))
        for revision in self.suite.catalogue.revisions:
            taken_over = {key: rule.id for key, rule in revision.rules.items() if rule.same_cases}
            for origin, now in (*taken_over.items(), *revision.same.items()):
                seen.setdefault(now, {}).update(seen.get(origin, {}))
        return {key: tuple(words) for key, words in seen.items() if words}

    def _grammar_rules(self, rule: str, proof: str) -> Iterator[str]:
        """Return the ids of the rules of the formal syntax that a proof of a rule stands for.

        They are of RFC 3501 or the revision that it has to be held under, whose syntax is section 9
        of either, or of the RFC of the rule itself.
        """
        word = bare(proof)
        name = word.removeprefix(GRAMMAR)
        if name == word:
            return
        rfc = self.suite.catalogue[rule].rfc
        yield f"{BASE if word == proof else rfc}-9-{name}"
        if section := _sections().get((rfc, name.lower())):
            yield f"{rfc}-{section}-{name.lower()}"

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The catalogue in the order of the sections."""
        return tuple(
            sorted(
                self.suite.catalogue.values(),
                key=lambda r: (turn_of(r.rfc), section_key(r.section)),
            )
        )

    @cached_property
    def unproven(self) -> frozenset[str]:
        """The ids of the rules that a client could see and that nothing proves."""
        return frozenset(rule.id for rule in unproven(self.suite.catalogue, self.proofs))

    @cached_property
    def gaps(self) -> frozenset[str]:
        """Those of the unproven rules that are of an RFC whose cases are all written."""
        catalogue = self.suite.catalogue
        return frozenset(
            key for key in self.unproven if catalogue[key].rfc not in catalogue.unfinished
        )

    def select(self, prefixes: Sequence[str] = (), rfc: str = "") -> tuple[Requirement, ...]:
        """Return the rules whose id begins so, or whose section is or lies in one of these.

        Only those of `rfc` are chosen from, which is a number; without it those of all RFCs whose
        cases are written, and any that is called by its id.

        Raises:
            UnknownRuleError: `rfc`, or one of `prefixes`, selects nothing.
        """
        unfinished = self.suite.catalogue.unfinished
        pool = [r for r in self.requirements if (r.rfc == rfc if rfc else r.rfc not in unfinished)]
        if not pool:
            raise UnknownRequirementError(f"the catalogue has no rules of {label_of(rfc)}")
        chosen: set[str] = set()
        for prefix in prefixes:
            called = () if rfc else (r.id for r in self.requirements if r.id.startswith(prefix))
            its = {
                rule.id
                for rule in pool
                if rule.id.startswith(prefix) or f"{rule.section}.".startswith(f"{prefix}.")
            }.union(called if "-" in prefix else ())
            if not its:
                raise UnknownRequirementError(
                    f"no rule has an id or a section that begins with {prefix}"
                )
            chosen |= its
        return tuple(r for r in self.requirements if r.id in chosen) if prefixes else tuple(pool)

    def dangling(self) -> tuple[str, ...]:
        """Return the ids that something names and that nothing stands for.

        They are named by checks, accounts of sentences, tables of what became of rules.
        """
        named = [
            key
            for path in self.suite.root.glob(f"*/{SENTENCES}")
            for accounts in load_accounts(path).values()
            for account in accounts
            for key in account.ids
        ]
        for revision in self.suite.catalogue.revisions:
            named += [key for gone in revision.gone.values() for key in gone.instead]
            lists = (ids for ids in revision.changes.values() if not isinstance(ids, str))
            named += [key for ids in lists for key in ids]
        return dangling(self.suite.catalogue, named)

    def forgotten(self, rfc_text: Path, rfc: str = "3501") -> tuple[str, ...]:
        """Compare the keyword sentences of an RFC, given its text, with the accounts of them.

        Raises:
            OSError, UnicodeDecodeError: the text can not be read.
            CaseError: there are no accounts, or they are wrong.
        """
        text = rfc_text.read_text(encoding="utf-8")
        accounts = load_accounts(self._folder(rfc) / SENTENCES)
        return tuple(compare(read_sentences(text), accounts))

    def _folder(self, rfc: str) -> Path:
        """Return the folder of an RFC; that of POP3 is called after the protocol."""
        folder = self.suite.root / folder_of(rfc)
        if folder.is_dir():
            return folder
        others = sorted(path.parent for path in self.suite.root.glob(f"*/{SENTENCES}"))
        return next((each for each in others if _is_of(rfc, each)), folder)

    def record(self, rule: Requirement) -> dict[str, Any]:
        """Return what is known of one rule, for machines."""
        return {
            "id": rule.id,
            "rfc": rule.rfc,
            "section": rule.section,
            "level": rule.level,
            "kind": rule.kind,
            "rule": rule.rule,
            "covered_by": list(self.proofs[rule.id]),
            "unobservable": rule.unobservable or None,
            "origin": rule.origin or None,
            "changed": rule.changed or None,
            "shown_to_fail_by": list(self.failing.get(rule.id, ())),
        }

    def shown(self, rules: Iterable[Requirement]) -> tuple[int, int]:
        """Return how many of the rules that a client can see were seen to fail, and of how many."""
        visible = [rule for rule in rules if not rule.unobservable]
        return sum(rule.id in self.failing for rule in visible), len(visible)

    def ambient(self) -> tuple[Requirement, ...]:
        """Return the rules that ambient checks look after."""
        return tuple(
            rule
            for rule in self.requirements
            if any(word.startswith(AMBIENT) for word in self.proofs[rule.id])
        )


def _is_of(rfc: str, folder: Path) -> bool:
    """Whether the rules in a folder are those of an RFC, by its sentences."""
    accounts = load_accounts(folder / SENTENCES).values()
    keys = [key for section in accounts for account in section for key in account.ids]
    return bool(keys) and all(key.startswith(f"{rfc}-") for key in keys)


def found_by_flaw(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the rules that were reported of each flaw, as `selfcheck --record` wrote them."""
    if not path.exists():
        return {}
    return {
        flaw: (*entry.get("requirements", ()), *entry.get("besides", ()), *entry.get("alone", ()))
        for flaw, entry in read_toml(path).items()
    }


def print_coverage(console: Console, coverage: Coverage, rules: Sequence[Requirement]) -> None:
    """Print each of the rules with what stands behind it, then how many there are of each sort."""
    told = []  # as segments, for Rich takes long to lay out so much text
    for rule in rules:
        told.append(Segment(f"{rule.id}  {rule.level}  {rule.kind}\n", _BOLD))
        told.append(Segment("".join(f"    {line}\n" for line in _told(coverage, rule))))
    console.print(Segments(told), soft_wrap=True, end="")
    by_rfc: dict[str, list[Requirement]] = {}
    for rule in rules:
        by_rfc.setdefault(rule.rfc, []).append(rule)
    for rfc, its in by_rfc.items():
        head, *rows = _table(coverage, rfc, its)
        console.print(Text(f"\n{head}", style="bold"), soft_wrap=True)
        console.print(Text("\n".join(rows)), soft_wrap=True)
        for line in _status(coverage.suite.catalogue, rfc):
            console.print(line, soft_wrap=True)
    console.print("\nunseen: what no client can observe; failing: what was seen to fail")
    musts = [rule for rule in rules if rule.level == "MUST"]
    names = {rule.id for rule in rules}
    watched = [rule for rule in coverage.ambient() if rule.id in names]
    for what, those in (("MUST rules", musts), ("rules of ambient checks", watched)):
        shown, visible = coverage.shown(those)
        share = f"{shown / visible:.0%}" if visible else "none"
        console.print(
            f"{what} that a client can see, shown able to fail: {shown} of {visible}, {share}"
        )


def _told(coverage: Coverage, rule: Requirement) -> Iterator[str]:
    """Give, line by line, what stands behind a rule."""
    yield rule.rule
    if rule.origin:
        yield f"from {rule.origin}: {rule.changed or 'word for word'}"
    if rule.unobservable:
        yield f"unobservable: {rule.unobservable}"
    elif rule.id in coverage.unproven:
        yield "PROVEN BY NOTHING"
    for proof in coverage.proofs[rule.id]:
        yield f"covered by {proof}"
    if rule.id in coverage.failing:
        yield f"shown to fail by {', '.join(coverage.failing[rule.id])}"


def _status(catalogue: Catalogue, rfc: str) -> Iterator[str]:
    """Say of an RFC where its rules are from, and why not all of them can be proven yet."""
    tables = [revision for revision in catalogue.revisions if revision.new == rfc]
    for revision in tables:
        changed = sum(bool(rule.changed) for rule in revision.rules.values())
        yield (
            f"of the rules of {label_of(revision.old)} "
            f"{len(revision.rules) - changed} carry over word "
            f"for word, {changed} have changed, {len(revision.gone)} are gone"
            + (f", {len(revision.same)} are rules of its own" if revision.same else "")
            + (f", {len(revision.stays)} stay with the extension" if revision.stays else "")
        )
    if tables:
        new = sum(rule.rfc == rfc and not rule.origin for rule in catalogue.values())
        yield f"new rules: {new}"
    if rfc in catalogue.unfinished:
        yield f"not finished: {catalogue.unfinished[rfc]}"


def _table(coverage: Coverage, rfc: str, rules: Sequence[Requirement]) -> Iterator[str]:
    """Give the lines of the table of one RFC: there are many of them, and Rich lays out slowly."""
    heads = (label_of(rfc), "rules", *LEVELS, *KINDS, "unseen", "unproven", "failing")
    rows: list[tuple[str, ...]] = [heads]
    for section in (*dict.fromkeys(rule.section for rule in rules), ""):
        its = [rule for rule in rules if not section or rule.section == section]
        numbers = (
            len(its),
            *(sum(rule.level == level for rule in its) for level in LEVELS),
            *(sum(rule.kind == kind for rule in its) for kind in KINDS),
            sum(bool(rule.unobservable) for rule in its),
            sum(rule.id in coverage.unproven for rule in its),
            coverage.shown(its)[0],
        )
        rows.append((section or "all", *(str(number) if number else "" for number in numbers)))
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, *cells in rows:
        words = (cell.rjust(width) for cell, width in zip(cells, others, strict=True))
        yield "  ".join((name.ljust(first), *words)).rstrip()
