"""The violations of a run as a Markdown page: what `reports/` publishes of a server.

Each distinct violation of a MUST with its rule, clause, transcript and, where the file of known
deviations has it, the sentence that defends it. Pages of two runs differ only in what the server
did: times are left out and the unguessable part of the suite's mailbox names is shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conformance.results.records import Finding, Level, Line, Run
from conformance.results.summary import by_section
from conformance.results.text import clip, visible

_OWN_NAME = re.compile(r"imapconf-[0-9a-f]{4}-[0-9a-f]+-[0-9a-f]{8}-[0-9a-f]{10}-[0-9a-f]{4}-\d+")
_WIDTH = 200  # characters of one line of a transcript
_LINES = 24  # of a transcript; the offending one is near its end
_CASES = 6  # that are named


def findings_page(run: Run, findings: Sequence[Finding]) -> str:
    """Return the page; `findings` are the distinct violations of a run, of any level."""
    must = [finding for finding in findings if finding.level is Level.MUST]
    who = f"{run.target.name} {run.target.version}".strip()
    return "\n".join([*_head(who, must), *_sections(must)]) + "\n"


def _head(who: str, must: Sequence[Finding]) -> Iterator[str]:
    yield f"# {visible(who)}: violations of MUST rules"
    yield ""
    yield (
        f"{len(must)} distinct, each with the clause that it breaks." if must else "None was seen."
    )


def _sections(must: Sequence[Finding]) -> Iterator[str]:
    for (rfc, section), group in by_section(must):
        yield ""
        yield f"## RFC {rfc} section {section}"
        for finding in group:
            yield ""
            yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"### `{finding.requirement}`: {_prose(finding.message)}"
    yield ""
    if finding.rule:
        yield f"RFC {finding.rfc} section {finding.section}: {_prose(finding.rule)}"
        yield ""
    if finding.known is not None:
        yield f"**Why it stands:** {_prose(finding.known.reason)}"
        yield ""
    yield f"* expected: {_code(finding.expected)}"
    yield f"* received: {_code(finding.received or finding.offending)}"
    shown = ", ".join(f"`{case}`" for case in finding.cases[:_CASES])
    more = f" and {len(finding.cases) - _CASES} more" if len(finding.cases) > _CASES else ""
    if shown:
        yield f"* seen in: {shown}{more}"
    if finding.transcript:
        yield ""
        yield "```text"
        yield from map(_line, finding.transcript[-_LINES:])
        yield "```"


def _line(line: Line) -> str:
    mark = "!" if line.mark else " "
    who = "" if line.session == "main" else f"{line.session} "
    return f"{mark}{who}{line.direction}: {_plain(clip(line.text, _WIDTH))}".rstrip()


def _plain(text: str) -> str:
    return _OWN_NAME.sub("box", visible(text)).replace("```", "'''")


def _code(text: str) -> str:
    """Return text as Markdown code, which nothing that a server says can leave."""
    return f"`` {_plain(clip(text, _WIDTH)).replace('``', chr(39) * 2)} ``"


def _prose(text: str) -> str:
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", _plain(text))
