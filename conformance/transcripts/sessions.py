"""The lines of a page as lines of sessions: cut, unescaped, told apart, begun at a beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.transcripts.plausible import is_greeting, is_response, opens, tag_of_command
from conformance.transcripts.said import Utterance

_ESCAPED = re.compile(rb"\\x([0-9a-fA-F]{2})")
_BROKEN_STATUS = re.compile(rb"\s*(?:\*\s*)?(?:OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE\b", re.IGNORECASE)
_AUTHENTICATE = re.compile(rb"(\S+) +AUTHENTICATE\b", re.IGNORECASE)


def blocks(said: Sequence[Utterance]) -> Iterator[list[Utterance]]:
    """Give each block by itself."""
    blocks: dict[int, list[Utterance]] = {}
    for line in said:
        blocks.setdefault(line.block, []).append(line)
    yield from blocks.values()


def joined(said: Iterable[Utterance]) -> Iterator[Utterance]:
    """Cut exact octets into lines, and put escaped octets in their places."""
    open_: dict[tuple[str, str], Utterance] = {}
    for line in said:
        if not line.way:
            yield line
            continue
        key = line.session, line.way
        begun = open_.pop(key, None)
        text = line.text if begun is None else begun.text + line.text
        number = line.number if begun is None else begun.number
        if line.ends and begun is None:
            yield _unescaped(line)
            continue
        pieces = (text + b"\r\n" * line.ends).split(b"\r\n")
        for piece in pieces[:-1]:
            yield line._replace(text=piece, number=number, ends=True)
        if pieces[-1]:
            open_[key] = line._replace(text=pieces[-1], number=number, ends=False)
    yield from open_.values()


def _unescaped(line: Utterance) -> Utterance:
    if b"\\x" not in line.text:
        return line
    text = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), line.text)
    return line._replace(text=text, ends=not text.endswith(b"\n"))


def renamed(said: Iterable[Utterance]) -> list[Utterance]:
    """Give a session that greets again a name of its own: it is another one.

    It greets again behind its BYE, or where the client then begins its tags anew.
    """
    lines = list(said)
    again = _greets_again(lines)
    numbers: dict[str, int] = {}
    over: set[str] = set()
    renamed: list[Utterance] = []
    for at, line in enumerate(lines):
        name = line.session
        if line.way == "S" and (at in again or (name in over and is_greeting(line.text))):
            numbers[name] = numbers.get(name, 1) + 1
            over.discard(name)
        if line.way == "S" and _BYE.match(line.text):
            over.add(name)
        number = numbers.get(name)
        renamed.append(line if number is None else line._replace(session=f"{name}-{number}"))
    return renamed


def _greets_again(lines: Sequence[Utterance]) -> set[int]:
    """Return the greetings behind which a client begins its tags anew."""
    first: dict[str, bytes] = {}
    waiting: dict[str, int] = {}
    again: set[int] = set()
    for at, line in enumerate(lines):
        if line.way == "S" and is_greeting(line.text):
            waiting[line.session] = at
        elif line.way == "C" and (tag := tag_of_command(line.text)):
            greeting = waiting.pop(line.session, None)
            if first.setdefault(line.session, tag) == tag and greeting is not None:
                again.add(greeting)
    begun: set[str] = set()
    for at, line in enumerate(lines):  # that of the first session is none
        if at in again and line.session not in begun:
            again.discard(at)
        if line.way:
            begun.add(line.session)
    return again


def from_beginnings(said: list[Utterance]) -> tuple[list[Utterance], int]:
    """Leave out the rest of a response or command that an excerpt begins with; count its lines."""
    begun: set[str] = set()
    skipped = 0
    openings = _openings(said)
    kept = []
    for at, line in enumerate(said):
        if line.way and line.session not in begun:
            if not (at in openings or _begins(line)):
                skipped += 1
                continue
            begun.add(line.session)
        kept.append(line)
    return kept, skipped


def _begins(line: Utterance) -> bool:
    text = line.text.split(b"\r\n", 1)[0]
    if line.way == "S":
        return is_response(text)
    return bool(tag_of_command(text)) or _AUTHENTICATE.match(text) is not None


def _openings(said: list[Utterance]) -> set[int]:
    """Return the first lines that can only be greetings, though they are none."""
    found: dict[str, list[int]] = {}
    openings: set[int] = set()
    decided: set[str] = set()
    for at, line in enumerate(said):
        if not line.way or line.session in decided:
            continue
        if line.way == "S":
            found.setdefault(line.session, []).append(at)
            continue
        decided.add(line.session)
        before = found.get(line.session, [])
        if len(before) == 1 and opens(line.text):
            openings.update(before)
    for name, lines in found.items():
        if _BROKEN_STATUS.match(said[lines[0]].text) and name not in decided:
            openings.add(lines[0])
    return openings
