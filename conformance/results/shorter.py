"""The body of `report.html` in fewer octets, for the same page once it is open.

Most of a report is folded away: transcripts, what they mean, the commands to repeat them. Whoever
opens it unfolds three of a thousand. So what comes behind the first of it is packed, and the
script of the page unpacks it when the page has opened. And HTML allows to leave out much of what
`markup` writes.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator

from conformance.results.markup import Html

PLAIN = 250_000
"""Characters of what is folded away that stand in the page as they are, for who has no scripts."""
ROW_FOLD = '<details class="ic-row">'
"""The tag of what is folded away in a row of the table."""
_END = "</details>"
_SHORT = 80
"""Characters that are not worth to be looked up elsewhere."""
_PACKED = "ic-packed"
_TOKEN = re.compile(r"</?details\b[^<>]*>")
_HEADING = re.compile(r"<summary\b[^<>]*>.*?</summary>", re.DOTALL)
_FOLD = re.compile(
    r'<wbr data-n="?(?P<row>\d+)"?>'
    r'| data-n="?(?P<number>\d+)"?>(?P<heading><summary\b[^<>]*>.*?</summary>)',
    re.DOTALL,
)
_QUOTED = re.compile(r'="([\w#.:-]+)"')
_IMPLIED = re.compile(r"</(?:dd|dt|li|td|th|tr)>")


def packed_folds(body: str) -> Html:
    """Return the body with what is folded away, behind the first `PLAIN` characters of it, packed.

    `<details data-n="7">` has its heading only; the rest of it is the eighth text of the list that
    the element `ic-packed` holds, which is JSON, gzip and base64. Of one in a row of the table, of
    which there are thousands, `<wbr data-n="7">` is left: an element that costs a browser little.
    What links lead to stays.
    """
    body = str(body)  # what a template hands over escapes what is added to it
    made, at, packed, room = list[str](), 0, list[str](), PLAIN
    for outset, begin, end in _folds(body):
        heading = _HEADING.match(body, begin)
        inside = body[heading.end() : end] if heading else ""
        if heading is None or len(inside) < _SHORT or " id=" in inside:
            continue
        room -= len(inside)
        if room >= 0:
            continue
        place = f' data-n="{len(packed)}">'
        if body[outset:begin] == ROW_FOLD:
            made += [body[at:outset], "<wbr", place]
            at = end + len(_END)
            packed.append(compact(body[outset:at]))
        else:  # before the ">" of the tag
            made += [body[at : begin - 1], place, heading[0]]
            at = end
            packed.append(compact(inside))
    if not packed:
        return Html(body)
    # Its time of writing would make two reports of the same run differ.
    octets = gzip.compress(json.dumps(packed).encode("utf-8"), mtime=0)
    held = f'<template id="{_PACKED}">{base64.b64encode(octets).decode("ascii")}</template>'
    return Html("".join(made) + body[at:] + held)


def unpacked_folds(page: str) -> str:
    """Return a page with everything in its place; for who searches it or packs all of it."""
    held = re.search(rf'<template id="?{_PACKED}"?>([^<]*)</template>', page)
    if held is None:
        return page
    packed: list[str] = json.loads(gzip.decompress(base64.b64decode(held[1])))
    whole = page[: held.start()] + page[held.end() :]

    def placed(fold: re.Match[str]) -> str:
        if fold["row"]:
            return packed[int(fold["row"])]
        return f">{fold['heading']}{packed[int(fold['number'])]}"

    return _FOLD.sub(placed, whole)


def _folds(body: str) -> Iterator[tuple[int, int, int]]:
    """Yield where tag, inside and end are of what is folded away, but for those within another."""
    deep, outset, begin, lies_open = 0, 0, 0, False
    for token in _TOKEN.finditer(body):
        if token[0].startswith("</"):
            deep -= 1
            if not (deep or lies_open):
                yield outset, begin, token.start()
        else:
            if not deep:
                outset, begin, lies_open = token.start(), token.end(), " open" in token[0]
            deep += 1


def compact(body: str) -> Html:
    """Return the body without end tags and quotes that HTML implies; what is read is the same."""
    parts = re.split(r"(<[^<>]*>)", _IMPLIED.sub("", body))
    return Html("".join(_unquoted(part) if part[:1] == "<" else _plain(part) for part in parts))


def _unquoted(tag: str) -> str:
    return _QUOTED.sub(r"=\1", tag)


def _plain(words: str) -> str:
    """Return text with its quotes as they are: only within tags they have to be spelled out."""
    return words.replace("&quot;", '"').replace("&#x27;", "'").replace("&#39;", "'")
