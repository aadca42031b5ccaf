from __future__ import annotations

import dataclasses

from results_sample import SYNTAX, Fault, WireLine

from conformance.results.collector import CASES, OTHER, Findings, transcript
from conformance.results.records import Level, RecordedLine
from conformance.secrecy.secrets import Secrets


def test_the_same_fault_is_counted_and_its_first_transcript_kept() -> None:
    found = Findings(rule=lambda r: f"rule of {r}", repeat=lambda c: f"run {c}")
    assert found.add(Fault(), "rfc3501/a/1", session="two")
    assert not found.add(Fault(excerpt=(), received="other"), "rfc3501/a/2")
    assert not found.add(Fault(), "rfc3501/a/2")
    (one,) = found.all()
    assert (one.count, one.cases) == (3, ("rfc3501/a/1", "rfc3501/a/2"))
    assert one.rule == f"rule of {SYNTAX}"
    assert one.repeat == "run rfc3501/a/1"
    assert one.received == '"x"'
    assert one.offending == "* 1 FETCH\\r\\n"
    assert one.transcript == (
        RecordedLine(0.1, "two", "C", "a1 FETCH 1 ENVELOPE"),
        RecordedLine(0.2, "two", "S", "* 1 FETCH (ENVELOPE ...)", mark=True),
        RecordedLine(0.3, "two", "-", "timed out"),
    )


def test_a_case_marks_no_line_by_itself() -> None:
    found = Findings()
    found.add(Fault(source="case"), "rfc3501/a/1")
    assert not any(line.mark for line in found.all()[0].transcript)


def test_other_requirements_and_shapes_are_other_findings() -> None:
    found = Findings()
    for fault in (Fault(), Fault(shape="b"), Fault(requirement="3501-9-text"), Fault()):
        found.add(fault, "rfc3501/a/1")
    assert len(found) == 3
    assert len(found.of_case("rfc3501/a/1")) == 3
    assert found.of_case("rfc3501/a/2") == ()


def test_levels_are_counted_and_ordered() -> None:
    found = Findings()
    found.add(Fault(level="SHOULD", requirement="3501-6.1-a", section="6.1"), "c")
    found.add(Fault(level="MUST", requirement="3501-6.10-b", section="6.10"), "c")
    found.add(Fault(level="MUST", requirement="3501-6.9-c", section="6.9"), "c")
    assert [finding.section for finding in found.all()] == ["6.9", "6.10", "6.1"]
    assert found.violations() == 2
    assert found.violations(Level.SHOULD) == 1


def test_the_stronger_rule_is_told_with_the_case_that_breaks_it_first() -> None:
    found = Findings(repeat=lambda case: f"run {case}")
    found.add(Fault(deviation="NOOP: no answer", level="SHOULD", requirement="3501-6.1-a"), "one")
    found.add(Fault(deviation="NOOP: no answer", level="MUST", requirement="3501-6.2-b"), "two")
    found.add(Fault(deviation="NOOP: no answer", level="SHOULD", requirement="3501-6.1-a"), "three")
    (told,) = found.all()
    assert (told.requirement, told.also, told.count) == ("3501-6.2-b", ("3501-6.1-a",), 3)
    assert told.cases == ("two", "one", "three")  # the first is the one of the transcript
    assert told.repeat == "run two"


def test_of_other_processes_what_comes_first_is_told() -> None:
    early, late = Findings(), Findings()
    early.add(Fault(deviation="NOOP: no answer", requirement="3501-6.1-a"), "one")
    late.add(Fault(deviation="NOOP: no answer", requirement="3501-6.2-b"), "two")
    late.add(Fault(deviation="NOOP: no answer", requirement="3501-6.2-b"), "three")
    merged = Findings()
    for _ in range(2):  # each process that ends tells what all have found so far
        merged.merge_all([*early.all(), *late.all()])
        (told,) = merged.all()
        assert (told.requirement, told.also, told.count) == ("3501-6.1-a", ("3501-6.2-b",), 3)
        assert told.cases == ("one", "two", "three")


