"""Playing a case: sends what the client lines say, awaits what the server lines describe.

The outcome says what came of it, never what it means for the run; that is for whoever plays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from conformance.casefile.bindings import Bound
from conformance.casefile.computed import SentOctets, uses_computed
from conformance.casefile.document import Case
from conformance.casefile.fixtures import NONE, Fixture
from conformance.casefile.labels import Labels
from conformance.casefile.plan import (
    Step,
    grammar_of,
    own_literals,
    used_values,
)
from conformance.casefile.script import speaks_pop3
from conformance.catalogue.levels import MET, UNMET, Verdict
from conformance.play.applying import check_applies
from conformance.play.computed import ShownMailbox, bind
from conformance.play.connections import Connections, Way
from conformance.play.deviation import UNANSWERED, Otherwise, deviation_of
from conformance.play.errors import Blocked, Skip
from conformance.play.leaning import lacks, sent_literals
from conformance.play.named import named_flags
from conformance.play.pop3.player import Pop3Player
from conformance.play.program import ProgramFault, run_program
from conformance.play.protocol import REVISIONS, as_list, as_search
from conformance.play.received import Received
from conformance.play.spelling import NON_SYNCHRONIZING
from conformance.play.step import Poll, as_it_is, await_step, both, perform_step
from conformance.play.tracker import Cause, Tracker, Unmet
from conformance.play.values import Given
from conformance.play.workspace import Workspace
from conformance.play.writer import ClientWriter
from conformance.wire.pop3.session import Pop3Session
from conformance.wire.session import Session
from conformance.wire.tls import ANY
from conformance.wire.transcript import Line, together

_EXTENDED = re.compile("CHILDINFO|OLDNAME")
"""Names of extended fields of LIST."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case.

    `line` is the line of the case file where it ended, `cause` how; `expected` and `received` are
    octets shown as text, `transcript` that of all connections. `deviation` is what the server did
    otherwise (see `deviation`), also where that happened on the way to the proof: then the case is
    blocked. `by_should`: what blocks it breaks no MUST. `unanswered`: a command that was to be
    completed never was, and nothing else is wrong.
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
    unanswered: bool = False


