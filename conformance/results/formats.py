"""Files for what reads results by machine: GitLab's code quality, SARIF, TAP, lines for Azure.

`--format NAME` of a run writes them beside the record; `WRITERS` has the names. Each is made from
violations and results as they stand in the record, known ones marked as far as the format can.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from conformance.extending.documents import place_of
from conformance.results.reader import RunRecording
from conformance.results.records import Finding, Level, Result, Verdict
from conformance.results.summary import violations
from conformance.results.text import visible
from conformance.syntax.shown import clip

_MESSAGE: Final = 1000
"""Characters of a message that are written."""


class WrittenFormat(NamedTuple):
    """A file of a format: its name in the folder of reports, and what it holds."""

    name: str
    text: str


def gitlab(record: RunRecording) -> WrittenFormat:
    """Write a Code Quality report: a JSON array of issues, none for what is known."""
    places = _places(record.results)
    issues = [
        {
            "description": _message(finding),
            "check_name": finding.requirement,
            "fingerprint": _fingerprint(finding),
            "severity": "major" if finding.level is Level.MUST else "minor",
            "location": {"path": place[0], "lines": {"begin": place[1]}},
        }
        for finding in violations(record.results, record.findings)
        if not finding.excused
        for place in [places(finding)]
    ]
    return WrittenFormat("code-quality.json", json.dumps(issues, indent=1) + "\n")


def sarif(record: RunRecording) -> WrittenFormat:
    """Write SARIF 2.1.0: a rule for each requirement, a result for each violation.

    What is known is there with a suppression, so that a viewer can show it or leave it out.
    """
    found = violations(record.results, record.findings)
    places = _places(record.results)
    rules = {
        finding.requirement: {
            "id": finding.requirement,
            "shortDescription": {"text": visible(finding.rule) or finding.requirement},
            "help": {"text": place_of(finding.rfc, finding.section)},
        }
        for finding in found
    }
    order = {name: number for number, name in enumerate(rules)}
    made = [
        _sarif_result(finding, order[finding.requirement], places(finding)) for finding in found
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": record.run.suite.name,
                        "semanticVersion": record.run.suite.version,
                        "rules": list(rules.values()),
                    }
                },
                "results": made,
            }
        ],
    }
    return WrittenFormat("results.sarif", json.dumps(log, indent=1) + "\n")


def _sarif_result(finding: Finding, number: int, place: tuple[str, int]) -> Mapping[str, Any]:
    made: dict[str, Any] = {
        "ruleId": finding.requirement,
        "ruleIndex": number,
        "level": "error" if finding.level is Level.MUST else "warning",
        "message": {"text": _message(finding)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": place[0]},
                    "region": {"startLine": place[1]},
                }
            }
        ],
        "occurrenceCount": max(finding.count, 1),
        "partialFingerprints": {"deviation/v1": _fingerprint(finding)},
    }
    if finding.excused and finding.known:
        reason = visible(finding.known.reason)
        made["suppressions"] = [{"kind": "external", "justification": reason}]
    return made


def tap(record: RunRecording) -> WrittenFormat:
    """Write TAP version 14: a test point a result; what is known is `TODO`."""
    lines = ["TAP version 14", f"1..{len(record.results)}"]
    for number, result in enumerate(record.results, 1):
        lines.extend(_point(number, result))
    return WrittenFormat("results.tap", "\n".join(lines) + "\n")


def _point(number: int, result: Result) -> Iterator[str]:
    good = result.verdict not in (Verdict.FAIL, Verdict.BLOCKED, Verdict.ERROR)
    reason = _one_line(result.reason)
    directive = ""
    if result.verdict is Verdict.SKIP:
        directive = f" # SKIP {reason}"
    elif result.excused and result.known:
        directive = f" # TODO {_one_line(result.known.reason)}"
    yield f"{'ok' if good else 'not ok'} {number} - {_one_line(result.id)}{directive}"
    if not good:
        values = {
            "verdict": result.verdict.value,
            "level": result.level.value,
            "requirements": list(result.requirements),
            "message": clip(visible(result.reason), _MESSAGE),
            "repeat": visible(result.repeat),
        }
        yield "  ---"
        for name, value in values.items():
            yield f"  {name}: {json.dumps(value)}"  # JSON is YAML, however odd the text
        yield "  ..."


def _one_line(text: str) -> str:
    """Return text that is no directive and no end of a line to TAP."""
    return " ".join(clip(visible(text), _MESSAGE).split()).replace("\\", "\\\\").replace("#", "\\#")


def azure(record: RunRecording) -> WrittenFormat:
    """Write log lines of Azure Pipelines: an error or warning for each violation that is new.

    The job prints the file; what a server said can not begin another command in it.
    """
    lines = [
        f"##vso[task.logissue type={'error' if finding.level is Level.MUST else 'warning'};"
        f"code={_property(finding.requirement)}]{_data(_message(finding))}"
        for finding in violations(record.results, record.findings)
        if not finding.excused
    ]
    return WrittenFormat("azure.log", "".join(f"{line}\n" for line in lines))


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")


Writer = Callable[[RunRecording], WrittenFormat]
WRITERS: Final[Mapping[str, Writer]] = {
    "azure": azure,
    "gitlab": gitlab,
    "sarif": sarif,
    "tap": tap,
}
"""Formats by the name that `--format` takes."""


# -- what they share ---------------------------------------------------------------------


def _message(finding: Finding) -> str:
    said = clip(visible(finding.message or finding.rule), _MESSAGE)
    place = place_of(finding.rfc, finding.section)
    return f"{said} ({place}; repeat with: {visible(finding.repeat)})"


def _fingerprint(finding: Finding) -> str:
    """Return what is the same for one violation in every run."""
    name = f"{finding.requirement}\n{finding.level.value}\n{finding.deviation}"
    return hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()


def _places(results: Sequence[Result]) -> Callable[[Finding], tuple[str, int]]:
    """Return what says where a violation was seen: file and line of a case, or all cases."""
    by_id = {result.id: result for result in results}

    def place(finding: Finding) -> tuple[str, int]:
        for case in finding.cases:
            result = by_id.get(case)
            if result is not None and result.file:
                return result.file, max(result.line, 1)
        return "cases", 1

    return place
