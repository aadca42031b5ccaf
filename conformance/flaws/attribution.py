"""What may be reported of a flaw that breaks what other cases lean on: the table of attributions.

A server with one such flaw has one fault, however many cases meet it on their way. A row says what
a run over all cases may come to:

* the flaw, an id of the catalogue, or an allowed behaviour, of which nothing may be reported
* `rules`: what the first finding may be filed under, the rules that the flaw names and others
* `most`: distinct findings at most
* `needs`: which cases may be blocked besides those that prove a rule of the flaw, as there is no
  other way to play them: a regular expression to be found in what the client of the case itself
  sends, in the flags and dates of the messages that it begins with, in the refusals that it awaits,
  in what it proves by, or in its id; `^` is the beginning of a line

The modules of RFCs register the rows under `LEANING`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conformance.extending import registry
from conformance.flaws.catalogue import ALLOWED, FLAWS
from conformance.flaws.flaw import Flaw, Leaning


@dataclass(frozen=True, slots=True)
class Attribution:
    """One row; see the module."""

    flaw: Flaw
    rules: tuple[str, ...]
    most: int
    needs: str

    @property
    def id(self) -> str:
        """The id of the flaw."""
        return self.flaw.id


def _resolved(row: Leaning) -> Attribution:
    if row.flaw in ALLOWED:
        return Attribution(ALLOWED[row.flaw], (), 0, row.needs)
    flaw = FLAWS[row.flaw]
    return Attribution(flaw, (*flaw.requirements, *row.besides.split()), row.most, row.needs)


ATTRIBUTIONS: Mapping[str, Attribution] = MappingProxyType(
    registry.by_key(map(_resolved, registry.rows(__name__, "LEANING", Leaning)), lambda row: row.id)
)
"""The rows by the ids of their flaws."""
