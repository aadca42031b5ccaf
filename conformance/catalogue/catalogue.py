"""The catalogue: the rules of all RFCs by their ids, those of the formal syntax included.

Rules of the formal syntax are written down nowhere: every rule of a grammar is a requirement by
itself, `<rfc>-<section>-<ABNF name>`. An RFC that revises another has its rules too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from conformance.catalogue.errors import CaseError
from conformance.catalogue.requirements import Requirement, line_of, read_requirements
from conformance.catalogue.revision import FILES, Revision, check_same, load_revision
from conformance.syntax.modules import available


class Catalogue(Mapping[str, Requirement]):
    """The requirements by id; iteration leaves out those of the formal syntax.

    `revisions` has the tables of RFCs that others have revised or taken in. `unfinished` has the
    RFCs of which not every rule is proven yet, with the reason.
    """

    def __init__(
        self,
        requirements: Iterable[Requirement],
        revisions: Iterable[Revision] = (),
        unfinished: Mapping[str, str] | None = None,
    ) -> None:
        self.revisions, self.unfinished = tuple(revisions), unfinished or {}
        self._by_id = {requirement.id: requirement for requirement in requirements}
        self._syntax = dict(_syntax())
        for revision in self.revisions:
            for key, rule in tuple(self._syntax.items()):
                now = revision.now(key) if rule.rfc == revision.old else None
                if now:
                    its = replace(rule, id=now, rfc=revision.new, origin=key, same_cases=True)
                    self._syntax.setdefault(now, its)

    def under(self, rfc: str, key: str) -> str | None:
        """Return what the rule `key` is called in an RFC that has revised its own or taken it in.

        None: it is gone. A rule of any other RFC stays what it is.
        """
        for revision in self.revisions:
            if revision.new == rfc and key.startswith(f"{revision.old}-"):
                return revision.now(key)
        return key

    def same_cases(self, rfc: str, key: str) -> bool:
        """Whether the cases of a rule prove what `under` calls it in `rfc`, too."""
        now = self.under(rfc, key)
        rule = self.get(now) if now else None
        if rule is None:
            return False
        return (
            rule.same_cases
            or rule.kind == "syntax"
            or any(key in each.same for each in self.revisions if each.new == rfc)
        )

    def __getitem__(self, key: str) -> Requirement:
        return self._by_id.get(key) or self._syntax[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


def load_catalogue(root: Path) -> Catalogue:
    """Load the catalogue of a suite from the folders of its RFCs below `root`.

    Raises:
        CaseError: a file is not of its form, or an id stands twice.
    """
    found: dict[str, Requirement] = {}
    unfinished: dict[str, str] = {}
    for path in sorted(root.glob("*/requirements.toml")):
        rules, reason = read_requirements(path)
        _add(path, found, rules.values())
        if reason:
            unfinished |= dict.fromkeys((rule.rfc for rule in rules.values()), reason)
    revisions: dict[Path, Revision] = {}
    for path in sorted(root.glob(FILES)):
        number = path.stem.removeprefix("from-")
        old = {key: rule for key, rule in found.items() if rule.rfc == number}
        revision = load_revision(path, old)
        _add(path, found, revision.rules.values())
        revisions[path] = revision
    for path, revision in revisions.items():
        check_same(path, revision, found)
    return Catalogue(found.values(), revisions.values(), unfinished)


def _add(path: Path, found: dict[str, Requirement], rules: Iterable[Requirement]) -> None:
    for rule in rules:
        if rule.id in found:
            raise CaseError(path, line_of(path, rule.id), f"requirement {rule.id} stands twice")
        found[rule.id] = rule


def _syntax() -> Iterator[tuple[str, Requirement]]:
    for origin in (o for module in available() for o in module.rules.values()):
        key = f"{origin.rfc}-{origin.section}-{origin.abnf.lower()}"
        yield (
            key,
            Requirement(
                id=key,
                rfc=origin.rfc,
                section=origin.section,
                level="MUST",
                kind="syntax",
                rule=f"What is sent as {origin.abnf} follows that rule of the formal syntax.",
            ),
        )
