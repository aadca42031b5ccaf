"""Leads a load run: makes mailboxes, has users at work, reconciles, and writes what came of it.

The campaign is that of every run (`run.campaign`): it starts the target, opens the record, marks
what is known and removes what was made. A worker has none: it plays, and tells the master.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from rich.console import Console

from conformance.catalogue.catalogue import Catalogue
from conformance.checks.finding import Breach
from conformance.checks.monitor import RULES, Monitor
from conformance.load import engine
from conformance.load.figures import Figures, figures
from conformance.load.keeper import Keeper
from conformance.load.letters import letter
from conformance.load.mix import parse_mix
from conformance.load.outages import Outages
from conformance.load.reading import MessageRead, read_all
from conformance.load.reconcile import RULES as RECONCILED
from conformance.load.reconcile import Discrepancy, Reckoning, reconcile
from conformance.load.user import LoadClient, TimedCommand, UsersPlace
from conformance.play.errors import Blocked
from conformance.results.collector import Findings
from conformance.results.records import LOAD, Level, Result, Verdict
from conformance.run.campaign import Campaign
from conformance.secrecy.secrets import Secrets
from conformance.targets import Target
from conformance.wire.errors import TargetError
from conformance.wire.exchange import Literal
from conformance.wire.session import Session

SHOWN = 1000
"""Messages that are named where more are lost."""
_WORKERS = 120.0  # seconds for workers to come


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How a load run goes about it; times in seconds. `web` and `master` are host and port."""

    mix_name: str
    mix_text: str
    users: int
    ramp: float
    duration: float
    seed: int
    timeout: float
    commands: int = 0
    """After which the run ends before its time; 0 for none."""
    web: tuple[str, int] | None = None
    master: tuple[str, int] | None = None
    workers: int = 1


@dataclass(slots=True)
class LoadOutcome:
    """What a load run came to."""

    figures: Figures
    account: Reckoning
    silent: int = 0
    """Workers that have not told what they learnt."""
    interrupted: bool = False


@dataclass(slots=True)
class _Players:
    """The users of this process and what they learn; `findings` gets what is wrong."""

    findings: Findings
    case: str
    repeat: str
    outages: Outages = field(default_factory=Outages)
    monitor: Monitor = field(init=False)
    keeper: Keeper = field(init=False)
    place: UsersPlace | None = None

    def __post_init__(self) -> None:
        self.monitor = Monitor(self._saw)
        self.monitor.begin(self.case)
        self.keeper = Keeper(self.monitor)

    def _saw(self, breach: Breach) -> None:
        if not self.outages.holds(breach, time.monotonic()):
            self._add(breach)

    def settle(self) -> None:
        """Add what had to wait for what came behind it, when all users are gone."""
        for breach in self.outages.take():
            self._add(breach)

    def _add(self, breach: Breach) -> None:
        self.findings.add(breach, self.case, session=breach.session or "main", repeat=self.repeat)

    def client(self, name: str, rng: Random, told: Callable[[TimedCommand], None]) -> LoadClient:
        """Make the client of a user."""
        if self.place is None:
            raise RuntimeError("users before there is a place for them")
        return LoadClient(self.place, name, rng, told)


