"""Single commands generated from the grammar: which answer is right, and whether it came.

A command that conforms and makes sense has to succeed; one that makes no sense here (a message that
is not there, a mailbox that exists already, the wrong state) has to be refused in kind; and what
FETCH and SEARCH return has to be what the messages of the fixture hold. The rows of `JUDGED`, which
the modules of RFCs register, say it by command; where the RFC leaves an answer open all are right.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from conformance.casefile.compose import Exchange
from conformance.extending import registry
from conformance.fuzz import effects
from conformance.fuzz.answers import command_of
from conformance.fuzz.domain import below, sent_as
from conformance.fuzz.executor import Executor, ProgramOver
from conformance.fuzz.judged import (
    ANY,
    OK,
    REFUSED,
    STARTS,
    UNKNOWN,
    GeneratedCommand,
    GeneratedResult,
    Judged,
    StartState,
)
from conformance.fuzz.revised import is_added
from conformance.message.search import KeptMessage
from conformance.syntax.derivations import Derivation
from conformance.syntax.grammar import Grammar, load_modules
from conformance.syntax.modules import applying

WHO = "main"
_SECOND = "second"
"""A second session, for what the first can not tell."""
JUDGED: Mapping[str, Judged] = registry.by_key(
    registry.rows(__name__, "JUDGED", Judged), lambda row: row.name
)
"""What is registered, by command."""

_NAMES = frozenset(name.upper().replace("_", " ") for name in JUDGED)


def spoken(capabilities: Collection[str], enabled: Collection[str] = ()) -> Grammar:
    """Load the grammar of what is sent to a server that announces `capabilities`.

    `enabled` is what its sessions have enabled. Of the extensions that bring commands those are in
    it all of whose commands are registered:
    another one might be answered with what nobody here can judge, or change the session.
    """
    return load_modules(
        module.name
        for module in applying(capabilities, enabled)
        if module.dialect or (module.commands and all(map(_is_judged, module.commands)))
    )


def _is_judged(command: str) -> bool:
    return command in _NAMES or command.removeprefix("UID ") in _NAMES


_IN_STATE: Mapping[str, tuple[StartState, ...]] = {
    "command_any": STARTS,
    "command_nonauth": ("greeted",),
    "command_auth": ("auth", "empty", "full"),
    "command_select": ("empty", "full"),
}


def natural(derivation: Derivation) -> tuple[StartState, ...]:
    """The states in which a command is valid (RFC 3501 sections 3 and 6)."""
    return next(
        _IN_STATE[each.production.rule]
        for each in below(derivation)
        if each.production.rule in _IN_STATE
    )


def judged(derivation: Derivation) -> Judged:
    """Return what is registered of a command."""
    found = (
        JUDGED[name]
        for each in below(derivation)
        for name in (each.production.rule, each.production.symbols[0])
        if name in JUDGED
    )
    return next(found, UNKNOWN)


def have(executor: Executor, derivation: Derivation, start: StartState) -> None:
    """Bring a session to a state, have it say a command, and judge what comes.

    Raises:
        Disagreement: the answer can not be right.
        ProgramOver: the connection ended as it may.
    """
    _reach(executor, start)
    messages = len(executor.fixture.messages) if start == "full" else 0
    asked = GeneratedCommand(derivation, start, messages)
    row = judged(derivation)
    about_messages = row.about == "messages" and start == "full"
    kept = _kept(executor) if about_messages else {}
    valid = start in natural(derivation)
    if row.name == "IDLE":
        executor.idle_if_offered(WHO, valid=valid)
        return
    said = executor.say(WHO, *sent_as(derivation, executor.meaning), applies=False)
    rule = row.rule if valid else "3501-3-wrong-state"
    allowed = row.answer(asked) if valid else REFUSED
    added = executor.environment.rev2 and is_added(derivation)
    if valid and added:
        allowed = ANY  # of what is asked for so nothing is known here but its grammar
    executor.await_status(said, allowed, rule)
    if row.name in ("LOGOUT", "STARTTLS") and said.ok:
        raise ProgramOver("the command ends the conversation, or its clear part")
    if said.ok and row.unmakes and asked.of_selected:
        raise ProgramOver("what was selected is gone, and with it what can be expected (RFC 2180)")
    known = kept if asked.in_range else {}
    if said.ok and row.look is not None and not added and (known or row.about != "messages"):
        command = command_of(executor.exchanges[-1].pieces)
        grammar = executor.environment.grammar
        row.look(GeneratedResult(command, said, known, grammar, executor, asked))
    if valid and row.names:
        effects.names(executor, WHO, row, asked.mailboxes(), ok=said.ok)
    _still_well(executor, start, row, ok=said.ok)


def _reach(executor: Executor, start: StartState) -> None:
    if WHO in executor.opened():
        return
    executor.connect(WHO, "greeted" if start == "greeted" else "auth")
    if start != "greeted":
        said = executor.say(WHO, b"CREATE ", executor.name("b"), applies=False)
        executor.await_status(said, {"OK"}, "3501-6.3.3-created")
    if start in ("empty", "full"):
        path = "b" if start == "empty" else "home"
        said = executor.say(WHO, b"SELECT ", executor.name(path), applies=False)
        executor.await_status(said, {"OK"}, "3501-6.3.1-selected")


def _kept(executor: Executor) -> dict[int, KeptMessage]:
    """Ask for what the server keeps of each message."""
    said = executor.say(WHO, b"FETCH 1:* (UID FLAGS INTERNALDATE)", applies=False)
    kept = {
        number: KeptMessage(message.parsed, number)
        for number, message in enumerate(executor.fixture.messages, 1)
    }
    for arrival in said.of("FETCH"):
        response = arrival.response
        if response.count not in kept:
            continue
        uid, date = response.item(b"UID"), response.item(b"INTERNALDATE")
        kept[response.count] = KeptMessage(
            kept[response.count].message,
            response.count,
            uid=uid.number if uid else None,
            flags=response.flags(),
            date=bytes(date.octets) if date else None,
        )
    return kept


def _still_well(executor: Executor, start: StartState, row: Judged, *, ok: bool) -> None:
    """See that the server is in step, and in the state that the answer leaves it in."""
    said = executor.say(WHO, b"NOOP", applies=False)
    executor.await_status(said, {"OK"}, "3501-6.1.2-ok")
    moves = row.moves if ok else row.name in ("select", "examine")
    if moves or (ok and row.unmakes):
        return
    # In each state one command that is valid or not just there.
    command, right = proof(executor, start)
    said = executor.say(WHO, command, applies=False)
    if said.reply.status in right:
        return
    if said.ok and _is_always_ok(executor, start):
        rule, why = "3501-3-wrong-state", "it is not one of this state"
    else:
        rule, why = row.leaves, "the state has changed"
        rule = rule if ok else "3501-6-failed-no-change"
    executor.await_status(said, right, rule, why)


def _is_always_ok(executor: Executor, start: StartState) -> bool:
    """Whether what proves a state is done in it also where nothing came before.

    Then the proof is what is wrong, and all that is shown.
    """
    command, _right = proof(executor, start)
    executor.connect(_SECOND, "greeted" if start == "greeted" else "auth")
    said = executor.say(_SECOND, command, applies=False, record=False)
    if said.ok:
        executor.exchanges[:] = [Exchange(WHO, (command,), [": TAG OK"])]
    return said.ok


def proof(executor: Executor, start: StartState) -> tuple[bytes, set[str]]:
    """Return a command that is valid in a state or not just there, and how it is answered."""
    command, right = PROOFS[start]
    return (
        IN_PLACE_OF_CHECK if executor.environment.rev2 and command == b"CHECK" else command
    ), right


IN_PLACE_OF_CHECK = b"SEARCH UID 1"
"""What CHECK does for proofs IMAP4rev2 has another command for (RFC 9051 appendix E, item 17)."""
PROOFS: Mapping[StartState, tuple[bytes, set[str]]] = {
    "greeted": (b'LIST "" ""', REFUSED),
    "auth": (b"CHECK", REFUSED),
    "empty": (b"CHECK", OK),
    "full": (b"CHECK", OK),
}
