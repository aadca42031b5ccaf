"""Recordings of invented runs of two servers, and of one server twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from results_sample import EXPUNGE, REQUIREMENT, SELECT, failed, finding, result, run, whole_run

from conformance.results.reader import RunRecording
from conformance.results.records import Finding, Known, Result, TargetRecord, Verdict
from conformance.results.summary import end_record

MAY = "3501-6.1.2-polls"
POLLS = "rfc3501/6.1.2-noop/polls"


def recording(
    results: Sequence[Result],
    findings: Sequence[Finding] = (),
    *,
    name: str = "Examplemail",
    version: str = "1.2",
    started: str = "2026-01-02T03:04:05Z",
) -> RunRecording:
    head = run(target=TargetRecord(f"imap://{name}", name, version), started=started)
    end = end_record(results, findings, duration=1.0)
    return RunRecording(head, tuple(results), tuple(findings), end)


def good(**changes: str) -> RunRecording:
    """A server that keeps everything."""
    results = [
        result(SELECT),
        result(EXPUNGE, requirements=("3501-6.4.3-renumber",)),
        result(POLLS, "yes", requirements=(MAY,)),
        result("ambient/syntax", kind="ambient", requirements=(), section="9"),
    ]
    return recording(results, **changes)


def bad(**changes: str) -> RunRecording:
    """A server that breaks what SELECT is about, and does not do what is optional."""
    results = [
        failed(SELECT),
        result(EXPUNGE, "skip", requirements=("3501-6.4.3-renumber",)),
        result(POLLS, "no", requirements=(MAY,)),
    ]
    return recording(results, [finding()], **changes)


def everything(**changes: str) -> RunRecording:
    """A run with one of everything, hostile text included."""
    _, results, findings = whole_run()
    return recording(results, findings, **changes)


def excused(old: RunRecording) -> RunRecording:
    """The same run with its violation listed as known."""
    known = Known(Verdict.FAIL, "issue 7")
    found = tuple(dataclasses.replace(f, known=known) for f in old.findings)
    results = tuple(
        dataclasses.replace(r, known=known) if REQUIREMENT in r.requirements else r
        for r in old.results
    )
    return dataclasses.replace(old, results=results, findings=found)
