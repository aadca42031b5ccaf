"""Workflow commands: what a job on GitHub, or on what runs its actions, takes off the output.

A line that begins with `::` is a command to the runner. Ours are made by `annotate`; whatever
else is printed there, and may hold what a server said, goes between `fence`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from conformance.extending.documents import place_of
from conformance.results.records import Finding, Level
from conformance.results.text import visible
from conformance.syntax.shown import clip

MOST = 10
"""How many annotations of a kind one step may have; the runner drops the rest unsaid."""

_MESSAGE = 1000


def here(environ: Mapping[str, str]) -> bool:
    """Whether the output of this process is read for workflow commands."""
    return environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def fence(say: Callable[[str], object], environ: Mapping[str, str]) -> Iterator[None]:
    """Have the runner take nothing for a command that is printed within, if there is a runner."""
    if not here(environ):
        yield
        return
    word = secrets.token_hex(16)  # which nobody who wants a command to run can know
    say(f"::stop-commands::{word}")
    try:
        yield
    finally:
        say(f"::{word}::")


def annotate(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a command for each violation of a MUST that is not known, as many as are shown."""
    new = [f for f in findings if f.level is Level.MUST and not f.excused]
    for finding in new[:MOST]:
        title = f"{finding.requirement} ({place_of(finding.rfc, finding.section)})"
        message = (
            f"{clip(visible(finding.message), _MESSAGE)}\nRepeat with: {visible(finding.repeat)}"
        )
        yield f"::error title={_property(title)}::{_data(message)}"
    if len(new) > MOST:
        more = f"{len(new) - MOST} more violations are in the summary"
        yield f"::notice title=IMAP conformance::{more}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def add_outputs(findings: Sequence[Finding], environ: Mapping[str, str]) -> None:
    """Set the outputs of the step, where it may have some: how many violations are new, and known.

    Raises:
        OSError: it may, and they can not be written.
    """
    path = environ.get("GITHUB_OUTPUT")
    if not path:
        return
    musts = [finding for finding in findings if finding.level is Level.MUST]
    known = sum(finding.excused for finding in musts)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"violations={len(musts) - known}\nknown-violations={known}\n")


def add_summary(page: str, environ: Mapping[str, str]) -> None:
    """Append a Markdown page to the summary of the job, where there is one.

    Raises:
        OSError: there is one, and it can not be written.
    """
    path = environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(page + "\n")
