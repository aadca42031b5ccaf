"""Commands broken at exactly one token, of which the grammar says that they are wrong.

From one valid command follow all its mutants, always in the same order; the kinds of faults are
rows of `mutations`. How octets go to a server and what it has to answer is not known here, but
every mutant knows its stream: what is sent, where a server may be waited for, and what completes
it, so that the next command stands at the beginning of a line again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.syntax.derivations import Spoken
from conformance.syntax.grammar import Grammar, Placed
from conformance.syntax.mutations import KINDS, MutationKind

_START = "command"
_MARKER = re.compile(rb"\{[0-9]{1,9}\}\r\n")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_LONGEST = 1 << 20
"""Octets of padding that a mutant may cost; longer literals are not worth their time."""
_OPENING = {b"(": b")", b"[": b"]"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A command that is wrong in one place."""

    kind: MutationKind
    command: Spoken
    """The valid command that it was."""
    token: Placed
    """What was broken in it, with the rules around it."""
    removed: bytes
    """The octets of the skeleton that went, from `token.start` on."""
    inserted: bytes
    """The octets that came instead."""
    segments: tuple[bytes, ...]
    """What to send; behind each but the last the server's `+` or its refusal is awaited."""
    frames: tuple[Spoken, ...]
    """The lines that a server of the letter reads in it, none of them a command; mostly one."""
    section: str
    """Section of the RFC with the production that is broken."""
    family: str
    """Rule of the command's state, from `command-any` to `command-select`; section 9."""

    @property
    def rule(self) -> str:
        """The production that is broken: the innermost that contains the token."""
        return self.token.rules[-1]

    @property
    def name(self) -> str:
        """Tell the mutants of one command apart: kind, place, and what came there."""
        return f"{self.kind.name}@{self.token.start}:{self.inserted.hex()}"

    @property
    def tag(self) -> bytes:
        """The word that stands in the place of the tag; may be none that a server can repeat."""
        return re.split(rb"[ \r\n]", self.frames[0].text, maxsplit=1)[0]

    @property
    def has_line_end(self) -> bool:
        """Whether a server of less strictness may see more lines than one."""
        return b"\n" in self.inserted.removesuffix(b"\r\n") or len(self.frames) > 1


@dataclass(frozen=True, slots=True)
class TokenChange:
    """One thing that may be done to one token of a command; whether that breaks it is not known."""

    kind: MutationKind
    command: Spoken
    tokens: Sequence[Placed]
    index: int
    """Which of the tokens."""
    end: int
    """Where what goes ends; it begins with the token."""
    inserted: bytes

    def mutant(self, grammar: Grammar) -> Mutant | None:
        """Make the change; None where the grammar does not see the command broken."""
        text, literals = self.command.text, self.command.literals
        token = self.tokens[self.index]
        first = len(_MARKER.findall(text, 0, token.start))
        count = len(_MARKER.findall(text, token.start, self.end))
        kept = literals[first : first + min(count, len(_MARKER.findall(self.inserted)))]
        if self.kind.payload is not None:
            kept = tuple(self.kind.payload(octets) for octets in kept)
        broken = Spoken(
            text[: token.start] + self.inserted + text[self.end :],
            (*literals[:first], *kept, *literals[first + count :]),
        )
        frames = _read(broken)
        if not frames or any(grammar.conforms(_START, f.text, f.literals) for f in frames):
            return None
        return Mutant(
            kind=self.kind,
            command=self.command,
            token=token,
            removed=text[token.start : self.end],
            inserted=self.inserted,
            segments=_cut(frames),
            frames=frames,
            section=grammar.rules[token.rules[-1].lower().replace("-", "_")].section,
            family=_family(self.tokens),
        )