_REFUSED = (": NO instead of OK", ": BAD instead of OK")


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

        So is a case with a maildrop in which something deviates: what is stored within a second may
        come in another order to POP3, of which RFC 1939 says nothing.
        """
        patience = self._connections.patience
        for last in (False, True):
            before = patience.hung_up
            outcome = self._play_once(case, steps)
            if outcome.cause == "closed" and patience.hung_up != before:
                continue
            if last or not case.labels.maildrop or outcome.verdict not in UNMET.values():
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
        pop3: dict[str, Pop3Session] = {}
        try:
            check_applies(case, steps, self._connections, self._workspace.inbox)
            if case.labels.disposable:
                self._workspace.inbox.note()
            wanted = case.labels.maildrop or case.labels.mailbox
            given, fixture = self._prepare(case, steps, self._fixtures[wanted])
            if case.program is not None:
                own = case.labels.requirements[0]
                run_program(case.program, self._connections, given, fixture, sessions, own)
            else:
                self._connect(case, steps, given, sessions)
                self._play(case, steps, given, sessions, pop3, fixture)
        except Skip as skip:
            return Outcome("skip", reason=str(skip))
        except ProgramFault as fault:
            return Outcome("error", reason=str(fault), transcript=_said(sessions, pop3))
        except Blocked as blocked:
            said, deviation = str(blocked), blocked.deviation
            return Outcome(
                "blocked", reason=said, transcript=_said(sessions, pop3), deviation=deviation
            )
        except Otherwise as otherwise:
            unmet = otherwise.unmet
            if otherwise.deviation.endswith(_REFUSED) and self._guesses_name(steps):
                reason = "the server may know itself by another name than the one it is reached by"
                return Outcome("skip", reason=reason, transcript=_said(sessions, pop3))
            return Outcome(
                UNMET[case.labels.level] if otherwise.proves else "blocked",
                unmet.cause,
                unmet.reason,
                unmet.line,
                unmet.expected,
                unmet.received,
                _said(sessions, pop3),
                otherwise.deviation,
                unanswered=otherwise.unanswered,
            )
        finally:
            for session in sessions.values():
                session.close()
            for each in pop3.values():
                each.leave()
            if case.labels.disposable:
                maildrop = self._fixtures.get(case.labels.maildrop)
                messages = maildrop.messages if maildrop else ()
                sent = (*sent_literals(steps), *(message.octets for message in messages))
                self._workspace.inbox.put_back(case.id, sent)
        kept = _said(sessions, pop3) if self._keep else ()
        return Outcome(MET[case.labels.level], transcript=kept)

    def _guesses_name(self, steps: tuple[Step, ...]) -> bool:
        """Whether a case names the server as it is reached, and nobody has said that it is so."""
        endpoint = self._connections.endpoint
        known = endpoint.server_name not in ("", endpoint.host)
        return not known and any("url.host" in send.text for step in steps for send in step.sends)

    def _prepare(
        self, case: Case, steps: tuple[Step, ...], wanted: Fixture
    ) -> tuple[Given, Fixture]:
        """Make the case's mailbox; return what the case is given, and the fixture as it is."""
        number = self._workspace.new_case()
        endpoint = self._connections.endpoint
        who = self._connections.accounts, endpoint.host, endpoint.server_name or endpoint.host
        given = Given(self._workspace, number, wanted, *who)
        if case.labels.maildrop:
            made = self._workspace.fill_inbox(wanted)
        elif wanted.name == NONE or not _uses_mailbox(case, steps):
            return given, wanted
        else:
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
        for who in dict.fromkeys(step.who for step in steps if not speaks_pop3(step.who)):
            start = labels.state_of(who)
            account = 1 if who in labels.second else 0
            session = self._connections.connect(
                who,
                start,
                account=account,
                plain=labels.plain,
                implicit=labels.implicit,
                enabled=case.enabled,
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
        pop3: dict[str, Pop3Session],
        fixture: Fixture,
    ) -> None:
        names: dict[str, Bound] = {}
        by_pop3 = Pop3Player(given, names)
        literals = own_literals(steps)
        flags = named_flags(steps, fixture)
        computes = uses_computed(steps)
        sent = {who: SentOctets() for who in sessions}
        shown = {who: ShownMailbox(fixture) for who in sessions}
        rules = grammar_of(case.labels, self._connections.announced.after)
        passed_over: dict[str, list[Received]] = {}
        for step in steps:
            if speaks_pop3(step.who):
                self._play_pop3(case, step, by_pop3, pop3)
                continue
            session = sessions[step.who]
            way = self._way(case.labels, step.who)
            writer = ClientWriter(
                given, names, literals, session.transcript.secrets.add, way.spelling
            )
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
                    Poll(session, step, tracker, writer, way.timeout, older).run()
                else:
                    if self._revises(case) and _forbids_list(step):
                        if not _asks_for_list(step):
                            raise Skip("a server of IMAP4rev2 may tell of mailboxes unasked")
                        session.command(b"NOOP")  # LIST may tell what other commands have done
                    read = perform_step(session, tracker, writer.batches(step.sends), way)
                    read = both(self._as_older(case, step), read)
                    patience = partial(self._connections.patience.for_answer, session, way.timeout)
                    await_step(session, tracker, patience, read=read)
                    if session.tls_failure and self._connections.no_tls and not _chooses(step):
                        raise Blocked(self._connections.no_tls)  # the end awaited had this cause
            except Unmet as unmet:
                if not self._does_without(step, tracker):
                    raise _otherwise(case, step, unmet, asked=tracker.asked) from None
            passed_over[step.who] = tracker.passed_over
            if tracker.waits_for_tag:
                sent[step.who].forget()

    def _play_pop3(
        self, case: Case, step: Step, player: Pop3Player, sessions: dict[str, Pop3Session]
    ) -> None:
        """Play a window of POP3. Its connection begins here: the maildrop is what is there now."""
        who = step.who
        if who not in sessions:
            account = 1 if who in case.labels.second else 0
            start = case.labels.pop3_state_of(who)
            sessions[who] = self._connections.connect_pop3(who, start, account=account)
        try:
            player.play(sessions[who], step)
        except Unmet as unmet:
            # Whether all commands are completed is a rule of IMAP's.
            raise _otherwise(case, step, unmet, asked=True) from None

    def _revises(self, case: Case) -> bool:
        """Whether a case that was not written for it is played in sessions of IMAP4rev2."""
        rev2 = self._connections.protocol == "rev2" and case.enabled
        return rev2 and case.path.parent.name != f"rfc{REVISIONS['rev2'].rfc}"

    def _as_older(self, case: Case, step: Step) -> Callable[[Received], Received]:
        """Return how to read what comes so that a case which is older than IMAP4rev2 knows it."""
        read: Callable[[Received], Received] = as_it_is
        if self._revises(case) and not _awaits(step, "ESEARCH"):
            read = both(as_search, read)
        if self._revises(case) and not _EXTENDED.search(step.text):
            read = both(as_list, read)
        return read

    def _does_without(self, step: Step, tracker: Tracker) -> bool:
        """Whether a window that leads to the proof lacks only what this server leaves out."""
        if step.role.proves or step.polls or not self.lacks:
            return False
        lacking = tracker.lacking()
        return bool(lacking) and all(deviation_of(step, e, "") in self.lacks for e in lacking)


