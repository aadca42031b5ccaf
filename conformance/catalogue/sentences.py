"""What became of every sentence of an RFC that has a BCP 14 word in it.

`sentences.toml` beside the catalogue accounts for them, section by section and in the order of
the text: which words the sentence has, and the requirements that state it, or why it asks nothing
of a server. No words of the RFC are kept; whoever has its text can compare, so that no sentence
was forgotten:

    ["2.3.1.1"]
    sentences = [
        { words = "MUST NOT", ids = ["3501-2.3.1.1-uid-stays"] },
        { words = "MUST", why = "client: ..." },
    ]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.catalogue.errors import CaseError
from conformance.catalogue.requirements import line_of, read_toml

_WORDS = re.compile(
    r"\b(?:MUST|SHALL|SHOULD)(?:\s+NOT)?\b|\b(?:NOT\s+)?RECOMMENDED\b|\b(?:REQUIRED|MAY|OPTIONAL)\b"
)
_HEADING = re.compile(
    r"(?:Appendix )?(?P<section>\d+(?:\.\d+)+|\d+(?=\.)|[A-Z](?:\.\d+|(?=\.)))\.?\s+[A-Z0-9\"].*"
)
_UNNUMBERED = re.compile(r"(?:Acknowledge?ments?|Index|Author(?:'s|s') Address(?:es)?)")
_PAGE_END = re.compile(r"\S.*\[Page \d+\]\s*")
_CONTENTS = re.compile(r".*(?:\. ?){3,}\s*\d*\s*")
_END = re.compile(r"(?<=[.!?])[\")\]]*(?:\s{2,}|\n|$)")
_END_NARROW = re.compile(r"(?<=[.!?])[\")\]]*(?:\s+(?=[A-Z\"(\[])|$)")
_WIDE = re.compile(r"[a-z)\]][.!?]  +[A-Z]")
_ENDED = re.compile(r"[.!?:;][\")\]]*\s*$")
_FIELDS = {"words", "ids", "why"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with BCP 14 words: its place (from 1) among those of its section, its words.

    `line` is that of its first word in the text of the RFC, from 1.
    """

    section: str
    place: int
    words: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class SentenceAccount:
    """What became of a sentence: the requirements that state it, or why none does."""

    words: tuple[str, ...]
    ids: tuple[str, ...] = ()
    why: str = ""


def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Find the sentences with BCP 14 words in the plain text of an RFC.

    RFCs have two blanks behind a sentence; a copy that has one everywhere is read by those.
    """
    ends = _END if _WIDE.search(text) else _END_NARROW
    found: list[Sentence] = []
    places: dict[str, int] = {}
    for section, paragraph in _paragraphs(text):
        for line, sentence in _split(paragraph, ends):
            words = tuple(" ".join(word.split()) for word in _WORDS.findall(sentence))
            if words:
                places[section] = place = places.get(section, 0) + 1
                found.append(Sentence(section, place, words, line))
    return tuple(found)


def load_accounts(path: Path) -> Mapping[str, tuple[SentenceAccount, ...]]:
    """Read `sentences.toml`: by section, in the order of the text.

    Raises:
        CaseError: it is not TOML, or an entry is not of the form above.
    """
    return {
        section: tuple(_account(path, section, entry) for entry in _entries(path, section, table))
        for section, table in read_toml(path).items()
    }


def compare(
    sentences: tuple[Sentence, ...], accounts: Mapping[str, tuple[SentenceAccount, ...]]
) -> Iterator[str]:
    """Say where the sentences of an RFC and the accounts of them differ, one line for each."""
    by_section: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        by_section.setdefault(sentence.section, []).append(sentence)
    for section in dict.fromkeys((*by_section, *accounts)):
        there, known = by_section.get(section, []), accounts.get(section, ())
        for sentence, account in zip(there, known, strict=False):
            if sentence.words != account.words:
                yield (
                    f"{_place(sentence)} has {_said(sentence.words)}, "
                    f"but its account says {_said(account.words)}"
                )
        for sentence in there[len(known) :]:
            yield f"{_place(sentence)} with {_said(sentence.words)} is not accounted for"
        if len(known) > len(there):
            yield (
                f"section {section}: {len(known)} sentences are accounted for, "
                f"but the text has {len(there)}"
            )


def _place(sentence: Sentence) -> str:
    return f"section {sentence.section}, sentence {sentence.place} (line {sentence.line})"


def _said(words: tuple[str, ...]) -> str:
    return ", ".join(words)


# -- the text of an RFC ----------------------------------------------------------------


def _paragraphs(text: str) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Return the paragraphs of the sections as lines with their numbers."""
    section = ""
    paragraph: list[tuple[int, str]] = []
    for number, line in (*_without_pages(text), (0, "")):
        heading = _HEADING.fullmatch(line)
        if _CONTENTS.fullmatch(line):
            heading = None
        unnumbered = _UNNUMBERED.fullmatch(line)
        if (heading or unnumbered or not line) and paragraph:
            if section:
                yield section, paragraph
            paragraph = []
        if heading:
            section = heading["section"]
        elif unnumbered:
            section = ""
        elif line and not _CONTENTS.fullmatch(line):
            paragraph.append((number, line.strip(" ;")))


def _without_pages(text: str) -> Iterator[tuple[int, str]]:
    """Return the lines without the ends and heads of pages, paragraphs in one piece.

    A paragraph goes on behind a page break unless the last line before it ends a sentence or
    the next one stands further to the left.
    """
    blanks: list[tuple[int, str]] = []
    last = ""
    broken = head = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip().replace("\f", "")
        if "\f" in raw:
            broken = head = True
        if _PAGE_END.fullmatch(line):
            broken = True
        elif head and line:
            head = False  # what every page begins with: number of the RFC, title, date
        elif not line:
            blanks.append((number, ""))
        else:
            if not broken or _ENDED.search(last) or _indent(line) < _indent(last):
                yield from blanks[:1]
            blanks, broken, last = [], False, line
            yield number, line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _split(paragraph: list[tuple[int, str]], ends: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Return the sentences of a paragraph, each with the number of its first line."""
    numbers: list[int] = []
    for number, line in paragraph:
        numbers += [number] * (len(line) + 1)
    text = "\n".join(line for _, line in paragraph)
    start = 0
    for end in (*(found.end() for found in ends.finditer(text)), len(text)):
        if text[start:end].strip():
            yield numbers[start], text[start:end]
        start = end


# -- the accounts ----------------------------------------------------------------------


def _entries(path: Path, section: str, table: Any) -> list[Any]:
    if not isinstance(table, dict) or set(table) != {"sentences"}:
        raise _wrong(path, section, "a section has sentences, and nothing else")
    entries = table["sentences"]
    if not isinstance(entries, list):
        raise _wrong(path, section, "its sentences are a list")
    return entries


def _account(path: Path, section: str, entry: Any) -> SentenceAccount:
    if not isinstance(entry, dict) or not set(entry) <= _FIELDS:
        raise _wrong(path, section, "a sentence has words, and ids or why")
    words, ids, why = entry.get("words"), entry.get("ids", []), entry.get("why", "")
    if not isinstance(words, str) or not isinstance(why, str) or not isinstance(ids, list):
        raise _wrong(path, section, "words and why are strings, ids is a list of strings")
    if not ids and not why:
        raise _wrong(path, section, f"a sentence with {words} has neither ids nor why")
    return SentenceAccount(
        tuple(word.strip() for word in words.split(",")), tuple(map(str, ids)), why
    )


def _wrong(path: Path, section: str, message: str) -> CaseError:
    return CaseError(path, line_of(path, f'["{section}"]'), f"section {section}: {message}")
