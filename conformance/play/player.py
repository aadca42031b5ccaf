"""Playing a case: sends what the client lines say, awaits what the server lines describe.

The outcome says what came of it, never what it means for the run; that is for whoever plays.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from math import inf

from conformance.casefile.bindings import Bound
from conformance.casefile.computed import Sent, uses_computed
from conformance.casefile.document import Case
from conformance.casefile.fixtures import NONE, Fixture
from conformance.casefile.labels import Labels
from conformance.casefile.plan import (
    Step,
    grammar_of,
    own_literals,
    shows_password,
    used_values,
)
from conformance.casefile.script import ClientLine
from conformance.catalogue.levels import MET, UNMET, Verdict
from conformance.extending.offered import INCLUDED, speaks_rev2
from conformance.play.by_uid import by_uid
from conformance.play.computed import Shown, bind
from conformance.play.connections import Connections, Way
from conformance.play.deviation import Otherwise, deviation_of
from conformance.play.errors import Blocked, Skip
from conformance.play.leaning import lacks, names_inbox, sent_literals
from conformance.play.named import named_flags
from conformance.play.program import ProgramFault, run_program
from conformance.play.protocol import REVISIONS, as_list, as_search
from conformance.play.received import Received
from conformance.play.spelling import NON_SYNCHRONIZING
from conformance.play.tracker import Cause, Tracker, Unmet
from conformance.play.values import Given
from conformance.play.workspace import Workspace
from conformance.play.writer import Prompted, Writer
from conformance.wire.errors import TLSFailed, Untrusted
from conformance.wire.session import CLOSED, FLOODED, TIMED_OUT, Session
from conformance.wire.transcript import Line, together
from conformance.wire.transport import is_loopback

QUIET = 0.3
"""Seconds of silence after which nothing more is awaited."""

POLLING = 5.0
"""Seconds for which `C*` repeats its command."""

LATE = 2.0
"""Seconds for a completion to come after an untagged BAD, which may be all that comes."""

_EXTENDED = re.compile("CHILDINFO|OLDNAME")
"""Names of extended fields of LIST."""

_FIRST_POLL, _LAST_POLL = 0.02, 0.25  # seconds between two polls: doubling from one to the other


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case.

    `line` is the line of the case file where it ended, `cause` how; `expected` and `received` are
    octets shown as text, `transcript` that of all connections. `deviation` is what the server did
    otherwise (see `deviation`), also where that happened on the way to the proof: then the case is
    blocked. `by_should`: what blocks it breaks no MUST.
    """

    verdict: Verdict
    cause: Cause | None = None
    reason: str = ""
    line: int = 0
    expected: str = ""
    received: str = ""
    transcript: tuple[Line, ...] = ()
    deviation: str = ""
    by_should: bool = False


