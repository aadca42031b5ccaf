"""One user: logs in, plays steps of the mix one after the other, logs out, and comes again.

Whoever counts is told of every command. A server that lets nobody in, or ends a connection, is
counted and tried again; nothing is raised for what a server does. Locust is not known here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from conformance.checks.monitor import Monitor
from conformance.load.keeper import Keeper
from conformance.load.letters import Letter
from conformance.load.mix import Mix, MixStep
from conformance.load.outages import Outages
from conformance.load.steps import Around, Nothing, fill
from conformance.secrecy.secrets import Secrets
from conformance.wire.account import Account
from conformance.wire.errors import ConnectFailed, LoginRefused, NoGreeting, TargetError
from conformance.wire.exchange import Reply, shown
from conformance.wire.limits import Limits
from conformance.wire.session import Session
from conformance.wire.transport import Endpoint

LIMITS: Final = Limits(transcript=64 * 1024, responses=20_000)
"""There are many sessions, and mailboxes that many users fill."""
AGAIN: Final = (0.2, 2.0)
"""Seconds before a user that was not let in tries again: at first, and at most."""
_VAIN = 20  # steps that are tried where there is nothing to be about
_LOGOUT = 5.0
_CODED = re.compile(r"\w+ \[[A-Z-]+\]")
_NUMBER = re.compile(r"\d[\d.]*")
_WORDS = 60  # characters of a refusal that are counted together


class TimedCommand(NamedTuple):
    """One command as it went, for whoever counts.

    `seconds` from its first octet to its tagged response, `octets` of the answer; `failed` says why
    it was not answered with OK, "" if it was.
    """

    name: str
    seconds: float
    octets: int
    failed: str = ""


@dataclass(frozen=True, slots=True)
class UsersPlace:
    """What all users of one process share; `run` is how names of mailboxes of this run begin."""

    endpoint: Endpoint
    account: Account
    mix: Mix
    mailboxes: tuple[bytes, ...]
    run: bytes
    monitor: Monitor
    keeper: Keeper
    outages: Outages
    timeout: float

    def session(self, name: str) -> Session:
        """Open a connection and log in.

        Raises:
            TargetError: the server does not let us in.
        """
        session = Session(
            self.endpoint,
            name=name,
            limits=LIMITS,
            observers=(self.keeper, self.monitor),
            timeout=self.timeout,
            secrets=Secrets([(self.account.password, self.account.user)]),
        )
        try:
            session.open()
            if self.endpoint.security == "starttls":
                session.start_tls()
            session.login(self.account.user, self.account.password)
            if session.dialogue.capabilities is None:
                session.command(b"CAPABILITY")
        except BaseException:
            session.close()
            raise
        return session


class LoadClient:
    """One user, whose name is told in findings; `told` hears of each command."""

    def __init__(
        self, place: UsersPlace, name: str, rng: Random, told: Callable[[TimedCommand], None]
    ) -> None:
        self._place = place
        self._name = name
        self._rng = rng
        self._told = told
        self._own = place.run + b"-" + name.encode("ascii")
        self._session: Session | None = None
        self._steps: tuple[MixStep, ...] = ()
        self._left = 0
        self._sessions = 0
        self._vain = 0

    def turn(self) -> None:
        """Play one step, or log in before it where there is no session."""
        if self._session is not None and (self._session.ending is not None or self._left <= 0):
            self.leave()
        if self._session is None and not self._enter():
            return
        self._left -= 1
        if self._selected() is None:
            self._play(self._place.mix.enter)
            return
        weights = [step.weight for step in self._steps]
        for _ in range(_VAIN):
            (step,) = self._rng.choices(self._steps, weights)
            if self._play(step.commands):
                return

    def pause(self) -> float:
        """Return how long to wait before the next step, in seconds."""
        return self._rng.uniform(*self._place.mix.pause)

    def leave(self) -> None:
        """Log out, where there is anything to log out of."""
        session, self._session = self._session, None
        if session is None:
            return
        by_server = session.ending is not None and session.ending.reason != "local"
        self._place.outages.ended(session.name, time.monotonic(), by_server=by_server)
        if session.ending is None:
            began = time.monotonic()
            reply = session.command(b"LOGOUT", timeout=min(_LOGOUT, self._place.timeout))
            self._tell("LOGOUT", began, reply)
            session.close()
        elif by_server:
            said = "after BYE" if session.ending.after_bye else "without BYE"
            self._told(TimedCommand("(connection)", 0.0, 0, f"ended by the server {said}"))

    def _open(self) -> Session:
        if self._session is None:
            raise RuntimeError("there is no session")
        return self._session

    def _selected(self) -> bytes | None:
        current = self._place.monitor.view(self._open()).current
        return current.mailbox if current is not None else None

    def _enter(self) -> bool:
        self._sessions += 1
        began = time.monotonic()
        try:
            session = self._place.session(f"{self._name}.{self._sessions}")
        except TargetError as error:
            if isinstance(error, (ConnectFailed, NoGreeting)):
                self._place.outages.refused(time.monotonic())
            kind = "LOGIN" if isinstance(error, LoginRefused) else "(connect)"
            said = str(error).partition(": ")[2].split(" as ")[0]
            self._told(TimedCommand(kind, time.monotonic() - began, 0, said))
            self._vain += 1
            time.sleep(min(AGAIN[1], AGAIN[0] * 2 ** min(self._vain, 5)))
            return False
        self._vain = 0
        self._told(TimedCommand("(connect and LOGIN)", time.monotonic() - began, 0))
        self._session = session
        self._place.outages.began(session.name, time.monotonic())
        self._left = self._place.mix.session
        self._steps = self._place.mix.offered(session.dialogue.capabilities or frozenset())
        return True

    def _play(self, commands: tuple[str, ...]) -> bool:
        """Play the commands of a step until one has nothing to be about; say if any was sent."""
        session, played = self._open(), False
        letters: list[Letter] = []
        around = Around(self._rng, self._place.mailboxes, self._own, None, letters)
        offered = session.dialogue.capabilities or frozenset()
        sync = "LITERAL+" not in offered  # LITERAL- is for less than messages may have
        for line in commands:
            if session.ending is not None:
                break
            around.selection = self._place.monitor.view(session).current
            try:
                parts = fill(line, around, sync=sync)
            except Nothing:
                break
            began = time.monotonic()
            idle = line.strip().upper() == "IDLE"
            reply = session.idle() if idle else session.command(*parts)
            self._tell(_name(line), began, reply)
            played = True
        return played

    def _tell(self, name: str, began: float, reply: Reply) -> None:
        arrivals = (*reply.untagged, *reply.continuations)
        octets = sum(arrival.frame.size for arrival in arrivals)
        failed = "" if reply.ok else _refusal(reply)
        self._told(TimedCommand(name, time.monotonic() - began, octets, failed))


def _refusal(reply: Reply) -> str:
    """Return what a command came to that was not answered with OK: its code, else its first words.

    The same for the same cause, so that refusals can be counted: without tag and numbers.
    """
    if reply.tagged is None:
        return str(reply)
    said = shown(reply.tagged.frame.text).partition(" ")[2]
    coded = _CODED.match(said)
    return coded[0] if coded else _NUMBER.sub("#", said)[:_WORDS]


def _name(line: str) -> str:
    """Return the name of the command of a line: `UID FETCH` is one."""
    words = line.split(" ", 2)
    return " ".join(words[:2] if words[0].upper() == "UID" else words[:1]).upper()
