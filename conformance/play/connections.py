"""Where cases are played: how connections to the server are made and brought to a state.

The server comes as endpoints and accounts; who started it is not known here. Before the first
case the suite learns what the server announces, once before and once after authentication.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.casefile.labels import Pop3Start, Start
from conformance.play.admission import Admission
from conformance.play.errors import Blocked, Skip
from conformance.play.facts import Fact
from conformance.play.patience import Patience
from conformance.play.pop3.entry import enter
from conformance.play.protocol import REVISIONS, NotAnnounced, Protocol, Wanted, choose, go_over
from conformance.play.spelling import Style
from conformance.secrecy.secrets import Secrets
from conformance.wire.account import Account
from conformance.wire.announced import spelt
from conformance.wire.errors import LoginRefused, TargetError, TLSFailed, Untrusted
from conformance.wire.limits import DEFAULT_LIMITS, Limits
from conformance.wire.pop3.session import Pop3Session
from conformance.wire.session import Observer, Session
from conformance.wire.states import State
from conformance.wire.tls import Offer
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
    protocol: Wanted | None = None
    """None: what is announced of IMAP4rev1 and IMAP4rev2, both where both are."""
    limits: Limits = DEFAULT_LIMITS


DEFAULT_WAY = Way()

NO_POP3 = "no POP3 server for the same mail is given (--pop3 HOST:PORT)"
"""Why cases of POP3 are skipped."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Capabilities before and after authentication, and `clear`: before STARTTLS was used.

    They are in capitals; `spelt` has each as the server wrote it last.
    """

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()
    spelt: Mapping[str, str] = field(default_factory=dict, compare=False)

    def at(self, start: Start, *, plain: bool) -> frozenset[str]:
        """Return what is announced to a connection in a state, `plain` without TLS."""
        if start in ("raw", "greeted"):
            return self.clear if plain else self.before
        return self.after


class Connections:
    """Makes the connections of a run.

    `patience` knows how long logins take here, `admission` how many connections there may be.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        accounts: Sequence[Account],
        *,
        disposable: bool = False,
        pop3: Endpoint | None = None,
        way: Way = Way(),  # frozen
        observers: Sequence[Observer] = (),
        implicit: Endpoint | None = None,
        memory: Callable[[], int] | None = None,
        cpu_time: Callable[[], float] | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.implicit = implicit
        """The way into the same server with TLS from the start, if one is known."""
        self.accounts = tuple(accounts)
        self.secrets = Secrets((each.password, each.user) for each in self.accounts)
        """What no session shows, and nothing that is written of any."""
        self.disposable = disposable
        self.memory = memory
        """Tells how many octets the server holds, where it is one of our own."""
        self.cpu_time = cpu_time
        """Tells how many seconds of CPU it has used, where it is one of our own."""
        self.pop3 = pop3
        """Where the same mail is to be had by POP3, None where nobody said so."""
        self.way = way
        self.observers = tuple(observers)
        self.announced = Announced()
        self.protocols: tuple[Protocol, ...] = choose((), way.protocol)
        """The revisions that cases are to be played under, known for sure after `survey`."""
        self.protocol: Protocol = self.protocols[0]
        """The one of them that sessions speak, the first unless another is set."""
        self.greeting = ""
        self.patience = Patience()
        self.admission = Admission(self.patience)
        self.untrusted = ""
        """Why the suite does not trust the server's certificate; see `try_tls`."""
        self.no_tls = ""
        """Why TLS did not begin when it was tried first, where the certificate is not it."""

    @property
    def enabled(self) -> frozenset[str]:
        """What sessions have enabled once they are logged in, in capitals."""
        return frozenset({"IMAP4REV2"} if self.protocol == "rev2" else ())

    def survey(self) -> Session:
        """Log in, and learn what the server announces.

        Returns the authenticated session, for the workspace to use.

        Raises:
            TargetError: no server, not the revision that is wanted, or no login.
        """
        known: set[str] = set()  # from greetings and codes, too

        def enter() -> Session:
            session = self._open("setup", ask=True)
            try:
                known.update(session.dialogue.capabilities or ())
                before, written = _capabilities(session)
                earlier = self.announced
                clear = earlier.clear or before
                self.log_in(session, 0)
                known.update(session.dialogue.capabilities or ())
                after, written_after = _capabilities(session)
                words = {**earlier.spelt, **written, **written_after}
                self.announced = Announced(before, after, clear, words)
            except BaseException:
                session.close()
                raise
            return session

        try:
            session = self.admission.enter(enter)
        except Skip as skip:
            raise TargetError(f"{self.endpoint}: one connection more {skip}") from None
        announced = self.announced
        known |= announced.before | announced.after | announced.clear
        try:
            self.protocols = choose(known, self.way.protocol)
            if self.protocol not in self.protocols:
                self.protocol = self.protocols[0]
            self._go_over(session)
        except (NotAnnounced, Blocked) as error:
            session.close()
            raise TargetError(f"{self.endpoint}: {error}") from None
        self.admission.spare = session
        return session

    def try_tls(self) -> None:
        """See whether STARTTLS leads to TLS where it is announced and was not used already.

        So it is known before the first case that the suite refuses the certificate
        (`untrusted`), which says nothing of the server, or that there is no TLS (`no_tls`).
        """
        if self.endpoint.security != "none" or "STARTTLS" not in self.announced.clear:
            return
        session = self._session("tls", endpoint=replace(self.endpoint, security="starttls"))
        try:
            session.open()
            session.start_tls()
        except Untrusted as error:
            self.untrusted = str(error)
        except TLSFailed as error:
            self.no_tls = str(error)
        except TargetError:
            pass  # the cases will tell
        finally:
            session.close()

    def handshake(self, name: str, offer: Offer) -> Session:
        """Open a connection and have it begin TLS with just this offer.

        The session is closed where `tls_failure` says why there is none.

        Raises:
            Skip: this server speaks no TLS here.
            Blocked: it does not let itself be reached, or does not begin TLS.
        """
        endpoint = self.endpoint
        if endpoint.security == "none":
            if "STARTTLS" not in self.announced.clear:
                raise Skip("speaks no TLS here")
            endpoint = replace(endpoint, security="starttls")
        session = self._session(name, endpoint=replace(endpoint, offer=offer))
        try:
            session.open()
            if endpoint.security == "starttls":
                session.start_tls()
        except TLSFailed as error:
            session.close()
            session.tls_failure = str(error)
        except TargetError as error:
            session.close()
            raise Blocked(str(error)) from None
        return session

    def connect(
        self,
        name: str,
        start: Start,
        *,
        account: int = 0,
        plain: bool = False,
        implicit: bool = False,
        enabled: bool = True,
    ) -> Session:
        """Open a connection and bring it to a state; `selected` is left to the caller.

        `plain` begins in the clear, `implicit` with TLS. Under IMAP4rev2 that is enabled behind the
        login, unless `enabled` is False. Where the server lets nobody in for a while, it is waited
        for.

        Raises:
            Skip: the state can not be had on this target.
            Blocked: the server does not let it be reached this time.
        """
        if plain and self.endpoint.security == "implicit":
            raise Skip("not possible over implicit TLS")
        if implicit and self.implicit is None:
            raise Skip("needs a port with TLS from the start")
        endpoint = self.implicit if implicit else None
        if len(self.accounts) <= account:
            raise Skip("needs a second account")

        def enter() -> Session:
            session = self._session(name, plain=True, endpoint=endpoint) if start == "raw" else None
            if session is not None:
                session.connect()
                return session
            session = self._open(name, plain=plain, endpoint=endpoint)
            try:
                if start != "greeted":
                    self.log_in(session, account)
                    if enabled:
                        self._go_over(session)
            except BaseException:
                session.close()
                raise
            return session

        try:
            if start in ("raw", "greeted"):
                self._settle()
            session = self.admission.enter(enter)
        except TargetError as error:
            raise Blocked(str(error)) from None
        if start == "greeted" and session.dialogue.state is State.AUTHENTICATED:
            session.close()
            raise Skip("the server greets with PREAUTH")
        return session

    def connect_pop3(self, name: str, start: Pop3Start, *, account: int = 0) -> Pop3Session:
        """Open a connection that speaks POP3 and bring it to a state.

        Raises:
            Skip: there is no POP3, or no such account.
            Blocked: the server does not let the state be reached.
        """
        if self.pop3 is None:
            raise Skip(NO_POP3)
        if len(self.accounts) <= account:
            raise Skip("needs a second account" if account else "needs an account")
        who, way = self.accounts[account], self.way
        session = Pop3Session(
            self.pop3,
            name=name,
            limits=way.limits,
            timeout=way.timeout,
            chop=way.chop,
            delay=way.delay,
            secrets=self.secrets,
        )
        try:
            enter(session, start, who.user, who.password)
        except TargetError as error:
            session.close()
            raise Blocked(f"POP3: {error}") from None
        return session

    def _go_over(self, session: Session) -> None:
        """Have a session speak the revision that cases are played under.

        Raises:
            Blocked: the server does not let it.
        """
        if self.protocol == "rev2" and REVISIONS["rev1"].capability in self.announced.after:
            go_over(session)

    def _settle(self) -> None:
        """Log in rightly, if a login was refused since that was done last.

        It ends the count of failures that many servers keep, and it shows that the server lets
        us in again, so that no case pays for what another one did.
        """
        if not self.patience.owing or not self.accounts:
            return

        def enter() -> Session:
            session = self._open("setup")
            try:
                self.log_in(session, 0)
            except BaseException:
                session.close()
                raise
            return session

        self.admission.enter(enter).close()
        self.patience.owing = False  # where a greeting with PREAUTH left nothing to refuse

    def answers_refusals(self) -> bool:
        """Whether a login that is wrong in the plainest way is answered now: costs one such login.

        So a server that has just hung up on another one did so for what that one sent.
        """
        if not self.accounts:
            return False
        try:
            session = self.connect("plainly", "greeted")
        except (Skip, Blocked):
            return False
        try:
            timeout = self.patience.for_login(self.way.timeout)
            session.login(self.accounts[0].user, "wrong", timeout=timeout)
        except LoginRefused as refusal:
            return not refusal.ended
        finally:
            session.close()
        return True

    def facts(self) -> tuple[Fact, ...]:
        """Return what was learnt of the ways in, to be shown."""
        found = [*self.patience.facts(), *self.admission.facts()]
        if self.untrusted or self.no_tls:
            why = self.untrusted or self.no_tls
            found.append(Fact("tls", f"Cases that need TLS are not played: {why}"))
        return tuple(found)

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
        timeout = self.patience.for_login(self.way.timeout)
        with self.patience.with_right_login():
            session.login(who.user, who.password, timeout=timeout)

    def _session(
        self, name: str, *, plain: bool = False, endpoint: Endpoint | None = None
    ) -> Session:
        endpoint = endpoint or self.endpoint
        if plain and endpoint.security == "starttls":
            endpoint = replace(endpoint, security="none")
        return Session(
            endpoint,
            name=name,
            limits=self.way.limits,
            observers=(*self.observers, self.patience),
            chop=self.way.chop,
            delay=self.way.delay,
            timeout=self.way.timeout,
            secrets=self.secrets,
        )

    def _open(
        self,
        name: str,
        *,
        plain: bool = False,
        ask: bool = False,
        endpoint: Endpoint | None = None,
    ) -> Session:
        session = self._session(name, plain=plain, endpoint=endpoint)
        try:
            greeting = session.open()
            self.greeting = self.greeting or escape(greeting.frame.text.removesuffix(b"\r\n"))
            if session.endpoint.security == "starttls":
                if ask:
                    clear, written = _capabilities(session)
                    self.announced = Announced(clear=clear, spelt=written)
                session.start_tls()
        except BaseException:
            session.close()
            raise
        return session


def _capabilities(session: Session) -> tuple[frozenset[str], Mapping[str, str]]:
    """Ask what is announced; return it in capitals, and each as the server wrote it."""
    reply = session.command(b"CAPABILITY")
    lists = filter(None, (spelt(each.frame.text) for each in reply.untagged))
    words = {word.upper(): word for words in lists for word in words}
    return frozenset(session.dialogue.capabilities or ()), words
