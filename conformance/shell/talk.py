"""Sending what was typed and awaiting what comes of it.

Between the lines that a person types and the session: warns of what the grammar rejects, asks the
server for literals, waits for answers, and keeps the record of what was said.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

from conformance.explain.explained import Explained
from conformance.explain.show import print_faults
from conformance.explain.source import SourceLine
from conformance.secrecy.secrets import Secrets
from conformance.shell.bench import Bench
from conformance.shell.record import Sent, SessionRecord
from conformance.shell.typed import (
    More,
    Typed,
    TypedError,
    TypedLine,
    has_tag,
    read_command,
    read_line,
)
from conformance.shell.watch import Watch
from conformance.syntax.limits import Buffer
from conformance.syntax.meanings import load_meanings
from conformance.wire.account import Account
from conformance.wire.commands import PROMPTED, Command
from conformance.wire.framing import Frame
from conformance.wire.session import CLOSED, FLOODED, TIMED_OUT, Arrival, Session
from conformance.wire.states import State

_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ARGUMENT = re.compile(rb'"(?:[^"\\]|\\.)*"|(?P<literal>\{\d+\+?\}(?:\r\n)?)|[^ \r\n]+', re.DOTALL)
# As loosely as people type it: a password is one even where the command is broken.
_LOGIN = re.compile(rb"\s*(?:\S+\s+)?LOGIN\s+", re.IGNORECASE)
_AUTHENTICATE = re.compile(rb"\s*(?:\S+\s+)?AUTHENTICATE\s+\S+\s+(\S+)", re.IGNORECASE)
_VALUE = re.compile(r"\{(?!0x)[a-z][a-z0-9.-]*\}")
_MOST: Final = 10_000
"""Responses that are looked at in one go."""
_CHANGING: Final = frozenset({"CREATE", "DELETE", "RENAME"})


class ShellTalk:
    """One session with a server, led by what is typed."""

    def __init__(self, session: Session, watch: Watch, secrets: Secrets, bench: Bench) -> None:
        self.session = session
        self.record = SessionRecord()
        self.held: Typed | None = None
        """A command that the grammar rejects and that was not sent."""
        self.asked: Command | None = None
        """The AUTHENTICATE or IDLE that waits for a line of its own."""
        self.mailboxes: list[str] | None = None
        """Names of mailboxes for completion; None: to be asked for."""
        self._watch = watch
        self._secrets = secrets
        self._bench = bench
        self._tags = 0
        self._account: Account | None = None

    def log_in(self, account: Account) -> None:
        """Authenticate.

        Raises:
            LoginRefused: with the server's answer.
        """
        self.knows(account)
        session = self.session
        if session.dialogue.capabilities is None:
            session.command(b"CAPABILITY")
        if session.dialogue.state is State.NOT_AUTHENTICATED:
            session.login(account.user, account.password)

    def knows(self, account: Account) -> None:
        """Take the account for one that is typed by hand."""
        self._account = account
        self._secrets.add(account.password, account.user)

    def mask(self, text: str) -> str:
        """Return text without the passwords that are known."""
        return self._secrets.mask(text)

    # -- sending -----------------------------------------------------------------------

    def say(self, text: str, more: More) -> None:
        """Send a line that was typed, with what it asks for, and await the answer.

        Raises:
            TypedError: it can not be sent; one line for people.
        """
        if self.session.ending is not None:
            raise TypedError("the connection has ended")
        if self.asked is not None:
            self._go_on(self.asked, read_line(text, self._bench.value))
            return
        forced = text.startswith("!")
        text = text.removeprefix("!")
        if not has_tag(text):
            self._tags += 1
            text = f"a{self._tags} {text}"
        typed = read_command(text, self._bench.value, more)
        self.held = None
        explained = self._look(typed)
        if explained.conforms or forced:
            self._send(typed, explained)
            return
        self.held = typed
        self._watch.show(explained)
        print_faults(self._watch.console, explained)
        self._watch.say("not sent; /send sends it all the same, as does ! in front of it")

    def send_held(self) -> None:
        """Send the command that was held back.

        Raises:
            TypedError: there is none.
        """
        typed, self.held = self.held, None
        if typed is None:
            raise TypedError("no command was held back")
        self._send(typed, self._look(typed))

    def send_raw(self, text: str) -> None:
        """Send a line without a tag and without looking at it, and await what comes.

        Raises:
            TypedError: a value that can not be had.
        """
        line = read_line(text, self._bench.value)
        if self.asked is not None or self._hide_password(line.octets, ()):
            self.record.unsaved = "a raw line in it may be a secret"
        self.record.events.append(Sent("", (line,)))
        self._watch.say(f"sent {len(line.octets)} octets")
        self._exchange(line.octets)

    def _look(self, typed: Typed) -> Explained:
        frame = typed.frame
        self._hide_password(frame.text, frame.literals)
        return self._watch.explain(self.session, SourceLine("client", "command", frame))

    def _send(self, typed: Typed, explained: Explained) -> None:
        self._watch.forget()
        self._watch.show(explained)
        before = self.session.dialogue.state
        name = _name_of(typed.frame)
        meaning = load_meanings().get("command", name.split(" ")[0])
        if meaning is not None and not _is_allowed(meaning.state, before):
            self._watch.say(f"{name} is for the {meaning.state} state; this is {before.value}")
        if name in _CHANGING:
            self.mailboxes = None
        self._keep(typed, name)
        mark = len(self.record.events)
        is_login = _LOGIN.match(typed.frame.text) is not None
        for chunk in typed.chunks:
            if chunk is not typed.chunks[0] and not is_login:
                self.record.events.append(Sent(name, tuple(chunk), goes_on=True))
            octets = b"".join(line.octets for line in chunk)
            if not self._exchange(octets, until_prompt=chunk is not typed.chunks[-1]):
                break
        if is_login:
            self._without_prompts(mark)
        self._after(name)

    def _after(self, name: str) -> None:
        """Begin TLS where the server has said OK to STARTTLS."""
        last = self.record.events[-1]
        if (
            name == "STARTTLS"
            and isinstance(last, Arrival)
            and last.answers
            and last.status == "OK"
        ):
            self.record.unsaved = "the session begins TLS in its middle"
            self.session.negotiate_tls()
            self._watch.say("TLS has begun")

    # -- secrets -----------------------------------------------------------------------

    def _hide_password(self, text: bytes, literals: Sequence[Buffer]) -> bool:
        """Hide the password of a LOGIN, or what AUTHENTICATE carries; say whether there was one."""
        first = _AUTHENTICATE.match(text)
        secrets = [(first[1], b""), (_password_in(first[1]), b"")] if first else []
        if _LOGIN.match(text):
            user, *rest = _login_arguments(text, literals) or [b""]
            secrets.append((b" ".join(rest), user))
        for secret, user in secrets:
            self._secrets.add(secret, user)
        return bool(secrets)

    def _keep(self, typed: Typed, name: str) -> None:
        """Keep a command for the record, the first of its chunks; a LOGIN without its password."""
        frame = typed.frame
        if not _LOGIN.match(frame.text):
            if _AUTHENTICATE.match(frame.text):
                self.record.unsaved = "it holds an answer to AUTHENTICATE that may be a secret"
            self.record.events.append(Sent(name, tuple(typed.chunks[0])))
            return
        account = self._account
        own = [account.user.encode(), account.password.encode()] if account else []
        if _login_arguments(frame.text, frame.literals) != own:
            self.record.unsaved = "it logs in with what is not the account of the target"
        tag = frame.text.split(b" ", 1)[0].decode("latin-1")
        line = TypedLine(f"{tag} LOGIN {{user}} {{password}}", b"")
        self.record.events.append(Sent("LOGIN", (line,)))

    def _without_prompts(self, mark: int) -> None:
        """Forget the requests for literals that the kept line does not have."""
        self.record.events[mark:] = [
            event
            for event in self.record.events[mark:]
            if not (isinstance(event, Arrival) and event.frame.text.startswith(b"+"))
        ]

    # -- lines within a command --------------------------------------------------------

    def _go_on(self, command: Command, line: TypedLine) -> None:
        """Send a line that AUTHENTICATE or IDLE waits for."""
        self.asked = None
        if command.name == "AUTHENTICATE" and line.octets != b"*\r\n":
            self._secrets.add(line.octets.rstrip(b"\r\n"))
            self._secrets.add(_password_in(line.octets))
            line = self._answer(command, line)
            self._watch.say("the answer is not shown")
        else:
            self._watch.say(f"sent {line.text}")
        self.record.events.append(Sent(command.name, (line,), goes_on=True))
        self._exchange(line.octets, command)

    def _answer(self, command: Command, line: TypedLine) -> TypedLine:
        """Return an answer to AUTHENTICATE as the case has it: without a secret."""
        mechanism = command.arguments.upper()
        plain = self._account.sasl_plain if self._account else b""
        if _VALUE.fullmatch(line.text):
            return line
        if mechanism == b"PLAIN" and line.octets == plain + b"\r\n":
            return TypedLine("{plain}", line.octets)
        self.record.unsaved = "it holds an answer to AUTHENTICATE that may be a secret"
        return TypedLine("*", line.octets)

    # -- awaiting ----------------------------------------------------------------------

    def _exchange(
        self, octets: bytes, command: Command | None = None, *, until_prompt: bool = False
    ) -> bool:
        """Write, and collect what comes until the command is completed.

        Returns whether the server asked for more (`until_prompt`), or the command came to its end.
        """
        session = self.session
        if session.ending is not None:
            raise TypedError("the connection has ended")
        session.send(octets)
        flight = session.dialogue.in_flight
        command = command or (flight[-1] if flight else None)
        window = session.window()
        while command is not None and not command.done:
            arrival = session.receive(window)
            if not isinstance(arrival, Arrival):
                if arrival is FLOODED:
                    self._watch.say("it goes on and on; an empty line looks again")
                if arrival is TIMED_OUT:
                    self._watch.say(
                        f"no answer in {session.timeout:g} s; an empty line looks again"
                    )
                return False
            self.record.events.append(arrival)
            if arrival.frame.text.startswith(b"+"):
                if command.name in PROMPTED:
                    self.asked = command
                    return True
                if until_prompt:
                    return True
        return not until_prompt

    def look(self, seconds: float = 0.0) -> None:
        """Show what has come meanwhile, or comes within so many seconds."""
        window = self.session.window(seconds)
        for _ in range(_MOST):
            arrival = self.session.receive(window)
            if not isinstance(arrival, Arrival):
                if arrival is CLOSED and seconds:
                    self._watch.say("the connection has ended")
                return
            self.record.events.append(arrival)
            if self.asked is not None and self.asked.done:
                self.asked = None

    def names(self) -> list[str]:
        """Return the mailboxes of the account, asking the server where it is free to answer."""
        session = self.session
        ready = session.dialogue.state in (State.AUTHENTICATED, State.SELECTED)
        if self.mailboxes is None and ready and not session.dialogue.in_flight:
            self._watch.hidden = lambda a: a.response.name == "LIST" or a.answers is not None
            try:
                reply = session.command(b'LIST "" "*"')
            finally:
                self._watch.hidden = None
            listed = (arrival.response.mailbox for arrival in reply.untagged)
            self.mailboxes = [name.decode("latin-1") for name in listed if name is not None]
        return self.mailboxes or []


def _name_of(frame: Frame) -> str:
    words = frame.text.rstrip(b"\r\n").split(b" ", 3)
    name = words[1].upper() if len(words) > 1 else b""
    if name == b"UID" and len(words) > 2:
        name += b" " + words[2].upper()
    return name.decode("ascii", "replace")


def _is_allowed(wanted: str, state: State) -> bool:
    if wanted == "authenticated":
        return state in (State.AUTHENTICATED, State.SELECTED)
    return wanted in ("any", state.value)


def _login_arguments(text: bytes, literals: Sequence[Buffer]) -> list[bytes]:
    """Return the arguments of a LOGIN, however they are written, whole or broken."""
    payloads = iter(literals)
    begin = _LOGIN.match(text)
    found: list[bytes] = []
    for part in _ARGUMENT.finditer(text.rstrip(b"\r\n"), begin.end() if begin else 0):
        word = part[0]
        quoted = _QUOTED.fullmatch(word)
        if part["literal"]:
            found.append(bytes(next(payloads, b"")))
        else:
            found.append(re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else word)
    return found


def _password_in(message: bytes) -> bytes:
    """Return what may be a password in the base64 of a SASL message."""
    try:
        return base64.b64decode(message).rpartition(b"\0")[2]
    except (binascii.Error, ValueError):
        return b""
