"""How far the suite covers the catalogue: what proves each rule, and what was seen to break it.

A rule has been shown able to fail when a real server is published to break it (`reports/`), or
when a flaw of `conformance/flaws/` was found by it (`found.toml` there).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance import flaws
from conformance.casefile.suite import Suite
from conformance.catalogue.levels import LEVELS
from conformance.catalogue.requirements import KINDS, Requirement, read_toml
from conformance.catalogue.sentences import compare, load_accounts, read_sentences
from conformance.coverage.proofs import AMBIENT, dangling, proofs, unproven
from conformance.data import REPORTS
from conformance.results.known import KnownDeviations
from conformance.results.records import Verdict, section_key

SENTENCES = "sentences.toml"
FOUND = Path(flaws.__file__).with_name("found.toml")


class UnknownRuleError(ValueError):
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
                kind, _, name = proof.partition(":")
                for word in seen.get(f"3501-9-{name}", ()) if kind == "grammar" else ():
                    seen.setdefault(rule, {})[word] = None
        return {key: tuple(words) for key, words in seen.items()}

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The catalogue in the order of the sections."""
        return tuple(
            sorted(self.suite.catalogue.values(), key=lambda r: (r.rfc, section_key(r.section)))
        )

    @cached_property
    def unproven(self) -> frozenset[str]:
        """The ids of the rules that a client could see and that nothing proves."""
        return frozenset(rule.id for rule in unproven(self.suite.catalogue, self.proofs))

    def select(self, prefixes: Sequence[str]) -> tuple[Requirement, ...]:
        """Return the rules whose id begins so, or whose section is or lies in one of these.

        Raises:
            UnknownRuleError: one of `prefixes` selects nothing.
        """
        chosen: set[str] = set()
        for prefix in prefixes:
            its = {
                rule.id
                for rule in self.requirements
                if rule.id.startswith(prefix) or f"{rule.section}.".startswith(f"{prefix}.")
            }
            if not its:
                raise UnknownRuleError(f"no rule has an id or a section that begins with {prefix}")
            chosen |= its
        return tuple(rule for rule in self.requirements if not prefixes or rule.id in chosen)

    def dangling(self) -> tuple[str, ...]:
        """Return the ids that checks or accounts of sentences name and that nothing stands for."""
        named = [
            key
            for path in self.suite.root.glob(f"*/{SENTENCES}")
            for accounts in load_accounts(path).values()
            for account in accounts
            for key in account.ids
        ]
        return dangling(self.suite.catalogue, named)

    def forgotten(self, rfc_text: Path) -> tuple[str, ...]:
        """Compare the keyword sentences of an RFC, given its text, with the accounts of them.

        Raises:
            OSError, UnicodeDecodeError: the text can not be read.
            CaseError: the accounts are wrong.
        """
        text = rfc_text.read_text(encoding="utf-8")
        folder = self.suite.root / "rfc3501"
        return tuple(compare(read_sentences(text), load_accounts(folder / SENTENCES)))

    def record(self, rule: Requirement) -> dict[str, Any]:
        """Return what is known of one rule, for machines."""
        return {
            "id": rule.id,
            "section": rule.section,
            "level": rule.level,
            "kind": rule.kind,
            "rule": rule.rule,
            "proven_by": list(self.proofs[rule.id]),
            "unobservable": rule.unobservable or None,
            "shown_failing_by": list(self.failing.get(rule.id, ())),
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


def found_by_flaw(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the rules that were reported of each flaw, as `selfcheck --record` wrote them."""
    if not path.exists():
        return {}
    return {
        flaw: (*entry.get("requirements", ()), *entry.get("besides", ()))
        for flaw, entry in read_toml(path).items()
    }


def print_coverage(console: Console, coverage: Coverage, rules: Sequence[Requirement]) -> None:
    """Print each of the rules with what stands behind it, then how many there are of each sort."""
    for rule in rules:
        console.print(Text(f"{rule.id}  {rule.level}  {rule.kind}", style="bold"))
        _field(console, "", rule.rule)
        if rule.unobservable:
            _field(console, "unobservable: ", rule.unobservable)
        elif rule.id in coverage.unproven:
            _field(console, "PROVEN BY NOTHING", "")
        for proof in coverage.proofs[rule.id]:
            _field(console, "proven by ", proof)
        if rule.id in coverage.failing:
            _field(console, "shown failing by ", ", ".join(coverage.failing[rule.id]))
    console.print()
    console.print(_table(coverage, rules))
    console.print("\nunseen: what no client can observe; failing: what was seen to fail")
    musts = [rule for rule in rules if rule.level == "MUST"]
    names = {rule.id for rule in rules}
    watched = [rule for rule in coverage.ambient() if rule.id in names]
    for what, its in (("MUST rules", musts), ("rules of ambient checks", watched)):
        shown, visible = coverage.shown(its)
        share = f"{shown / visible:.0%}" if visible else "none"
        console.print(
            f"{what} that a client can see, shown able to fail: {shown} of {visible}, {share}"
        )


def _field(console: Console, name: str, value: str) -> None:
    console.print(Text(f"    {name}{value}"), soft_wrap=True)


def _table(coverage: Coverage, rules: Sequence[Requirement]) -> Table:
    table = Table(box=None, pad_edge=False)
    heads = ("section", "rules", *LEVELS, *KINDS, "unseen", "unproven", "failing")
    for head in heads:
        table.add_column(head, justify="left" if head == "section" else "right")
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
        table.add_row(section or "all", *(str(number) if number else "" for number in numbers))
    return table
