"""What a case of the level MUST rests on: not on a word that the catalogue only wants (SHOULD)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.casefile.plan import Expectation
from conformance.casefile.suite import Suite, load_all

ABOUT_THE_WORD = {
    "3501-6.2.2-cancel",
    "3501-6.3.3-error-no",
    "3501-6.3.5-error-no",
    "3501-6.4.4-charset-no",
    "3502-6.3.11-zero",
    "4314-3.1-unknown",
    "4467-7-checks",
    "4959-3-not-supported",
    "5255-3.2-refused",
    "5257-3.2-invalid",
    "5257-3.2.1-empty-part",
    "5257-3.2.1-part",
    "5257-3.4-refused",
    "5257-4.1-noprivate-refused",
    "5257-4.8-bad",
    "5257-4.9-bad",
    "5258-3-option-unknown",
    "5258-3.1-recursivematch-alone",
    "6154-3-refused",
    "5464-3.2-invalid",
    "5464-3.3-access",
    "5464-3.3-server-restricted",
    "5464-6.2.2-admin",
    "7377-2.2-not-selected",
    "7377-2.2-save",
    "9051-6.2.1-implicit",
    "9051-6.2.2-initial-response-base64",
    "9051-6.2.2-initial-response-not-taken",
    "9051-6.3.9-option-unknown",
    "9051-6.3.9.1-recursivematch-alone",
    "9051-6.4.4-option-unknown",
    "9051-7.2.2-login-no",
    "6855-3-not-utf-8",
    "6855-4-refused",
    "5465-3.1-badevent-all",
    "5465-3.1-unsupported",
    "5465-5-flags-alone",
    "5465-5-together",
    "5267-4.3-tag",
    "7162-3.1.2.2-refused",
    "7162-3.2.5-arguments",
    "7162-3.2.5-not-enabled",
    "7162-3.2.6-alone",
    "7162-3.2.6-fetch",
    "7162-3.2.6-not-enabled",
    "8437-3-refused",
    "9586-3-numbers",
    "9586-3-uidrequired",
    "9586-3.2-prohibited",
    "9586-3.5-search",
    "9586-3.7-match-data",
    "9586-3.8-others",
}
"""Rules that say with a MUST which of NO and BAD it is; `3501-2.2.2-bad` says it with a SHOULD."""


def words(expectation: Expectation) -> set[str]:
    """The completions that a line takes, none if it asks for more than the word."""
    tagged = [
        p.response for p in expectation.patterns if p.response and p.response.kind == "tagged"
    ]
    if not expectation.required or any(response.code for response in tagged):
        return set()
    return {name for response in tagged for name in response.name.split("|")}


def wrong() -> Iterator[str]:
    for case, steps in load_all(Suite()):
        labels = case.labels
        rests = labels.level == "MUST" and labels.requirements[0] not in ABOUT_THE_WORD
        shown: set[str] = set()  # the word by which this server was seen to refuse
        for step in steps:
            for expectation in step.expects:
                taken = words(expectation)
                if len(taken) != 1 or taken == {"OK"}:
                    continue
                if expectation.kind == "given":
                    shown |= taken
                elif rests and not taken <= shown:
                    yield f"{case.id}, line {expectation.line}: {taken}"


def test_no_must_rests_on_no_for_bad_or_bad_for_no() -> None:
    assert not list(wrong())
