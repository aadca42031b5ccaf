"""Files from anybody: read within limits, one clear line where they can not be, and nothing run."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import call

from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.passive.lint import lint
from conformance.passive.recording import RecordingError
from conformance.passive.verdicts import Verdicts
from conformance.results import reader
from conformance.results.errors import KnownError
from conformance.results.known import KnownDeviations
from conformance.results.reader import ResultsError, read

PROGRAM = """\
# A program of somebody

## It leaves a mark

`MUST` `3501-6.1.2-ok`

Nobody has read it.

```python
open({mark!r}, "w").close()
client = connect()
expect(client.noop()[0], b"NOOP completed.")
```
"""
NESTED = "[" * 100_000 + "]" * 100_000
BAD_KNOWN = {
    "nested": f"deviation = {NESTED}",
    "digits": "[[deviation]]\nrule = " + "9" * 5000,
    "dots": ".".join(["a"] * 200_000) + " = 1",
    "quoted dots": ".".join(['"a"'] * 100_000) + " = 1",
    "dots behind a comment": "#'\n" + ".".join(["a"] * 50_000) + " = 1\n#'",
    "large": "# " + "x" * (2 << 20),
    "not UTF-8": "\udcff",
}
BAD_RECORDS = {
    "nested": NESTED,
    "nested in a record": '{"type": "run", "options": ' + NESTED + "}",
    "digits": '{"type": "run", "schema": ' + "9" * 5000 + "}",
    "no record": "[]",
    "not JSON": "{",
}


def mark_of(tmp_path: Path) -> tuple[Path, Path]:
    mark, file = tmp_path / "mark", tmp_path / "6.1.2-noop.md"
    file.write_text(PROGRAM.format(mark=str(mark)), encoding="utf-8")
    return mark, file


@pytest.mark.parametrize("verb", ["run", "replay"])
def test_a_program_of_others_asks_first(verb: str, tmp_path: Path) -> None:
    mark, file = mark_of(tmp_path)
    words = (verb, file, "--server", "pymap", "--output", tmp_path / "out")
    ran = call(*words)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert f"{file}:10: the file is none of the suite's own and holds a program" in line
    assert "--allow-programs" in line
    assert not mark.exists()


@pytest.mark.slow
def test_a_program_that_is_allowed_runs(tmp_path: Path) -> None:
    mark, file = mark_of(tmp_path)
    ran = call(
        "run", file, "--server", "pymap", "--output", tmp_path, "--allow-programs", "--quiet"
    )
    assert ran.returncode in (0, 1), ran.stderr
    assert mark.exists()


def test_the_suite_s_own_programs_need_no_leave() -> None:
    suite = Suite()
    assert suite.load(suite.root / "interop" / "6.4.5-reading.md")


@pytest.mark.parametrize("source", ["-" * 100_000 + "1", "(" * 5000, "a\0b"])
def test_what_is_no_program_is_told(source: str, tmp_path: Path) -> None:
    file = tmp_path / "6.1.2-noop.md"
    text = PROGRAM.format(mark="x").replace("client = connect()", source)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match="not Python"):
        Suite(programs=True).load(file)


@pytest.mark.parametrize("name", BAD_KNOWN)
def test_a_file_of_known_deviations_is_read_within_limits(name: str, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(BAD_KNOWN[name], encoding="utf-8", errors="surrogateescape")
    with pytest.raises(KnownError) as refused:
        KnownDeviations.load(path)
    assert str(path) in str(refused.value)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_record_is_read_within_limits(name: str, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text(BAD_RECORDS[name] + "\n", encoding="utf-8")
    with pytest.raises(ResultsError) as refused:
        read(path)
    assert str(path) in str(refused.value)
    assert len(str(refused.value)) < 600
    ran = call("compare", path, path)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1), ran.stderr


@pytest.mark.parametrize("name", BAD_RECORDS)
@pytest.mark.parametrize("suffix", ["jsonl", "txt"])
def test_a_recording_is_read_within_limits(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"session.{suffix}"
    path.write_text(BAD_RECORDS[name] + "\n", encoding="utf-8")
    ran = call("lint", path)
    assert ran.returncode in (0, 1, 2), ran.stderr
    assert len(ran.stderr) < 600


def test_what_unpacks_to_more_than_it_should_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=9) as packed:
        for _ in range(40):
            packed.write(b"9" * (1 << 20))
    with pytest.raises(ResultsError, match="a line is longer than"):
        read(path)


def test_many_lines_that_unpack_to_more_than_they_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGEST", 1000)
    path = tmp_path / "results.jsonl.gz"
    with gzip.open(path, "wb") as packed:
        packed.write(b"\n" * 2000)
    with pytest.raises(ResultsError):
        read(path)


ANY_FILE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Draw a file that was one of ours: octets gone, changed, come twice; or anything."""
    whole = draw(st.sampled_from(SAMPLES))
    octets = bytearray(whole)
    generated = random.Random(draw(st.integers(0, 1 << 32)))  # noqa: S311 - a choice, not a secret
    for _ in range(draw(st.integers(0, 20))):
        at = generated.randrange(len(octets) + 1)
        kind = generated.randrange(4)
        if kind == 0:
            del octets[at : at + generated.randrange(1, 40)]
        elif kind == 1:
            octets[at:at] = bytes(
                generated.randrange(256) for _ in range(generated.randrange(1, 8))
            )
        elif kind == 2:
            octets[at:at] = octets[at : at + 60] * generated.randrange(1, 30)
        else:
            octets[at:at] = generated.choice((b"[" * 2000, b"9" * 5000, b"\0", b"{4294967295}\r\n"))
    return bytes(octets) if draw(st.booleans()) else draw(st.binary(max_size=200))


SAMPLES = (
    b'[[deviation]]\ndeviation = "x"\nrule = "3501-6.1.2-ok"\nverdict = "fail"\nreason = "y"\n',
    json.dumps({"type": "run", "schema": 7, "options": {}, "capabilities": ["IMAP4rev1"]}).encode()
    + b"\n",
    b"S: * OK ready\r\nC: a1 LOGIN u {4}\r\nS: + go\r\nC: pass\r\nS: a1 OK in\r\n",
    b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(8) + b"\xff\xff\0\0\1\0\0\0" + bytes(80),
    b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a" + bytes(60),
    b"1700000000.123456 a1 OK in\r\n1700000000.223456 * 1 EXISTS\r\n",
)


def _lint(path: Path) -> None:
    lint([path], Verdicts())


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "known": ("known.toml", KnownDeviations.load),
    "record": ("results.jsonl", read),
    "packed record": ("results.jsonl.gz", read),
    "recording": ("session.txt", _lint),
    "capture": ("session.pcap", _lint),
    "case file": ("6.1.2-noop.md", Suite().load),
}


@pytest.mark.parametrize("kind", READERS)
@ANY_FILE
@given(octets=_damaged())
def test_any_file_is_read_or_refused(
    kind: str, octets: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name, use = READERS[kind]
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(octets)
    try:
        use(path)
    except (KnownError, ResultsError, RecordingError, CaseError) as refused:
        assert name in str(refused)  # noqa: PT017 - what else is raised fails the test