def _otherwise(case: Case, step: Step, unmet: Unmet, *, asked: bool) -> Otherwise:
    """Return what a window came to that came out otherwise; `asked`: the server wants more."""
    proves = step.role.proves
    requirement = case.labels.requirements[0] if proves else ""
    deviation = deviation_of(step, unmet, requirement, must=case.labels.level == "MUST")
    completed = any(each.tagged and each.required for each in step.expects)
    unanswered = completed and not asked and deviation.endswith(UNANSWERED)
    return Otherwise(unmet, deviation, proves=proves, unanswered=unanswered)


def _uses_mailbox(case: Case, steps: tuple[Step, ...]) -> bool:
    """Whether the case needs its mailbox to be there; many do not get as far as naming one."""
    if case.program is not None:
        return True
    if any(case.labels.state_of(step.who) == "selected" for step in steps):
        return True
    return any("mailbox" in name or name.startswith("msg.") for name in used_values(steps))


def _awaits(step: Step, name: str) -> bool:
    """Whether a window speaks of a response itself, so that none is to be read as another."""
    patterns = [pattern for expectation in step.expects for pattern in expectation.patterns]
    exact = any(each.exact is not None and name in each.text.split() for each in patterns)
    return exact or any(each.response and each.response.name == name for each in patterns)


def _asks_for_list(step: Step) -> bool:
    return any(send.text.partition(" ")[2][:4].upper() == "LIST" for send in step.sends)


def _chooses(step: Step) -> bool:
    """Whether a window is about what is negotiated when TLS begins."""
    return any(send.offer != ANY for send in step.sends)


def _forbids_list(step: Step) -> bool:
    """Whether there is a LIST response that must not come in a window."""
    return any(
        each.response and each.response.name == "LIST"
        for expectation in step.expects
        if expectation.kind == "never"
        for each in expectation.patterns
    )


def _said(sessions: dict[str, Session], pop3: dict[str, Pop3Session]) -> tuple[Line, ...]:
    every: dict[str, Session | Pop3Session] = {**sessions, **pop3}
    return together({who: session.transcript for who, session in every.items()})