def mutants(
    command: Spoken, grammar: Grammar, kinds: Sequence[MutationKind] = KINDS
) -> Iterator[Mutant]:
    """Yield what can be broken in `command` at one token, as far as the grammar sees it broken.

    What has become another valid command is left out. The stream is read as RFC 3501 section
    2.2 and 4.3 say: lines end in CRLF, a count before it announces octets. Not one of the lines
    read so may be a command.

    Raises ValueError when `command` does not conform.
    """
    seen = {b"".join(command.segments)}
    for change in changes(command, grammar, kinds):
        mutant = change.mutant(grammar)
        if mutant is None:
            continue
        octets = b"".join(mutant.segments)
        if octets not in seen:
            seen.add(octets)
            yield mutant


def changes(
    command: Spoken, grammar: Grammar, kinds: Sequence[MutationKind] = KINDS
) -> Iterator[TokenChange]:
    """Yield what `mutants` looks at, always in the same order; much cheaper, if few are made.

    Raises ValueError when `command` does not conform.
    """
    if not grammar.conforms(_START, command.text, command.literals):
        raise ValueError(f"no command: {command.text!r}")
    text = command.text
    tokens = grammar.tokens(_START, text)
    for index, token in enumerate(tokens):
        for kind in kinds:
            if not re.fullmatch(kind.terminals, token.terminal):
                continue
            if kind.within and not re.fullmatch(kind.within, token.rules[-1]):
                continue
            end = _end(text, tokens, index, kind)
            if end is None:
                continue
            count = len(_MARKER.findall(text, token.start, end))
            first = len(_MARKER.findall(text, 0, token.start))
            payload = command.literals[first] if count else b""
            for inserted in kind.change(text[token.start : end], payload):
                # The other line, for a server that sees one, would have the literal.
                if b"\n" not in inserted or count or not _MARKER.search(text, end):
                    yield TokenChange(kind, command, tokens, index, end, inserted)


def _end(text: bytes, tokens: Sequence[Placed], index: int, kind: MutationKind) -> int | None:
    """Find the end of what the kind reaches; None where it reaches nothing of its own."""
    token = tokens[index]
    if kind.reach == "token":
        return token.end
    if kind.reach == "next":
        after = tokens[index + 1]
        return after.end if after.terminal != "CRLF" else None
    if kind.reach == "rest":
        return tokens[-1].start
    opening = text[token.start : token.end]
    depth = 0
    for other in tokens[index:]:
        octets = text[other.start : other.end]
        depth += (octets == opening) - (octets == _OPENING[opening])
        if depth == 0:
            return other.end
    return None


def _read(broken: Spoken) -> tuple[Spoken, ...]:
    """Read the lines in the stream of a broken command.

    What a line lacks is added: octets of a literal whose count is too large, then CRLF. Nothing
    is read when that would be very many, and where an open quote leaves open what a count means.
    """
    stream = b"".join(broken.segments)
    frames: list[Spoken] = []
    literals: list[bytes] = []
    text, at = b"", 0
    while at < len(stream) or text:
        line_end = stream.find(b"\r\n", at)
        if line_end < 0:
            stream += b"\r\n"
            continue
        line = stream[at : line_end + 2]
        text, at = text + line, line_end + 2
        marker = re.search(rb"\{([0-9]{1,9})\}\r\n\Z", line)
        if marker is not None and b'"' in _QUOTED.sub(b"", line):
            return ()
        if marker is None:
            frames.append(Spoken(text, tuple(literals)))
            text, literals = b"", []
            continue
        count = int(marker[1])
        if count > _LONGEST:
            return ()
        stream += b"x" * (at + count - len(stream))
        literals.append(stream[at : at + count])
        at += count
    return tuple(frames)


def _cut(frames: Sequence[Spoken]) -> tuple[bytes, ...]:
    """Cut the stream of some lines behind the counts of literals: there a `+` is awaited."""
    pieces: list[bytes] = []
    for frame in frames:
        first, *others = frame.segments
        # A line that follows another one goes with it: nothing is awaited between the two.
        pieces[-1:] = [(pieces[-1] if pieces else b"") + first]
        pieces += others
    return tuple(pieces)


def _family(tokens: Sequence[Placed]) -> str:
    """Name the rule that says in which state the command is valid."""
    return next(
        (rule for token in tokens for rule in token.rules if rule.startswith("command-")), _START
    )