class Player:
    """Plays cases on connections, each in mailboxes of its own.

    `keep`: the outcome of a case that is met has its transcript, too.
    """

    def __init__(
        self,
        connections: Connections,
        workspace: Workspace,
        fixtures: dict[str, Fixture],
        *,
        keep: bool = False,
    ) -> None:
        self._connections = connections
        self._workspace = workspace
        self._fixtures = fixtures
        self._keep = keep
        self.lacks: set[str] = set()
        """Deviations of a server that leaves out data: what leads to a proof goes on without."""

    def play(self, case: Case, steps: tuple[Step, ...]) -> Outcome:
        """Play one case to its end. Never raises on what a server does.

        A server that hangs up in a case after many refused logins is given the time that it
        wants, and the case another chance; what it does then is no fault of the case's rule, unless
        it is of what the case sends: a login that is wrong in the plainest way is answered then.
        """
        patience = self._connections.patience
        for _ in range(2):
            before = patience.hung_up
            outcome = self._play_once(case, steps)
            if outcome.cause != "closed" or patience.hung_up == before:
                return outcome
        if self._connections.answers_refusals():
            return outcome
        return Outcome(
            "blocked",
            reason=f"after {patience.refused.count} refused logins the server hangs up",
            transcript=outcome.transcript,
        )

    def _play_once(self, case: Case, steps: tuple[Step, ...]) -> Outcome:
        sessions: dict[str, Session] = {}
        try:
            self._applies(case, steps)
            if case.labels.disposable:
                self._workspace.inbox.note()
            given, fixture = self._prepare(case, steps, self._fixtures[case.labels.mailbox])
            if case.program is not None:
                own = case.labels.requirements[0]
                run_program(case.program, self._connections, given, fixture, sessions, own)
            else:
                self._connect(case, steps, given, sessions)
                self._play(case, steps, given, sessions, fixture)
        except Skip as skip:
            return Outcome("skip", reason=str(skip))
        except ProgramFault as fault:
            return Outcome("error", reason=str(fault), transcript=_said(sessions))
        except Blocked as blocked:
            said, deviation = str(blocked), blocked.deviation
            return Outcome("blocked", reason=said, transcript=_said(sessions), deviation=deviation)
        except Otherwise as otherwise:
            unmet = otherwise.unmet
            return Outcome(
                UNMET[case.labels.level] if otherwise.proves else "blocked",
                unmet.cause,
                unmet.reason,
                unmet.line,
                unmet.expected,
                unmet.received,
                _said(sessions),
                otherwise.deviation,
            )
        finally:
            for session in sessions.values():
                session.close()
            if case.labels.disposable:
                self._workspace.inbox.put_back(case.id, sent_literals(steps))
        kept = _said(sessions) if self._keep else ()
        return Outcome(MET[case.labels.level], transcript=kept)

    def _applies(self, case: Case, steps: tuple[Step, ...]) -> None:
        labels, endpoint = case.labels, self._connections.endpoint
        if labels.disposable and not self._connections.disposable:
            raise Skip("would change what is not the suite's own: only on a disposable account")
        capabilities = self._capabilities(case)
        if labels.plain and endpoint.security == "implicit":
            raise Skip("not possible over implicit TLS")
        by_starttls = endpoint.security == "starttls" and not is_loopback(endpoint.host)
        if labels.plain and by_starttls and shows_password(steps):
            # Who asked for STARTTLS does not want the password on the network without it.
            raise Skip("would send the password unprotected")
        for alternatives in labels.needs:
            if not any(_announces(capabilities, each) for each in alternatives):
                raise Skip(f"{' or '.join(alternatives)} is not announced")
        if self._connections.untrusted and any(
            s.kind == "tls" for step in steps for s in step.sends
        ):
            raise Skip(self._connections.untrusted)
        for capability in labels.lacks:
            if capability in capabilities:
                raise Skip(f"{capability} is announced")
        if self._workspace.inbox.broken and names_inbox(steps):
            raise Blocked(self._workspace.inbox.broken)

    def _capabilities(self, case: Case) -> Collection[str]:
        """Return what counts as announced: a rule of RFC 9051 needs nothing that it includes.

        On connections that are not logged in that is so only where IMAP4rev2 is all there is.
        """
        labels = case.labels
        announced = self._connections.announced.at(labels.state, plain=labels.plain)
        enabled = case.enabled and labels.state not in ("raw", "greeted")
        goes_over = {"IMAP4REV2"} if enabled and self._connections.protocol == "rev2" else ()
        if case.rfc == REVISIONS["rev2"].rfc and speaks_rev2(announced, goes_over):
            return announced | INCLUDED
        return announced

    def _prepare(
        self, case: Case, steps: tuple[Step, ...], wanted: Fixture
    ) -> tuple[Given, Fixture]:
        """Make the case's mailbox; return what the case is given, and the fixture as it is."""
        number = self._workspace.new_case()
        endpoint = self._connections.endpoint
        who = self._connections.accounts, endpoint.host, endpoint.server_name or endpoint.host
        given = Given(self._workspace, number, wanted, *who)
        if wanted.name == NONE or not _uses_mailbox(case, steps):
            return given, wanted
        made = self._workspace.fill(given["mailbox"].octets, wanted)
        if made == wanted:
            return given, wanted
        if lacking := lacks(made, wanted, steps):
            raise Blocked(lacking)
        return Given(self._workspace, number, made, *who), made

    def _connect(
        self, case: Case, steps: tuple[Step, ...], given: Given, sessions: dict[str, Session]
    ) -> None:
        labels = case.labels
        for who in dict.fromkeys(step.who for step in steps):
            start = labels.state_of(who)
            account = 1 if who in labels.second else 0
            session = self._connections.connect(
                who, start, account=account, plain=labels.plain, enabled=case.enabled
            )
            sessions[who] = session
            if (
                start == "selected"
                and not session.command(b"SELECT " + given["mailbox"].spelling).ok
            ):
                raise Blocked("the server does not let the case's mailbox be selected")

    def _way(self, labels: Labels, who: str) -> Way:
        """How a connection writes in this case, and how patient it is."""
        way = self._connections.way
        if labels.as_written:
            return replace(way, spelling="page", by_uid=False)
        capabilities = self._connections.announced.at(labels.state_of(who), plain=labels.plain)
        if way.spelling == "literal+" and capabilities.isdisjoint(NON_SYNCHRONIZING):
            return replace(way, spelling="literal")
        return way

    def _play(
        self,
        case: Case,
        steps: tuple[Step, ...],
        given: Given,
        sessions: dict[str, Session],
        fixture: Fixture,
    ) -> None:
        names: dict[str, Bound] = {}
        literals = own_literals(steps)
        flags = named_flags(steps, fixture)
        computes = uses_computed(steps)
        sent = {who: Sent() for who in sessions}
        shown = {who: Shown(fixture) for who in sessions}
        rules = grammar_of(case.labels, self._connections.announced.after)
        passed_over: dict[str, list[Received]] = {}
        for step in steps:
            session = sessions[step.who]
            way = self._way(case.labels, step.who)
            writer = Writer(given, names, literals, session.transcript.secrets.add, way.spelling)
            if computes:
                for send in step.sends:
                    sent[step.who].add(writer.octets(send))
            try:
                names |= bind(step, sent[step.who], shown[step.who], rules)
            except ValueError as error:
                raise Blocked(f"what is right can not be computed: {error}") from None
            tracker = Tracker(
                step,
                rules,
                names,
                given,
                shown[step.who],
                strict=case.labels.strict,
                flags=flags,
                exact_base64=case.labels.exact_base64,
            )
            try:
                if step.polls:
                    # What is polled for may have come with the answer to the command before.
                    for received in passed_over.get(step.who, ()):
                        tracker.take(received)
                    older = self._as_older(case, step)
                    _Poll(session, step, tracker, writer, way.timeout, older).run()
                else:
                    if self._revises(case) and _forbids_list(step):
                        session.command(b"NOOP")  # LIST may tell what other commands have done
                    read = _perform(session, tracker, writer.batches(step.sends), way)
                    read = _both(self._as_older(case, step), read)
                    patience = partial(self._connections.patience.for_answer, session, way.timeout)
                    _await(session, tracker, patience, read=read)
                    if session.tls_failure and self._connections.no_tls:
                        raise Blocked(self._connections.no_tls)  # the end awaited had this cause
            except Unmet as unmet:
                if not self._does_without(step, tracker):
                    raise _otherwise(case, step, unmet) from None
            passed_over[step.who] = tracker.passed_over
            if tracker.waits_for_tag:
                sent[step.who].forget()

    def _revises(self, case: Case) -> bool:
        """Whether a case that was not written for it is played in sessions of IMAP4rev2."""
        rev2 = self._connections.protocol == "rev2" and case.enabled
        return rev2 and case.path.parent.name != f"rfc{REVISIONS['rev2'].rfc}"

    def _as_older(self, case: Case, step: Step) -> Callable[[Received], Received]:
        """Return how to read what comes so that a case which is older than IMAP4rev2 knows it."""
        read: Callable[[Received], Received] = _as_it_is
        if self._revises(case) and not _awaits(step, "ESEARCH"):
            read = _both(as_search, read)
        if self._revises(case) and not _EXTENDED.search(step.text):
            read = _both(as_list, read)
        return read

    def _does_without(self, step: Step, tracker: Tracker) -> bool:
        """Whether a window that leads to the proof lacks only what this server leaves out."""
        if step.role.proves or step.polls or not self.lacks:
            return False
        lacking = tracker.lacking()
        return bool(lacking) and all(deviation_of(step, e, "") in self.lacks for e in lacking)


