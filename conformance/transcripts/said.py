"""What readers of formats hand out: who said what, in which session, on which line."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conformance.wire.transcript import Direction


class PageLine(NamedTuple):
    """One line of a page, without its end; `number` counts from 1.

    `block` is 0 outside of fences and counts the fenced blocks from 1.
    """

    number: int
    text: bytes
    block: int = 0


class Utterance(NamedTuple):
    """One line of a side, or a line of the page that belongs to no side (`way` is empty).

    `ends`: the line end that a format leaves out belongs behind it. Where it is False the octets
    are exact and may be part of a line, or several.
    """

    session: str
    way: Direction | Literal[""]
    text: bytes
    number: int
    block: int = 0
    ends: bool = True
