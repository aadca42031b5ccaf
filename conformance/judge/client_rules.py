"""The rules that bind clients, and the checks that see them broken, as one table.

Each check looks at one command: when it begins, when it is complete, or when octets come for
which the server has not asked. Where the order of both sides is not known exactly, checks that
hang on it are silent; so are those that need to know what was announced, while nothing was.
How a client's conversation is followed is in `client`, the syntax of commands in
`client_syntax`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.checks.finding import Fault, Rule, show
from conformance.wire import states
from conformance.wire.commands import PROMPTED, SELECTING, Command, first_string
from conformance.wire.states import State

On = Literal["begin", "complete", "unasked", "line", "end"]

TAG_IN_USE = Rule(
    "3501-2.2.1-client-tag-in-use",
    "MUST",
    "2.2.1",
    "A command has another tag than each command that is still in progress.",
)
TAG_AGAIN = Rule(
    "3501-2.2.1-client-tag-again",
    "SHOULD",
    "2.2.1",
    "A client generates a different tag for each command of a session.",
)
WAITS_FOR_PROMPT = Rule(
    "3501-4.3-client-waits",
    "MUST",
    "4.3",
    "Behind the announcement of a synchronising literal a client waits for the continuation"
    " request before it sends the octets.",
)
STATE = Rule(
    "3501-3-client-state",
    "MUST",
    "3",
    "A client does not attempt a command while the connection is in a state where it is invalid.",
)
LOGOUT = Rule(
    "3501-3.4-client-logout",
    "SHOULD",
    "3.4",
    "A client ends a session with LOGOUT instead of closing the connection.",
)
NAME_8BIT = Rule(
    "3501-5.1-client-8bit",
    "MUST",
    "5.1",
    "A client does not make mailbox names with octets that are not ASCII; modified UTF-7 is there"
    " for them.",
)
AMBIGUOUS = Rule(
    "3501-5.5-client-ambiguous",
    "MUST",
    "5.5",
    "A client waits for the completion of a command during which messages may be expunged before"
    " it sends one with message sequence numbers.",
)
TLS_WAITS = Rule(
    "3501-6.2.1-client-waits",
    "MUST",
    "6.2.1",
    "Behind STARTTLS a client sends nothing before it has seen the answer and negotiated TLS.",
)
EXCHANGE = Rule(
    "3501-6.2.2-client-exchange",
    "MUST",
    "6.2.2",
    "What a client sends during AUTHENTICATE is a line of BASE64, or * to cancel.",
)
LOGIN_DISABLED = Rule(
    "3501-6.2.3-client-logindisabled",
    "MUST",
    "6.2.3",
    "A client does not send LOGIN while the server announces LOGINDISABLED.",
)
STATUS_SELECTED = Rule(
    "3501-6.3.10-client-selected",
    "SHOULD",
    "6.3.10",
    "STATUS is not used on the mailbox that is selected.",
)
IDLE_DONE = Rule(
    "2177-3-client-done",
    "MUST",
    "3",
    "While the server waits for DONE a client sends no command.",
)
LITERAL_MINUS = Rule(
    "7888-5-client-4096",
    "MUST",
    "5",
    "Where only LITERAL- is announced a literal of more than 4096 octets is a synchronising one.",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One command as the checks see it, with the conversation around it.

    Attributes:
        command: The command; for `end`, the last one.
        flight: Commands that were in progress when it began, oldest first.
        tags: Tags that were used before it began.
        state: Before it began; GREETING also where it is not known.
        mailbox: The selected mailbox before it began, decoded; None where none or unknown.
        current: Capabilities in capitals that were told last; None while none are known.
        announced: All that were ever told by the server; None while none count for this state.
        unicode: An ENABLE may have allowed UTF-8 in names (RFC 6855, RFC 9051).
    """

    command: Command
    flight: tuple[Command, ...]
    tags: Collection[bytes]
    state: State
    mailbox: bytes | None
    current: frozenset[str] | None
    announced: frozenset[str] | None
    unicode: bool = False


ClientJudge: TypeAlias = Callable[[Said], Iterator[Fault]]

