"""Broken commands as the engine has them: one mutant at a time, in each of the four states.

What is broken and how it is judged is in `mutants`, the states are in `session_states`; here
mutants are chosen from the commands of the grammar's cover, and what was wrong is a `Failure`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Container, Iterator

from hypothesis.strategies import SearchStrategy

from conformance.casefile.bindings import quoted
from conformance.casefile.compose import ComposedPiece, Exchange, Named
from conformance.fuzz.commands import spoken
from conformance.fuzz.domain import (
    FREE,
    HOME,
    OTHER,
    PASSWORD,
    PLACEHOLDERS,
    USER,
    WORDS_HERE,
    cover,
    is_unsafe,
    spoken_as,
    values,
)
from conformance.fuzz.environment import MORE_PATIENCE, Environment
from conformance.fuzz.failure import Failure
from conformance.fuzz.mutants import MutantBreach, name_of
from conformance.fuzz.picking import mutant_of
from conformance.fuzz.session_states import SESSION_STATES, Ground, SessionState, attempt
from conformance.play.errors import Blocked, Skip
from conformance.syntax.derivations import Spoken
from conformance.syntax.mutants import Mutant, changes
from conformance.syntax.strategies import Strategies
from conformance.wire.errors import TargetError

PHASE = "mutants"
PATIENCE = 2.0
"""Seconds for an answer to a broken command, where the way gives no less."""


class Broken:
    """Sends mutants in one place of an environment."""

    def __init__(
        self, environment: Environment, place: SessionState, known: Container[str] = ()
    ) -> None:
        self._environment = environment
        self._place = place
        self._ground: Ground | None = None
        self.known = known
        self.tried = 0
        self._password = environment.connections.accounts[0].password.encode()
        self._hung: set[tuple[str, str]] = set()

    def commands(self, number: int) -> Iterator[Spoken]:
        """Give the commands that are broken, in an order that the seed `number` says."""
        ground = self._open()
        meaning = self._meaning(ground)
        # A lenient server does what a broken command says: INBOX is not for everybody's account.
        commands = [
            spoken_as(each, meaning)
            for _, each in cover(
                spoken(self._environment.connections.announced.after, self._environment.enabled)
            )
            if self._environment.connections.disposable or not is_unsafe(each)
        ]
        random.Random(number).shuffle(commands)  # noqa: S311  # a choice, not a secret
        return filter(self._is_whole, commands)

    def _is_whole(self, command: Spoken) -> bool:
        """Whether a command is right here: what is announced may take a form away (RFC 4466)."""
        return self._open().grammar.conforms("command", command.text, command.literals)

    def _meaning(self, ground: Ground) -> Callable[[bytes], bytes]:
        account = self._environment.connections.accounts[0]
        return {
            HOME: ground.mailbox,
            OTHER: ground.mailbox,
            FREE: ground.other,
            USER: account.user.encode(),
            PASSWORD: self._password,
        }.__getitem__

    def some(self, number: int, every: int) -> Iterator[Mutant]:
        """Give the mutant that each so-manieth change of all commands makes, if it makes one."""
        ground = self._open()
        count = number
        for command in self.commands(number):
            for change in changes(command, ground.grammar):
                count += 1
                if count % every:
                    continue
                mutant = change.mutant(ground.grammar)
                if mutant and ground.takes(mutant) and not leaks(mutant, self._password):
                    yield mutant

    def spare(self, mutant: Mutant) -> Failure | None:
        """Send one mutant as `play` does, but none of a kind that has hung a session here."""
        # One is enough, each takes all our patience.
        return None if _kind(mutant) in self._hung else self.play(mutant)

    def generated(self) -> SearchStrategy[Mutant]:
        """Generate mutants of generated commands, with values that make sense here."""
        ground = self._open()
        meaning = self._meaning(ground)
        strategies = Strategies(
            spoken(self._environment.connections.announced.after, self._environment.enabled),
            "command",
            words=WORDS_HERE,
            values=values(disposable=False),
        )
        safe = strategies.rule("command").filter(
            lambda each: self._environment.connections.disposable or not is_unsafe(each)
        )
        commands = safe.map(lambda each: spoken_as(each, meaning)).filter(self._is_whole)
        return mutant_of(commands, ground.grammar).filter(
            lambda mutant: ground.takes(mutant) and not leaks(mutant, self._password)
        )

    def play(self, mutant: Mutant) -> Failure | None:
        """Send one mutant; return the first thing that was wrong and is not known."""
        self.tried += 1
        try:
            usual = self._environment.connections.way.timeout
            patience = min(PATIENCE, usual) * self._environment.patience
            heard, breaches = attempt(self._open(), mutant, patience=patience)
            silent = heard.hung or (heard.noop is not None and heard.noop.ended == "timeout")
            if silent and _kind(mutant) not in self._hung:
                # On a busy machine an answer may be late: what hangs does so with more patience,
                # and more than the server has for what it waits for itself.
                patience = max(patience * MORE_PATIENCE, 2 * usual)
                heard, breaches = attempt(self._open(), mutant, patience=patience)
        except (Blocked, Skip, TargetError):
            self._environment.look_after()
            self.close()
            return None
        if heard.hung:
            self._hung.add(_kind(mutant))
        if heard.noop is None or not heard.noop.ok:
            self._environment.look_after()
        found = [self._failure(breach) for breach in breaches]
        return next((failure for failure in found if failure.shape not in self.known), None)

    def close(self) -> None:
        """End the session."""
        if self._ground is not None:
            self._ground.close()
            self._ground = None

    def _open(self) -> Ground:
        if self._ground is None:
            self._environment.begin(f"fuzz/{PHASE}")
            fixture = self._environment.fixtures[self._place.fixture]
            self._ground = Ground(
                self._environment.connections, self._environment.workspace, self._place, fixture
            )
        return self._ground

    def _failure(self, breach: MutantBreach) -> Failure:
        ground = self._open()
        mutant = breach.mutant
        names = {ground.other: "name.mailbox.other", ground.mailbox: "name.mailbox"}
        if name_of(mutant) == "LOGIN":
            user = self._environment.connections.accounts[0].user.encode()
            names |= credentials(USER, user) | credentials(PASSWORD, self._password)
        exchanges = []
        if self._place.selected:
            select = (b"SELECT ", Named("mailbox", ground.mailbox))
            exchanges.append(Exchange("main", select, [": TAG OK"]))
        tag = mutant.tag.decode("latin-1")
        shown = Spoken(b"".join(mutant.segments)).text
        raw = tuple(tuple(placeholders(segment, names)) for segment in mutant.segments)
        exchanges.append(Exchange("main", (shown,), [f": {tag} BAD", "/ * BAD"], raw=raw))
        exchanges.append(Exchange("main", (b"NOOP",), [": TAG OK"]))
        requirement = breach.rule.requirement
        return Failure(
            requirement=requirement,
            message=_plain(breach.message, names),
            shape=f"{requirement} {breach.deviation}",
            deviation=breach.deviation,
            phase=PHASE,
            exchanges=tuple(exchanges),
            fixture=self._place.fixture,
            start="greeted" if self._place.start == "greeted" else "auth",
            expected=f"{tag} BAD",
            received=breach.received,
            transcript=breach.excerpt,
        )


def leaks(mutant: Mutant, password: bytes) -> bool:
    """Whether a piece of the password is to be read where it is broken: no placeholder hides it."""
    text = b"".join(mutant.segments)
    length = max(1, len(password) // 2)
    return (
        name_of(mutant) == "LOGIN"
        and not any(form in text for form in credentials(PASSWORD, password))
        and any(password[i : i + length] in text for i in range(len(password) - length + 1))
    )


def credentials(stand_in: bytes, octets: bytes) -> dict[bytes, str]:
    """Return the forms in which a credential stands in a LOGIN, with their placeholders."""
    placeholder = PLACEHOLDERS[stand_in]
    forms = {quoted(octets): f"quoted.{placeholder}", octets: placeholder}
    return {form: name for form, name in forms.items() if form}


def _plain(message: str, names: dict[bytes, str]) -> str:
    """Write a message with the placeholders of the mailboxes in the place of their names."""
    for name in sorted(names, key=len, reverse=True):
        message = message.replace(name.decode("latin-1"), f"{{{names[name]}}}")
    return message


def _kind(mutant: Mutant) -> tuple[str, str]:
    return mutant.rule, mutant.kind.name


def placeholders(octets: bytes, names: dict[bytes, str]) -> Iterator[ComposedPiece]:
    """Cut a segment where the names of mailboxes stand in it."""
    pattern = b"|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    position = 0
    for found in re.finditer(pattern, octets):
        if found.start() > position:
            yield octets[position : found.start()]
        yield Named(names[found[0]], found[0])
        position = found.end()
    if position < len(octets) or not octets:
        yield octets[position:]


__all__ = ["SESSION_STATES", "Broken"]
