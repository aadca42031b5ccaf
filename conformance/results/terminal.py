"""The summary of a run on a terminal: facts, violations by RFC section, what repeats each.

Whatever a server sent passes `visible` and is printed without rich markup, so it can
neither style the output nor drive the terminal. Progress is in `progress`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from conformance.extending.documents import place_of
from conformance.results.changes import Since
from conformance.results.known import Unexpected
from conformance.results.progress import STYLES
from conformance.results.records import BUDGET, End, Finding, Level, Result, Run, Verdict
from conformance.results.summary import (
    by_reason,
    by_section,
    totals_line,
    unjudged,
    verdict_line,
    violations,
)
from conformance.results.text import end_visible, visible
from conformance.syntax.shown import clip

_LABEL = 10
_MAX_WIDTH = 120
_FEW = 8
"""How many ids of a group are listed."""


def print_summary(
    console: Console,
    run: Run,
    results: Sequence[Result],
    findings: Sequence[Finding],
    end: End,
    *,
    unexpected: Sequence[Unexpected] = (),
    known_file: str = "",
    since: Since | None = None,
    reports: Sequence[tuple[str, str]] = (),
    verbose: bool = False,
    slowest: int = 0,
) -> None:
    """Print what the run found; `reports` are names and paths of the files it wrote.

    What is known takes one line each, and so do warnings, unless `verbose`. `slowest` is how many
    of the slowest cases are named.
    """
    page = _Page(console, verbose=verbose)
    found = violations(results, findings)
    new = [finding for finding in found if not finding.excused]
    page.target(run)
    page.violations([finding for finding in new if finding.level is Level.MUST])
    page.warnings([finding for finding in new if finding.level is not Level.MUST])
    page.known([finding for finding in found if finding.excused], known_file)
    page.unexpected(unexpected, known_file)
    page.reasons(results, Verdict.ERROR, "Errors of the suite")
    page.reasons(results, Verdict.BLOCKED, "Blocked: a precondition failed")
    page.reasons(results, Verdict.SKIP, "Skipped")
    page.profile(results)
    page.slowest(results, slowest)
    page.heading("Summary")
    page.line(totals_line(results, end))
    if since is not None:
        page.field("since", f"{since.started}: {since.words}", prose=True)
        for finding in since.changes.new:
            page.field("new", f"{finding.requirement}: {finding.deviation}", rows=1)
    for line in unjudged(run, end):
        page.field("unjudged", line, prose=True)
    for name, path in reports:
        page.field(name, path, rows=0)
    for result in results:
        if result.cause == BUDGET:
            page.line(f"{result.id}: {result.reason.partition(';')[0]}", style="yellow")
    style = "bold green" if end.exit_code == 0 else "bold red"
    page.line(verdict_line(results, found, end), style=style)


class _Page:
    """Writes escaped lines that keep within the console's width."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose
        self._rows = 2 if verbose else 1
        self._width = min(console.width, _MAX_WIDTH)

    def _safe(self, text: str) -> str:
        encoding = self._console.encoding
        return visible(text).encode(encoding, "backslashreplace").decode(encoding)

    def _print(self, *parts: tuple[str, str]) -> None:
        text = Text()
        for part, style in parts:
            text.append(self._safe(part), style)
        self._console.print(text, soft_wrap=True)

    def line(self, text: str = "", *, style: str = "", indent: int = 0) -> None:
        """Print prose, wrapped."""
        width = max(self._width - indent, 20)
        for row in textwrap.wrap(self._safe(text), width) or [""]:
            self._print((" " * indent, ""), (row, style))

    def heading(self, text: str, style: str = "bold") -> None:
        self._print(("", ""))
        self._print((text, style))

    def field(
        self, name: str, value: str, *, indent: int = 0, rows: int = 2, prose: bool = False
    ) -> None:
        """Print a labelled value, cut to `rows` rows; 0: whole and in one row, to be copied.

        Prose is wrapped at spaces. Octets are cut by columns: spaces may be what is wrong.
        """
        if not value:
            return
        label = " " * indent + name.ljust(_LABEL)
        width = max(self._width - len(label), 20)
        value = self._safe(value)
        if not rows:
            self._print((label, "dim"), (value, ""))
            return
        value = clip(value if prose else end_visible(value), rows * width)
        lines = [value[start : start + width] for start in range(0, len(value), width)]
        for line in textwrap.wrap(value, width) if prose else lines:
            self._print((label, "dim"), (line, ""))
            label = " " * len(label)

    def target(self, run: Run) -> None:
        self.heading(f"{run.suite.name} {run.suite.version}")
        known = f"{run.target.name} {run.target.version}".strip()
        security = {"none": "no TLS", "starttls": "STARTTLS", "implicit": "TLS"}
        details = ", ".join(
            part for part in (known, security.get(run.target.security, run.target.security)) if part
        )
        self.field("target", f"{run.target.label} ({details})")
        self.field("server", run.server, rows=1)
        self.field("announces", " ".join(run.capabilities))
        self.field("grammar", " ".join(run.grammar))

    def violations(self, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        count = "1 violation" if len(findings) == 1 else f"{len(findings)} violations"
        self.heading(f"{count} of MUST rules", "bold red")
        for (rfc, section), group in by_section(findings):
            self.heading(place_of(rfc, section))
            for finding in group:
                self._finding(finding)

    def _head(self, finding: Finding) -> None:
        style = STYLES.get(finding.verdict, "")
        times = f"  x{finding.count}" if finding.count > 1 else ""
        under = f"  {finding.under}" if finding.under else ""
        self._print(("  ", ""), (finding.requirement, style), (under, ""), (times, "bold"))

    def _brief(self, finding: Finding, said: str) -> None:
        """Print a finding in one line."""
        times = f" x{finding.count}" if finding.count > 1 else ""
        room = max(self._width - len(finding.requirement) - len(times) - 4, 20)
        text = clip(self._safe(" ".join(said.split())), room - 12)  # room for what clip adds
        style = STYLES.get(finding.verdict, "")
        self._print(("  ", ""), (finding.requirement, style), (times, "bold"), (f": {text}", ""))

    def _finding(self, finding: Finding) -> None:
        self._head(finding)
        if finding.rule:
            self.line(finding.rule, indent=4)
        if finding.message != finding.rule:
            self.field("found", finding.message, prose=True, rows=2 * self._rows, indent=4)
        self.field("expected", finding.expected, indent=4, rows=self._rows)
        self.field("received", finding.received or finding.offending, indent=4, rows=self._rows)
        self.field("breaks", ", ".join(finding.also), indent=4, rows=self._rows)
        blocks = f"{finding.blocks} cases that need it" if finding.blocks else ""
        self.field("blocks", blocks, indent=4)
        if self._verbose:
            self.field("case", finding.cases[0] if finding.cases else "", indent=4, rows=0)
        self.field("repeat", finding.repeat, indent=4, rows=0)

    def warnings(self, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        count = "1 warning" if len(findings) == 1 else f"{len(findings)} warnings"
        self.heading(f"{count} (SHOULD rules)", "bold yellow")
        for finding in findings:
            if not self._verbose:
                self._brief(finding, finding.message or finding.rule)
                continue
            self._head(finding)
            self.line(clip(finding.message or finding.rule, 2 * self._width), indent=4)
            self.field("repeat", finding.repeat, indent=4, rows=0)

    def known(self, findings: Sequence[Finding], known_file: str) -> None:
        if not findings:
            return
        count = "1 known violation" if len(findings) == 1 else f"{len(findings)} known violations"
        listed = f", listed in {known_file}" if known_file else ""
        self.heading(f"{count}{listed}: not counted")
        for finding in findings:
            reason = finding.known.reason if finding.known else ""
            if not self._verbose:
                self._brief(finding, reason or finding.rule or finding.message)
                continue
            self._head(finding)
            self.line(clip(finding.rule or finding.message, 2 * self._width), indent=4)
            self.field("known", reason, indent=4)
            self.field("repeat", finding.repeat, indent=4, rows=0)

    def unexpected(self, entries: Sequence[Unexpected], known_file: str) -> None:
        if not entries:
            return
        listed = f" of {known_file}" if known_file else ""
        self.heading(f"Not met any more: entries{listed}", "bold yellow")
        for entry in entries:
            named = visible(entry.entry.deviation)
            self._print(("  ", ""), (named, "yellow"), (f": {entry.why}", ""))

    def reasons(self, results: Sequence[Result], verdict: Verdict, title: str) -> None:
        groups = by_reason(results, verdict)
        if not groups:
            return
        total = sum(len(group) for _, group in groups)
        self.heading(f"{title} ({total})", STYLES.get(verdict, "bold"))
        for reason, group in groups:
            self.field(str(len(group)).rjust(5), reason, indent=0)
            if verdict is Verdict.SKIP:
                continue
            few = _FEW if self._verbose or verdict is Verdict.ERROR else 1
            for result in group[:few]:
                self.field("", result.repeat or result.id, indent=4, rows=0)
            if len(group) > few:
                self.field("", f"and {len(group) - few} more", indent=4)

    def profile(self, results: Sequence[Result]) -> None:
        chosen = [r for r in results if r.verdict in (Verdict.YES, Verdict.NO)]
        if not chosen:
            return
        yes = sum(result.verdict is Verdict.YES for result in chosen)
        self.heading(f"Optional behaviour (MAY): {yes} yes, {len(chosen) - yes} no")

    def slowest(self, results: Sequence[Result], count: int) -> None:
        """Name the results that took longest."""
        if not count:
            return
        longest = sorted(results, key=lambda result: -result.duration)[:count]
        self.heading(f"Slowest {len(longest)}")
        for result in longest:
            self.field(f"{result.duration:7.2f} s", result.id, rows=0)