def _announces(capabilities: Collection[str], name: str) -> bool:
    """Whether a capability is announced; one that ends in `=` with anything behind it."""
    if not name.endswith("="):
        return name in capabilities
    return any(each.startswith(name) for each in capabilities)


def _otherwise(case: Case, step: Step, unmet: Unmet) -> Otherwise:
    """Return what a window came to that came out otherwise."""
    proves = step.role.proves
    requirement = case.labels.requirements[0] if proves else ""
    deviation = deviation_of(step, unmet, requirement, must=case.labels.level == "MUST")
    return Otherwise(unmet, deviation, proves=proves)


def _uses_mailbox(case: Case, steps: tuple[Step, ...]) -> bool:
    """Whether the case needs its mailbox to be there; many do not get as far as naming one."""
    if case.program is not None:
        return True
    if any(case.labels.state_of(step.who) == "selected" for step in steps):
        return True
    return any("mailbox" in name or name.startswith("msg.") for name in used_values(steps))


def _awaits(step: Step, name: str) -> bool:
    """Whether a window speaks of a response itself, so that none is to be read as another."""
    patterns = (pattern for expectation in step.expects for pattern in expectation.patterns)
    return any(each.response and each.response.name == name for each in patterns)


def _forbids_list(step: Step) -> bool:
    """Whether a window asks for a LIST in which some name must not be."""
    return any(send.text.partition(" ")[2][:4].upper() == "LIST" for send in step.sends) and any(
        each.response and each.response.name == "LIST"
        for expectation in step.expects
        if expectation.kind == "never"
        for each in expectation.patterns
    )


