"""Where a literal ends in text, whose line ends and blanks may be gone and whose middle may be cut.

The stated count is believed where the text behind so many octets goes on as a response or a
command can; counted with LF for line ends where that fits better. Where neither does, the text has
been cut: the literal ends where the next thing begins that can only stand behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from conformance.transcripts.left_out import behind_mask
from conformance.transcripts.plausible import is_response, tag_of_command
from conformance.transcripts.said import Utterance
from conformance.wire.transcript import Direction

MARKER = re.compile(rb"~?\{(\d{1,10})(\+?)\}\Z")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_GOES_ON = re.compile(rb"\)|[ ](?:[A-Z][A-Z0-9.-]*[ \[(<]|\"|NIL\b|\(|\{)|[ ]\)", re.IGNORECASE)
_ITEM = re.compile(rb"[^ (]{0,80}+(?:\[[^\]]*\](?:<\d+>)?)? ?~?\{\d{1,10}\+?\}\Z")

EndingKind = Literal["whole", "lf", "cut", "long", "open"]


@dataclass(frozen=True, slots=True)
class LineEnding:
    """Where a literal ends: in line `line` of its direction, of which `rest` stands behind it.

    `whole`: the octets are all here; `lf`: they are if lines end in LF; `cut`: they are not;
    `long`: there are more; `open`: the text stops before the literal does. `rest` is None where the
    line is none of this response or command. `closes`: the line before has no end of its own, since
    what it ends goes on here.
    """

    kind: EndingKind
    line: int
    rest: bytes | None = b""
    closes: bool = False


class SideLines:
    """The lines of one direction of a session, and how many octets they have."""

    def __init__(self, said: Sequence[Utterance], places: Sequence[int]) -> None:
        self.said = said
        self.places = places
        self._ends: list[int] = []
        total = 0
        for each in said:
            total += len(each.text) + 2 * each.ends
            self._ends.append(total)

    def whole(
        self, first: int, size: int, way: Direction, head: bytes, line_end: int = 2
    ) -> LineEnding | None:
        """Find the end of a literal by its count, from line `first` on.

        `head` is what stands before it, `line_end` how many octets a line end has.
        """
        cost = 2 - line_end  # octets less a line than `_ends` counts
        before = self._ends[first - 1] - cost * first if first else 0
        target = before + size
        low = bisect_right(
            range(len(self._ends)),
            target,
            lo=first,
            key=lambda at: self._ends[at] - cost * (at + 1),
        )
        at = low
        if at >= len(self.said):
            done = self._ends[-1] - cost * len(self._ends)
            return LineEnding("whole", at, b"") if target == done and way == "C" else None
        begun = (self._ends[at - 1] if at else 0) - cost * at
        offset = target - begun
        text = self.said[at].text
        if offset > len(text):
            return None
        rest = text[offset:]
        if offset == len(text) and offset:
            return self._at_line_end(at, way, goes_on=depth(head) > 0)
        if way == "S":
            return LineEnding("whole", at, rest) if rest.startswith((b")", b" ")) else None
        fits = not rest or rest.startswith((b" ", b")")) or (offset == 0 and tag_of_command(rest))
        return LineEnding("whole", at, rest) if fits else None

    def _at_line_end(self, at: int, way: Direction, *, goes_on: bool) -> LineEnding | None:
        """Decide what stands behind a literal that ends where its line does."""
        follower = self.said[at + 1].text if at + 1 < len(self.said) else None
        if follower is not None and follower.startswith((b")", b" ")):
            return LineEnding("whole", at + 1, follower, closes=True)
        if way == "C":
            if follower == b"":  # the end of the command, on a line of its own
                return LineEnding("whole", at + 1, b"", closes=True)
            return LineEnding("whole", at, b"")
        ends = not goes_on and (follower is None or is_response(follower))
        return LineEnding("whole", at, b"") if ends else None

    def cut(self, first: int, way: Direction, head: bytes, before: int) -> LineEnding:
        """Find where a literal that is not all here ends.

        `head` is the line that announces it; in the session, it ends before place `before`.
        """
        closing = b")" * max(1, depth(head))
        for at in range(first, len(self.said)):
            text = self.said[at].text
            if self.places[at] >= before or (at > first and way == "C" and tag_of_command(text)):
                return LineEnding("cut", at, None)
            rest = self._of_client(text) if way == "C" else self._of_server(at, text, head, closing)
            if rest is not None:
                return LineEnding("cut", at, rest)
            if way == "S" and is_response(text) and not text.startswith(b"+"):
                return LineEnding("cut", at, None)
        if before < self.places[-1]:
            return LineEnding("cut", len(self.said), None)
        return LineEnding("open", len(self.said))

    def _of_client(self, text: bytes) -> bytes | None:
        marker = MARKER.search(text)
        return b" " + marker[0] if marker is not None else behind_mask(text)

    def _of_server(self, at: int, text: bytes, head: bytes, closing: bytes) -> bytes | None:
        """Return what goes on behind a literal in a line; None: the line is part of the literal."""
        if _GOES_ON.match(text):
            return text
        behind = behind_mask(text)
        if behind:
            return behind
        item = _ITEM.search(head)
        if (
            item is not None
            and item.start() > len(b"* 1 ")
            and text.startswith(head[: item.start()])
        ):
            return text[item.start() :]  # told again, without its literal
        follower = self.said[at + 1].text if at + 1 < len(self.said) else b"* OK "
        ends = is_response(follower) and not follower.startswith(b"+")
        return closing if ends and text.endswith(closing) and not is_response(text) else None


def depth(text: bytes) -> int:
    """Return how many parentheses are open at the end of a text."""
    bare = _STRING.sub(b"", text)
    return bare.count(b"(") - bare.count(b")")
