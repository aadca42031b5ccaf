"""Having the sessions of one program talk: sends, takes what comes into the views, keeps a record.

What the single commands mean is in `operations`. Everything that was said is kept as exchanges of
a case file, so that a failure can be written down and reproduced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from conformance.casefile.bindings import astring, list_mailbox
from conformance.casefile.compose import ComposedPiece, Exchange, Named, Payload
from conformance.casefile.fixtures import Fixture
from conformance.casefile.labels import Start
from conformance.extending.attached import Attached
from conformance.fuzz.deviation import completion, of_search
from conformance.fuzz.domain import PASSWORD, PLACEHOLDERS, USER
from conformance.fuzz.environment import Environment
from conformance.fuzz.revised import searched
from conformance.fuzz.told import FETCHED, UIDFETCH, by_uid, see_flags_once, see_kind, vanished
from conformance.model.store import Flags, Mailbox, Store, StoredMessage
from conformance.model.view import IN_STEP, Disagreement, SessionView
from conformance.syntax.flags import own
from conformance.syntax.names import folded
from conformance.wire.dialogue import Arrival
from conformance.wire.exchange import Literal, Reply
from conformance.wire.session import Session
from conformance.wire.transcript import Line, together

NAMES = ("one", "two", "three")
"""The sessions that a program may have."""

HOME = "home"
"""The mailbox that a program finds, filled with its fixture."""

FLAGS = (b"\\Seen", b"\\Flagged", b"\\Deleted", b"\\Answered", b"\\Draft", b"$Kept")
"""The flags that a program gives, as far as mailboxes say that they last."""

_NAMED = frozenset(flag.upper() for flag in FLAGS)

_ASKING = frozenset(
    ("NOOP", "CHECK", "IDLE", "LIST", "LSUB", "STATUS", "SEARCH", "SELECT", "EXAMINE")
)
"""Commands that change no mailbox: whether they were carried out does not matter later."""

_LAST_UID = 4_294_967_295

Removable = Callable[[StoredMessage], bool]


class ProgramOver(Exception):
    """The program can not go on, and nobody is to blame: the server has said BYE, say."""


class Ended(ProgramOver):
    """One session has ended as it may; the others can go on."""


@dataclass(slots=True)
class Observation:
    """One FETCH response as it was taken: the message (None: unknown) and the response.

    Of a message that is told by UID the number is where it stands for the model, 0 if unknown.
    """

    number: int
    message: StoredMessage | None
    arrival: Arrival


@dataclass(slots=True)
class Answered:
    """What came of a command, and what it showed of messages."""

    reply: Reply
    fetched: list[Observation] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.reply.ok

    def of(self, name: str) -> list[Arrival]:
        """The untagged responses of a name."""
        return [arrival for arrival in self.reply.untagged if arrival.response.name == name]


class Executor:
    """The sessions of one program, and the model of what they do."""

    def __init__(
        self, environment: Environment, fixture: Fixture, label: str, *, fill: bool = True
    ) -> None:
        self.environment = environment
        self.fixture = fixture
        self.store = Store()
        self.views: defaultdict[str, SessionView] = defaultdict(SessionView)
        self.exchanges: list[Exchange] = []
        self.keywords: set[bytes] = set()
        """Keywords that the selected mailboxes take."""
        self.fleeting: set[bytes] = set()
        """Flags of which a selected mailbox does not say that they last (PERMANENTFLAGS)."""
        self.ended: set[str] = set()
        """Sessions whose connection has ended as it may."""
        self.uid_only: set[str] = set()
        """Sessions that have enabled UIDONLY (RFC 9586): for them no message has a number."""
        self._sessions: dict[str, Session] = {}
        self._number = environment.begin(label)
        self._shown: set[int] = set()
        self.attached = Attached()
        """What extensions remember of this program."""
        self.named: set[str] = {HOME}
        """Names that were ever used."""
        self.doubtful: set[str] = set()
        """Names of which it is open whether they are subscribed: RENAME may have moved them."""
        home = self.store.create(HOME)
        for message in fixture.messages:
            flags = [flag.upper().encode() for flag in message.flags]
            home.add(self.store.message(message.octets, flags, message.date))
        if fill:
            environment.workspace.fill(self.name(HOME).octets, fixture)

    def close(self) -> None:
        """Close all sessions."""
        for session in self._sessions.values():
            session.close()

    def connect(self, who: str, start: Start = "auth") -> Session:
        """Return a session; when it is first asked for, it is brought to a state."""
        if who not in self._sessions:
            self._sessions[who] = self.environment.connections.connect(who, start)
        return self._sessions[who]

    def opened(self) -> list[str]:
        """The names of the sessions that were used."""
        return list(self._sessions)

    def transcript(self) -> tuple[Line, ...]:
        """All that was said in all sessions, by time."""
        return together({who: session.transcript for who, session in self._sessions.items()})

    # -- what commands are made of -----------------------------------------------------

    def name(self, path: str, *, pattern: bool = False) -> Named:
        """Name the mailbox at a path: `home` is the case's own, others have labels."""
        self.named.add(path)
        label, slash, rest = path.partition("/")
        label = "" if label == HOME else label
        octets = self.environment.workspace.name(self._number, label, rest if slash else None)
        if octets is None:
            raise ProgramOver("no hierarchy")
        spelt = (list_mailbox if pattern else astring)(octets).spelling
        return Named("mailbox" + (f".{label}" if label else "") + (slash + rest), spelt)

    def bare(self) -> Named:
        """Name a mailbox without quotes, for a pattern that begins with its name."""
        octets = self.environment.workspace.name(self._number)
        return Named("name.mailbox", octets or b"")

    def meaning(self, placeholder: bytes) -> bytes:
        """Say what a placeholder of generated commands stands for on the wire."""
        account = self.environment.connections.accounts[0]
        given = {USER: account.user.encode(), PASSWORD: account.password.encode()}
        if placeholder in given:
            return given[placeholder]
        label = PLACEHOLDERS[placeholder].removeprefix("name.mailbox").removeprefix(".")
        return self.environment.workspace.name(self._number, label) or b""

    def path_of(self, octets: bytes) -> str | None:
        """Return the path of a mailbox of this program by its octets, None for others.

        A server may show it in other letters (RFC 3501 section 5.1).
        """
        for path in self.named:
            label, slash, rest = path.partition("/")
            label = "" if label == HOME else label
            name = self.environment.workspace.name(self._number, label, rest if slash else None)
            if name is not None and folded(name) == folded(octets):
                return path
        return None

    def uid(self, message: StoredMessage) -> Named:
        """Name a message by its UID, which a response has to have shown."""
        return Named(f"u{message.serial}", b"%d" % (message.uid or 0))

    # -- talking -----------------------------------------------------------------------

    def say(
        self,
        who: str,
        *pieces: ComposedPiece,
        removable: Removable | None = None,
        leaves: str = IN_STEP,
        record: bool = True,
        applies: bool = True,
    ) -> Answered:
        """Send a command, and take into the session's view what comes.

        `removable` says which messages the command may remove, `leaves` is the rule that it breaks
        if it removes others; `applies` False: what comes is not about the mailbox that was selected
        before (SELECT).

        Raises:
            Disagreement: a response that can not be, or no completion.
            ProgramOver: the connection ended in a way that is allowed.
        """
        exchange = Exchange(who, pieces)
        if record:
            self.exchanges.append(exchange)
        session = self.connect(who)
        reply = session.command(*(self._part(piece) for piece in pieces))
        if self.environment.rev2 and "RETURN" not in exchange.shown.upper():
            reply.untagged[:] = searched(reply.untagged)
        said = Answered(reply)
        exchange.expects.append(f": TAG {reply.status or 'OK'}")
        if not reply.status:
            self._ended(who, exchange, reply)
        for arrival in (arrival for name in FETCHED for arrival in said.of(name)):
            see_flags_once(arrival)
        if applies:
            self.take(who, said, removable, leaves)
        return said

    @staticmethod
    def _part(piece: ComposedPiece) -> bytes | Literal:
        if isinstance(piece, Payload):
            return Literal(piece.octets)
        return piece.octets if isinstance(piece, Named) else piece

    def _ended(self, who: str, exchange: Exchange, reply: Reply) -> None:
        if self.connect(who).dialogue.bye or self.views[who].adrift:
            self.ended.add(who)
            self.views[who].leave()
            exchange.expects = [": TAG OK|NO|BAD", "/ {close}"]
            if exchange.shown.partition(" ")[0].upper() in _ASKING:
                raise Ended("the server has closed the connection")
            raise ProgramOver(
                "the server has closed the connection, and nobody knows what was done"
            )
        raise Disagreement(
            "3501-2.2.2-one-completion",
            f"{exchange.shown} was not completed: {reply}",
            expected=[": TAG OK|NO|BAD"],
            received=str(reply),
            late=reply.ended == "timeout",
            deviation="no completion" if reply.ended == "timeout" else "the connection ends",
        )

    def take(
        self,
        who: str,
        said: Answered,
        removable: Removable | None = None,
        leaves: str = IN_STEP,
    ) -> None:
        """Take the untagged responses of a command into a session's view, in their order."""
        view = self.views[who]
        gone = removable or (lambda _message: False)
        for arrival in said.reply.untagged:
            response = arrival.response
            count = response.count
            see_kind(arrival, uid_only=who in self.uid_only)
            if response.name == "VANISHED":
                view.vanish(vanished(arrival), gone, leaves)
            if count is None:
                continue
            if response.name == "EXISTS":
                view.exists(count)
            elif response.name == "EXPUNGE":
                view.expunge(count, gone, leaves)
            elif response.name in FETCHED:
                said.fetched.append(self._fetched(view, count, arrival))

    def _fetched(self, view: SessionView, number: int, arrival: Arrival) -> Observation:
        leaf = arrival.response.item(b"UID")
        uid = leaf.number if leaf else None
        if arrival.response.name == UIDFETCH:
            uid, number = number, view.place(number, uid)
        message = view.fetched(number, uid, own_flags(arrival))
        return Observation(number, message, arrival)

    def await_status(
        self,
        said: Answered,
        allowed: Collection[str],
        requirement: str,
        why: str = "",
    ) -> bool:
        """See that a command was completed as it may be; returns whether it was OK.

        Raises:
            Disagreement: with `requirement`, or with that of BAD where BAD is not allowed.
        """
        status = said.reply.status
        if status in allowed:
            return status == "OK"
        exchange = self.exchanges[-1]
        if status == "BAD" and requirement.startswith("3501"):
            requirement = "3501-2.2.2-bad"
        raise Disagreement(
            requirement,
            f"{exchange.shown} is answered {status}" + (f": {why}" if why else ""),
            expected=[f": TAG {'|'.join(sorted(allowed, reverse=True))}"],
            received=str(said.reply),
            deviation=completion(status, "|".join(sorted(allowed, reverse=True)), requirement),
        )

    def has_shown(self, message: StoredMessage) -> bool:
        """Whether a response in the record has shown the UID of a message."""
        return message.serial in self._shown and message.uid is not None

    def is_told_uids(self, who: str) -> bool:
        """Whether a session is told by UID what has gone: with VANISHED in place of EXPUNGE."""
        return not self.connect(who).dialogue.enabled.isdisjoint({"QRESYNC", "UIDONLY"})

    def as_told(self, who: str, line: str) -> str:
        """Write a line of what is awaited as a session is told it: perhaps without numbers."""
        if who not in self.uid_only:
            return line
        view = self.views[who]

        def name(number: int) -> str:
            message = view.slots[number - 1]
            known = message is not None and self.has_shown(message)
            return f"{{{self.uid(message).name}}}" if message is not None and known else ""

        return by_uid(line, view, name)

    def idle_if_offered(self, who: str, *, valid: bool = True) -> None:
        """Have a session say IDLE and DONE (RFC 2177), and take what comes.

        `valid` False: the session is not authenticated, and the command has to be refused.
        """
        if not self.environment.features.has("IDLE"):
            return
        exchange = Exchange(who, (b"IDLE",))
        self.exchanges.append(exchange)
        session = self.connect(who)
        reply = session.idle()
        # Where it is refused as it may be, nobody waits for DONE.
        exchange.done = b"DONE" if valid and reply.status != "NO" else b""
        exchange.expects.append(f": TAG {reply.status or 'OK'}")
        if not reply.status:
            self._ended(who, exchange, reply)
        said = Answered(reply)
        self.take(who, said)
        if not valid:
            self.await_status(said, {"NO", "BAD"}, "3501-3-wrong-state")
            return
        selected = self.views[who].mailbox is not None
        rule = "2177-3-done" if selected else "2177-3-authenticated"
        self.await_status(said, {"OK", "NO"}, rule)

    def learn_uids(self, who: str, messages: Sequence[StoredMessage]) -> None:
        """Ask for the UIDs of messages that are not known, or not in the record yet."""
        view = self.views[who]
        asked = [message for message in messages if not self.has_shown(message)]
        if who in self.uid_only and asked:
            self._search_uids(who)
            return
        for message in asked:
            if message not in view.slots:
                continue
            number = view.number(message)
            said = self.say(who, b"FETCH %d (UID)" % number)
            if message.uid is None:
                if not said.ok or message.gone:
                    raise ProgramOver("a message went away")
                raise Disagreement(
                    "3501-6.4.5-forms",
                    f"no UID of message {number} came",
                    expected=[f": * {number} FETCH (UID {{:uniqueid}})", ": TAG OK"],
                    received=str(said.reply),
                    deviation="nothing UID",
                )
            kept = f": * {number} FETCH (UID {{u{message.serial}:uniqueid}})"
            self.exchanges[-1].expects.insert(0, kept)
            self._shown.add(message.serial)

    def _search_uids(self, who: str) -> None:
        """Ask a session without numbers for all UIDs: they ascend as the messages stand.

        Where it may not have been told of everything nothing is asked: some UIDs stay unknown.
        """
        view = self.views[who]
        if not view.settled:
            self.say(who, b"NOOP")
        if not view.settled:
            return
        said = self.say(who, b"UID SEARCH ALL")
        self.await_status(said, {"OK"}, "3501-6.4.4-response")
        numbers = {leaf.number for each in said.of("SEARCH") for leaf in each.response.leaves}
        found = sorted(number for number in numbers if number is not None)
        known = [message.uid for message in view.told]
        words = [
            f"{{{self.uid(m).name}{'' if self.has_shown(m) else ':nz_number'}}}" for m in view.told
        ]
        right = f": * SEARCH {' '.join(words)}".rstrip()
        same = all(uid in (None, told) for uid, told in zip(known, found, strict=False))
        if len(found) != len(known) or not same:
            raise Disagreement(
                "3501-6.4.4-all",
                f"UID SEARCH ALL finds {len(found)} messages, and there are {len(known)}"
                if same
                else "UID SEARCH ALL finds other UIDs than the messages have",
                expected=[right, ": TAG OK"],
                received=str(said.reply),
                deviation=of_search("3501-6.4.4-all"),
            )
        self.exchanges[-1].expects.insert(0, right)
        for number, (message, uid) in enumerate(zip(view.told, found, strict=True), 1):
            view.fetched(number, uid, None)
            self._shown.add(message.serial)

    def of_all(self, who: str) -> bytes:
        """Begin a FETCH of all messages, by UID in a session that has no numbers."""
        if who not in self.uid_only:
            return b"FETCH 1:*"
        self.learn_uids(who, self.views[who].told)
        # Not `*`: in a session without numbers RFC 9586 section 3 lets it not be used.
        return b"UID FETCH 1:%d" % _LAST_UID

    def shared(self, who: str) -> bool:
        """Whether another session has the mailbox of this one selected."""
        mailbox = self.views[who].mailbox
        return any(view.mailbox is mailbox for other, view in self.views.items() if other != who)

    def closed_to(self, who: str, mailbox: Mailbox) -> bool:
        """Whether a session has opened a mailbox with EXAMINE, and may be refused to add to it.

        No changes to its permanent state are permitted (RFC 3501 section 6.3.2).
        """
        return self.views[who].read_only and self.views[who].mailbox is mailbox

    def held(self, path: str, by: str = "") -> bool:
        """Whether a session (`by`: this one) has a mailbox selected that was deleted at a path."""
        return any(
            view.adrift and view.mailbox is not None and view.mailbox.path == path
            for who, view in self.views.items()
            if by in ("", who)
        )

    def mailbox(self, path: str) -> Mailbox | None:
        """Return the mailbox at a path."""
        return self.store.mailboxes.get(path)


def own_flags(arrival: Arrival) -> Flags | None:
    """Return the FLAGS of a FETCH response but for keywords of the server's own, None without."""
    flags = arrival.response.flags()
    return None if flags is None else own(flags, _NAMED)