def _perform(
    session: Session, tracker: Tracker, batches: list[bytes | ClientLine | Prompted], way: Way
) -> Callable[[Received], Received]:
    """Do what the client does in a window; return how to read what comes in it."""
    read: Callable[[Received], Received] = _as_it_is
    if way.by_uid and len(batches) == 1 and isinstance(batches[0], bytes):
        respelt = by_uid(session, batches[0])
        if respelt is not None:
            for received in respelt.seen:
                tracker.take(received)
            batches, read = [respelt.octets], respelt.read
    for what in batches:
        if isinstance(what, Prompted):
            for part in what.parts:
                if not _await_prompt(session, tracker, way.timeout):
                    break
                session.send(part)
        else:
            _act(session, what)
    return read


def _as_it_is(received: Received) -> Received:
    return received


def _both(
    first: Callable[[Received], Received], then: Callable[[Received], Received]
) -> Callable[[Received], Received]:
    return lambda received: then(first(received))


def _await_prompt(session: Session, tracker: Tracker, timeout: float) -> bool:
    """Wait until the server asks for a literal; False when it has answered instead."""
    window = session.window(timeout)
    while True:
        arrival = session.receive(window)
        if arrival is TIMED_OUT:
            raise tracker.unmet("timeout")
        if arrival is FLOODED:
            raise tracker.unmet("flood")
        if arrival is CLOSED:
            return False
        if arrival.response.kind == "continuation":
            return True
        tracker.take(Received(arrival.response, arrival.frame.text, arrival.frame.literals))
        if arrival.response.kind == "tagged":
            return False


def _act(session: Session, what: bytes | ClientLine) -> None:
    if isinstance(what, bytes):
        session.send(what)
    elif what.kind == "pause":
        time.sleep(what.pause)
    elif what.kind == "tls":
        try:
            session.negotiate_tls()
        except Untrusted as error:
            raise Skip(str(error)) from None
        except TLSFailed:
            pass  # the connection is closed, which the next window sees
    else:
        session.close(reset=what.kind == "reset")


def _await(
    session: Session,
    tracker: Tracker,
    timeout: Callable[[], float],
    *,
    tag: bytes = b"",
    read: Callable[[Received], Received] = _as_it_is,
) -> None:
    """Await the end of a window; `tag` is the fresh tag of a repeated command, if any.

    `timeout` says how many seconds it has in all, which may change with what comes.
    """
    if not tracker.step.expects:
        return
    window = session.window(timeout())
    while not (tracker.answered if tracker.waits_for_tag else tracker.complete) or (
        tracker.only_listens
    ):
        window.seconds = timeout()
        quiet = QUIET if tracker.only_listens else LATE if tracker.given_up else inf
        arrival = session.receive(window, quiet=quiet)
        if arrival is TIMED_OUT:
            if tracker.only_listens:
                return
            raise tracker.unmet("timeout")
        if arrival is FLOODED:
            if tracker.only_listens:
                raise Blocked("the server says more than can be looked at")
            raise tracker.unmet("flood")
        if arrival is CLOSED:
            if tracker.closed():
                continue
            if tracker.only_listens:
                return
            unmet = tracker.unmet("closed")
            if session.tls_failure:
                unmet.received, unmet.reason = session.tls_failure, "TLS did not begin"
            raise unmet
        response = arrival.response
        if tag and response.tag == tag:
            first = next(p.tag for e in tracker.step.expects for p in e.patterns if p.tag)
            response = replace(response, tag=first)
        tracker.take(read(Received(response, arrival.frame.text, arrival.frame.literals)))
    if not tracker.step.polls and not tracker.complete:
        raise tracker.unmet("missing")


class _Poll:
    """A window whose command is repeated until it is complete."""

    def __init__(
        self,
        session: Session,
        step: Step,
        tracker: Tracker,
        writer: Writer,
        timeout: float,
        read: Callable[[Received], Received],
    ) -> None:
        self._session, self._step, self._tracker = session, step, tracker
        self._writer, self._timeout, self._read = writer, timeout, read

    def run(self) -> None:
        """Poll until the window is complete, or time is up."""
        deadline = time.monotonic() + POLLING
        pause = _FIRST_POLL
        rounds = 0
        while True:
            tag = b""
            for send in self._step.sends:
                if rounds and send.kind != "poll":
                    continue
                data = self._writer.octets(send)
                if rounds:
                    first, space, rest = data.partition(b" ")
                    tag = b"%s.%d" % (first, rounds)
                    data = tag + space + rest
                self._session.send(data)
            _await(self._session, self._tracker, lambda: self._timeout, tag=tag, read=self._read)
            if self._tracker.complete:
                return
            if time.monotonic() >= deadline:
                raise self._tracker.unmet("missing")
            self._tracker.again()
            rounds += 1
            time.sleep(pause)
            pause = min(pause * 2, _LAST_POLL)


def _said(sessions: dict[str, Session]) -> tuple[Line, ...]:
    return together({who: session.transcript for who, session in sessions.items()})
