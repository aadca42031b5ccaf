"""Which cases of the suite a run plays: by beginnings of ids, RFCs and levels.

pytest's own `-k` works besides this, and before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.casefile.document import Case
from conformance.extending.documents import label_of, list_of
from conformance.syntax.near import question


@dataclass(frozen=True, slots=True)
class CaseSelection:
    """What to play: a case has to fit each of the three, and an empty one fits every case."""

    prefixes: tuple[str, ...] = ()
    rfcs: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    def takes(self, case: Case) -> bool:
        """Whether a case is to be played."""
        return (
            (not self.prefixes or case.id.startswith(self.prefixes))
            and (not self.rfcs or case.rfc in self.rfcs)
            and (not self.levels or case.labels.level in self.levels)
        )

    def fault(self, cases: Sequence[Case]) -> str:
        """Return why nothing can come of this with these cases, one line for people, or ""."""
        for prefix in self.prefixes:
            if not any(case.id.startswith(prefix) for case in cases):
                hint = question(prefix, (case.id for case in cases))
                return f"no case id is {prefix!r} or begins with it{hint}"
        held = {case.rfc for case in cases}
        for rfc in self.rfcs:
            if rfc not in held:
                return f"no case is of {label_of(rfc)}; there are some of {list_of(held)}"
        if cases and not any(map(self.takes, cases)):
            return f"no case is chosen by {self.words()}"
        return ""

    def words(self, keyword: str = "") -> str:
        """Return what it selects by, in the words of the command line; `keyword` is pytest's."""
        parts = [
            *([f"--rfc {','.join(self.rfcs)}"] if self.rfcs else []),
            *([f"--level {','.join(self.levels)}"] if self.levels else []),
            *([f"-k {keyword!r}"] if keyword else []),
            *self.prefixes,
        ]
        return ", ".join(parts)
