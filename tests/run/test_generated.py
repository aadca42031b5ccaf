"""What generated sessions find is put down to what the premises have shown already."""

from __future__ import annotations

from dataclasses import replace

from conformance.checks.finding import Breach
from conformance.fuzz.deviation import completion, of_value
from conformance.fuzz.failure import Failure
from conformance.results.collector import Findings
from conformance.results.records import Level
from conformance.run.generated import cause_of
from conformance.wire.transcript import Line

KNOWN = {
    "STORE FLAGS bare: BAD instead of OK": "STORE FLAGS.SILENT bare: BAD instead of OK",
    "FETCH: another BODYSTRUCTURE lines": "FETCH: other number of lines",
    "3501-2.2.2-bad enabled-came": "ENABLE: no untagged ENABLED",
}


def behind(words: str) -> str:
    return KNOWN.get(words, "")


def failure(deviation: str, *said: tuple[str, str]) -> Failure:
    lines = tuple(Line(0.1 * at, *each) for at, each in enumerate(said))
    return Failure("3501-2.2.2-bad", "it is so", "x", "programs", (), "", transcript=lines,
                   deviation=deviation)  # fmt: skip


def test_a_failure_has_the_cause_of_its_deviation() -> None:
    assert cause_of(failure("FETCH: another BODYSTRUCTURE lines"), behind)
    assert not cause_of(failure("FETCH: another BODYSTRUCTURE encoding"), behind)


def test_what_an_ambient_check_saw_has_the_cause_of_its_rule_and_shape() -> None:
    seen = replace(failure(""), source="ambient", shape="ambient enabled-came")
    assert cause_of(seen, behind) == "ENABLE: no untagged ENABLED"


def test_a_refused_command_has_the_cause_of_its_form() -> None:
    sent = ("C", r"c5 STORE 1 +FLAGS \Seen"), ("S", "c5 BAD what?")
    assert cause_of(failure("STORE: BAD", *sent), behind).startswith("STORE FLAGS.SILENT bare")
    other = ("C", r"c5 STORE 1 +FLAGS (\Seen)"), ("S", "c5 BAD what?")
    assert not cause_of(failure("STORE: BAD", *other), behind)


def test_what_has_a_cause_is_counted_with_its_finding() -> None:
    findings = Findings()
    told = "FETCH: other number of lines"
    assert not findings.again(told, "fuzz/messages")
    findings.add(
        Breach("3501-7.4.2-body-lines", "MUST", "7.4.2", "wrong", "", "", "x", "case", (), b"",
                deviation=told),
        "rfc3501/x/y",
    )  # fmt: skip
    assert findings.again(told, "fuzz/messages")
    (found,) = findings.all()
    assert (found.count, found.cases) == (2, ("rfc3501/x/y", "fuzz/messages"))
    assert found.level is Level.MUST


def test_a_completion_is_named_as_in_cases() -> None:
    assert completion("OK", "NO", "x-rule") == "OK instead of NO or BAD (x-rule)"
    assert completion("OK", "NO|BAD", "x-rule") == "OK instead of NO or BAD (x-rule)"
    assert completion("BAD", "NO", "x-rule") == "BAD instead of NO (x-rule)"
    assert completion("BAD", "OK|NO", "x-rule") == "BAD"


def test_a_piece_under_another_name_is_one_of_other_octets_to_nobody() -> None:
    assert of_value("no item BODY[]<5>") == "other name of a piece"
    assert of_value("BODY[]<5>: expected 'a', received 'b'") == "other octets of BODY[]"
