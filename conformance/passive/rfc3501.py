"""The rules of RFC 3501 that bind clients, and the checks that see them broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.checks.finding import Fault, Rule, show
from conformance.passive.client_rules import ClientCheck, Said
from conformance.syntax.modules import state_of
from conformance.syntax.names import is_utf7
from conformance.wire import states
from conformance.wire.commands import PROMPTED, SELECTING, Command, first_string
from conformance.wire.states import State

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
UTF7 = Rule(
    "3501-5.1.3-client-utf7",
    "MUST",
    "5.1.3",
    "In the name of a mailbox that a client makes, & begins modified BASE64 that ends with -, or"
    " stands for itself as &-.",
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

_ANY = frozenset({State.NOT_AUTHENTICATED, State.AUTHENTICATED, State.SELECTED})
_VALID_IN: Mapping[str, frozenset[State]] = {
    "not authenticated": frozenset({State.NOT_AUTHENTICATED}),
    "authenticated": frozenset({State.AUTHENTICATED, State.SELECTED}),
    "selected": frozenset({State.SELECTED}),
}
"""State that a grammar file gives a command -> states in which it is valid; `any` is not here."""

_NUMBERED = frozenset({"FETCH", "STORE", "COPY"})
# During these no EXPUNGE may come (7.4.1), or what is selected is another question; of MOVE
# RFC 6851 says by itself what may be sent.
_QUIET = frozenset(
    {"FETCH", "STORE", "SEARCH", "LOGIN", "AUTHENTICATE", "MOVE", "UID MOVE", *SELECTING}
)
_NUMBER = re.compile(rb"[0-9]")
_ALL = re.compile(rb"(?:1:\*|\*:1|\*)(?= |\Z)")
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
    valid = _VALID_IN.get(state_of(said.command.name))
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


def renumbering(said: Said) -> list[Command]:
    """Return the commands in progress during which messages may be expunged."""
    return [other for other in said.flight if other.name not in _QUIET]


def names_by_number(command: Command) -> bool:
    """Whether a command names messages by numbers that an EXPUNGE may change."""
    numbered = command.name in _NUMBERED and _NUMBER.search(command.arguments)
    return bool(numbered) and not _ALL.match(command.arguments)


def not_ambiguous(said: Said) -> Iterator[Fault]:
    """Report sequence numbers that an EXPUNGE on its way may change."""
    command, risky = said.command, renumbering(said)
    if risky and names_by_number(command):
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
    name = _made(said)
    if any(octet > 127 for octet in name):
        message = f"{said.command.name} makes a mailbox whose name is not ASCII."
        yield Fault(NAME_8BIT, message, "modified UTF-7", said.command.name)


def names_are_utf7(said: Said) -> Iterator[Fault]:
    """Report a mailbox name with & in it that is no modified UTF-7, where mailboxes are made."""
    if not is_utf7(_made(said)):
        message = f"{said.command.name} makes a mailbox whose name is no modified UTF-7."
        yield Fault(UTF7, message, "&- for the character &", said.command.name)


def _made(said: Said) -> bytes:
    """Return the name of the mailbox that a command makes, as it is written; else nothing."""
    command = said.command
    if command.name not in _MAKING or said.unicode:
        return b""
    literals = list(command.literals)
    value: bytes | bytearray = b""
    for word in _STRING.findall(command.arguments + b"\r\n")[: 1 + (command.name == "RENAME")]:
        value = literals.pop(0) if word.endswith(b"}\r\n") and literals else word.strip(b'"')
    return bytes(value)


def exchange_goes_on(said: Said) -> Iterator[Fault]:
    """Report a line that is none of the exchange that it interrupts."""
    inside = next((c for c in reversed(said.flight) if c.name in PROMPTED), None)
    if inside is not None and inside.name == "AUTHENTICATE":
        message = "A line during AUTHENTICATE is neither BASE64 nor *."
        yield Fault(EXCHANGE, message, "a line of BASE64, or *")


def logout_first(said: Said) -> Iterator[Fault]:
    """Report a connection that its client has closed without LOGOUT."""
    if said.state in _ANY and not any(command.name == "LOGOUT" for command in said.flight):
        yield Fault(LOGOUT, "The client closes the connection without LOGOUT.", "LOGOUT")


CHECKS = (
    ClientCheck("begin", tag_differs, (TAG_IN_USE, TAG_AGAIN)),
    ClientCheck("begin", state_fits, (STATE,)),
    ClientCheck("begin", login_is_enabled, (LOGIN_DISABLED,)),
    ClientCheck("begin", tls_comes_first, (TLS_WAITS,), exact=True),
    ClientCheck("begin", not_ambiguous, (AMBIGUOUS,), exact=True),
    ClientCheck("line", exchange_goes_on, (EXCHANGE,), exact=True),
    ClientCheck("unasked", literal_waits, (WAITS_FOR_PROMPT,), exact=True),
    ClientCheck("complete", status_elsewhere, (STATUS_SELECTED,)),
    ClientCheck("complete", names_are_ascii, (NAME_8BIT,)),
    ClientCheck("complete", names_are_utf7, (UTF7,)),
    ClientCheck("end", logout_first, (LOGOUT,)),
)
