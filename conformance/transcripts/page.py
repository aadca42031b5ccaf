"""A text as somebody has pasted it, without what carried it: marks of encodings, HTML, fences.

Line numbers are those of the file that was given.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.transcripts.said import PageLine

_FENCE = re.compile(rb" {0,3}(?:```|~~~)")
_TAG = re.compile(
    rb"</?(?:pre|code|br|p|div|span|tt|b|i|em|strong|li|ul|ol|blockquote|html|body)\b[^<>]*>", re.I
)
_BREAK = re.compile(rb"<br\b[^<>]*>", re.I)
_ENTITY = re.compile(rb"&(?:lt|gt|quot|amp|apos|nbsp|#\d{1,5}|#x[0-9a-f]{1,4});", re.I)
_ANGLE = re.compile(rb"[<>]")
_QUOTED = re.compile(rb"[ \t]?> ?")
_MOST_QUOTED = 0.9
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class PastedPage:
    """The lines of a page; in a `fenced` one, blanks at the ends of lines are gone."""

    lines: Sequence[PageLine]
    fenced: bool = False


def read_page(octets: bytes) -> PastedPage:
    """Read a page: UTF-8 or UTF-16 with a mark, or any octets without one."""
    text = _without_html(_decoded(octets))
    lines: list[PageLine] = []
    block, within = 0, False
    for number, line in enumerate(text.split(b"\n"), 1):
        bare = line.removesuffix(b"\r")
        if _FENCE.match(bare):
            within = not within
            block += within
            continue
        lines.append(PageLine(number, bare, block if within else 0))
    while lines and not lines[-1].text:
        lines.pop()
    return PastedPage(lines, block > 0)


def unquoted(page: PastedPage) -> PastedPage | None:
    """Return the page without `>` before its lines; None where they are not quoted like that."""
    filled = [line for line in page.lines if line.text.strip()]
    quoted = sum(line.text.lstrip().startswith(b">") for line in filled)
    if not filled or quoted < _MOST_QUOTED * len(filled):
        return None
    octets = b"\n".join(_QUOTED.sub(b"", line.text, count=1) for line in page.lines)
    inside = read_page(octets)
    numbers = [line.number for line in page.lines]
    return PastedPage(
        [line._replace(number=numbers[line.number - 1]) for line in inside.lines],
        inside.fenced or page.fenced,
    )


def _decoded(octets: bytes) -> bytes:
    for mark, name in _UTF16.items():
        if octets.startswith(mark):
            return octets.removeprefix(mark).decode(name, "replace").encode("utf-8")
    return octets.removeprefix(codecs.BOM_UTF8)


def _without_html(text: bytes) -> bytes:
    """Undo HTML, where the whole text is escaped: no angle bracket of its own stands in it."""
    if not _ENTITY.search(text) and not _TAG.search(text):
        return text
    breaks = len(_BREAK.findall(text))
    broken = _BREAK.sub(b"\n" if breaks > text.count(b"\n") else b"", text)
    bare = _TAG.sub(b"", broken)
    if _ANGLE.search(bare):
        return text
    unescaped = html.unescape(bare.decode("utf-8", "surrogateescape")).replace("\xa0", " ")
    return unescaped.encode("utf-8", "surrogateescape")