class Lead:
    """One load run against the target of a campaign, which has not begun."""

    def __init__(self, campaign: Campaign, plan: LoadPlan, console: Console | None) -> None:
        self._campaign = campaign
        self._plan = plan
        self._console = console
        self._mix = parse_mix(plan.mix_name, plan.mix_text)
        self._id = f"{LOAD}/{plan.mix_name}"
        self._repeat = shlex.join(campaign.settings.repeat)

    def run(self) -> LoadOutcome:
        """Do it all; the record is complete and the target is stopped when this returns or raises.

        Raises:
            TargetError: the run can not happen.
        """
        campaign = self._campaign
        campaign.begin()
        outcome: LoadOutcome | None = None
        try:
            players = self._players()
            outcome = self._play(players)
            self._judge(outcome)
        finally:
            interrupted = outcome is None or outcome.interrupted
            campaign.finish(interrupted=interrupted and outcome is None, complete=False)
        return outcome

    def _players(self) -> _Players:
        """Make the mailboxes and fill them, which builds all tables before the first user."""
        campaign = self._campaign
        players = _Players(campaign.record.findings, self._id, self._repeat)
        workspace = campaign.workspace
        names = []
        for number in range(self._mix.mailboxes):
            name = workspace.name(workspace.new_case(), f"shared{number}")
            if name is None:
                raise TargetError("no name for a mailbox is to be had")
            try:
                workspace.make(name)
            except Blocked as blocked:
                raise TargetError(f"{campaign.target.endpoint}: {blocked}") from None
            names.append(name)
        target = campaign.target
        run = workspace.hierarchy.prefix + workspace.run.encode()
        players.place = UsersPlace(
            target.endpoint, target.accounts[0], self._mix, tuple(names), run,
            players.monitor, players.keeper, players.outages, self._plan.timeout,
        )  # fmt: skip
        with players.place.session("filling") as session:
            _fill(session, players.place, Random(self._plan.seed))  # noqa: S311 - no secret
        campaign.rest()
        return players

    def _play(self, players: _Players) -> LoadOutcome:
        plan, place = self._plan, players.place
        if place is None:
            raise RuntimeError("users before there is a place for them")
        env = engine.environment(
            players.client, seed=plan.seed, where=lambda: "u", patience=plan.timeout
        )
        gathered = engine.Gathered()
        interrupted = False
        if plan.master is None:
            env.create_local_runner()
            try:
                self._run(env)
            except KeyboardInterrupt:
                interrupted = True
                env.runner.stop()
        else:
            env.create_master_runner(*plan.master)
            self._say_where(place)
            if not engine.wait_for_workers(env, plan.workers, _WORKERS):
                env.runner.quit()
                raise TargetError(
                    f"{plan.workers} workers were to come within {_WORKERS:g} s, and"
                    f" {len(env.runner.clients.ready)} came"
                )
            with engine.leading(env, self._told_to_workers(place), gathered):
                try:
                    self._run(env)
                except KeyboardInterrupt:
                    interrupted = True
                    env.runner.stop()
        counted = figures(env.stats, users=plan.users, workers=plan.workers if plan.master else 1)
        silent = max(0, len(gathered.workers) - len(gathered.done))
        env.runner.quit()
        for finding in gathered.findings:
            rule = self._campaign.suite.catalogue[finding.requirement].rule
            self._campaign.record.findings.merge(replace(finding, rule=rule))
        players.settle()
        ledger = players.keeper.ledger
        ledger.merge(gathered.ledger)
        if silent:  # whatever is gone, one of them may have removed it
            for box in ledger.boxes.values():
                box.any_deleted = True
        account = reconcile(ledger, self._read(place))
        return LoadOutcome(counted, account, silent, interrupted)

    def _run(self, env: Any) -> None:
        plan = self._plan
        if plan.web is None:
            self._say(f"{plan.users} users for {plan.duration:g} s: {self._mix.title}")
            engine.run_for(
                env, plan.users, plan.ramp, plan.duration, plan.commands, self._campaign.give_sign
            )
            return
        server = f"imap://{self._campaign.target.endpoint}"
        page = engine.serve_page(env, server, plan.web, plan.users)
        self._say(f"http://{plan.web[0]}:{plan.web[1]} starts and stops users; Ctrl-C ends the run")
        try:
            engine.idle(plan.duration, self._campaign.give_sign)
        finally:
            page.stop()

    def _read(self, place: UsersPlace) -> Mapping[bytes, MessageRead]:
        """Read the mailboxes, over a session that is judged like all others."""
        try:
            with place.session("final") as session:
                return read_all(session, place.mailboxes)
        except TargetError as error:
            return {name: MessageRead(failed=str(error)) for name in place.mailboxes}

    def _told_to_workers(self, place: UsersPlace) -> dict[str, Any]:
        return {
            "mix": [self._mix.name, self._plan.mix_text],
            "mailboxes": list(place.mailboxes),
            "run": place.run,
            "case": self._id,
            "repeat": self._repeat,
        }

    # -- what it comes to ----------------------------------------------------------------

    def _judge(self, outcome: LoadOutcome) -> None:
        """Add what was found to the campaign: findings, and a result for each rule."""
        campaign, account = self._campaign, outcome.account
        for wrong in account.wrong:
            campaign.record.findings.add(
                _breach(wrong, campaign.suite.catalogue), self._id,
                repeat=self._repeat,
            )  # fmt: skip
        campaign.record.figures = {
            "mix": self._mix.name,
            "users": outcome.figures.users,
            "workers": outcome.figures.workers,
            "commands": [row.to_json() for row in (*outcome.figures.rows, outcome.figures.total)],
            "failures": [list(each) for each in outcome.figures.failures],
            "refused": outcome.figures.refused,
            "dropped": outcome.figures.dropped,
            "messages": {
                "acknowledged": account.acknowledged,
                "there": account.there,
                "removed": account.removed,
                "lost": len(account.lost),
                "unanswered": account.unanswered,
            },
            "lost": account.lost[:SHOWN],
        }
        result = self._result(outcome)
        seen = campaign.record.marked_findings()
        own = [finding for finding in seen if self._id in finding.cases]
        campaign.adopt(campaign.settings.known.mark_result(result, own))
        for rule in (*RULES, None):
            campaign.ambient(rule)

    def _result(self, outcome: LoadOutcome) -> Result:
        found = [f for f in self._campaign.record.findings.of_case(self._id) if f.source == "case"]
        must = any(finding.level is Level.MUST for finding in found)
        account = outcome.account
        reasons = [f"{name.decode('ascii', 'replace')} could not be read: {why}"
                   for name, why in account.unread.items()]  # fmt: skip
        if outcome.silent:
            reasons.append(f"{outcome.silent} workers did not tell what they had learnt")
        if not outcome.figures.total.count:
            reasons.append("no command was played")
        verdict = Verdict.FAIL if must else Verdict.BLOCKED if reasons else Verdict.PASS
        said = (
            f"{outcome.figures.total.count} commands, {account.acknowledged} messages"
            f" acknowledged: {account.there} there, {account.removed} removed,"
            f" {len(account.lost)} lost"
        )
        return Result(
            id=self._id,
            kind=LOAD,
            title=f"Under load nothing is lost: {self._mix.title}",
            verdict=verdict,
            level=Level.MUST,
            section="6.3.11",
            rfc="3501",
            requirements=RECONCILED,
            duration=self._plan.duration,
            reason="; ".join((*reasons, *(f.message for f in found), said)),
            repeat=self._repeat,
        )

    def _say(self, text: str) -> None:
        if self._console is not None:
            self._console.print(text, markup=False, soft_wrap=True)

    def _say_where(self, place: UsersPlace) -> None:
        host, port = self._plan.master or ("", 0)
        self._say(f"waiting for {self._plan.workers} workers at {host}:{port}")
        if self._campaign.settings.options.get("server"):
            account, endpoint = place.account, place.endpoint
            self._say(
                f"the server is imap://{account.user}@{endpoint}, with the password"
                f" {account.password}"
            )