_ANY = frozenset({State.NOT_AUTHENTICATED, State.AUTHENTICATED, State.SELECTED})
_IN = frozenset({State.AUTHENTICATED, State.SELECTED})

# fmt: off
VALID_IN: dict[str, frozenset[State]] = (
    dict.fromkeys(("STARTTLS", "AUTHENTICATE", "LOGIN"), frozenset({State.NOT_AUTHENTICATED}))
    | dict.fromkeys((
        "SELECT", "EXAMINE", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST",
        "LSUB", "STATUS", "APPEND", "IDLE",
    ), _IN)
    | dict.fromkeys((
        "CHECK", "CLOSE", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "UID SEARCH",
        "UID FETCH", "UID STORE", "UID COPY",
    ), frozenset({State.SELECTED}))
)
# fmt: on
"""Command -> states in which it is valid (RFC 3501 sections 6.2 to 6.4, RFC 2177 section 3)."""

_NUMBERED = frozenset({"FETCH", "STORE", "COPY", "MOVE"})
# During these no EXPUNGE may come (7.4.1), or what is selected is another question.
_QUIET = frozenset({"FETCH", "STORE", "SEARCH", "LOGIN", "AUTHENTICATE", *SELECTING})
_NUMBER = re.compile(rb"[0-9]")
_ALL = re.compile(rb"(?:1:\*|\*:1|\*)(?= |\Z)")
_NON_SYNC = re.compile(rb"\{0*(\d{1,19})\+\}\r\n")
_MAKING = frozenset({"CREATE", "RENAME"})
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"|\{\d+\+?\}\r\n|[^ \r\n]+', re.DOTALL)


def tag_differs(said: Said) -> Iterator[Fault]:
    """Report a tag that was used before."""
    command = said.command
    if not command.answerable or command.tag not in said.tags:
        return
    tag = show(command.tag)
    if any(other.tag == command.tag for other in said.flight):
        message = f"{command.name} has the tag {tag} of a command that is still in progress."
        yield Fault(TAG_IN_USE, message, "another tag")
    else:
        yield Fault(TAG_AGAIN, f"The tag {tag} is used a second time.", "a fresh tag")


def literal_waits(said: Said) -> Iterator[Fault]:
    """Report octets of a synchronising literal that were sent unasked."""
    message = f"{said.command.name} goes on before the server has asked for the literal."
    yield Fault(WAITS_FOR_PROMPT, message, "nothing before + or the tagged response")


def state_fits(said: Said) -> Iterator[Fault]:
    """Report a command that is invalid in every state that the connection can be in."""
    valid = VALID_IN.get(said.command.name)
    if valid is None or said.state not in _ANY:
        return
    possible = {said.state}
    for command in said.flight:
        possible |= {states.after(s, command.name, word) for s in possible for word in ("OK", "NO")}
    if possible.isdisjoint(valid):
        message = f"{said.command.name} is sent in the {said.state.value} state."
        where = " or ".join(sorted(state.value for state in valid))
        yield Fault(STATE, message, f"{said.command.name} only when {where}", said.command.name)


def login_is_enabled(said: Said) -> Iterator[Fault]:
    """Report a LOGIN that the server has announced to be disabled."""
    if said.command.name == "LOGIN" and "LOGINDISABLED" in (said.current or ()):
        message = "LOGIN is sent although LOGINDISABLED is announced."
        yield Fault(LOGIN_DISABLED, message, "STARTTLS first, or AUTHENTICATE")


def tls_comes_first(said: Said) -> Iterator[Fault]:
    """Report a command behind a STARTTLS that is not answered."""
    if any(command.name == "STARTTLS" for command in said.flight):
        message = f"{said.command.name} is sent before STARTTLS is answered."
        yield Fault(TLS_WAITS, message, "nothing until TLS is negotiated")


def not_ambiguous(said: Said) -> Iterator[Fault]:
    """Report sequence numbers that an EXPUNGE on its way may change."""
    command = said.command
    risky = [other for other in said.flight if other.name not in _QUIET]
    if command.name not in _NUMBERED or not risky:
        return
    if not _NUMBER.search(command.arguments) or _ALL.match(command.arguments):
        return
    other = risky[0].name
    message = f"{command.name} names messages by number while {other} is in progress."
    yield Fault(AMBIGUOUS, message, f"the answer to {other} first", command.name)