def test_what_comes_first_in_other_processes_has_a_place_of_its_own() -> None:
    early, late = Findings(), Findings()
    early.add(Fault(deviation="NOOP: no answer", requirement="3501-6.1-a"), "one")
    for number in range(20):
        late.add(Fault(deviation=f"NOOP: {number}", requirement="3501-6.1-a"), "two")
    for order, told in (((early, late), True), ((late, early), False)):
        merged = Findings()
        merged.merge_all(finding for each in order for finding in each.all())
        assert any(each.deviation == "NOOP: no answer" for each in merged.all()) is told


def test_shapes_cases_and_texts_are_bounded() -> None:
    found = Findings()
    for number in range(1000):
        found.add(Fault(shape=f"shape {number}"), f"rfc3501/a/{number}")
    assert len(found) == 21
    (rest,) = (finding for finding in found.all() if finding.shape == OTHER)
    assert rest.count == 980
    assert len(rest.cases) == CASES
    assert sum(finding.count for finding in found.all()) == 1000

    long = "x" * 100_000
    found = Findings()
    many = tuple(WireLine(n, "S", long) for n in range(500))
    found.add(
        Fault(shape=long, message=long, received=long, offending=long.encode(), excerpt=many), "c"
    )
    (one,) = found.all()
    texts = [one.shape, one.message, one.received, one.offending]
    assert all(len(text) <= 1000 for text in texts)
    assert len(one.transcript) == 40
    assert max(len(line.text) for line in one.transcript) <= 1000


def test_a_long_transcript_keeps_head_and_tail() -> None:
    wire = [WireLine(n, "S", str(n)) for n in range(100)]
    kept = transcript(wire, limit=10)
    assert [line.text for line in kept] == [
        *("0", "1", "2", "3"),
        "(91 lines left out)",
        *("95", "96", "97", "98", "99"),
    ]
    assert len(transcript(wire, limit=100)) == 100


def test_secrets_are_masked_before_texts_are_cut() -> None:
    found = Findings(mask=Secrets([("hunter2", "")]))
    text = "x" * 970 + "hunter2" * 50
    leak = Fault(message=text, received="hunter2", offending=text.encode())
    leak = dataclasses.replace(leak, shape="hunter2", excerpt=(WireLine(0, "S", text),))
    found.add(leak, "c")
    assert "hunt" not in str(found.all()[0].to_json())


def marked(fault: Fault) -> list[str]:
    found = Findings()
    found.add(fault, "c")
    return [line.text for line in found.all()[0].transcript if line.mark]


TALK = (
    WireLine(0.1, "S", "* FLAGS (\\Recent)"),
    WireLine(0.2, "S", "* 1 FETCH (BODY[1] {2}"),
    WireLine(0.2, "S", "\\xe9)"),
    WireLine(0.3, "S", "a1 OK done"),
)


def test_the_line_at_fault_is_marked_though_others_follow() -> None:
    assert marked(Fault(offending=b"* FLAGS (\\Recent)\r\n", excerpt=TALK)) == [
        "* FLAGS (\\Recent)"
    ]
    assert marked(Fault(offending=b"\xe9)\r\n", excerpt=TALK)) == ["\\xe9)"]


def test_where_it_can_not_be_found_the_last_line_is_marked() -> None:
    assert marked(Fault(offending=b"", excerpt=TALK)) == ["a1 OK done"]
    assert marked(Fault(offending=b"what is not there", excerpt=TALK)) == ["a1 OK done"]


def test_a_case_marks_what_it_received_and_nothing_for_what_did_not_come() -> None:
    received = "* 1 FETCH (BODY[1] {2}\r\n)"
    assert marked(Fault(source="case", received=received, excerpt=TALK)) == [TALK[1].text]
    assert marked(Fault(source="case", received="nothing", excerpt=TALK)) == []
    assert marked(Fault(source="case", received="", excerpt=TALK)) == []
