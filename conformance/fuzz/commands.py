"""Single commands drawn from the grammar: which answer is right, and whether it came.

A command that conforms and makes sense has to succeed; one that makes no sense here (a message that
is not there, a mailbox that exists already, the wrong state) has to be refused in kind; and what
FETCH and SEARCH return has to be what the messages of the fixture hold. `EXPECTED` says it by
command; where the RFC leaves an answer open all answers are right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.casefile.compose import Exchange
from conformance.fuzz import answers, effects
from conformance.fuzz.conduct import Conduct, Over, Said
from conformance.fuzz.domain import (
    FREE,
    HOME,
    OTHER,
    below,
    sent_as,
    shown,
)
from conformance.message.search import Kept
from conformance.syntax.derivations import Derivation

Start: TypeAlias = Literal["greeted", "auth", "empty", "full"]
STARTS: tuple[Start, ...] = ("greeted", "auth", "empty", "full")
"""The states in which commands are tried: not authenticated, authenticated, selected twice."""

WHO = "main"
_SECOND = "second"
"""A second session, for what the first can not tell."""
OK, NO, REFUSED, ANY = ({"OK"}, {"NO"}, {"NO", "BAD"}, {"OK", "NO", "BAD"})
EITHER = {"OK", "NO"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A drawn command as the table of answers looks at it."""

    derivation: Derivation
    start: Start
    messages: int
    """How many messages the selected mailbox has."""

    def holds(self, rule: str) -> list[bytes]:
        """The texts of a rule in it, payloads included."""
        return [
            each.spoken().octets for each in below(self.derivation) if each.production.rule == rule
        ]

    def mailboxes(self) -> list[bytes]:
        """The mailboxes that it names, as placeholders."""
        names = []
        for text in self.holds("mailbox"):
            known = (HOME, OTHER, FREE)
            names.append(next((name for name in known if name in text), b"INBOX"))
        return names

    @property
    def of_selected(self) -> bool:
        """Whether the first mailbox that it names is the one that is selected."""
        return self.mailboxes()[0] == _SELECTED.get(self.start)

    @property
    def by_uid(self) -> bool:
        """Whether its numbers are unique identifiers."""
        return bool(self.holds("uid"))

    @property
    def in_range(self) -> bool:
        """Whether all message numbers exist."""
        sets = [
            each
            for each in below(self.derivation)
            if each.production.rule == "seq_number" and not self.by_uid
        ]
        numbers = [each.spoken().text for each in sets]
        return all(n == b"*" or int(n) <= self.messages for n in numbers) and (
            self.messages > 0 or not numbers
        )


Answer: TypeAlias = Callable[[Asked], set[str]]


_SELECTED: Mapping[Start, bytes] = {"empty": OTHER, "full": HOME}


def _exists(asked: Asked) -> set[str]:
    return NO if asked.mailboxes()[0] == FREE else OK


def _create(asked: Asked) -> set[str]:
    return OK if asked.mailboxes() == [FREE] else NO


def _delete(asked: Asked) -> set[str]:
    name = asked.mailboxes()[0]
    if name in (FREE, b"INBOX"):
        return NO
    # RFC 2180 section 3.1: what somebody has selected may stay.
    return EITHER if asked.of_selected else OK


def _rename(asked: Asked) -> set[str]:
    source, target = asked.mailboxes()
    if source in (FREE, target) or target != FREE:
        return NO
    return EITHER if asked.of_selected else OK


def _status(asked: Asked) -> set[str]:
    # Clients should not ask that (section 6.3.10), so that servers need not know.
    return EITHER if asked.of_selected else _exists(asked)


def _append(asked: Asked) -> set[str]:
    if asked.mailboxes()[0] == FREE:
        return NO
    return _flags(asked)


def _flags(asked: Asked) -> set[str]:
    """What flags allow: not every server takes every keyword."""
    if asked.holds("flag_extension"):
        return ANY
    return EITHER if asked.holds("flag_keyword") else OK


def _copy(asked: Asked) -> set[str]:
    if not asked.in_range:
        return ANY
    if asked.mailboxes()[-1] == FREE:
        return EITHER if asked.by_uid else NO
    return EITHER if asked.by_uid else OK


def _fetch(asked: Asked) -> set[str]:
    if not asked.in_range:
        return ANY
    # Every message has a part 1; others, and a header of it, it may not have: NO is for those.
    parts = [text for text in asked.holds("section_spec") if text[:1].isdigit() and text != b"1"]
    return EITHER if parts else OK


def _store(asked: Asked) -> set[str]:
    return _flags(asked) if asked.in_range else ANY


