"""What cases lean on: behaviour that has a case of its own, and explains why others are blocked.

`cases/premises.toml` lists it in order of dependence. Where a case came out otherwise than it
should, the first premise that explains how, and does not hold for this server, is the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from conformance.catalogue.errors import CaseError
from conformance.catalogue.requirements import line_of, read_toml

_FIELDS = {"case", "holds", "explains"}
_ALL_FIELDS = _FIELDS | {"mailboxes"}


@dataclass(frozen=True, slots=True)
class Premise:
    """One behaviour that cases lean on: the case about it, and it as a sentence where it holds.

    With `mailboxes` only cases on these fixtures lean on it.
    """

    name: str
    case: str
    holds: str
    explains: tuple[re.Pattern[str], ...] = ()
    mailboxes: frozenset[str] = frozenset()

    def may_explain(self, *deviations: str, mailbox: str | None = None) -> bool:
        """Whether one of these deviations may come of this, in a case on that fixture if any."""
        if self.mailboxes and mailbox is not None and mailbox not in self.mailboxes:
            return False
        return any(p.fullmatch(deviation) for p in self.explains for deviation in deviations)


@dataclass(frozen=True, slots=True)
class Premises:
    """All premises, in order of dependence."""

    entries: tuple[Premise, ...] = ()

    _ranks: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranks = {premise.case: index for index, premise in enumerate(self.entries)}
        object.__setattr__(self, "_ranks", ranks)

    def rank(self, case: str) -> int | None:
        """Return the place of the premise that a case is about, None for other cases."""
        return self._ranks.get(case)

    def turn(self, case: str) -> int:
        """Return when a case plays: premises in order of dependence, then all others."""
        return self._ranks.get(case, len(self.entries))

    def before(self, case: str) -> tuple[Premise, ...]:
        """Return what a case can lean on: all premises, for one of them only those before it."""
        return self.entries[: self.rank(case)]


def load_premises(path: Path) -> Premises:
    """Load the premises of a suite; none where it has no such file.

    Raises:
        CaseError: an entry with unknown, missing or wrong fields; says file and line.
    """
    if not path.exists():
        return Premises()
    return Premises(tuple(_read(path, name, entry) for name, entry in read_toml(path).items()))


def _read(path: Path, name: str, entry: object) -> Premise:
    def fail(message: str) -> CaseError:
        return CaseError(path, line_of(path, f"[{name}]"), f"premise {name}: {message}")

    if not isinstance(entry, dict) or not _FIELDS <= set(entry) <= _ALL_FIELDS:
        raise fail("a premise has a case, what holds, and what it explains")
    try:
        explains = tuple(re.compile(pattern) for pattern in entry["explains"])
    except (re.error, TypeError) as error:
        raise fail(f"no regular expressions: {error}") from None
    mailboxes = frozenset(map(str, entry.get("mailboxes", ())))
    return Premise(name, str(entry["case"]), str(entry["holds"]), explains, mailboxes)
