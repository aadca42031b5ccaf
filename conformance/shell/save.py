"""Saving a session as a case: a new case file, or one more case of a file that is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from conformance.casefile.document import Case
from conformance.casefile.labels import Start
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.catalogue.levels import strongest
from conformance.extending.documents import parse_id
from conformance.shell.bench import Bench
from conformance.shell.record import REQUIREMENT, Head, Sent, SessionRecord, case_text
from conformance.shell.typed import TypedError
from conformance.syntax.modules import available, commands

_PLUS = re.compile(r"\{[^{}]*\+\}")


def save(
    path: Path,
    title: str,
    record: SessionRecord,
    bench: Bench,
    suite: Suite,
    start: Start,
    mask: Callable[[str], str],
) -> Case:
    """Write the session as a case; return it as it was read back.

    Words of `title` that are ids of requirements become what the case proves. `mask` hides the
    secrets that are known, wherever they stand.

    Raises:
        TypedError: there is nothing to save, or it can not be without a secret, or not there.
        CaseError: the file is no case file; it is as it was before.
    """
    if record.unsaved:
        raise TypedError(f"the session can not be saved: {record.unsaved}")
    lines = [mask(line) for line in record.script(bench.names)]
    if not any(line.startswith("C:") for line in lines):
        raise TypedError("nothing was sent yet that could be saved")
    words = title.split()
    requirements = [word for word in words if parse_id(word)] or [REQUIREMENT]
    if unknown := [word for word in requirements if word not in suite.catalogue]:
        raise TypedError(f"unknown requirement {unknown[0]}")
    said = " ".join(word for word in words if word not in requirements)
    head = Head(
        title=said or f"A session of {datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        level=strongest([suite.catalogue[each].level for each in requirements]),
        requirements=requirements,
        state=start,
        fixture=bench.fixture,
        disposable=record.uses_others(bench.names),
        needs=tuple(_needs(record)),
    )
    return _write(path, case_text(head, lines), suite)


def _needs(record: SessionRecord) -> Iterator[str]:
    """Name the capabilities without which the commands mean nothing."""
    sent = [event for event in record.events if isinstance(event, Sent)]
    brought = {commands()[e.command][0].name for e in sent if e.command in commands()}
    if any(_PLUS.search(line.text) for event in sent for line in event.lines):
        brought.add("rfc7888")
    for module in available():
        if module.name in brought and module.brought_by:
            yield "|".join(sorted(module.capabilities))


def _write(path: Path, case: str, suite: Suite) -> Case:
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else None
        top = f"# {path.stem}\n" if before is None else before.rstrip("\n") + "\n"
        path.write_text(f"{top}\n{case}", encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise TypedError(f"{path}: {reason}") from None
    try:
        return suite.load(path)[-1][0]
    except CaseError:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
        raise
