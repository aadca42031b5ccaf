from __future__ import annotations

import dataclasses
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from results_sample import failed, finding, lines, result, run, whole_run

from conformance.results import records
from conformance.results.reader import ResultsError, check, read, schema
from conformance.results.records import Record, Verdict, section_key
from conformance.results.summary import end_record
from conformance.results.writer import RecordWriter
from conformance.secrecy.secrets import Secrets

ADDED = {
    "by_should",
    "protocol",
    "deviation",
    "also",
    "blocks",
    "facts",
    "figures",
    "left_behind",
    "lost",
    "undescribed",
    "unjudged",
}
"""Fields that records of earlier suites lack."""


def everything() -> list[Record]:
    head, results, findings = whole_run()
    return [head, *results, *findings, end_record(results, findings, duration=1.5)]


def write(path: Path, items: list[Record]) -> Path:
    with RecordWriter(path) as writer:
        for item in items:
            writer.write(item)
    return path


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("record", everything(), ids=lambda r: type(r).__name__)
def test_what_is_produced_is_valid_and_comes_back_the_same(record: Record) -> None:
    data = json.loads(json.dumps(record.to_json()))
    Draft202012Validator(schema()).validate(data)
    assert check(data) is None
    assert type(record).from_json(data) == record


@pytest.mark.parametrize("kind", records.RECORDS)
def test_schema_and_records_have_the_same_fields(kind: str) -> None:
    fields = {field.name for field in dataclasses.fields(records.RECORDS[kind])} | {"type"}
    described = schema()["$defs"][kind]
    assert set(described["properties"]) == fields
    assert set(described["required"]) == fields - ADDED


def test_schema_and_records_have_the_same_words() -> None:
    defs = schema()["$defs"]
    assert defs["verdict"]["enum"] == list(Verdict)
    assert defs["level"]["enum"] == list(records.Level)
    assert set(defs["line"]["properties"]) == {
        f.name for f in dataclasses.fields(records.RecordedLine)
    }


def broken() -> list[tuple[str, dict[str, Any]]]:
    head, good, fault = run().to_json(), failed().to_json(), finding().to_json()
    end = everything()[-1].to_json()
    found = [
        (f"{data['type']} without {key}", {k: v for k, v in data.items() if k != key})
        for data in (head, good, fault, end)
        for key in data
        if key not in ADDED
    ]
    return [
        *found,
        ("unknown verdict", good | {"verdict": "passed"}),
        ("unknown level", fault | {"level": "MUST NOT"}),
        ("number as text", good | {"duration": "1"}),
        ("negative duration", good | {"duration": -1}),
        ("count of zero", fault | {"count": 0}),
        ("no case", fault | {"cases": []}),
        ("known without reason", good | {"known": {"verdict": "fail"}}),
        ("local time", head | {"started": "2026-01-02T03:04:05+02:00"}),
        ("exit code", end | {"exit_code": 3}),
        ("unknown total", end | {"totals": {"passed": 1}}),
        ("direction", good | {"transcript": [lines()[0].to_json() | {"direction": "X"}]}),
        ("later schema", head | {"schema": 2}),
        ("other type", {"type": "note"}),
    ]


@pytest.mark.parametrize("data", [b for _, b in broken()], ids=[name for name, _ in broken()])
def test_broken_records_are_rejected(data: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema()).is_valid(data)
    assert check(data)


@pytest.mark.parametrize("data", [[], "run", 3, None, {"type": ["run"]}])
def test_what_is_no_record_is_rejected(data: object) -> None:
    assert check(data)


def test_the_fault_of_a_record_is_named() -> None:
    assert "result.verdict" in str(check(result().to_json() | {"verdict": "nope\x1b"}))
    assert "\x1b" not in str(check(result().to_json() | {"verdict": "nope\x1b"}))
    assert "version 2" in str(check(run().to_json() | {"schema": 2}))


def test_a_file_comes_back_whole(tmp_path: Path) -> None:
    head, results, findings = whole_run()
    path = write(tmp_path / "new" / "results.jsonl", everything())
    back = read(path)
    assert (back.run, list(back.results), list(back.findings)) == (head, results, findings)
    assert back.end is not None
    assert not back.truncated
    assert path.read_bytes().isascii()
    assert path.read_bytes().count(b"\n") == len(everything())


