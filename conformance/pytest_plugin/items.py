"""What pytest runs: items that stand for cases, ambient rules and phases of generated sessions.

Whoever leads the run puts itself into pytest's stash as `LEADER`, and the items ask it to play.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from conformance.casefile.document import Case
from conformance.casefile.plan import Step
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.checks.finding import Rule
from conformance.play.protocol import Protocol as Revision
from conformance.results.records import FUZZ, Result, Verdict

_CASE_FILE = re.compile(r"[0-9A-Z]+(?:\.\d+)*-[a-z0-9-]+\.md")


class Leader(Protocol):
    """What items need of whoever leads the run."""

    @property
    def suite(self) -> Suite:
        """The suite that case files are loaded into."""

    def play(self, item: CaseItem) -> Result:
        """Play the case of an item."""

    def judge(self, item: AmbientItem) -> Result:
        """Judge the ambient check of an item."""

    def search(self, item: FuzzItem) -> Result:
        """Run the phase of generated sessions of an item."""

    def result_of(self, nodeid: str) -> Result:
        """Return what came of the item with this node id."""


LEADER = pytest.StashKey[Leader]()


class UnmetVerdict(Exception):
    """A verdict that pytest has to show as a failure; the text is the whole message."""


class SuiteItem(pytest.Item):
    """What all items of the suite have in common."""

    @property
    def leader(self) -> Leader:
        """Who leads the run."""
        return self.config.stash[LEADER]

    @staticmethod
    def check(result: Result) -> None:
        """Fail if a rule was seen broken."""
        if result.verdict is Verdict.FAIL:
            raise UnmetVerdict(f"{result.reason}\n\nRepeat with: {result.repeat}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return the reason for people; what is not a verdict keeps its traceback."""
        if isinstance(excinfo.value, UnmetVerdict):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))


class PlayedItem(SuiteItem):
    """An item that is played, and may turn out not to have been possible."""

    @abstractmethod
    def play(self) -> Result:
        """Play it."""

    def setup(self) -> None:
        """Play it; a precondition that failed is an error for pytest, not a failure."""
        result = self.play()
        if result.verdict is Verdict.SKIP:
            pytest.skip(result.reason)
        if result.verdict in (Verdict.BLOCKED, Verdict.ERROR):
            raise UnmetVerdict(f"{result.verdict}: {result.reason}")

    def runtest(self) -> None:
        """Fail if it was not met."""
        self.check(self.leader.result_of(self.nodeid))


class CaseItem(PlayedItem):
    """One case of a case file."""

    parent: CaseFile

    def __init__(self, *, case: Case, steps: tuple[Step, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case
        self.steps = steps
        self.protocol: Revision | None = None
        """The revision of IMAP4 to play it under, None: the first that the run is about."""
        self.case_id = case.id

    def under(self, protocol: Revision) -> CaseItem:
        """Return an item that plays the case under a further revision of IMAP4."""
        again: CaseItem = CaseItem.from_parent(
            self.parent, name=f"{self.name}[{protocol}]", case=self.case, steps=self.steps
        )
        again.protocol = protocol
        return again

    def play(self) -> Result:
        """Play the case."""
        return self.leader.play(self)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the case stands."""
        return self.path, self.case.line - 1, self.case.id


class AmbientItem(SuiteItem):
    """One ambient rule over the whole run; without a rule, framing and formal syntax."""

    def __init__(
        self, *, rule: Rule | None, protocol: Revision | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.rule = rule
        self.protocol = protocol

    def runtest(self) -> None:
        """Fail if the check found anything in any session."""
        self.check(self.leader.judge(self))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the id; an ambient check stands in no case file."""
        return self.path, None, f"ambient/{self.name}"


class FuzzItem(PlayedItem):
    """One phase of generated sessions."""

    def __init__(self, *, phase: str, protocol: Revision | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.phase = phase
        self.protocol = protocol

    def play(self) -> Result:
        """Have the sessions."""
        return self.leader.search(self)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the id; a phase stands in no case file."""
        return self.path, None, f"{FUZZ}/{self.name}"


class CaseFile(pytest.File):
    """One case file."""

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether a file is one, by its name."""
        return _CASE_FILE.fullmatch(path.name) is not None

    def collect(self) -> Iterator[pytest.Item]:
        """Return its cases; a fault of the file is one line for people."""
        for case, steps in self.config.stash[LEADER].suite.load(self.path):
            name = case.id.split("/", 2)[2]
            yield CaseItem.from_parent(self, name=name, case=case, steps=steps)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # type: ignore[override]  # pytest's own is as wide
        """Return the fault of the file as one line."""
        if isinstance(excinfo.value, CaseError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))
