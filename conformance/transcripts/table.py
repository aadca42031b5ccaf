"""The table of formats, and which of them a page has.

Every format reads the page; the one in whose reading most lines look like IMAP has it. Among
equals the first in the table, so those of one program stand before those of many.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.transcripts import clients, marks, servers, unmarked
from conformance.transcripts.format import Format
from conformance.transcripts.page import read_page, unquoted
from conformance.transcripts.plausible import is_response, side_of
from conformance.transcripts.said import PageLine, Utterance

FORMATS: tuple[Format, ...] = (
    *clients.FORMATS,
    *servers.FORMATS,
    *marks.FORMATS,
    *unmarked.FORMATS,
)
"""Every format of text."""

BY_NAME = {format_.name: format_ for format_ in FORMATS}

_LOOKED_AT = 4000  # lines from which the format is seen
_NEAREST = 3
_SHOWN = 80


class UnreadableError(ValueError):
    """No format fits; the message is one line, without the name of the file."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as one of the formats reads it."""

    format: Format
    said: Sequence[Utterance]
    fenced: bool


def read(octets: bytes, name: str = "") -> Reading:
    """Read a text; `name` is that of a format, empty: see which it is.

    Raises:
        UnreadableError: Nothing in it can be read.
    """
    if not octets.strip(b"\0 \t\r\n"):
        raise UnreadableError("the file is empty")
    page = read_page(octets)
    pages = [page, *filter(None, [unquoted(page)])]
    if name:
        wanted = BY_NAME[name]
        _, at = max((_points(wanted, p.lines), -i) for i, p in enumerate(pages))
        chosen = pages[-at]
        said = list(wanted.read(chosen.lines))
        if not any(line.way for line in said):
            raise UnreadableError(f"no line in it is like {wanted.example!r}")
        return Reading(wanted, said, chosen.fenced)
    best, order, depth = max(
        (_points(form, p.lines[:_LOOKED_AT]), -order, -depth)
        for depth, p in enumerate(pages)
        for order, form in enumerate(FORMATS)
    )
    form, chosen = FORMATS[-order], pages[-depth]
    if best <= 0:
        form, chosen = BY_NAME["text"], pages[0]  # its marks are believed, whatever they stand by
        if not any(said.way for said in form.read(chosen.lines)):
            raise UnreadableError(_advice(chosen.lines))
    return Reading(form, list(form.read(chosen.lines)), chosen.fenced)


def _points(form: Format, lines: Sequence[PageLine]) -> int:
    """Count the lines that look like what their side says.

    A page without marks is a session only where a server answers.
    """
    points, answers = 0, form.marks
    for said in form.read(lines):
        if not said.way:
            continue
        first = said.text.split(b"\r\n", 1)[0]
        side = side_of(first.strip())
        points += 2 if side == said.way else -1 if side is not None else 0
        answers |= side == "S"
        points += said.way == "S" and side is None and is_response(first.lstrip(b"* "))
    return points if answers else 0


def _advice(lines: Sequence[PageLine]) -> str:
    """Say what stands there, what is most like it, and what to do."""
    first = next((line.text.strip() for line in lines if line.text.strip()), b"")
    shown = first[:_SHOWN].decode("utf-8", "replace")
    nearest = sorted(
        BY_NAME.values(),
        key=lambda form: -difflib.SequenceMatcher(None, shown, form.example).ratio(),
    )[:_NEAREST]
    forms = ", ".join(f"{form.name} ({form.example!r})" for form in nearest)
    more = "..." if len(first) > _SHOWN else ""
    return (
        f"no recording that is known. Its first line is {shown!r}{more};"
        f" the nearest forms are {forms}. Put C: before each line of the client and S: before each"
        " of the server, or name the form with --format"
    )
