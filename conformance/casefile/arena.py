"""Where cases are played: how connections to the server are made and brought to a state.

The server comes as endpoints and accounts; who started it is not known here. Before the first
case the arena learns what the server announces, once before and once after authentication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.casefile.chips import Start
from conformance.casefile.errors import Blocked, Skip
from conformance.casefile.spelling import Style
from conformance.wire.account import Account
from conformance.wire.errors import LoginRefused, TargetError
from conformance.wire.limits import DEFAULT_LIMITS, Limits
from conformance.wire.session import Observer, Session
from conformance.wire.states import State
from conformance.wire.transcript import escape
from conformance.wire.transport import Endpoint


@dataclass(frozen=True, slots=True)
class Way:
    """How sessions behave, apart from what they say.

    `timeout` is the patience for one answer in seconds, `delay` a pause before each write in
    seconds, `chop` the size in octets of the pieces that every write is cut into (0: whole).
    `spelling` and `by_uid` are other ways to write what cases send (see `spelling`).
    """

    timeout: float = 10.0
    delay: float = 0.0
    chop: int = 0
    spelling: Style = "page"
    by_uid: bool = False
    limits: Limits = DEFAULT_LIMITS


DEFAULT_WAY = Way()


@dataclass(frozen=True, slots=True)
class Announced:
    """Capabilities before and after authentication, and `clear`: before STARTTLS was used."""

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()

    def at(self, start: Start, *, plain: bool) -> frozenset[str]:
        """Return what is announced to a connection in a state, `plain` without TLS."""
        if start in ("raw", "greeted"):
            return self.clear if plain else self.before
        return self.after


class Arena:
    """Makes the connections of a run."""

    def __init__(
        self,
        endpoint: Endpoint,
        accounts: Sequence[Account],
        *,
        disposable: bool = False,
        way: Way = Way(),  # frozen
        observers: Sequence[Observer] = (),
    ) -> None:
        self.endpoint = endpoint
        self.accounts = tuple(accounts)
        self.disposable = disposable
        self.way = way
        self.observers = tuple(observers)
        self.announced = Announced()
        self.greeting = ""

    def survey(self) -> Session:
        """Log in for the first time, and learn what the server announces.

        Returns the authenticated session, for the workspace to use.

        Raises:
            TargetError: no server, no IMAP, or no login.
        """
        session = self._open("setup", ask=True)
        try:
            before = _capabilities(session)
            clear = self.announced.clear or before
            self.log_in(session, 0)
            self.announced = Announced(before, _capabilities(session), clear)
        except BaseException:
            session.close()
            raise
        return session

    def connect(self, name: str, start: Start, *, account: int = 0, plain: bool = False) -> Session:
        """Open a connection and bring it to a state; `selected` is left to the caller.

        Raises:
            Skip: the state can not be had on this target.
            Blocked: the server does not let it be reached this time.
        """
        if plain and self.endpoint.security == "implicit":
            raise Skip("not possible over implicit TLS")
        if len(self.accounts) <= account:
            raise Skip("needs a second account")
        session: Session | None = None
        try:
            if start == "raw":
                session = self._session(name, plain=True)
                session.connect()
                return session
            session = self._open(name, plain=plain)
            if start != "greeted":
                self.log_in(session, account)
        except TargetError as error:
            if session is not None:
                session.close()
            raise Blocked(str(error)) from None
        if start == "greeted" and session.dialogue.state is not State.NOT_AUTHENTICATED:
            session.close()
            raise Skip("the server greets with PREAUTH")
        return session

    def log_in(self, session: Session, account: int) -> None:
        """Authenticate a session with one of the accounts.

        Raises:
            LoginRefused: the server does not take the credentials, or no LOGIN at all.
        """
        if session.dialogue.state is not State.NOT_AUTHENTICATED:
            return
        if not self.accounts:
            raise LoginRefused(f"{self.endpoint}: no account was given")
        who = self.accounts[account]
        session.login(who.user, who.password)

    def _session(self, name: str, *, plain: bool = False) -> Session:
        endpoint = self.endpoint
        if plain and endpoint.security == "starttls":
            endpoint = replace(endpoint, security="none")
        session = Session(
            endpoint,
            name=name,
            limits=self.way.limits,
            observers=self.observers,
            chop=self.way.chop,
            delay=self.way.delay,
            timeout=self.way.timeout,
        )
        for account in self.accounts:
            session.transcript.hide(account.password.encode())
        return session

    def _open(self, name: str, *, plain: bool = False, ask: bool = False) -> Session:
        session = self._session(name, plain=plain)
        try:
            greeting = session.open()
            self.greeting = self.greeting or escape(greeting.frame.text.removesuffix(b"\r\n"))
            if session.endpoint.security == "starttls":
                if ask:
                    self.announced = Announced(clear=_capabilities(session))
                session.start_tls()
        except BaseException:
            session.close()
            raise
        return session


def _capabilities(session: Session) -> frozenset[str]:
    session.command(b"CAPABILITY")
    return frozenset(session.dialogue.capabilities or ())