def work(target: Target, plan: LoadPlan, master: tuple[str, int]) -> None:
    """Be a worker: play what the master plans, tell it what was learnt, end when it says so.

    Raises:
        TargetError: the server can not be reached.
        ConnectionError: the master can not.
    """
    with target:
        mask = Secrets((each.password, each.user) for each in target.accounts)
        players = _Players(Findings(mask=mask), LOAD, "")
        waiting = parse_mix(plan.mix_name, plan.mix_text)
        place = UsersPlace(
            target.endpoint, target.accounts[0], waiting, (), b"", players.monitor,
            players.keeper, players.outages, plan.timeout,
        )  # fmt: skip
        with place.session("warm") as session:  # builds the tables before the master knows us
            for arrival in session.command(b'LIST "" ""').untagged:
                arrival.response.items  # noqa: B018 - read, so that what reads it is loaded

        def begin(told: Mapping[str, Any]) -> None:
            players.case, players.repeat = told["case"], told["repeat"]
            players.place = replace(
                place, mix=parse_mix(*told["mix"]), mailboxes=tuple(told["mailboxes"]),
                run=told["run"],
            )  # fmt: skip

        env = engine.environment(
            players.client, seed=plan.seed, where=lambda: f"w{env.runner.worker_index}u",
            patience=plan.timeout,
        )  # fmt: skip
        env.create_worker_runner(*master)
        engine.follow(env, begin, lambda: _learnt(players))


def _learnt(players: _Players) -> Iterator[dict[str, Any]]:
    players.settle()
    for piece in players.keeper.ledger.pieces():
        yield {"ledger": piece}
    for finding in players.findings.all():
        yield {"finding": finding.to_json()}


def _fill(session: Session, place: UsersPlace, rng: Random) -> None:
    """Put messages into the mailboxes, and ask once for all that is asked for later."""
    for name in place.mailboxes:
        for _ in range(place.mix.messages):
            reply = session.command(b"APPEND " + name + b" ", Literal(letter(rng).octets))
            if not reply.ok:
                raise TargetError(f"the server refuses APPEND to the suite's mailbox: {reply}")
        session.command(b"SELECT " + name)
        session.command(b"FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)")
        session.command(b"FETCH 1:3 BODY.PEEK[]")


def _breach(wrong: Discrepancy, catalogue: Catalogue) -> Breach:
    rule = catalogue[wrong.requirement]
    return Breach(
        requirement=rule.id,
        level=rule.level,
        section=rule.section,
        message=wrong.message,
        expected=wrong.expected,
        received=wrong.received,
        shape=wrong.shape,
        source="case",
        excerpt=wrong.excerpt,
        offending=b"",
        deviation=f"load: {wrong.shape}",
    )
