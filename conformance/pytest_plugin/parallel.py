"""A run spread over processes by pytest-xdist: `run TARGET -n 2`.

Every worker leads a campaign of its own: over a private server that it starts itself, or in
mailboxes of its own on the server of a URL. The controller plays nothing. It gets each result
with pytest's report of it and the findings when a worker is done, and makes of them the one
record, report and exit code that a run in one process has. Ambient rules are judged there, last.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.monitor import RULES
from conformance.play.facts import Fact
from conformance.pytest_plugin.runner import Runner
from conformance.results.records import Finding, Result
from conformance.run.options import OPTIONS, make_campaign
from conformance.targets.credentials import PASSWORD, PASSWORD2

ORDER = "imap_conformance_order"
"""What a worker is to do, in what xdist gives to it."""

_FOUND = "imap_conformance_found"
_RESULT = "imap_conformance_result"
_LOCK = ".disposable.lock"


class Controller:
    """The controller's side: gives orders, and hands what comes back to the runner."""

    def __init__(self, runner: Runner, values: Mapping[str, Any], target: str | None) -> None:
        self._runner = runner
        self._order = {
            "values": {
                option.name: _plain(values.get(option.name.replace("-", "_")))
                for option in OPTIONS
                if not option.own
            },
            "target": target,
            "only": list(runner.only),
            "kept": str(runner.campaign.settings.keeps),
            "shards": runner.campaign.settings.generation.shards,
            "lock": str(runner.campaign.settings.output.resolve() / _LOCK),
        }
        self._found: list[Finding] = []
        self._planned: Sequence[str] = ()  # node ids, in the order of a run in one process

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker its order; passwords go by the environment, which only we can read."""
        accounts = self._runner.campaign.target.accounts
        for variable, account in zip((PASSWORD, PASSWORD2), accounts, strict=False):
            os.environ.setdefault(variable, account.password)
        node.workerinput[ORDER] = json.dumps(self._order)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:  # noqa: ARG002
        """Show the progress as soon as it is known how much there is to do."""
        if not self._planned:
            self._planned = tuple(ids)
            self._runner.show_progress(len(ids) + len(RULES) + 1)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result that comes with a report."""
        told = getattr(report, _RESULT, None)
        if told is not None:
            self._runner.adopt(report.nodeid, Result.from_json(json.loads(told)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take what a worker has found."""
        told = getattr(node, "workeroutput", {}).get(_FOUND)
        if told is None:
            self._runner.failure = self._runner.failure or f"a worker died: {error}"
            return
        found = json.loads(told)
        self._runner.failure = self._runner.failure or found["failure"]
        campaign = self._runner.campaign
        campaign.record.left_behind += tuple(found["left_behind"])
        campaign.record.unjudged.update(found["unjudged"])
        campaign.lost(found["gone"])
        campaign.noted += [Fact(**fact) for fact in found["facts"]]
        self._runner.left_out = max(self._runner.left_out, found["left_out"])  # each knows of all
        self._runner.part |= found["part"]
        campaign.generated.exercised.merge(found["exercised"])
        self._found += map(Finding.from_json, found["findings"])
        turns = self._turns()
        campaign.record.findings.merge_all(
            sorted(self._found, key=lambda it: turns.get((it.protocol, *it.cases[:1]), len(turns)))
        )

    def _turns(self) -> Mapping[tuple[str, ...], int]:
        """Return when each case plays in one process, by revision and id, of those that played."""
        results = map(self._runner.result_or_none, self._planned)
        return {(it.protocol, it.id): turn for turn, it in enumerate(results) if it is not None}


class Worker:
    """A worker's side: adds to reports and to its last words what the controller needs."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self,
        item: pytest.Item,
        call: pytest.CallInfo[None],  # noqa: ARG002  # pytest's signature
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the result with the report."""
        report = yield
        result = self._runner.result_or_none(item.nodeid)
        if result is not None:
            setattr(report, _RESULT, json.dumps(result.to_json()))
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Say what was found."""
        campaign = self._runner.campaign
        words = {
            "failure": self._runner.failure,
            "left_behind": campaign.record.left_behind,
            "unjudged": campaign.unread(),
            "gone": campaign.gone,
            "facts": [dataclasses.asdict(fact) for fact in campaign.facts],
            "left_out": self._runner.left_out,
            "part": self._runner.part,
            "findings": [finding.to_json() for finding in campaign.record.findings.all()],
            "exercised": campaign.generated.exercised.to_json(),
        }
        session.config.workeroutput[_FOUND] = json.dumps(words)  # type: ignore[attr-defined]  # xdist's


def begin_worker(config: pytest.Config, order: str) -> None:
    """Register what leads a worker, by the controller's order."""
    told = json.loads(order)
    output = config.stash[_OUTPUT] = tempfile.TemporaryDirectory()
    values = {
        option.name.replace("-", "_"): _read(option.read, told["values"].get(option.name))
        for option in OPTIONS
    }
    own = {"output": Path(output.name), "kept": Path(told["kept"]), "shards": told["shards"]}
    campaign = make_campaign(values | own, told["target"])
    runner = Runner(campaign, only=told["only"], ambient=False, alone=_Alone(Path(told["lock"])))
    runner.register(config)
    config.pluginmanager.register(Worker(runner))


_OUTPUT = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


class _Alone:
    """Keeps cases that touch what is not the suite's own from running at the same time."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _read(read: Any, value: Any) -> Any:
    return read(value) if read is not None and isinstance(value, str) else value