def _search(asked: Asked) -> set[str]:
    command = next(each for each in below(asked.derivation) if each.production.rule == "search")
    charset = b""
    if "CHARSET" in command.production.symbols:
        named = next(c for c in command.children if isinstance(c, Derivation))
        charset = named.spoken().octets.upper()
    if b"X-NONE" in charset:
        return REFUSED if asked.in_range else ANY
    if b"UTF-8" in charset or not asked.in_range:
        return ANY
    return OK


def _always(statuses: set[str]) -> Answer:
    return lambda _asked: statuses


EXPECTED: Mapping[str, Answer] = {
    "CAPABILITY": _always(OK),
    "LOGOUT": _always(OK),
    "NOOP": _always(OK),
    "x_command": _always(REFUSED),
    "append": _append,
    "create": _create,
    "delete": _delete,
    "examine": _exists,
    "select": _exists,
    "list": _always(EITHER),
    "lsub": _always(EITHER),
    "rename": _rename,
    "status": _status,
    "subscribe": lambda asked: EITHER if asked.mailboxes() == [FREE] else OK,
    "unsubscribe": _always(EITHER),
    "login": _always(EITHER),
    "authenticate": _always(REFUSED),
    "STARTTLS": _always(ANY),
    "CHECK": _always(OK),
    "CLOSE": _always(OK),
    "EXPUNGE": _always(OK),
    "copy": _copy,
    "fetch": _fetch,
    "store": _store,
    "search": _search,
    "IDLE": _always(OK),
    "other": _always(ANY),
}
"""Command -> which completions are right in a state in which it is valid."""

_RULES: Mapping[str, str] = {
    "CAPABILITY": "3501-6.1.1-response",
    "NOOP": "3501-6.1.2-ok",
    "LOGOUT": "3501-6.1.3-bye",
    "x_command": "3501-2.2.2-unknown",
    "append": "3501-6.3.11-appended",
    "create": "3501-6.3.3-created",
    "delete": "3501-6.3.4-deleted",
    "examine": "3501-6.3.2-same-output",
    "select": "3501-6.3.1-selected",
    "rename": "3501-6.3.5-renamed",
    "status": "3501-6.3.10-response",
    "subscribe": "3501-6.3.6-subscribed",
    "CHECK": "3501-6.4.1-ok",
    "CLOSE": "3501-6.4.2-authenticated",
    "EXPUNGE": "3501-6.4.3-removes",
    "copy": "3501-6.4.7-copies",
    "fetch": "3501-6.4.5-forms",
    "store": "3501-6.4.6-set",
    "search": "3501-6.4.4-response",
}
"""Command -> the requirement that says what its success is; BAD has a requirement of its own."""

_UNKNOWN = "other"
"""A command of an extension of which nothing is known here but its grammar."""

_IN_STATE: Mapping[str, tuple[Start, ...]] = {
    "command_any": STARTS,
    "command_nonauth": ("greeted",),
    "command_auth": ("auth", "empty", "full"),
    "command_select": ("empty", "full"),
}


def natural(derivation: Derivation) -> tuple[Start, ...]:
    """The states in which a command is valid (RFC 3501 sections 3 and 6)."""
    return next(
        _IN_STATE[each.production.rule]
        for each in below(derivation)
        if each.production.rule in _IN_STATE
    )


def verb_of(derivation: Derivation) -> str:
    """The command, as `EXPECTED` names it."""
    names = [
        name
        for each in below(derivation)
        for name in (each.production.rule, each.production.symbols[0])
        if name in EXPECTED
    ]
    return names[0] if names else _UNKNOWN


def have(conduct: Conduct, derivation: Derivation, start: Start) -> None:
    """Bring a session to a state, have it say a command, and judge what comes.

    Raises:
        Disagreement: the answer can not be right.
        Over: the connection ended as it may.
    """
    _reach(conduct, start)
    messages = len(conduct.fixture.messages) if start == "full" else 0
    asked = Asked(derivation, start, messages)
    kept: dict[int, Kept] = {}
    verb = verb_of(derivation)
    if verb in ("search", "fetch", "store") and start == "full":
        kept = _kept(conduct)
    valid = start in natural(derivation)
    if verb == "IDLE":
        conduct.idle_if_offered(WHO, valid=valid)
        return
    said = conduct.say(WHO, *sent_as(derivation, conduct.meaning), applies=False)
    rule = _RULES.get(verb, "3501-2.2.2-results") if valid else "3501-3-wrong-state"
    allowed = EXPECTED[verb](asked) if valid else REFUSED
    conduct.await_status(said, allowed, rule)
    if verb in ("LOGOUT", "STARTTLS") and said.ok:
        raise Over("the command ends the conversation, or its clear part")
    if said.ok and verb in ("delete", "rename") and asked.of_selected:
        raise Over("what was selected is gone, and with it what can be expected (RFC 2180)")
    if said.ok:
        _look_at(conduct, asked, verb, said, kept if asked.in_range else {})
    if valid:
        effects.names(conduct, WHO, verb, asked.mailboxes(), ok=said.ok)
    _still_well(conduct, start, verb, ok=said.ok)


