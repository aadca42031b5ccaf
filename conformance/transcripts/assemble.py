r"""The octets of both sides, put together again from the lines of a page.

Line ends come back, `\xNN` becomes an octet, and what a paste has hidden, cut short or left out is
filled so that the session stays in step. Filled octets are doubtful: nobody is judged by them.
Where lines are missing, a piece without octets says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.transcripts import left_out
from conformance.transcripts.literals import LineEnding, SideLines, depth
from conformance.transcripts.plausible import (
    is_greeting,
    tag_of_answer,
    tag_of_command,
)
from conformance.transcripts.said import Utterance
from conformance.transcripts.sessions import blocks, from_beginnings, joined, renamed
from conformance.wire.markers import find_marker
from conformance.wire.transcript import Direction

FILLER = 64 << 20
"""Octets that stand for what was left out, in one recording."""

_COUNTED = re.compile(rb"\[\.\.\. (\d{1,12}) octets \.\.\.\]")
_LOST = re.compile(rb"\[\.\.\. \d+ octets not kept \.\.\.\]\Z")
_CLIPPED = re.compile(rb" \[\d+ more\]\Z")
# Has no literal at its end, so that what follows can be read though the line was shortened.
_STATUS = re.compile(rb"\S+ (?:OK|NO|BAD|BYE|PREAUTH) ", re.IGNORECASE)
_MAY_BE_TRIMMED = re.compile(rb"\S+ (?:OK|NO|BAD|BYE|PREAUTH)|.*\]", re.IGNORECASE)
_AUTHENTICATE = re.compile(rb"(\S+) +AUTHENTICATE\b", re.IGNORECASE)
_ASTERISK = re.compile(rb"\* *(?=\.\.\.|\xe2\x80\xa6)")
# A command that is none: its tag is answered all the same.
_TAGGED = re.compile(rb"([^\x00-\x20()*+{%\"\\\x7f-\xff]+) +[A-Za-z]")
_DIGITS = re.compile(rb"\d+")
_STAND_IN = b"eHh4"  # a line of BASE64


class Piece(NamedTuple):
    """Octets of one side, and the line of the page that they are from.

    `doubtful` ones stand for others. Without octets: something is missing here, of either side.
    """

    session: str
    way: Direction
    octets: bytes
    number: int
    block: int
    doubtful: bool = False


@dataclass(slots=True)
class Assembled:
    """A page as octets; `left_out` and `lost` are numbers of lines.

    Sessions end at `lost` lines: octets behind them were not kept. `strange` counts the lines of
    neither side, `skipped` those before the first whole one of a session.
    """

    pieces: list[Piece] = field(default_factory=list)
    left_out: dict[int, None] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    strange: int = 0
    skipped: int = 0


def assemble(
    said: Sequence[Utterance], *, exact: bool = False, trimmed: bool = False, singly: bool = False
) -> Assembled:
    """Put the octets of a page together.

    `exact`: nothing is missing but what is counted or masked, as in records of this suite.
    `trimmed`: blanks at the ends of lines are gone. `singly`: each line is wanted, even those
    before the first whole one of a session, and those behind one that was shortened.
    """
    made = Assembled()
    budget = _Budget(FILLER)
    for block in blocks(said):
        spoken = renamed(joined(block))
        if not singly:
            spoken, skipped = from_beginnings(spoken)
            made.skipped += skipped
        by_name: dict[str, list[Utterance]] = {}
        for line in spoken:
            if line.way:
                by_name.setdefault(line.session, []).append(line)
        sessions = {
            name: _Session(lines, made, budget, exact=exact, trimmed=trimmed, singly=singly)
            for name, lines in by_name.items()
        }
        for line in spoken:
            if line.way:
                made.pieces += sessions[line.session].hear(line)
            elif left_out.is_ellipsis(line.text) or left_out.is_suppressed(line.text):
                for session in sessions.values():
                    made.pieces += session.gap(line)
            else:
                made.strange += bool(line.text.strip())
    return made


class _Budget:
    def __init__(self, left: int) -> None:
        self.left = left

    def fill(self, size: int) -> bytes | None:
        """Return octets that stand for others; None when there were too many."""
        if size > self.left:
            return None
        self.left -= size
        return b"x" * size


# -- one session -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Plan:
    """A literal that is being read: where it ends, and what stands for it where it is cut."""

    ending: LineEnding
    size: int
    filled: bytes | None = None
    closing: bytes = b""


class _Session:
    """Puts together the octets of one session, line by line."""

    def __init__(
        self,
        said: Sequence[Utterance],
        made: Assembled,
        budget: _Budget,
        *,
        exact: bool,
        trimmed: bool,
        singly: bool,
    ) -> None:
        self._made = made
        self._budget = budget
        self._exact = exact
        self._trimmed = trimmed
        self._singly = singly
        counted = [_counted(line, budget) for line in said]
        self._lines: dict[Direction, SideLines] = {}
        ways: tuple[Direction, Direction] = ("C", "S")
        for way in ways:
            places = [at for at, line in enumerate(counted) if line.way == way]
            self._lines[way] = SideLines([counted[at] for at in places], places)
        self._answers: dict[bytes, list[int]] = {}
        for at, line in enumerate(counted):
            if line.way == "S" and (tag := tag_of_answer(line.text)):
                self._answers.setdefault(tag, []).append(at)
        self._at: dict[Direction, int] = {"C": 0, "S": 0}
        self._plans: dict[Direction, _Plan | None] = {"C": None, "S": None}
        self._text: dict[Direction, bytearray] = {"C": bytearray(), "S": bytearray()}
        self._exchange = b""  # tag of an AUTHENTICATE in flight
        self._flight: set[bytes] = set()
        self._shapes: set[bytes] = set()
        self._seen: set[bytes] = set()
        self._greeted = any(line.way == "S" and is_greeting(line.text) for line in said[:1])
        self._over = False

    def hear(self, line: Utterance) -> Iterator[Piece]:
        """Take the next line; give its octets."""
        way: Direction = "C" if line.way == "C" else "S"
        at = self._at[way]
        self._at[way] += 1
        if self._over:
            return
        counted = self._lines[way].said[at]
        shortened = _CLIPPED.search(line.text) is not None
        if _LOST.search(line.text) or (shortened and not _STATUS.match(line.text)):
            if self._singly and self._plans[way] is None:
                yield from self._line(counted, way, doubtful=True)
                return
            self._over = True
            self._made.lost.append(line.number)
            return
        if counted.text != line.text:
            self._note(line)
        doubtful = shortened or counted.text != line.text
        plan = self._plans[way]
        if plan is not None:
            yield from self._within(plan, counted, at, way, doubtful=doubtful)
        else:
            yield from self._line(counted, way, doubtful=doubtful)

    def gap(self, line: Utterance) -> Iterator[Piece]:
        """Know that lines are missing here; within a literal it is that which is cut."""
        self._note(line)
        if self._plans["S"] is None and self._plans["C"] is None:
            yield Piece(line.session, "S", b"", line.number, line.block, doubtful=True)

    def _note(self, line: Utterance) -> None:
        self._made.left_out[line.number] = None

    def _within(
        self, plan: _Plan, line: Utterance, at: int, way: Direction, *, doubtful: bool
    ) -> Iterator[Piece]:
        """Take a line of a literal, or the one in which it ends."""
        ending = plan.ending
        piece = Piece(line.session, way, b"", line.number, line.block, doubtful)
        if at < ending.line:
            if ending.kind == "cut":
                self._note(line)
                if plan.filled is not None:
                    yield piece._replace(octets=plan.filled + plan.closing, doubtful=True)
                    plan.filled = None
                    if plan.closing:
                        self._ended(way)
                return
            end = b"\n" if ending.kind == "lf" else b"\r\n" if line.ends else b""
            if ending.closes and at == ending.line - 1:
                end = b""
            unsure = doubtful or (ending.kind == "open" and not self._exact)
            yield piece._replace(octets=line.text + end, doubtful=unsure)
            return
        self._plans[way] = None
        if ending.rest is None:
            self._ended(way)
            yield from self._line(line, way, doubtful=doubtful)
            return
        if ending.kind == "cut":
            self._note(line)
            octets = (plan.filled or b"") + ending.rest
        else:
            octets = line.text
        unsure = doubtful or ending.kind == "cut"
        yield from self._go_on(line, way, octets, ending.rest, doubtful=unsure)

    def _line(self, line: Utterance, way: Direction, *, doubtful: bool) -> Iterator[Piece]:
        """Take a line that begins something."""
        text = line.text
        suppressed = left_out.is_suppressed(text) and not tag_of_command(text)
        if suppressed or self._is_missing(text, way):
            yield from self.gap(line)
            return
        if way == "C":
            text, masked = self._of_client(text)
        else:
            if self._is_stray(text):
                yield from self.gap(line)
            text, masked = self._of_server(text)
        if masked:
            self._note(line)
        trimmed = self._trimmed and _MAY_BE_TRIMMED.fullmatch(text) is not None
        unsure = doubtful or masked or trimmed
        yield from self._go_on(line, way, text, text, doubtful=unsure)

    def _is_missing(self, text: bytes, way: Direction) -> bool:
        if self._exact or (way == "C" and self._exchange):
            return False
        return left_out.is_ellipsis(_ASTERISK.sub(b"", text))

    def _of_client(self, text: bytes) -> tuple[bytes, bool]:
        """Return a client's line, and whether something in it is masked."""
        tag = tag_of_command(text)
        if self._exchange and not tag and left_out.hides_exchange(text):
            return _STAND_IN, True
        named = _TAGGED.match(text) if not tag and not self._exchange else None
        if tag := tag or (named[1] if named is not None else b""):
            self._flight.add(tag)
            self._seen.add(tag)
            self._shapes.add(_DIGITS.sub(b"0", tag))
        found = _AUTHENTICATE.match(text)
        if found is not None:
            self._exchange = found[1]
        masked = left_out.hides_credentials(text)
        return text, masked or (not self._exact and left_out.is_shortened(text, server=False))

    def _of_server(self, text: bytes) -> tuple[bytes, bool]:
        """Return a server's line, and whether something in it is masked."""
        tag = tag_of_answer(text)
        self._flight.discard(tag)
        if tag == self._exchange:
            self._exchange = b""
        if text == b"+" and not self._exact:
            return b"+ ", False  # editors drop blanks at the ends of lines
        challenge = text[2:] if self._exchange and text.startswith(b"+ ") else b""
        if challenge == b"*" or left_out.hides_exchange(challenge):
            return b"+ " + _STAND_IN, True
        return text, not self._exact and left_out.is_shortened(text, server=True)

    def _is_stray(self, text: bytes) -> bool:
        """Whether a tagged response answers a command that is likely not in the paste."""
        tag = tag_of_answer(text)
        if self._exact or not tag or tag in self._seen or self._flight:
            return False
        if not self._shapes:
            return self._greeted
        return _DIGITS.sub(b"0", tag) in self._shapes

    def _go_on(
        self, line: Utterance, way: Direction, octets: bytes, text: bytes, *, doubtful: bool
    ) -> Iterator[Piece]:
        """Give a line, and see whether it announces a literal; `text` is what the skeleton has."""
        end = b"\r\n" if line.ends else b""
        piece = Piece(line.session, way, octets + end, line.number, line.block, doubtful)
        skeleton = self._text[way]
        skeleton += text + end
        marker = find_marker(text, skeleton, way == "S") if line.ends else None
        if marker is None:
            self._ended(way)
            yield piece
            return
        size = int(marker[1])
        ending = self._ending(way, size, text)
        plan = _Plan(ending, size)
        if ending.kind == "cut":
            plan.filled = self._budget.fill(size)
            if plan.filled is None:
                self._over = True
                self._made.lost.append(line.number)
                yield piece
                return
            if ending.rest is None:
                plan.closing = b")" * max(0, depth(bytes(skeleton))) + b"\r\n"
                if ending.line == self._at[way]:  # nothing of it is here
                    yield from self._without(piece, plan, awaited=way == "C" and not marker[2])
                    return
        self._plans[way] = plan
        yield piece

    def _without(self, piece: Piece, plan: _Plan, *, awaited: bool) -> Iterator[Piece]:
        """Give a line whose literal is missing; one that the server asks for may not have come."""
        self._ended(piece.way)
        if awaited:
            yield piece
            return
        self._made.left_out[piece.number] = None
        octets = piece.octets + (plan.filled or b"") + plan.closing
        yield piece._replace(octets=octets, doubtful=True)

    def _ended(self, way: Direction) -> None:
        self._text[way].clear()

    def _ending(self, way: Direction, size: int, head: bytes) -> LineEnding:
        """See where a literal ends of which nothing is read yet."""
        lines, first = self._lines[way], self._at[way]
        found = lines.whole(first, size, way, bytes(self._text[way]))
        if found is not None:
            return found
        if self._exact:
            return self._masked(lines, first) or LineEnding("open", len(lines.said))
        found = lines.whole(first, size, way, bytes(self._text[way]), 1)
        if found is not None:
            return LineEnding("lf", found.line, found.rest, found.closes)
        before = lines.places[-1] + 1
        if way == "C":
            tag = bytes(self._text["C"]).split(b" ", 1)[0]
            place = lines.places[first - 1]
            before = next((at for at in self._answers.get(tag, ()) if at > place), before)
        cut = lines.cut(first, way, head, before)
        if self._overflows(lines, first, cut, size):
            return LineEnding("long", cut.line + (cut.rest is not None), None)
        return cut

    def _masked(self, lines: SideLines, first: int) -> LineEnding | None:
        """See whether a record has a mask in the place of a literal."""
        if first >= len(lines.said):
            return None
        rest = left_out.behind_mask(lines.said[first].text)
        return None if rest is None else LineEnding("cut", first, rest)

    def _overflows(self, lines: SideLines, first: int, cut: LineEnding, size: int) -> bool:
        """Whether more is here than was announced, and nothing explains it: that is no paste's."""
        texts = [each.text for each in lines.said[first : cut.line]]
        if cut.kind == "cut" and cut.rest is not None and cut.line < len(lines.said):
            texts.append(lines.said[cut.line].text.removesuffix(cut.rest))
        present = b"\n".join(texts)
        masked = any(map(left_out.is_ellipsis, texts)) or left_out.behind_mask(present) is not None
        return not self._trimmed and not masked and present.isascii() and len(present) > size


def _counted(line: Utterance, budget: _Budget) -> Utterance:
    """Put as many octets as were left out where a report has counted them."""
    if b"octets ...]" not in line.text:
        return line

    def fill(found: re.Match[bytes]) -> bytes:
        return budget.fill(min(int(found[1]), budget.left)) or b""

    return line._replace(text=_COUNTED.sub(fill, line.text))
