"""Text in Markdown that nothing which a server says can break out of.

`findings`, `job_page` and `matrix_markdown` write pages with these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.results.text import visible
from conformance.syntax.shown import clip

_OWN_NAME = re.compile(r"imapconf-[0-9a-f]{4}-[0-9a-f]+-[0-9a-f]{8}-[0-9a-f]{10}-[0-9a-f]{4}-\d+")
_WIDTH = 200


def plain(text: str) -> str:
    """Return text for a fenced block: one line, the suite's own mailbox names shortened."""
    return _OWN_NAME.sub("box", visible(text)).replace("```", "'''")


def code(text: str) -> str:
    """Return text as inline code, clipped to a line."""
    return f"`` {plain(clip(text, _WIDTH)).replace('``', chr(39) * 2)} ``"


def name(text: str) -> str:
    """Return an id as inline code, also within a table."""
    return f"`{plain(text).replace('`', chr(39)).replace('|', '/')}`"


def prose(text: str) -> str:
    """Return text with everything escaped that Markdown takes for markup."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", plain(text))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; heads and cells are Markdown already."""
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"
