"""What proves each rule of the catalogue: cases, ambient checks, the formal syntax.

A proof is written as one word: the id of a case (of the heading, where it has a table), or
`ambient:<check>`, or `grammar:<ABNF name>`. `rev2:` before it says that it proves the rule when it
is held under IMAP4rev2. A rule that a client could see and that has no proof is a gap in the
suite, and so is an id that nothing stands behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from conformance.casefile.document import Case, read_file
from conformance.casefile.revised import NotOfRevision, as_revised
from conformance.casefile.suite import Suite
from conformance.catalogue.catalogue import Catalogue
from conformance.catalogue.errors import CaseError
from conformance.catalogue.requirements import Requirement
from conformance.checks import closing
from conformance.checks.monitor import RULES
from conformance.checks.subscriptions import CHECKS
from conformance.syntax.modules import available
from conformance.wire.frames import REQUIREMENTS as FRAMING

AMBIENT = "ambient:"
GRAMMAR = "grammar:"
UNDER = {"9051": "rev2:"}
"""What is put before proofs that hold when they are held under the revision of an RFC."""


def proofs(suite: Suite) -> Mapping[str, tuple[str, ...]]:
    """Return what proves each requirement of the catalogue, cases last.

    Raises:
        CaseError: a case or the catalogue breaks the format, or a case names an unknown rule.
            Whether cases can be played is not looked at.
    """
    found: dict[str, dict[str, None]] = {key: {} for key in suite.catalogue}
    for key, check in _checks():
        found.setdefault(key, {})[AMBIENT + check] = None
    for requirement in suite.catalogue.values():
        under = UNDER.get(requirement.rfc, "") + GRAMMAR
        found[requirement.id] |= dict.fromkeys(under + name for name in requirement.grammar)
    for revision in suite.catalogue.revisions:
        for origin, rule in revision.rules.items():
            if rule.same_cases:
                enabled = rule.section not in revision.without_enable
                under = UNDER[revision.new] if enabled else ""
                found[rule.id] |= dict.fromkeys(under + word for word in found[origin])
        for origin, now in revision.same.items():
            found[now] |= dict.fromkeys(UNDER[revision.new] + word for word in found[origin])
    for case in chain.from_iterable(map(read_file, suite.case_files())):
        for key in case.labels.requirements:
            if key not in suite.catalogue:
                raise CaseError(case.path, case.line, f"unknown requirement {key}")
            found.setdefault(key, {})[case.heading] = None
        for rfc, under in UNDER.items():
            if revised := _revised(case, suite, rfc):
                word = (under if revised.enabled else "") + case.heading
                for key in revised.labels.requirements:
                    found.setdefault(key, {})[word] = None
    return {key: tuple(words) for key, words in found.items()}


def _revised(case: Case, suite: Suite, rfc: str) -> Case | None:
    """Return a case of another RFC as it is played under `rfc`; None where it is not."""
    try:
        revised = as_revised(case, suite.catalogue, rfc)
    except NotOfRevision:
        return None
    return revised if revised.under else None


def bare(word: str) -> str:
    """Return a proof without the revision under which it has to be held."""
    for under in UNDER.values():
        word = word.removeprefix(under)
    return word


def unproven(
    catalogue: Catalogue, proven: Mapping[str, tuple[str, ...]]
) -> tuple[Requirement, ...]:
    """Return the rules that a client could see and that nothing proves."""
    return tuple(
        requirement
        for requirement in catalogue.values()
        if not requirement.unobservable and not proven.get(requirement.id)
    )


def dangling(catalogue: Catalogue, named: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what stands for nothing.

    Of `named` and of what checks report these are ids that the catalogue does not have; of what
    the catalogue says of the formal syntax, rules that no grammar has.
    """
    abnf = {origin.abnf.lower() for module in available() for origin in module.rules.values()}
    ids = (*named, *(key for key, _ in _checks()))
    unknown = [key for key in ids if key not in catalogue]
    for requirement in catalogue.values():
        unknown += [GRAMMAR + name for name in requirement.grammar if name.lower() not in abnf]
    return tuple(dict.fromkeys(unknown))


def _checks() -> Iterable[tuple[str, str]]:
    """Return what each ambient check may report, with the name of the check."""
    named = [(rule.requirement, check.name) for check in CHECKS for rule in check.rules]
    named += [(rule.requirement, closing.END_NAME) for rule in closing.END_RULES]
    yield from named
    for key in sorted({rule.requirement for rule in RULES} - dict(named).keys()):
        yield key, "syntax"  # what looks at the form of a response, before the checks
    for key in dict.fromkeys(FRAMING.values()):
        yield key, "framing"
