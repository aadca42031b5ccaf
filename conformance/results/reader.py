"""Reads `results.jsonl` back, checks it against `schema.json`, tells a run cut short.

Fields that a later suite added are passed over; a record of another schema version, or
one that breaks the schema, is an error that names its line.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO, Any, Final

import fastjsonschema

from conformance.results.records import RECORDS, SCHEMA, End, Finding, Record, Result, Run
from conformance.syntax.shown import clip

LONGEST_LINE: Final = 16 << 20
"""Octets of a record that are read."""
LARGEST: Final = 1 << 30
"""Octets of a file that are read, unpacked."""


class ResultsError(ValueError):
    """The file is not a results file of this version; the message names file and line."""


@dataclass(frozen=True, slots=True)
class RunRecording:
    """What a results file holds. `end` is None when the run was cut short."""

    run: Run
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    end: End | None

    @property
    def truncated(self) -> bool:
        """Whether the run was cut short."""
        return self.end is None


@functools.cache
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of one line of a results file."""
    text = files("conformance.results").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


@functools.cache
def _validator(kind: str) -> Callable[[object], object]:
    """Return code that checks a record: interpreting the schema took most of a reading."""
    made: Callable[[object], object] = fastjsonschema.compile(
        {"$ref": f"#/$defs/{kind}", "$defs": schema()["$defs"]}, use_default=False
    )
    return made


def check(data: object) -> str | None:
    """Return what is wrong with one record in its JSON form, or None."""
    kind = data.get("type") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(kind, str) or kind not in RECORDS:
        return f"not a record: its type is {kind!r}"
    version = data.get("schema")
    if kind == "run" and version != SCHEMA:
        return f"written in schema version {version!r}; this suite reads version {SCHEMA}"
    try:
        _validator(kind)(data)
    except fastjsonschema.JsonSchemaValueException as fault:
        place = kind + str(fault.name).removeprefix("data")
        wrong = str(fault.message).removeprefix(str(fault.name)).strip()
        if not isinstance(fault.value, (dict, list)):
            wrong += f", not {fault.value!r}"  # repr escapes what would reach the terminal
        return clip(f"{place}: {wrong}", 300)
    return None


def read(path: Path) -> RunRecording:
    """Return what `path` holds, which may be packed as `.gz`.

    Raises `OSError` if it cannot be read, `ResultsError` if it is not a results file.
    """
    run: Run | None = None
    end: End | None = None
    results: list[Result] = []
    findings: list[Finding] = []
    for number, record in _records(path):
        if (run is None) is not isinstance(record, Run):
            raise ResultsError(f"{path}:{number}: a results file has one run record, its first")
        if end is not None:
            raise ResultsError(f"{path}:{number}: a record follows the end record")
        match record:
            case Run():
                run = record
            case Result():
                results.append(record)
            case Finding():
                findings.append(record)
            case End():
                end = record
    if run is None:
        raise ResultsError(f"{path}: holds no run record")
    return RunRecording(run, tuple(results), tuple(findings), end)


def _lines(path: Path) -> Generator[bytes, None, None]:
    if path.suffix != ".gz":
        with path.open("rb") as file:
            yield from _limited(path, file)
        return
    try:
        with gzip.open(path) as packed:
            yield from _limited(path, packed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ResultsError(f"{path}: can not be unpacked: {error}") from None


def _limited(path: Path, file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """Yield the lines of a file that may be made to fill memory, packed to a thousandth of it."""
    read = 0
    while line := file.readline(LONGEST_LINE + 1):
        read += len(line)
        if len(line) > LONGEST_LINE:
            raise ResultsError(f"{path}: a line is longer than {LONGEST_LINE} octets")
        if read > LARGEST:
            raise ResultsError(f"{path}: larger than {LARGEST} octets once it is unpacked")
        yield line


def _records(path: Path) -> Iterator[tuple[int, Record]]:
    with contextlib.closing(_lines(path)) as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return  # written in part when the run was killed
            try:
                data = json.loads(line)
                wrong = check(data)
                record = None if wrong else RECORDS[data["type"]].from_json(data)
            except RecursionError:
                raise ResultsError(f"{path}:{number}: nested too deep") from None
            except (ValueError, OverflowError) as error:
                said = clip(str(error), 300)
                raise ResultsError(f"{path}:{number}: not JSON: {said}") from None
            if record is None:
                raise ResultsError(f"{path}:{number}: {wrong}")
            yield number, record
