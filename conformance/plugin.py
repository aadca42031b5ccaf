"""The pytest plugin: collects case files, plays them through a campaign, reports in pytest's way.

`pytest cases/ --imap-target URL` and `imap-conformance run URL` are the same run: the command
line hands its campaign to `Runner`, pytest's options build one here.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pytest_html import extras
from pytest_metadata.plugin import metadata_key
from rich.console import Console

from conformance.campaign import SYNTAX, Campaign
from conformance.casefile.document import Case
from conformance.casefile.errors import CaseError
from conformance.casefile.plan import Step
from conformance.checks.finding import Rule
from conformance.checks.monitor import RULES
from conformance.options import OPTIONS, OptionError, make_campaign
from conformance.results import html, junit
from conformance.results.findings import findings_page
from conformance.results.known import KnownError
from conformance.results.progress import Progress, progress
from conformance.results.records import Result, Verdict
from conformance.results.terminal import print_summary
from conformance.wire.errors import TargetError

_CASE_FILE = re.compile(r"[0-9A-Z]+(?:\.\d+)*-[a-z0-9-]+\.md")
_NAME = "imap-conformance-runner"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run, each with `--imap-` before its name."""
    group = parser.getgroup("imap-conformance", "IMAP conformance")
    group.addoption("--imap-target", metavar="URL", help="server to test: imap://user@host")
    for option in OPTIONS:
        group.addoption(f"--imap-{option.name}", **option.arguments())


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the runner when a target is given, before pytest-html looks at its options."""
    if config.pluginmanager.has_plugin(_NAME):
        return
    names = [option.name.replace("-", "_") for option in OPTIONS]
    values = {name: config.getoption(f"imap_{name}") for name in names}
    target = config.getoption("imap_target")
    if not target and not values["server"]:
        return
    try:
        campaign = make_campaign(values, target)
    except (OptionError, KnownError, TargetError) as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(Runner(campaign), _NAME)


class Unmet(Exception):
    """A verdict that pytest has to show as a failure; the text is the whole message."""


class CaseItem(pytest.Item):
    """One case of a case file."""

    def __init__(self, *, case: Case, steps: tuple[Step, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case
        self.steps = steps
        self.case_id = case.id

    def setup(self) -> None:
        """Play the case; a precondition that failed is an error for pytest, not a failure."""
        result = _runner(self.config).play(self)
        if result.verdict is Verdict.SKIP:
            pytest.skip(result.reason)
        if result.verdict in (Verdict.BLOCKED, Verdict.ERROR):
            raise Unmet(f"{result.verdict}: {result.reason}")

    def runtest(self) -> None:
        """Fail if the case was not met."""
        _check(_runner(self.config).result_of(self.nodeid))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return the reason for people; what is not a verdict keeps its traceback."""
        if isinstance(excinfo.value, Unmet):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the case stands."""
        return self.path, self.case.line - 1, self.case.id


class AmbientItem(pytest.Item):
    """One ambient rule over the whole run; without a rule, framing and formal syntax."""

    def __init__(self, *, rule: Rule | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def runtest(self) -> None:
        """Fail if the check found anything in any session."""
        _check(_runner(self.config).judge(self))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return the reason for people."""
        if isinstance(excinfo.value, Unmet):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the id; an ambient check stands in no case file."""
        return self.path, None, f"ambient/{self.name}"


class CaseFile(pytest.File):
    """One case file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return its cases; a fault of the file is one line for people."""
        campaign = _runner(self.config).campaign
        for case, steps in campaign.suite.load(self.path):
            name = case.id.split("/", 2)[2]
            yield CaseItem.from_parent(self, name=name, case=case, steps=steps)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # type: ignore[override]  # pytest's own is as wide
        """Return the fault of the file as one line."""
        if isinstance(excinfo.value, CaseError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))


class Runner:
    """Leads a campaign through pytest's hooks.

    `only` are prefixes of case ids to play; `console` gets progress and summary (None: nothing
    but what pytest prints).
    """

    def __init__(
        self,
        campaign: Campaign,
        *,
        only: Sequence[str] = (),
        console: Console | None = None,
        quiet: bool = False,
    ) -> None:
        self.campaign = campaign
        self.failure = ""
        """Why the run could not happen, one line for people."""
        self._only = tuple(only)
        self._console = console
        self._quiet = quiet
        self._results: dict[str, Result] = {}
        self._began = False
        self._complete = True
        self._progress: Progress | None = None

    # -- the run ----------------------------------------------------------------------

    def play(self, item: CaseItem) -> Result:
        """Play the case of an item."""
        if self._progress:
            self._progress.begin(item.case.rfc, item.case.section)
        return self._note(item, self.campaign.play(item.case, item.steps))

    def judge(self, item: AmbientItem) -> Result:
        """Judge the ambient check of an item."""
        return self._note(item, self.campaign.ambient(item.rule))

    def _note(self, item: pytest.Item, result: Result) -> Result:
        self._results[item.nodeid] = result
        item.user_properties += junit.properties(result)
        if self._progress:
            self._progress.done(result, self.campaign.violations)
        return result

    def result_of(self, nodeid: str) -> Result:
        """Return what came of the item with this node id."""
        return self._results[nodeid]

    # -- pytest: beginning and end ----------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Have pytest-html and the JUnit writer put their reports beside the record."""
        output = self.campaign.settings.output
        config.option.htmlpath = config.option.htmlpath or str(output / "report.html")
        config.option.self_contained_html = True
        config.option.xmlpath = config.option.xmlpath or str(output / "junit.xml")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Start the target and log in."""
        if session.config.option.collectonly:
            return
        try:
            self.campaign.begin()
        except (TargetError, CaseError, OSError) as error:
            self.failure = str(error)
            pytest.exit(self.failure, returncode=2)
        self._began = True
        if self.campaign.run is not None:
            metadata = session.config.stash[metadata_key]
            metadata.clear()
            metadata.update(html.environment(self.campaign.run))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Clean up, write the end of the record, and set the exit code."""
        if self._progress:
            self._progress.stop()
        if not self._began:
            return
        interrupted = exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        campaign = self.campaign
        end = campaign.finish(interrupted=interrupted, complete=self._complete)
        if campaign.run is not None:
            page = findings_page(campaign.run, campaign.marked_findings())
            (campaign.settings.output / "findings.md").write_text(page, encoding="utf-8")
        session.exitstatus = end.exit_code

    def pytest_terminal_summary(self) -> None:
        """Print the summary below pytest's own, when pytest does the printing."""
        if self._console is None and self.campaign.end is not None:
            self.print_summary(Console(highlight=False))

    def print_summary(self, console: Console) -> None:
        """Print what the run found."""
        campaign = self.campaign
        if campaign.run is None or campaign.end is None:
            return
        output = campaign.settings.output
        names = {
            "report": "report.html",
            "findings": "findings.md",
            "record": "results.jsonl",
            "JUnit": "junit.xml",
        }
        findings = campaign.marked_findings()
        print_summary(
            console,
            campaign.run,
            campaign.results,
            findings,
            campaign.end,
            unexpected=campaign.unexpected,
            known_file=campaign.settings.known.source,
            reports=[(name, str(output / file)) for name, file in names.items()],
        )

    # -- pytest: collecting -----------------------------------------------------------

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> CaseFile | None:
        """Collect case files by their names."""
        if _CASE_FILE.fullmatch(file_path.name):
            return CaseFile.from_parent(parent, path=file_path)
        return None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out what was not asked for, and add the ambient checks at the end."""
        if self.failure:
            return
        cases = [item for item in items if isinstance(item, CaseItem)]
        for prefix in self._only:
            if not any(case.case_id.startswith(prefix) for case in cases):
                self.failure = f"no case is called {prefix!r}, nor begins with it"
                pytest.exit(self.failure, returncode=2)
        if self._only:
            left = [i for i in cases if not any(i.case_id.startswith(p) for p in self._only)]
            self._complete = False
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if item not in left]
        if not any(isinstance(item, CaseItem) for item in items):
            return
        self._complete = self._complete and not config.option.keyword
        items.extend(
            AmbientItem.from_parent(session, name=rule.requirement if rule else SYNTAX, rule=rule)
            for rule in (*RULES, None)
        )

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Show the progress from here on."""
        shown = self._console is not None and not self._quiet
        if self._console and shown and not session.config.option.collectonly:
            self._progress = progress(self._console, len(session.items))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the first fault of a case file: the run can not happen."""
        if report.failed and not self.failure:
            self.failure = str(report.longrepr)

    # -- pytest: reports --------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Mark known deviations as expected, and attach what the HTML report unfolds."""
        report = yield
        result = self._results.get(item.nodeid)
        if result is None or call.when == "teardown":
            return report
        if report.failed and result.excused and result.known:
            report.outcome = "skipped"
            report.wasxfail = result.known.reason
        if call.when == "call" or not report.passed:
            findings = self.campaign.findings.of_case(result.id)
            piece = html.result_extra(result, findings)
            report.extras = [extras.html(piece)] if piece else []  # type: ignore[attr-defined]  # pytest-html's
        return report

    def pytest_html_report_title(self, report: Any) -> None:
        """Name the target in the title."""
        if self.campaign.run is not None:
            report.title = html.title(self.campaign.run)

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add our columns."""
        html.table_header(cells)

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Fill our columns."""
        html.table_row(cells, report.nodeid, self._results.get(report.nodeid))

    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """Drop pytest's log of a case: what unfolds says it better."""
        if report.nodeid in self._results:
            data.clear()

    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """Put the verdict and the violations before the table."""
        campaign = self.campaign
        if campaign.run is not None and campaign.end is not None:
            findings = campaign.marked_findings()
            prefix.extend(
                html.summary(
                    campaign.run,
                    campaign.results,
                    findings,
                    campaign.end,
                    unexpected=campaign.unexpected,
                )
            )


def _runner(config: pytest.Config) -> Runner:
    runner = config.pluginmanager.get_plugin(_NAME)
    if not isinstance(runner, Runner):
        raise RuntimeError("no runner is registered")
    return runner


def _check(result: Result) -> None:
    if result.verdict is Verdict.FAIL:
        raise Unmet(f"{result.reason}\n\nRepeat with: {result.repeat}")


def register(config: pytest.Config, runner: Runner) -> None:
    """Register a runner that the command line has made."""
    config.pluginmanager.register(runner, _NAME)