def status_elsewhere(said: Said) -> Iterator[Fault]:
    """Report a STATUS of the mailbox that is selected."""
    command = said.command
    if command.name != "STATUS" or said.mailbox is None:
        return
    name = first_string(command.arguments, command.literals)
    if name is not None and name.upper() == b"INBOX":
        name = b"INBOX"
    if name == said.mailbox and not any(other.name in SELECTING for other in said.flight):
        yield Fault(
            STATUS_SELECTED,
            f"STATUS asks for {show(name)}, which is selected.",
            "NOOP, or the responses to SELECT",
        )


def names_are_ascii(said: Said) -> Iterator[Fault]:
    """Report a mailbox name with octets from 128 up where mailboxes are made."""
    command = said.command
    if command.name not in _MAKING or said.unicode:
        return
    literals = list(command.literals)
    words = _STRING.findall(command.arguments + b"\r\n")[: 1 + (command.name == "RENAME")]
    for word in words:
        value = literals.pop(0) if word.endswith(b"}\r\n") and literals else word
        last = word is words[-1]
        if last and any(octet > 127 for octet in bytes(value)):
            message = f"{command.name} makes a mailbox whose name is not ASCII."
            yield Fault(NAME_8BIT, message, "modified UTF-7", command.name)


def small_enough(said: Said) -> Iterator[Fault]:
    """Report a long non-synchronising literal where only short ones are announced."""
    told = said.announced
    if told is None or "LITERAL-" not in told or "LITERAL+" in told:
        return
    for size in _NON_SYNC.findall(said.command.text):
        if int(size) > 4096:
            message = f"A literal of {int(size)} octets is sent without waiting."
            yield Fault(LITERAL_MINUS, message, "a synchronising literal")
            return


def exchange_goes_on(said: Said) -> Iterator[Fault]:
    """Report a line that is none of the exchange that it interrupts."""
    inside = next((c for c in reversed(said.flight) if c.name in PROMPTED), None)
    if inside is None:
        return
    if inside.name == "IDLE":
        yield Fault(IDLE_DONE, "A command is sent where IDLE has to be ended.", "DONE")
    else:
        message = "A line during AUTHENTICATE is neither BASE64 nor *."
        yield Fault(EXCHANGE, message, "a line of BASE64, or *")


def logout_first(said: Said) -> Iterator[Fault]:
    """Report a connection that its client has closed without LOGOUT."""
    if said.state in _ANY and not any(command.name == "LOGOUT" for command in said.flight):
        yield Fault(LOGOUT, "The client closes the connection without LOGOUT.", "LOGOUT")


@dataclass(frozen=True, slots=True)
class ClientCheck:
    """One check: when it looks, what it may report, whether it needs the exact order."""

    on: On
    judge: ClientJudge
    rules: tuple[Rule, ...]
    exact: bool = False


CHECKS: tuple[ClientCheck, ...] = (
    ClientCheck("begin", tag_differs, (TAG_IN_USE, TAG_AGAIN)),
    ClientCheck("begin", state_fits, (STATE,)),
    ClientCheck("begin", login_is_enabled, (LOGIN_DISABLED,)),
    ClientCheck("begin", tls_comes_first, (TLS_WAITS,), exact=True),
    ClientCheck("begin", not_ambiguous, (AMBIGUOUS,), exact=True),
    ClientCheck("line", exchange_goes_on, (IDLE_DONE, EXCHANGE), exact=True),
    ClientCheck("unasked", literal_waits, (WAITS_FOR_PROMPT,), exact=True),
    ClientCheck("complete", status_elsewhere, (STATUS_SELECTED,)),
    ClientCheck("complete", names_are_ascii, (NAME_8BIT,)),
    ClientCheck("complete", small_enough, (LITERAL_MINUS,)),
    ClientCheck("end", logout_first, (LOGOUT,)),
)
"""Every check of a command, beside its syntax."""
