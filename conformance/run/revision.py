"""What a run makes of cases, rules and findings under one revision of IMAP4 or the other.

The table of the catalogue decides: under IMAP4rev2 each rule gets the id, the level and the section
that it has in RFC 9051; what has none there is neither played nor reported. What is learnt of a
server under one revision says nothing of it under the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from conformance.casefile.document import Case
from conformance.casefile.revised import NotOfRevision, as_revised, rule_under
from conformance.casefile.suite import Suite
from conformance.checks.finding import Breach, Rule
from conformance.play.protocol import REVISIONS, Protocol
from conformance.run.causes import Causes


class RunRevision:
    """The revision of one run; `suite` has the catalogue, `rfc` is the RFC of its rules."""

    def __init__(self, suite: Suite, protocol: Protocol) -> None:
        self.protocol = protocol
        self._suite = suite
        self.rfc = REVISIONS[protocol].rfc
        self._others = {r.rfc: r.name for name, r in REVISIONS.items() if name != protocol}

    def case(self, case: Case) -> Case:
        """Return a case as this revision has it.

        Raises:
            NotOfRevision: it has not.
        """
        other = self._others.get(case.rfc)
        revised = as_revised(case, self._suite.catalogue, self.rfc)
        if revised.rfc == case.rfc and other is not None:
            raise NotOfRevision(f"it is about {other}, and this run about another revision")
        return revised

    def has(self, case: Case) -> bool:
        """Whether this revision has a case."""
        try:
            self.case(case)
        except NotOfRevision:
            return False
        return True

    def rule(self, rule: Rule) -> Rule | None:
        """Return a rule of an ambient check as this revision has it, None where it has not."""
        now = rule_under(rule.requirement, self._suite.catalogue, self.rfc)
        if now is None:
            return None
        if now == rule.requirement:
            return rule
        its = self._suite.catalogue[now]
        return Rule(now, its.level, its.section, its.rule)

    def finding(self, finding: Breach) -> Breach | None:
        """Return a finding under the rule that it breaks in this revision, None if under none."""
        now = rule_under(finding.requirement, self._suite.catalogue, self.rfc)
        if now is None or now == finding.requirement:
            return finding if now else None
        its = self._suite.catalogue[now]
        return replace(finding, requirement=now, level=its.level, section=its.section)


@dataclass(frozen=True, slots=True)
class Under:
    """What a run has and learns under one revision.

    `lacks` are deviations of a server that leaves out data (see `Player`). `barred` says why the
    server's sessions can not be had in this revision, once that was tried.
    """

    revision: RunRevision
    causes: Causes
    lacks: set[str] = field(default_factory=set)
    barred: list[str] = field(default_factory=list)