def _reach(conduct: Conduct, start: Start) -> None:
    if WHO in conduct.opened():
        return
    conduct.connect(WHO, "greeted" if start == "greeted" else "auth")
    if start != "greeted":
        said = conduct.say(WHO, b"CREATE ", conduct.name("b"), applies=False)
        conduct.await_status(said, {"OK"}, "3501-6.3.3-created")
    if start in ("empty", "full"):
        path = "b" if start == "empty" else "home"
        said = conduct.say(WHO, b"SELECT ", conduct.name(path), applies=False)
        conduct.await_status(said, {"OK"}, "3501-6.3.1-selected")


def _kept(conduct: Conduct) -> dict[int, Kept]:
    """Ask for what the server keeps of each message."""
    said = conduct.say(WHO, b"FETCH 1:* (UID FLAGS INTERNALDATE)", applies=False)
    kept = {
        number: Kept(message.parsed, number)
        for number, message in enumerate(conduct.fixture.messages, 1)
    }
    for arrival in said.of("FETCH"):
        response = arrival.response
        if response.count not in kept:
            continue
        uid, date = response.item(b"UID"), response.item(b"INTERNALDATE")
        kept[response.count] = Kept(
            kept[response.count].message,
            response.count,
            uid=uid.number if uid else None,
            flags=response.flags(),
            date=bytes(date.octets) if date else None,
        )
    return kept


def _look_at(conduct: Conduct, asked: Asked, verb: str, said: Said, kept: dict[int, Kept]) -> None:
    """Hold the data that came against what is known."""
    command = answers.command_of(conduct.exchanges[-1].pieces)
    if verb in ("list", "lsub"):
        existing = tuple(conduct.meaning(name) for name in (HOME, OTHER))
        answers.listed(conduct, command, said, existing)
    elif verb == "search" and kept:
        answers.searched(conduct, command, said, kept)
    elif verb == "fetch" and kept:
        answers.fetched(command, said, kept)
    elif verb == "store" and kept:
        answers.stored(command, said, kept)
    elif verb == "status":
        name = asked.mailboxes()[0]
        count = {HOME: len(conduct.fixture.messages), OTHER: 0}.get(name)
        answers.told(command, said, shown(name), count)


def _still_well(conduct: Conduct, start: Start, verb: str, *, ok: bool) -> None:
    """See that the server is in step, and in the state that the answer leaves it in."""
    said = conduct.say(WHO, b"NOOP", applies=False)
    conduct.await_status(said, {"OK"}, "3501-6.1.2-ok")
    moves = verb in _MOVES if ok else verb in ("select", "examine")
    if moves or (ok and verb in ("delete", "rename")):
        return
    # In each state one command that is valid or not just there.
    command, right = PROOFS[start]
    said = conduct.say(WHO, command, applies=False)
    if said.reply.status in right:
        return
    if said.ok and _is_always_ok(conduct, start):
        rule, why = "3501-3-wrong-state", "it is not one of this state"
    else:
        rule, why = _LEAVES.get(verb, "3501-6.3.8-no-effect"), "the state has changed"
        rule = rule if ok else "3501-6-failed-no-change"
    conduct.await_status(said, right, rule, why)


def _is_always_ok(conduct: Conduct, start: Start) -> bool:
    """Whether what proves a state is done in it also where nothing came before.

    Then the proof is what is wrong, and all that is shown.
    """
    command, _right = PROOFS[start]
    conduct.connect(_SECOND, "greeted" if start == "greeted" else "auth")
    said = conduct.say(_SECOND, command, applies=False, record=False)
    if said.ok:
        conduct.exchanges[:] = [Exchange(WHO, (command,), [": TAG OK"])]
    return said.ok


_MOVES = frozenset({"select", "examine", "login", "authenticate", "CLOSE", "other"})
"""Commands that leave the session in another state when they succeed."""

_LEAVES: Mapping[str, str] = {
    "append": "3501-6.3.11-no-select",
    "status": "3501-6.3.10-no-effect",
    "list": "3501-6.3.8-no-effect",
    "CHECK": "3501-6.4.1-ok",
}
"""Command -> the requirement that says that its success changes nothing of the session."""

PROOFS: Mapping[Start, tuple[bytes, set[str]]] = {
    "greeted": (b'LIST "" ""', REFUSED),
    "auth": (b"CHECK", REFUSED),
    "empty": (b"CHECK", OK),
    "full": (b"CHECK", OK),
}
