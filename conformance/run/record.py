"""What a run keeps of itself as it goes: results, findings, and the file they are written to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import IO, Any, Final

from conformance.results import records
from conformance.results.changes import Since, changes
from conformance.results.collector import Findings
from conformance.results.known import Unexpected
from conformance.results.reader import RunRecording
from conformance.results.records import Result, Run, Verdict
from conformance.results.summary import end_record
from conformance.results.writer import RecordWriter
from conformance.run.settings import Settings
from conformance.secrecy.secrets import Secrets

RESULTS: Final = "results.jsonl"
"""The file, in the folder of the run."""


class RunRecord:
    """The record of one run.

    `rule` returns the sentence of a requirement, `repeat` the command that shows a case again.
    """

    def __init__(
        self, settings: Settings, rule: Callable[[str], str], repeat: Callable[[str], str]
    ) -> None:
        self.run: Run | None = None
        self.end: records.End | None = None
        self.results: list[Result] = []
        self.unexpected: tuple[Unexpected, ...] = ()
        self.figures: Mapping[str, Any] = {}
        """What was measured, for the end of the record."""
        self.echo: IO[bytes] | None = None
        """Where the lines of the record go too, as they are made."""
        self.left_behind: tuple[str, ...] = ()
        """Names of mailboxes that could not be removed."""
        self.unjudged: Counter[str] = Counter()
        """Responses judged in part or not at all that other processes of the run have seen."""
        self._settings = settings
        self._rule, self._repeat = rule, repeat
        self._began = time.monotonic()
        self._writer: RecordWriter | None = None
        self.hide(Secrets())

    def hide(self, secrets: Secrets) -> None:
        """Mask these in all that is recorded from now on; nothing was found before."""
        self.mask = secrets
        self.findings = Findings(rule=self._rule, repeat=self._repeat, mask=secrets)

    def begin(self, run: Run, until: ExitStack) -> None:
        """Write the first line; the file is closed with `until`."""
        self.run = run.masked(self.mask)
        self._writer = until.enter_context(RecordWriter(self._settings.output / RESULTS, self.echo))
        self._writer.write(self.run)

    def keep(self, result: Result) -> Result:
        """Write a result as it is shown, and return it."""
        result = result.masked(self.mask)
        self.results.append(result)
        if self._writer is not None:
            self._writer.write(result)
        return result

    @property
    def violations(self) -> int:
        """Distinct violations of MUST rules so far."""
        return self.findings.violations()

    @property
    def since(self) -> Since | None:
        """What changed since the earlier run that the settings name; None without one."""
        before, run = self._settings.before, self.run
        if before is None or run is None:
            return None
        now = RunRecording(run, tuple(self.results), tuple(self.marked_findings()), self.end)
        return Since(before.run.started, changes(before, now))

    def marked_findings(self) -> list[records.Finding]:
        """Return the distinct violations, what is known of them and how many cases they block."""
        blocks = Counter(
            (r.protocol, r.deviation) for r in self.results if r.verdict is Verdict.BLOCKED
        )
        return [
            replace(finding, blocks=blocks[finding.protocol, finding.deviation])
            for finding in self.marked(self.findings.all())
        ]

    def marked(self, findings: Iterable[records.Finding]) -> list[records.Finding]:
        """Return findings with what is known of them."""
        return [self._settings.known.mark_finding(finding) for finding in findings]

    def leave(self, names: Iterable[bytes]) -> None:
        """Note mailboxes that could not be removed."""
        texts = (name.decode("ascii", "backslashreplace") for name in names)
        self.left_behind = tuple(dict.fromkeys((*self.left_behind, *texts)))

    def finish(
        self,
        facts: tuple[records.RecordedFact, ...],
        lost: str,
        unjudged: Mapping[str, int],
        *,
        interrupted: bool,
        complete: bool,
    ) -> records.End:
        """Write findings and the last line.

        `lost` says why the run was cut short, if it was, `unjudged` how many responses were judged
        in part or not at all for want of which grammar.
        """
        findings = self.marked_findings()
        self.unexpected = self._settings.known.unexpected(
            self.results, findings, complete=complete and not interrupted
        )
        self.end = end_record(
            self.results,
            findings,
            duration=time.monotonic() - self._began,
            unexpected=self.unexpected,
            strict=self._settings.strict_known,
            interrupted=interrupted,
            lost=self.mask(lost),
            facts=facts,
            left_behind=self.left_behind,
            unjudged=unjudged,
            figures=self.figures,
        )
        if self._writer is not None:
            for finding in findings:
                self._writer.write(finding)
            self._writer.write(self.end)
        return self.end
