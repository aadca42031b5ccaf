"""The `Runner`, which leads a campaign through pytest's hooks; what it runs are `items`.

`plugin` says when there is one; `parallel` spreads a run over processes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from _pytest.junitxml import LogXML, xml_key
from pytest_html import extras
from pytest_metadata.plugin import metadata_key
from rich.console import Console
from rich.text import Text

from conformance.casefile.example import example_of
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.checks.monitor import RULES
from conformance.play.protocol import Protocol as Revision
from conformance.play.refusals import refuses_logins
from conformance.pytest_plugin.items import LEADER, AmbientItem, CaseFile, CaseItem, FuzzItem
from conformance.results import html, junit
from conformance.results.page import html_report
from conformance.results.progress import Progress, progress
from conformance.results.records import FUZZ, Finding, Result
from conformance.results.text import visible
from conformance.run.campaign import Campaign
from conformance.run.ending import INTERRUPTION, Limit
from conformance.run.generated import phases_of, split
from conformance.run.judging import SYNTAX
from conformance.run.outputs import print_outcome, write_pages
from conformance.run.selection import CaseSelection
from conformance.wire.errors import TargetError

NAME = "imap-conformance-runner"
"""Under which a runner is registered with pytest."""


class Runner:
    """Leads a campaign through pytest's hooks.

    `only` are prefixes of case ids to play; `console` gets progress and summary (None: nothing
    but what pytest prints). In a worker of a run over several processes, `ambient` rules are not
    judged, and cases on what is not the suite's own are played within `alone`.
    """

    def __init__(
        self,
        campaign: Campaign,
        *,
        only: Sequence[str] = (),
        console: Console | None = None,
        quiet: bool = False,
        ambient: bool = True,
        alone: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        self.campaign = campaign
        self.only = tuple(only)
        self.failure = ""
        """Why the run could not happen, one line for people."""
        self.spread = False
        """Whether workers play the cases."""
        self.left_out = 0
        """How many of the collected cases are not played, since they were not asked for."""
        self.part = False
        """Whether pytest was given some of the suite's files only."""
        settings = campaign.settings
        cases, self._generated = split(self.only)
        self._selection = CaseSelection(cases, settings.rfcs, settings.levels)
        self._no_cases = bool(self._generated) and not cases
        self._left_out_said = ""
        self._junit: LogXML | None = None
        self._console = console
        self._quiet = quiet
        self._ambient = ambient
        self._limit = Limit(campaign.settings.run_timeout)
        self._alone = alone
        self._results: dict[str, Result] = {}
        self._began = False
        self._progress: Progress | None = None

    # -- the run ----------------------------------------------------------------------

    @property
    def suite(self) -> Suite:
        """The suite that cases are of."""
        return self.campaign.suite

    def play(self, item: CaseItem) -> Result:
        """Play the case of an item."""
        if self._progress:
            self._progress.begin(item.case.rfc, item.case.section)
        with self._alone() if item.case.labels.disposable else contextlib.nullcontext():
            result = self._note(item, self.campaign.play(item.case, item.steps, item.protocol))
        INTERRUPTION.come_again()
        return result

    def judge(self, item: AmbientItem) -> Result:
        """Judge the ambient check of an item."""
        return self._note(item, self.campaign.ambient(item.rule, item.protocol))

    def search(self, item: FuzzItem) -> Result:
        """Run the phase of generated sessions of an item."""
        if self._progress:
            self._progress.begin("", f"{FUZZ}/{item.phase}")
            self.campaign.generated.on_progress = self._progress.note
        result = self._note(item, self.campaign.search(item.phase, item.protocol))
        INTERRUPTION.come_again()
        return result

    def _note(self, item: pytest.Item, result: Result) -> Result:
        self._results[item.nodeid] = result
        if self._progress:
            self._progress.done(result, self.campaign.record.violations)
        if self.campaign.gone:
            item.session.shouldstop = self.campaign.gone
        return result

    def adopt(self, nodeid: str, result: Result) -> None:
        """Take the result of an item that a worker has played."""
        if nodeid in self._results:
            return
        self._results[nodeid] = result
        self.campaign.adopt(result)
        if self._progress:
            self._progress.begin(result.rfc, result.section)
            self._progress.done(result, self.campaign.record.violations)

    def result_or_none(self, nodeid: str) -> Result | None:
        """Return what came of an item, None for one that was not played."""
        return self._results.get(nodeid)

    def result_of(self, nodeid: str) -> Result:
        """Return what came of the item with this node id."""
        return self._results[nodeid]

    # -- pytest: beginning and end ----------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Have pytest-html, with our page, and the JUnit writer report beside the record."""
        output = self.campaign.settings.output
        if not hasattr(config, "workerinput"):
            path = Path(config.option.htmlpath or output / "report.html")
            config.pluginmanager.register(html_report(path, config))
        config.option.htmlpath = None  # or pytest-html writes its own page there
        config.option.xmlpath = config.option.xmlpath or str(output / "junit.xml")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Start the target and log in."""
        self._junit = session.config.stash.get(xml_key, None)
        if session.config.option.collectonly:
            return
        if self._ambient:  # a worker ends with its controller
            self._limit.begin()
        try:
            self.campaign.begin()
        except (TargetError, CaseError, OSError) as error:
            self.failure = _told(error)
            pytest.exit(self.failure, returncode=2)
        self._began = True
        if self.campaign.record.run is not None:
            metadata = session.config.stash[metadata_key]
            metadata.clear()
            metadata.update(html.environment(self.campaign.record.run))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Clean up, write the end of the record, and set the exit code."""
        if self._progress:
            self._progress.stop()
        if not self._began:
            return
        keyword = session.config.option.keyword
        selecting = self._selection.words(keyword)
        if self.left_out:
            self._left_out_said = f"{self.left_out} cases, by {selecting or 'deselection'}"
        if self.spread and self._results:
            for item in self._ambient_items(session):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        ran = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        interrupted = not ran or INTERRUPTION.came
        campaign = self.campaign
        if self._limit.over:
            campaign.cut_short = f"its time, {self._limit.seconds:g} s, was over"
        most = session.config.option.maxfail
        if session.shouldfail:
            self._left_out_said = f"whatever comes after {most} failed (--maxfail {most})"
        complete = not (selecting or self.left_out or self.part or session.shouldfail)
        end = campaign.finish(interrupted=interrupted, complete=complete)
        session.exitstatus = end.exit_code
        if not self._ambient:  # a worker's is a part, told by the controller
            return
        try:
            write_pages(campaign, left_out=self._left_out_said)
        except OSError as error:
            self.failure = _told(error)
            session.exitstatus = 2

    def pytest_unconfigure(self) -> None:
        """Let the process be."""
        self._limit.end()

    def pytest_terminal_summary(self) -> None:
        """Print the summary below pytest's own, when pytest does the printing."""
        if self._console is None and self.campaign.record.end is not None:
            self.print_summary(Console(highlight=False))

    def print_summary(self, console: Console) -> None:
        """Print what the run found."""
        print_outcome(self.campaign, console, left_out=self._left_out_said)

    # -- pytest: collecting -----------------------------------------------------------

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> CaseFile | None:
        """Collect case files by their names."""
        if CaseFile.is_one(file_path):
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
        files = {_page(item.path) for item in cases}
        self.part = not files.issuperset(map(_page, self.suite.case_files()))
        phases = self._phases(config)
        if self._no_cases:
            items[:] = self._fuzz_items(session, phases)
            if not items:
                self.failure = f"no generated sessions are called {' or '.join(self._generated)}"
                pytest.exit(self.failure, returncode=2)
            items.extend(self._ambient_items(session) if self._ambient else [])
            return
        if self.left_out and not cases:
            self.failure = f"no case is chosen by {self._selection.words(config.option.keyword)}"
        self.failure = self.failure or self._selection.fault([item.case for item in cases])
        if self.failure:
            pytest.exit(self.failure, returncode=2)
        left = [item for item in cases if not self._selection.takes(item.case)]
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if item not in left]
        if not any(isinstance(item, CaseItem) for item in items):
            return
        items.sort(key=self._turn)
        first, *others = self.campaign.protocols
        wanted = [item for item in items if isinstance(item, CaseItem)]
        its = {first: wanted} | {each: [item.under(each) for item in wanted] for each in others}
        if others:  # what only one of them has is not there to be skipped in the other
            for protocol, cases in its.items():
                its[protocol] = [item for item in cases if self.campaign.has(item.case, protocol)]
            for item in its[first]:
                item.protocol = first
        played = list(chain.from_iterable(its.values()))
        last = [item for item in played if item.case.labels.last]
        # Servers make whoever logs in wrongly wait, and whoever comes next.
        late = [
            item for item in played if item not in last and refuses_logins(item.case, item.steps)
        ]
        held = {*last, *late}
        rest = [item for item in items if not isinstance(item, CaseItem)]
        items[:] = rest + [item for item in played if item not in held]
        items.extend(self._fuzz_items(session, phases))
        items.extend(late)
        # A server that these end has been judged by all the others.
        items.extend(last)
        if self._ambient:
            items.extend(self._ambient_items(session))

    def _turn(self, item: pytest.Item) -> int:
        """Return when an item plays: what others lean on comes first, in order of dependence."""
        return self.suite.premises.turn(item.case.id if isinstance(item, CaseItem) else "")

    def _phases(self, config: pytest.Config) -> tuple[str, ...]:
        selecting = self._selection.words(config.option.keyword) or self.left_out or self.part
        generation = self.campaign.settings.generation
        return phases_of(generation, self._generated, selecting=bool(selecting))

    def _fuzz_items(self, session: pytest.Session, phases: Sequence[str]) -> list[pytest.Item]:
        return [
            FuzzItem.from_parent(session, name=phase + suffix, phase=phase, protocol=protocol)
            for protocol, suffix in self._protocols()
            for phase in phases
        ]

    def _protocols(self) -> Iterator[tuple[Revision, str]]:
        """Give the revisions that the run is about, and what tells names under them apart."""
        first, *others = self.campaign.protocols
        yield first, ""
        yield from ((other, f"[{other}]") for other in others)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what is left out, by us or by pytest."""
        self.left_out += sum(isinstance(item, CaseItem) for item in items)

    def _ambient_items(self, session: pytest.Session) -> list[AmbientItem]:
        several = len(self.campaign.protocols) > 1
        return [
            AmbientItem.from_parent(
                session,
                name=(rule.requirement if rule else SYNTAX) + suffix,
                rule=rule,
                protocol=protocol,
            )
            for protocol, suffix in self._protocols()
            for rule in (*RULES, None)
            if not several or rule is None or self.campaign.rule(rule, protocol) is not None
        ]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Show the progress from here on."""
        if not self.spread and not session.config.option.collectonly:
            self.show_progress(len(session.items))

    def show_progress(self, total: int) -> None:
        """Show the progress of so many items from here on, if it is to be shown at all."""
        if self._console is not None and not self._quiet:
            for fact in filter(lambda fact: fact.remarkable, self.campaign.facts):
                self._console.print(Text(visible(f"note: {fact.line}")), soft_wrap=True)
            self._progress = progress(self._console, total, mixed=self.spread)

    def register(self, config: pytest.Config) -> None:
        """Register with pytest, and for items to find."""
        config.stash[LEADER] = self
        config.pluginmanager.register(self, NAME)

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
        if report.skipped:
            report.longrepr = junit.skipped_at(result, result.reason)
        if report.failed and result.excused and result.known:
            report.outcome = "skipped"
            report.wasxfail = result.known.reason
        if call.when == "call" or not report.passed:
            findings = self.campaign.record.findings.of_case(result.id, result.protocol)
            piece = html.result_extra(result, findings)
            report.extras = [extras.html(str(piece))] if piece else []  # type: ignore[attr-defined]  # pytest-html's
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Have the JUnit writer name the class of a case, and at its end what is to be told."""
        result = self._results.get(report.nodeid)
        if self._junit is None or result is None:
            return
        reporter = self._junit.node_reporter(report)
        reporter.add_attribute("classname", junit.class_name(result))
        if report.when == "teardown":
            reporter.append(junit.facts(result))

    def pytest_html_report_title(self, report: Any) -> None:
        """Name the target in the title."""
        if self.campaign.record.run is not None:
            report.title = html.title(self.campaign.record.run)

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
        if campaign.record.run is not None and campaign.record.end is not None:
            findings = campaign.record.marked_findings()
            prefix.extend(
                html.summary(
                    campaign.record.run,
                    campaign.record.results,
                    findings,
                    campaign.record.end,
                    unexpected=campaign.record.unexpected,
                    since=campaign.record.since,
                    examples=dict(_examples(campaign.suite, findings)),
                )
            )


def _examples(suite: Suite, findings: Iterable[Finding]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the lines of the cases that have found something, as far as they are the suite's own."""
    for name in {case for finding in findings for case in finding.cases[:1]}:
        with contextlib.suppress(CaseError, OSError, ValueError):
            yield name, example_of(suite.find(name)[0])


def _page(path: Path) -> tuple[str, str]:
    """Return what ids of cases have of a file, wherever a copy of the suite lies."""
    return path.parent.name, path.stem


def _told(error: Exception) -> str:
    """Return what went wrong, for people: of a file without the number that the system gives it."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)
