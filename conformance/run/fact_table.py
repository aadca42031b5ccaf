"""The table of facts of a record: what cases lean on, and what was learnt on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.play.facts import Fact
from conformance.play.protocol import REVISIONS, Protocol
from conformance.results.records import RecordedFact, Result
from conformance.run.causes import Causes
from conformance.run.server import ServerUnderTest


def learnt(server: ServerUnderTest | None, noted: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return what was learnt here and by others (`noted`), each fact once: that it is not so."""
    own = server.connections.facts() if server is not None else ()
    made = server.workspace.facts() if server is not None else ()
    found: dict[str, Fact] = {}
    for fact in (*own, *made, *noted):
        if fact.name not in found or not fact.holds:
            found[fact.name] = fact
    return tuple(found.values())


def recorded(fact: Fact) -> RecordedFact:
    """Return a fact as records have it."""
    return RecordedFact(fact.name, fact.sentence, fact.holds, fact.said)


def leaned_on(
    causes: Mapping[Protocol, Causes], results: Sequence[Result]
) -> Iterator[RecordedFact]:
    """Return what cases lean on; of a further revision only what is not so in the first."""
    first: list[RecordedFact] = []
    for protocol, its in causes.items():
        facts = list(its.facts([result for result in results if result.protocol == protocol]))
        name = REVISIONS[protocol].name
        for fact in facts if first else ():
            if fact not in first:
                yield replace(fact, sentence=f"{fact.sentence} (under {name})")
        if not first:
            first = facts
            yield from facts