def test_each_record_is_on_disk_at_once(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with RecordWriter(path) as writer:
        writer.write(run())
        writer.write(result())
        assert len(read(path).results) == 1


@pytest.mark.parametrize("cut", [1, 2, 60])
def test_a_killed_run_leaves_a_readable_prefix(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "results.jsonl", everything())
    path.write_bytes(path.read_bytes()[:-cut])
    back = read(path)
    assert back.truncated
    assert len(back.results) == len(whole_run()[1])


def test_fields_of_a_later_suite_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    newer = [record.to_json() | {"later": 1} for record in everything()]
    newer[0]["target"]["later"] = newer[1]["later"] = True
    path.write_text("".join(json.dumps(data) + "\n" for data in newer))
    assert read(path).run == run()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ls: ls[:0], "holds no run record"),
        (lambda ls: ls[1:], ":1: a results file has one run record, its first"),
        (lambda ls: [ls[0], ls[0]], ":2: a results file has one run record, its first"),
        (lambda ls: [*ls, ls[1]], "a record follows the end record"),
        (lambda ls: [ls[0], b"{]\n"], ":2: not JSON"),
        (lambda ls: [ls[0], b"\xff\n"], ":2: not JSON"),
        (lambda ls: [ls[0], b'{"type": "result"}\n'], ":2: result"),
    ],
)
def test_what_is_no_results_file_is_said_with_its_line(
    tmp_path: Path, change: Any, message: str
) -> None:
    path = write(tmp_path / "results.jsonl", everything())
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(ResultsError) as caught:
        read(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_packed_file_is_read_the_same(tmp_path: Path) -> None:
    plain = write(tmp_path / "results.jsonl", everything())
    packed = tmp_path / "results.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed) == read(plain)


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-12], lambda _: b"not packed", lambda data: data[:20] + b"\xff" * 40],
)
def test_a_packed_file_that_is_damaged_is_said_to_be(tmp_path: Path, change: Any) -> None:
    plain = write(tmp_path / "results.jsonl", everything())
    packed = tmp_path / "results.jsonl.gz"
    packed.write_bytes(change(gzip.compress(plain.read_bytes())))
    with pytest.raises(ResultsError, match="can not be unpacked"):
        read(packed)


def test_the_writer_keeps_the_order(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "a.jsonl") as writer:
        with pytest.raises(ValueError, match="one run record"):
            writer.write(result())
        writer.write(run())
        with pytest.raises(ValueError, match="one run record"):
            writer.write(run())
        writer.write(end_record([], [], duration=0))
        with pytest.raises(ValueError, match="no record follows"):
            writer.write(result())


def test_a_record_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with RecordWriter(path) as writer:
        writer.write(run())
        with pytest.raises(BlockingIOError, match="another run is writing here"):
            RecordWriter(path)
    held = path.read_bytes()
    assert held.count(b"\n") == 1
    with RecordWriter(path):  # that one is over: the next takes its place
        assert path.read_bytes() == b""


def test_secrets_are_taken_out_of_records() -> None:
    mask = Secrets([("hunter2", "")])
    secret = "got hunter2"
    leaking = failed(reason=secret, repeat=secret, transcript=lines(secret)).masked(mask)
    assert "hunter2" not in json.dumps(leaking.to_json())
    assert leaking.transcript[1].mark
    head = run(server=secret, options={"url": secret, "n": 1})
    assert "hunter2" not in json.dumps(head.masked(mask).to_json())


def test_sections_sort_by_number() -> None:
    sections = ["6.10", "9", "6.9", "6.4.5", "A.1", "6.4"]
    assert sorted(sections, key=section_key) == ["6.4", "6.4.5", "6.9", "6.10", "9", "A.1"]


def test_a_long_reason_is_shortened_once_for_all_that_is_made_of_it() -> None:
    long = failed(reason="x" * (8 << 20)).masked(Secrets())
    assert len(long.reason) < 10_000
    assert long.reason.endswith(" more]")
