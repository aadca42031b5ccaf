"""Lines of a mix made into commands: what stands in braces is filled in by what a session knows.

    {here} {mailbox} {elsewhere}   the selected mailbox, any shared one, one but the selected
    {own}                          a mailbox of the user's own, which nobody makes but a step
    {uid} {uids}                   a UID that the session was told of, or up to five
    {number} {numbers}             sequence numbers of the same kind
    {fresh}                        the numbers from the first whose UID is not known up to the last
    {flag} {word}                  a flag of those that users set, a word that messages have
    {message}                      a new message as a literal

One name has one value in all the commands of a step. What can not be filled in, because a mailbox
is empty say, is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Final

from conformance.casefile.bindings import astring
from conformance.checks.selection import Selection
from conformance.load.letters import WORDS, Letter, letter
from conformance.wire.session import Literal

FLAGS: Final = (r"\Seen", r"\Flagged", r"\Answered", r"\Draft")
"""Flags that `{flag}` stands for."""
_SEVERAL = 5
_PLACE = re.compile(r"\{(\w*)\}")


class Nothing(Exception):
    """There is nothing to fill in: no message that is known, no other mailbox."""


@dataclass(slots=True)
class Around:
    """What a step is filled in from; `selection` is what the session knows of its mailbox."""

    rng: Random
    shared: Sequence[bytes]
    own: bytes
    selection: Selection | None
    letters: list[Letter] = field(default_factory=list)
    """The messages that were made, in the order in which they stand."""
    chosen: dict[str, bytes] = field(default_factory=dict)

    def _here(self) -> Selection:
        if self.selection is None or self.selection.mailbox is None:
            raise Nothing
        return self.selection

    def here(self) -> bytes:
        """Return the mailbox that is selected."""
        return astring(self._here().mailbox or b"").spelling

    def mailbox(self) -> bytes:
        """Return any shared mailbox."""
        return astring(self.rng.choice(self.shared)).spelling

    def elsewhere(self) -> bytes:
        """Return a shared mailbox that is not selected."""
        here = self._here().mailbox
        others = [name for name in self.shared if name != here]
        if not others:
            raise Nothing
        return astring(self.rng.choice(others)).spelling

    def mine(self) -> bytes:
        """Return the name that only this user uses."""
        return astring(self.own).spelling

    def numbers(self, most: int) -> list[int]:
        """Return sequence numbers whose UIDs are known."""
        here = self._here()
        there = range(1, (here.exists or 0) + 1)
        tried = self.rng.sample(there, min(len(there), 4 * most))
        known = sorted(number for number in tried if here.positions.get(number))[:most]
        if not known:
            raise Nothing
        return known

    def uids(self, most: int) -> bytes:
        """Return the UIDs of known messages as a set."""
        positions = self._here().positions
        return b",".join(b"%d" % positions.get(number) for number in self.numbers(most))

    def fresh(self) -> bytes:
        """Return the range of what the session has not asked about."""
        here = self._here()
        exists = here.exists or 0
        first = exists + 1
        while first > 1 and not here.positions.get(first - 1):
            first -= 1
        if first > exists:
            raise Nothing
        return b"%d:%d" % (first, exists)


_FILLED: Mapping[str, Callable[[Around], bytes]] = MappingProxyType(
    {
        "here": Around.here,
        "mailbox": Around.mailbox,
        "elsewhere": Around.elsewhere,
        "own": Around.mine,
        "uid": lambda around: around.uids(1),
        "uids": lambda around: around.uids(_SEVERAL),
        "number": lambda around: b"%d" % around.numbers(1)[0],
        "numbers": lambda around: b",".join(b"%d" % n for n in around.numbers(_SEVERAL)),
        "fresh": Around.fresh,
        "flag": lambda around: around.rng.choice(FLAGS).encode(),
        "word": lambda around: around.rng.choice(WORDS).encode(),
    }
)
_MESSAGE = "message"


def check(line: str) -> None:
    """See whether a line of a mix can be filled in.

    Raises:
        ValueError: it names what there is not, or is no line of ASCII.
    """
    for name in _PLACE.findall(line):
        if name not in (*_FILLED, _MESSAGE):
            raise ValueError(f"{{{name}}}: not one of {', '.join((*_FILLED, _MESSAGE))}")
    if not line.isascii() or not line.isprintable() or not line.strip():
        raise ValueError(f"{line!r}: not a line of printable ASCII")


def fill(line: str, around: Around, *, sync: bool = True) -> list[bytes | Literal]:
    """Return a line as the parts of a command; `sync` False: literals are not waited with.

    Raises:
        Nothing: there is nothing to fill in.
    """
    parts: list[bytes | Literal] = []
    at = 0
    for found in _PLACE.finditer(line):
        parts.append(line[at : found.start()].encode("ascii"))
        at = found.end()
        if found[1] == _MESSAGE:
            around.letters.append(letter(around.rng))
            parts.append(Literal(around.letters[-1].octets, sync=sync))
        else:
            if found[1] not in around.chosen:
                around.chosen[found[1]] = _FILLED[found[1]](around)
            parts.append(around.chosen[found[1]])
    parts.append(line[at:].encode("ascii"))
    return [part for part in parts if part]
