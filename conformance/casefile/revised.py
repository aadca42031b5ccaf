"""A case of one RFC as it is played under a later one that revises it.

What is sent and awaited stays; the rules that it proves get their ids, levels and sections of the
later RFC. Which cases can not be played so is found by the table of the revision (`catalogue`): a
rule is gone or another one now, or a line of the case is of what is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.casefile.document import Case
from conformance.casefile.script import Window
from conformance.catalogue.catalogue import Catalogue
from conformance.catalogue.levels import strongest
from conformance.catalogue.revision import Revision
from conformance.extending.documents import label_of


class NotOfRevision(Exception):
    """The later RFC does not have what the case is about; the message says what, in one line."""


def as_revised(case: Case, catalogue: Catalogue, rfc: str) -> Case:
    """Return a case as RFC number `rfc` has it.

    Raises:
        NotOfRevision: it can not be played under that RFC.
    """
    first, *others = case.labels.requirements
    now = rule_under(first, catalogue, rfc)
    if now is None:
        raise NotOfRevision(f"{label_of(rfc)} has another rule in the place of {first}, or none")
    section = catalogue[now].section
    enabled = not any(section in each.without_enable for each in catalogue.revisions)
    if now == first:
        return replace(case, enabled=enabled)
    if case.program is not None:
        raise NotOfRevision(f"its client does not speak as {label_of(rfc)} has it")
    for revision in catalogue.revisions:
        if not enabled or revision.new != rfc or not revision.has_lines:
            continue
        own = first.startswith(f"{revision.old}-")
        if line := _line_gone(case.windows, revision, own=own):
            raise NotOfRevision(f"{label_of(rfc)} does not have what the case says: {line}")
    also = (rule_under(key, catalogue, rfc) for key in others)
    rules = tuple(dict.fromkeys(key for key in (now, *also) if key))
    level = strongest([catalogue[key].level for key in rules])
    allowed = (rule_under(key, catalogue, rfc) for key in case.labels.allow)
    allow = frozenset((*case.labels.allow, *(key for key in allowed if key)))
    labels = replace(case.labels, requirements=rules, level=level, allow=allow)
    return replace(case, labels=labels, section=section, under=rfc, enabled=enabled)


def rule_under(key: str, catalogue: Catalogue, rfc: str) -> str | None:
    """Return what a rule is called in `rfc`, None where its cases and checks show nothing there."""
    now = catalogue.under(rfc, key)
    if now is None or now == key:
        return now
    return now if catalogue.same_cases(rfc, key) else None


def _line_gone(windows: Iterable[Window], revision: Revision, *, own: bool) -> str:
    """Return the first line that is of what is gone: one that is sent, or has to come.

    In a case of the RFC that the table is about, `own`, also one that must not come.
    """
    for window in windows:
        for send in window.sends:
            if revision.sent_gone.search(send.text):
                return send.text
        for expected in window.expects:
            if expected.required and revision.answered_gone.search(expected.text):
                return expected.text
            if own and expected.kind == "never" and revision.forbidden_gone.search(expected.text):
                return expected.text
    return ""
