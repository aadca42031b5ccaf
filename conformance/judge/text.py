r"""Recordings as text: lines marked `C:` and `S:`, and the transcripts in results.jsonl.

A line may have a mark of offence, a time and the name of its session before it, as reports print
them. Text is as transcripts render it: `\xNN` for an octet, the CRLF left out, parts of long
literals and passwords replaced by notes in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from conformance.judge.recording import Chunk, Group, Place, Recording
from conformance.judge.rfc3501 import VALID_IN
from conformance.results.reader import read
from conformance.results.records import Line
from conformance.wire.markers import find_marker
from conformance.wire.transcript import MASK, Direction

LINE = re.compile(
    r"[!>|\s]*(?:\[?[0-9][0-9:.TZ+-]*\]?s?\s+)?(?:(?P<session>[A-Za-z0-9][\w.-]{0,63})\s+)?"
    r"(?P<way>[CS]): ?(?P<text>.*)"
)
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_LEFT_OUT = re.compile(rb"\[\.\.\. (\d{1,12}) octets \.\.\.\]")
_LOST = re.compile(r"\[\.\.\. \d+ octets not kept \.\.\.\]\Z")
_CLIPPED = re.compile(r" \[\d+ more\]\Z")
_GREETING = re.compile(r"\* (?:OK|PREAUTH|BYE)\b", re.IGNORECASE)
_BYE = re.compile(r"\* BYE\b", re.IGNORECASE)
# Has no literal at its end, so that what follows can be read though the line was shortened.
_STATUS = re.compile(r"\S+ (?:OK|NO|BAD|BYE|PREAUTH) ", re.IGNORECASE)
# What the first line of an excerpt looks like when it is not the rest of a literal.
_BEGINS: dict[Direction, re.Pattern[str]] = {
    "S": re.compile(
        r"\* (?:OK|NO|BAD|BYE|PREAUTH|CAPABILITY|LIST|LSUB|STATUS|SEARCH|FLAGS|\d+ [A-Z]+)\b"
        r"|\+|[^\s()*+{]+ (?:OK|NO|BAD)\b",
        re.IGNORECASE,
    ),
    "C": re.compile(
        r"[^\s()*+{]+ (?:CAPABILITY|NOOP|LOGOUT|UID|ID|NAMESPACE|ENABLE|"
        + "|".join(sorted(VALID_IN))
        + r")\b",
        re.IGNORECASE,
    ),
}
_MAY_BE_TRIMMED = re.compile(r"\+|\S+ (?:OK|NO|BAD|BYE|PREAUTH)|.*\]", re.IGNORECASE)
_FENCE = b"```"
_FILLER = 64 * 1024 * 1024  # octets at most that stand for what was left out


class _Said(NamedTuple):
    """One line of the text, and where it stood."""

    session: str
    way: Direction
    text: str
    when: float
    place: Place


def read_text(path: str, octets: bytes) -> Recording:
    """Read a text with marks; a greeting after BYE begins another session.

    In a page of Markdown each fenced block is a conversation by itself; blanks at the ends of
    its lines are gone, so that literals and empty texts are not judged there.
    """
    recording = Recording(path, "text")
    blocks: list[list[_Said]] = [[]]
    strange = 0
    for number, line in enumerate(octets.split(b"\n"), 1):
        found = LINE.fullmatch(line.removesuffix(b"\r").decode("latin-1"))
        if line.startswith(_FENCE):
            blocks.append([])
        if found is None:
            strange += bool(line.strip())
            continue
        way: Direction = "C" if found["way"] == "C" else "S"
        session = found["session"] or "main"
        if len(blocks) > 1:
            session += f" of block {len(blocks) // 2}"
        place = Place(path, "line", number)
        blocks[-1].append(_Said(session, way, found["text"], float(number), place))
    if strange:
        recording.notes.append(f"{strange} lines without C: or S: were passed over")
    whole = [_from_a_beginning(_renamed(said)) for said in blocks]
    if lost := sum(map(len, blocks)) - sum(map(len, whole)):
        recording.notes.append(f"{lost} lines before the first whole line of both were passed over")
    recording.groups = [_group(said, recording, trimmed=len(blocks) > 1) for said in whole if said]
    return recording


def read_results(path: Path) -> Recording:
    """Read the transcripts in the record of a run, each by itself.

    Raises:
        ResultsError: It is no such record.
        OSError: It can not be read.
    """
    kept = read(path)
    recording = Recording(str(path), "results")
    if kept.truncated:
        recording.notes.append("the run was cut short: what there is of it is judged")
    shown = [(result.id, result.transcript) for result in kept.results]
    for number, (case, transcript) in enumerate(shown, 2):  # the first record is the run's
        if transcript:
            said = list(_of_record(case, transcript, Place(str(path), "line", number)))
            recording.groups.append(_group(said, recording))
    return recording


def _of_record(case: str, transcript: Iterable[Line], place: Place) -> Iterable[_Said]:
    for line in transcript:
        if line.direction == "-":
            continue
        name = case if line.session == "main" else f"{case} {line.session}"
        yield _Said(name, line.direction, line.text, line.t, place)


def _renamed(said: list[_Said]) -> list[_Said]:
    """Give a session that greets again, after its BYE, a name of its own: it is another one."""
    numbers: dict[str, int] = {}
    over: set[str] = set()
    renamed = []
    for line in said:
        if line.way == "S" and line.session in over and _GREETING.match(line.text):
            numbers[line.session] = numbers.get(line.session, 1) + 1
            over.discard(line.session)
        if line.way == "S" and _BYE.match(line.text):
            over.add(line.session)
        number = numbers.get(line.session)
        renamed.append(
            line if number is None else line._replace(session=f"{line.session}-{number}")
        )
    return renamed


def _from_a_beginning(said: list[_Said]) -> list[_Said]:
    """Leave out the rest of a response or command that an excerpt begins with."""
    begun: set[str] = set()
    kept = []
    for line in said:
        if line.session not in begun and not _BEGINS[line.way].match(line.text):
            continue
        begun.add(line.session)
        kept.append(line)
    return kept


class _Stream:
    """The octets of one direction, put together again from lines."""

    def __init__(self, way: Direction, trimmed: bool) -> None:
        self._way = way
        self._trimmed = trimmed
        self._literal = 0  # octets of a literal that are still to come
        self._text = bytearray()  # of the response or command so far

    def octets(self, text: str, follower: str | None) -> tuple[bytes, bool]:
        """Return the octets of a line and whether some of them are stand-ins.

        `follower` is the next line of the same direction.
        """
        data = text.encode("latin-1", "replace")
        filled = _LEFT_OUT.sub(lambda found: b"x" * min(int(found[1]), _FILLER), data)
        filled = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), filled)
        if self._literal and filled.startswith(MASK.encode()):
            filled = b"x" * self._literal + filled[len(MASK) :]
        doubtful = filled != data and b"\\x" not in data
        if self._trimmed:
            doubtful = doubtful or self._literal > 0 or _MAY_BE_TRIMMED.fullmatch(text) is not None
        ends = not filled.endswith(b"\n")
        if len(filled) == self._literal and follower == "":
            ends = False  # the rest of the command is on a line of its own
        if ends:
            filled += b"\r\n"
        self._follow(filled)
        return filled, doubtful

    def _follow(self, data: bytes) -> None:
        """Keep count of literals, so that their lines are known from others."""
        used = min(self._literal, len(data))
        self._literal -= used
        rest = data[used:]
        if self._literal or not rest:
            return
        self._text += rest
        body = rest.removesuffix(b"\r\n")
        marker = find_marker(body, bytearray(self._text), self._way == "S")
        if marker is not None:
            self._literal = min(int(marker[1]), _FILLER)
        else:
            self._text.clear()


def _group(said: list[_Said], recording: Recording, *, trimmed: bool = False) -> Group:
    """Put sessions together; one of which octets were not kept ends there."""
    group = Group()
    streams: dict[tuple[str, Direction], _Stream] = {}
    cut: set[str] = set()
    followers = _followers(said)
    for line, follower in zip(said, followers, strict=True):
        if line.session in cut:
            continue
        group.session(line.session)
        clipped = _CLIPPED.search(line.text) is not None
        if _LOST.search(line.text) or (clipped and not _STATUS.match(line.text)):
            cut.add(line.session)
            recording.lost.append(line.place)
            continue
        stream = streams.setdefault((line.session, line.way), _Stream(line.way, trimmed))
        octets, doubtful = stream.octets(line.text, follower)
        doubtful = doubtful or clipped
        group.chunks.append(Chunk(line.session, line.way, octets, line.when, line.place, doubtful))
    return group


def _followers(said: list[_Said]) -> list[str | None]:
    """Return for each line the text of the next one of the same session and direction."""
    after: list[str | None] = [None] * len(said)
    by_stream: dict[tuple[str, Direction], list[int]] = {}
    for index, line in enumerate(said):
        by_stream.setdefault((line.session, line.way), []).append(index)
    for indexes in by_stream.values():
        for index, following in pairwise(indexes):
            after[index] = said[following].text
    return after
