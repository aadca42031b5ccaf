"""A case file as a document: its title, its prose as HTML, and its examples in their places.

The Markdown is read by markdown-it, with HTML in it disabled. What an example means to the suite
is `casefile.document`'s, how it is shown is in `example`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from conformance.casefile.document import Case, slug
from conformance.results.markup import Html

_READER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_RENDERER = RendererHTML()


@dataclass(frozen=True, slots=True)
class Script:
    """A fenced block: its lines, and whether it is a program rather than a dialogue."""

    lines: tuple[str, ...]
    program: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of cases: the heads, and the cells of each row, the first of them its name."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Html, ...]], ...]


ChapterPart: TypeAlias = Html | Script | Grid
"""What stands below a heading: prose, or one of the forms of an example."""


@dataclass(frozen=True, slots=True)
class Example:
    """One heading with what stands below it; `cases` are several where it is a table."""

    id: str
    title: Html
    labels: tuple[str, ...]
    parts: tuple[ChapterPart, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One case file. `id` is `<folder>/<file>`."""

    id: str
    title: str
    intro: Html
    examples: tuple[Example, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases of the file."""
        return tuple(case for example in self.examples for case in example.cases)


def read_chapter(path: Path, cases: Sequence[Case]) -> Chapter:
    """Read the document of a case file; `cases` are what the suite has read from it."""
    blocks = list(_blocks(_READER.parse(path.read_text(encoding="utf-8"))))
    heads = [number for number, block in enumerate(blocks) if _heading(block, "h2")]
    title = next((block[1].content for block in blocks if _heading(block, "h1")), path.stem)
    intro = [block for block in blocks[: heads[0]] if not _heading(block, "h1")]
    chapter = f"{path.parent.name}/{path.stem}"
    examples = []
    for first, end in zip(heads, (*heads[1:], len(blocks)), strict=True):
        inline = blocks[first][1]
        own = f"{chapter}/{slug(inline.content)}"
        examples.append(
            Example(
                id=own,
                title=_inline(inline),
                labels=_codes(blocks[first + 1]),
                parts=tuple(map(_part, blocks[first + 2 : end])),
                cases=tuple(case for case in cases if case.heading == own),
            )
        )
    return Chapter(chapter, title, _render(intro), tuple(examples))


def _blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    """Cut the document into its outermost blocks."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if not depth:
            yield block
            block = []


def _heading(block: list[Token], level: str) -> bool:
    return block[0].type == "heading_open" and block[0].tag == level


def _codes(block: list[Token]) -> tuple[str, ...]:
    return tuple(
        child.content
        for token in block
        for child in token.children or ()
        if child.type == "code_inline"
    )


def _part(block: list[Token]) -> ChapterPart:
    first = block[0]
    if first.type == "fence" and first.info in ("imap", "python"):
        return Script(tuple(first.content.splitlines()), first.info == "python")
    return _grid(block) if first.type == "table_open" else _render([block])


def _grid(block: list[Token]) -> Grid:
    rows: list[list[Token]] = []
    for token in block:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token)
    heads, *cells = rows
    return Grid(
        tuple(cell.content for cell in heads),
        tuple((row[0].content, tuple(map(_inline, row[1:]))) for row in cells),
    )


def _inline(token: Token) -> Html:
    return Html(_RENDERER.renderInline(token.children or [], _READER.options, {}))


def _render(blocks: Sequence[Sequence[Token]]) -> Html:
    tokens = [token for block in blocks for token in block]
    return Html(_RENDERER.render(tokens, _READER.options, {}))
