"""Each server line of each case, held against what servers send: it fits or differs, and no more.

A line that must not come is compared with one that comes only where a server breaks the rule.
"""

from __future__ import annotations

import re

from conformance.casefile.bindings import verbatim
from conformance.casefile.labels import Labels
from conformance.casefile.pattern import Pattern
from conformance.casefile.plan import grammar_of
from conformance.casefile.suite import Suite, load_all
from conformance.play.match import Matcher
from conformance.play.match_values import Differs
from conformance.play.received import Received
from conformance.syntax.responses import read_response

ONE = verbatim(b"1")
FILLED = ("1", '"x"', "(x 1)", "")
"""What is put where a pattern leaves a place open."""
_OPEN = re.compile(r"\{[^{}]*\}|\.\.\.")


def received(pattern: Pattern) -> list[Received]:
    """Responses of the shape of a pattern, right ones and odd ones."""
    texts = {_OPEN.sub(each, pattern.text).encode("latin-1", "replace") for each in FILLED}
    texts |= {text.partition(b"(")[0].rstrip() for text in texts}
    return [Received(read_response(text + b"\r\n"), text + b"\r\n") for text in texts]


def test_a_line_fits_or_differs() -> None:
    seen: dict[str, tuple[Pattern, Labels]] = {}
    for case, steps in load_all(Suite()):
        for step in steps:
            for expectation in step.expects:
                for pattern in expectation.patterns:
                    if pattern.response is not None:
                        seen.setdefault(pattern.text, (pattern, case.labels))
    matched = 0
    for pattern, labels in seen.values():
        matcher = Matcher(grammar_of(labels), dict.fromkeys(pattern.uses(), ONE), {})
        for each in received(pattern):
            try:
                matcher.match(pattern, each)
            except Differs:
                continue
            matched += 1
    assert matched > len(seen)
