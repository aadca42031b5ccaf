"""The grammar of each line of a session: by what its server announces and what is turned on there.

What a recording announces anywhere counts for all of it, for excerpts begin in the middle; what is
turned on counts on its connection, from the next line on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from conformance.explain.explained import Explained, explain
from conformance.explain.source import SourceLine
from conformance.syntax.grammar import everything, load
from conformance.wire.announced import announced, enabled


def explain_all(
    said: Sequence[SourceLine], capabilities: Iterable[str] = (), *, all_of_them: bool = False
) -> Iterator[Explained]:
    """Explain what was said, in order.

    `capabilities` are announced besides those that are announced in it; `all_of_them`: whatever an
    extension brings is allowed. Where nothing is known of what is announced, a line that only an
    extension allows is explained by its grammar.
    """
    if all_of_them:
        yield from (explain(everything(), spoken) for spoken in said)
        return
    told = frozenset(name.upper() for name in capabilities)
    lists = [names for spoken in said if (names := _announced(spoken)) is not None]
    known = told.union(*lists)
    sure = bool(told or lists)
    turned_on: dict[str, frozenset[str]] = {}
    for spoken in said:
        on = turned_on.get(spoken.who, frozenset())
        yield explain(load(known, on), spoken, benefit=not sure)
        if spoken.side == "server":
            turned_on[spoken.who] = enabled(spoken.frame.text, on)


def _announced(spoken: SourceLine) -> frozenset[str] | None:
    return announced(spoken.frame.text) if spoken.side == "server" else None
