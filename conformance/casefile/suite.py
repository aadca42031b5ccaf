"""All that the suite knows: requirements, fixtures and cases, loaded and checked together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.casefile import plans
from conformance.casefile.computed import check
from conformance.casefile.document import Case, read_file
from conformance.casefile.fixtures import Fixture, load_fixtures, message_fixture
from conformance.casefile.plan import Step, grammar_of, make_plan
from conformance.casefile.plans import Loaded
from conformance.casefile.premises import Premises, load_premises
from conformance.casefile.script import LineError, speaks_pop3
from conformance.catalogue.catalogue import Catalogue, load_catalogue
from conformance.catalogue.errors import CaseError
from conformance.catalogue.levels import strongest
from conformance.data import CASES


@dataclass(frozen=True)
class Suite:
    """What case files are read against: `root` holds the fixtures and the folders of the RFCs."""

    root: Path = CASES
    programs: bool = False
    """Whether case files from elsewhere may hold programs, which run with the user's own rights."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The requirements of all RFCs."""
        return load_catalogue(self.root)

    @cached_property
    def fixtures(self) -> dict[str, Fixture]:
        """The fixtures by name."""
        return load_fixtures(self.root / "fixtures.toml", self.root / "messages")

    @cached_property
    def premises(self) -> Premises:
        """What cases lean on, in order of dependence."""
        return load_premises(self.root / "premises.toml")

    @cached_property
    def cases(self) -> tuple[Loaded, ...]:
        """All cases, ready to play.

        Raises:
            CaseError: a file breaks the format.
        """
        return tuple(load_all(self))

    def find(self, case_id: str) -> Loaded:
        """Return a case of the suite by its id, ready to play.

        Raises:
            CaseError: there is no such case.
        """
        folder, file, *_ = case_id.split("/")
        path = self.root / folder / f"{file}.md"
        if path not in self._loaded:
            self._loaded[path] = {case.id: (case, steps) for case, steps in self.load(path)}
        if case_id not in self._loaded[path]:
            raise CaseError(path, 0, f"no case is called {case_id}")
        return self._loaded[path][case_id]

    def form(self, case_id: str) -> str:
        """Return the form of the command that a case proves by first, empty for a program."""
        _, steps = self.find(case_id)
        return next((step.role.form for step in steps if step.role.proves), "")

    @cached_property
    def _loaded(self) -> dict[Path, dict[str, Loaded]]:
        return {}

    def case_files(self) -> list[Path]:
        """Return the case files below the root, in order."""
        return sorted(p for p in self.root.glob("*/*.md") if p.name != "README.md")

    def load(self, path: Path) -> list[Loaded]:
        """Read the cases of one file and make them ready to play.

        Messages (`*.eml`) that lie beside a file outside of the suite are fixtures for it.

        Raises:
            CaseError: the file breaks the format, or holds a program that nobody has allowed; says
                file and line.
        """
        if path.parent.parent != self.root:
            for file in sorted(path.parent.glob("*.eml")):
                self.fixtures.setdefault(file.name, message_fixture(path, file))
        own = path.resolve().is_relative_to(self.root.resolve())
        if own and path.is_file():
            return plans.kept(path, self._beside, lambda: self._read(path, programs=True))
        return self._read(path, programs=self.programs)

    @cached_property
    def _beside(self) -> str:
        return plans.beside(self.root)

    def _read(self, path: Path, *, programs: bool) -> list[Loaded]:
        return [(case, self._plan(case)) for case in read_file(path, programs=programs)]

    def _plan(self, case: Case) -> tuple[Step, ...]:
        def fail(message: str, line: int = 0) -> CaseError:
            return CaseError(case.path, line or case.line, message)

        labels = case.labels
        for requirement in (*labels.requirements, *labels.allow):
            if requirement not in self.catalogue:
                raise fail(f"unknown requirement {requirement}")
        level = strongest([self.catalogue[r].level for r in labels.requirements])
        if labels.level != level:
            raise fail(f"the case says {labels.level}, its requirements say {level}")
        for name in filter(None, (labels.mailbox, labels.maildrop)):
            if name not in self.fixtures:
                raise fail(f"unknown fixture {name}")
        try:
            rules = grammar_of(labels)
            steps = make_plan(list(case.windows), rules)
            check(steps, self.fixtures[labels.maildrop or labels.mailbox], rules)
        except LineError as error:
            raise fail(error.message, error.line) from None
        names = {step.who for step in steps}
        pop3 = any(map(speaks_pop3, names))
        if (pop3 or labels.maildrop) and not labels.disposable:
            raise fail("POP3 shows INBOX, which is not the suite's own: label it `disposable`")
        for who in sorted({*labels.states, *labels.pop3, *labels.second} - names):
            raise fail(f"the labels name a connection {who} that no line uses")
        return steps


def load_all(suite: Suite, files: Iterable[Path] | None = None) -> list[Loaded]:
    """Read all cases of the suite; an id may stand only once.

    Raises:
        CaseError: a file breaks the format.
    """
    with plans.nothing_is_garbage():
        cases = [loaded for path in files or suite.case_files() for loaded in suite.load(path)]
    seen: dict[str, Case] = {}
    for case, _ in cases:
        if case.id in seen:
            raise CaseError(case.path, case.line, f"case {case.id} occurs twice")
        seen[case.id] = case
    return cases
