"""Cases made ready to play: windows with compiled patterns, checked for what only loading can see.

Everything that can be wrong with a case file without a server is found here, so that it is a load
error and never a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from conformance.casefile import given
from conformance.casefile.labels import Labels
from conformance.casefile.leading import LeadRole, roles
from conformance.casefile.pattern import Pattern, compile_pattern, compile_pop3
from conformance.casefile.placeholders import Placeholder
from conformance.casefile.script import (
    REQUIRED,
    ClientLine,
    LineError,
    ServerKind,
    ServerLine,
    ServerText,
    Window,
    speaks_pop3,
)
from conformance.syntax import pop3
from conformance.syntax.grammar import Grammar, load

_REVISION = "IMAP4rev2"
"""A case is written for one revision of the protocol; its needs do not bring the other one's."""


def grammar_of(labels: Labels, announced: Collection[str] = ()) -> Grammar:
    """Load the grammar that a case's placeholders are read by: that of what it needs.

    What it needs counts as enabled too: where a placeholder stands the case has seen to it.
    """
    needs = {each for alternatives in labels.needs for each in alternatives} - {_REVISION}
    return load({*announced, *needs}, needs)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A server line: one of the patterns has to match (or, for `never`, must not)."""

    line: int
    kind: ServerKind
    patterns: tuple[Pattern, ...]

    @property
    def required(self) -> bool:
        """Whether the window is incomplete without a match."""
        return self.kind in REQUIRED

    @property
    def tagged(self) -> bool:
        """Whether a match completes a command or the connection."""
        return self.required and self.patterns[0].tagged

    @property
    def text(self) -> str:
        """The line as the case file has it, alternatives joined."""
        return " or ".join(pattern.text for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Step:
    """A window of one connection, ready to play."""

    who: str
    sends: tuple[ClientLine, ...]
    expects: tuple[Expectation, ...]
    role: LeadRole

    @property
    def text(self) -> str:
        """What is awaited, as the case file has it."""
        return "\n".join(expectation.text for expectation in self.expects)

    @property
    def polls(self) -> bool:
        """Whether the client repeats its command until the window is complete."""
        return any(send.kind == "poll" for send in self.sends)


def make_plan(windows: list[Window], grammar: Grammar) -> tuple[Step, ...]:
    """Compile the windows of a case.

    Raises:
        LineError: a pattern that can not be read, an unknown rule or value, a value used before
            it is kept, or kept and never used.
    """
    steps = tuple(
        Step(window.who, tuple(window.sends), _expectations(window), role)
        for window, role in zip(windows, roles(windows), strict=True)
    )
    _check_rules(steps, grammar)
    _check_values(steps)
    _check_literals(steps)
    return steps


def _expectations(window: Window) -> tuple[Expectation, ...]:
    compiled = compile_pop3 if speaks_pop3(window.who) else compile_pattern
    if compiled is compile_pop3 and window.expects and window.expects[0].kind == "never":
        raise LineError(window.expects[0].line, "'S!' of POP3 is about the reply of a line above")
    return tuple(_expectation(line, compiled) for line in window.expects)


def _expectation(
    line: ServerLine, compiled: Callable[[ServerText, ServerKind], Pattern]
) -> Expectation:
    patterns = []
    for alternative in line.alternatives:
        try:
            patterns.append(compiled(alternative, line.kind))
        except ValueError as error:
            raise LineError(alternative.line, str(error)) from None
    return Expectation(line.line, line.kind, tuple(patterns))


def _patterns(steps: tuple[Step, ...]) -> Iterator[Pattern]:
    return (p for step in steps for expected in step.expects for p in expected.patterns)


def used_values(steps: tuple[Step, ...]) -> set[str]:
    """Return the names of all values that a case uses."""
    names = {name for pattern in _patterns(steps) for name in pattern.uses()}
    for step in steps:
        for send in step.sends:
            names |= {p.name for p in send.pieces if isinstance(p, Placeholder) and p.name}
    return names


def shows_password(steps: tuple[Step, ...]) -> bool:
    """Whether a connection that begins in the clear carries a password before TLS is on it."""
    protected: set[str] = set()
    for step in steps:
        for send in step.sends:
            if send.kind == "tls":
                protected.add(step.who)
            names = {p.name for p in send.pieces if isinstance(p, Placeholder)}
            if step.who not in protected and any(given.is_secret(name) for name in names):
                return True
    return False


def own_literals(steps: tuple[Step, ...]) -> dict[int, list[ClientLine]]:
    """Return the lines of the literal that each `{#}` announces, by the line of the placeholder."""
    literals: dict[int, list[ClientLine]] = {}
    last: dict[str, int] = {}
    for step in steps:
        for send in step.sends:
            if send.kind == "literal":
                literals.setdefault(last[step.who], []).append(send)
            elif any(isinstance(p, Placeholder) and p.kind == "own-count" for p in send.pieces):
                last[step.who] = send.line
    return literals


def _check_rules(steps: tuple[Step, ...], grammar: Grammar) -> None:
    for step in steps:
        rules = pop3.grammar().rules if speaks_pop3(step.who) else grammar.rules
        for pattern in _patterns((step,)):
            for placeholder in pattern.placeholders:
                if (
                    isinstance(placeholder, Placeholder)
                    and placeholder.kind == "capture"
                    and placeholder.rule not in rules
                ):
                    raise LineError(
                        pattern.line,
                        f"the grammar has no rule {placeholder.rule.replace('_', '-')}",
                    )


def _check_values(steps: tuple[Step, ...]) -> None:
    kept: dict[str, int] = {}
    used: set[str] = set()
    for step in steps:
        for send in step.sends:
            for piece in send.pieces:
                if isinstance(piece, Placeholder) and piece.kind in ("value", "wait"):
                    name = piece.name.removeprefix(given.BARE)
                    name = name if name in kept else piece.name
                    _known(name, send.line, kept)
                    used.add(name)
                elif isinstance(piece, Placeholder) and piece.kind == "answer":
                    used.add(_answers(piece, send.line, kept))
        for expected in step.expects:
            for pattern in expected.patterns:
                own = {placeholder.name for placeholder in pattern.captures()}
                for name in pattern.uses():
                    _known(name, pattern.line, {**kept, **dict.fromkeys(own, 0)})
                    used.add(name)
                for placeholder in pattern.answers():
                    used.add(_answers(placeholder, pattern.line, kept))
            if expected.required:
                # A value is sure to be there only if every alternative keeps it.
                sure = [
                    {placeholder.name for placeholder in p.captures()} for p in expected.patterns
                ]
                for name in set.intersection(*sure):
                    if given.known(name):
                        raise LineError(expected.line, f"{{{name}}} is a given value")
                    kept.setdefault(name, expected.line)
    for name, line in kept.items():
        if name not in used:
            raise LineError(line, f"'{name}' is kept and never used; write '{{:rule}}' instead")


def _answers(placeholder: Placeholder, line: int, kept: dict[str, int]) -> str:
    """See that a SASL message exists and its challenge was kept; return the challenge's name."""
    if not given.answers(placeholder.name):
        raise LineError(line, f"'{placeholder.name}' is no SASL message that answers a challenge")
    if placeholder.text not in kept:
        raise LineError(line, f"no earlier line keeps the challenge '{placeholder.text}'")
    return placeholder.text


def _known(name: str, line: int, kept: dict[str, int]) -> None:
    if name not in kept and not given.known(name):
        raise LineError(line, f"'{{{name}}}' is not a given value, and no earlier line keeps it")


def _check_literals(steps: tuple[Step, ...]) -> None:
    """See that every `{#}` of a client line has its `C|` lines, and every `C|` line its `{#}`."""
    open_at: dict[str, int] = {}
    filled: dict[str, bool] = {}
    for step in steps:
        for send in step.sends:
            if send.kind == "literal":
                if step.who not in open_at:
                    raise LineError(send.line, "'C|' needs a line above it that ends in '{#}'")
                filled[step.who] = True
                continue
            if step.who in open_at and filled.get(step.who):
                del open_at[step.who]
            for piece in send.pieces:
                if isinstance(piece, Placeholder) and piece.kind == "own-count":
                    open_at[step.who] = send.line
                    filled[step.who] = False
    for who, line in open_at.items():
        if not filled[who]:
            raise LineError(line, "'{#}' has no 'C|' lines")
