"""What would have been right where a server broke the formal syntax, for readers of reports."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.results.records import Finding
from conformance.syntax import grammar
from conformance.syntax.right import right_examples

_BASES = frozenset({"3501", "9051"})


def right_of(finding: Finding, capabilities: Iterable[str]) -> tuple[str, ...]:
    """Return examples of the rule of the ABNF that was broken, for a server that announces these.

    None where it was not about syntax, or where no short example says anything.
    """
    if finding.source != "syntax":
        return ()
    rule = finding.shape.partition(":")[0]
    known = grammar.load(capabilities)
    origin = known.rules.get(rule.lower().replace("-", "_"))
    # POP3 has rules of the same names, and either revision of IMAP4 the other's.
    if origin is None or (origin.rfc != finding.rfc and not {origin.rfc, finding.rfc} <= _BASES):
        return ()
    return right_examples(known, rule)
