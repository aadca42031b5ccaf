"""What a format is, and the reader that most formats share: a regular expression for each line.

The expression has the groups `text` and `mark`, and may have `session`; the format says whose a
mark is. Logs of servers and of clients use the same arrows for opposite ways, so a format may leave
that to a vote: the side whose lines look like commands is the client.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.transcripts.plausible import side_of
from conformance.transcripts.said import PageLine, Utterance
from conformance.wire.transcript import Direction

Reader = Callable[[Sequence[PageLine]], Iterator[Utterance]]
Decoder = Callable[[bytes], tuple[bytes, bool]]
"""Takes what stands behind a mark; gives the octets, and whether a line end belongs behind them."""

_VOTERS = 2000  # lines


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table of formats.

    `name` is what `--format` takes, `of` says who writes it, `example` is one line of it. `prose`:
    lines that belong to no side are text around excerpts, not the rest of a log. `marks`: what
    stands before a line tells its side.
    """

    name: str
    of: str
    example: str
    read: Reader
    prose: bool = False
    marks: bool = True


def plain(text: bytes) -> tuple[bytes, bool]:
    """Take a line as it stands."""
    return text, True


def lines_like(
    pattern: str,
    client: str = "",
    *,
    decode: Decoder = plain,
    goes_on: str | None = None,
    once: bool = False,
) -> Reader:
    """Make a reader of lines that match `pattern` in full.

    `client` has the marks of the client, separated by blanks; empty: a vote tells. What else the
    group `mark` matches is the server's. `goes_on` is a pattern, with a group `text`, of lines that
    go on with the mark before. `once`: a line that says the same as the one before it was written
    by a second logger.
    """
    line = re.compile(pattern.encode(), re.DOTALL)
    more = re.compile(goes_on.encode(), re.DOTALL) if goes_on is not None else None
    marks = frozenset(mark.upper() for mark in client.encode().split())

    def parts(lines: Sequence[PageLine]) -> Iterator[tuple[bytes, Utterance]]:
        mark, session = b"", "main"
        for each in lines:
            found = line.fullmatch(each.text)
            if found is not None:
                groups = found.groupdict()
                mark = found["mark"].upper()
                session = (groups.get("session") or b"main").decode("latin-1")
                octets, ends = decode(found["text"] or b"")
                yield mark, Utterance(session, "S", octets, each.number, each.block, ends)
            elif mark and more is not None and (rest := more.fullmatch(each.text)) is not None:
                octets, ends = decode(rest["text"])
                yield mark, Utterance(session, "S", octets, each.number, each.block, ends)
            else:
                yield b"", Utterance("main", "", each.text, each.number, each.block)

    def read(lines: Sequence[PageLine]) -> Iterator[Utterance]:
        mine = marks or _elected(parts(lines))
        before: tuple[bytes, bytes] | None = None
        for mark, said in parts(lines):
            if not mark:
                yield said
            elif once and before == (mark, said.text):
                before = None
            else:
                before = mark, said.text
                yield said._replace(way="C" if mark in mine else "S")

    return read


def _elected(parts: Iterator[tuple[bytes, Utterance]]) -> frozenset[bytes]:
    """Return the marks before which commands stand."""
    votes: dict[bytes, int] = {}
    for count, (mark, said) in enumerate(parts):
        if mark:
            votes[mark] = votes.get(mark, 0) + _VOTE[side_of(said.text)]
        if count > _VOTERS:
            break
    if not votes:
        return frozenset()
    most, least = max(votes.values()), min(votes.values())
    if len(votes) > 1 and most == least:  # nothing tells: as clients mark what they send
        return frozenset(mark for mark in votes if mark in _SENT)
    return frozenset(mark for mark, count in votes.items() if count > 0)


_VOTE: Mapping[Direction | None, int] = {"C": 1, "S": -1, None: 0}
_SENT = frozenset(
    {b">", b">>", b">>>", b"=>", b"->", b"-->", b"==>", b"SENT", b"SEND", b"SENDING", b"OUT", b"TX"}
)
