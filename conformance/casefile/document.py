"""Reading a case file: Markdown in, cases out.

Only headings, labels lines, blocks and tables are looked at; the rest is prose for people. What
the lines of a block mean is in `script`, what stands in its patterns in `pattern`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType
from typing import Final, TypeAlias

from conformance.casefile.given import FETCHED
from conformance.casefile.labels import Labels, read_labels
from conformance.casefile.script import CLOSE, LineError, Window, read_script
from conformance.catalogue.errors import CaseError
from conformance.extending.documents import document_in, document_of
from conformance.message.results import RESULTS

Block: TypeAlias = "list[tuple[int, str]]"
"""Lines with their numbers in the file."""

MAX_LINES = 400
"""A case file longer than this is to be split by topic."""

_SECTION = re.compile(r"(?P<section>[0-9A-Z]+(?:\.\d+)*)-(?P<slug>[a-z0-9-]+)")
_CELL = re.compile(r"`([^`]*)`")
_STARTS = (("case",), ("case", "mailbox"))
_FINDS = tuple(name.lower() for name in RESULTS)
_FETCHES = {name.replace("fetched", "fetch"): name for name in FETCHED}
_COLUMNS = frozenset(
    {
        ("case", "send", "answer"),
        *((*start, end) for start in _STARTS for end in _FINDS),
        *((*start, end) for start in _STARTS for end in _FETCHES),
    }
)
_TABLES = "case, send, answer, or case, [mailbox,] search, sort, thread or fetch"


@dataclass(frozen=True, slots=True)
class Case:
    """One example of a case file.

    `id` is `<folder>/<file>/<slug>`; `line` is that of its heading. `prose` explains the rule.
    """

    id: str
    title: str
    path: Path
    line: int
    section: str
    labels: Labels
    prose: str
    windows: tuple[Window, ...] = field(repr=False)
    program: CodeType | None = field(default=None, repr=False)
    """What a ```python block says, in the place of windows (see `program`)."""
    under: str = ""
    """Number of the RFC that it is played under, if that is a later one (see `revised`)."""
    enabled: bool = True
    """Whether its sessions go over to the later revision before it begins."""

    @property
    def heading(self) -> str:
        """The id of the heading: of several rows of one table the same."""
        return "/".join(self.id.split("/")[:3])

    @property
    def rfc(self) -> str:
        """The document (see `extending.documents`) whose folder the file lies in.

        Elsewhere that of its first rule.
        """
        if self.under:
            return self.under
        own = document_of(self.id.split("/", 1)[0])
        return own or document_in(self.labels.requirements[0])


def slug(text: str) -> str:
    """Return `text` as it stands in an id: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


LARGEST: Final = 1 << 20
"""Octets of a case file that is read."""


def read_file(path: Path, *, programs: bool = True) -> list[Case]:
    """Read the cases of one file. `programs`: those that are Python may be in it.

    Raises:
        CaseError: the file breaks the format, or is larger than any case file; says file and line.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CaseError(path, 0, f"larger than {LARGEST} octets")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(path, 0, str(error)) from None
    name = _SECTION.fullmatch(path.stem)
    if not name:
        raise CaseError(path, 1, "the name of a case file has to be <section>-<slug>.md")
    if len(lines) > MAX_LINES:
        raise CaseError(path, MAX_LINES, f"more than {MAX_LINES} lines: split it by topic")
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for section in _sections(path, lines, programs=programs):
        for case in section.cases(name["section"]):
            if case.id in seen:
                raise CaseError(path, case.line, f"case {case.id} occurs twice")
            seen[case.id] = case.line
            cases.append(case)
    if not cases:
        raise CaseError(path, 1, "no case ('## ' heading) in this file")
    return cases


@dataclass(slots=True)
class _Section:
    """The lines below one `## ` heading."""

    path: Path
    line: int
    title: str
    lines: Block
    programs: bool

    def fail(self, line: int, message: str) -> CaseError:
        return CaseError(self.path, line or self.line, message)

    def cases(self, rfc_section: str) -> Iterator[Case]:
        labels_line, labels = self._labels()
        prose: list[str] = []
        blocks: list[Block] = []
        programs: list[Block] = []
        table: Block = []
        rest = iter(self.lines[labels_line:])
        for number, text in rest:
            if text.startswith("```"):
                block = self._block(number, text, rest)
                if text == "```imap":
                    blocks.append(block)
                elif text == "```python":
                    programs.append(block)
            elif text.startswith("|"):
                table.append((number, text))
            else:
                prose.append(text)
        if len(blocks) + len(programs) + bool(table) != 1:
            raise self.fail(
                self.line, "a case has exactly one ```imap block, ```python block or table"
            )
        base = f"{self.path.parent.name}/{self.path.stem}/{slug(self.title)}"
        explained = "\n".join(prose).strip()
        if blocks:
            yield self._case(base, self.title, self.line, rfc_section, labels, explained, blocks[0])
        for block in programs:
            program = self._program(block, labels)
            yield Case(
                base, self.title, self.path, self.line, rfc_section, labels, explained, (), program
            )
        for name, number, row, mailbox in self._rows(table, labels.level):
            title = f"{self.title}: {name}"
            own = replace(labels, mailbox=mailbox) if mailbox else labels
            yield self._case(f"{base}/{name}", title, number, rfc_section, own, explained, row)

    def _labels(self) -> tuple[int, Labels]:
        for index, (number, text) in enumerate(self.lines, 1):
            if text.strip():
                try:
                    return index, read_labels(text.strip())
                except ValueError as error:
                    raise self.fail(number, str(error)) from None
        raise self.fail(self.line, "no labels line below the heading")

    def _block(self, number: int, fence: str, rest: Iterator[tuple[int, str]]) -> Block:
        block: Block = []
        for line, text in rest:
            if text.startswith("```"):
                return block
            block.append((line, text))
        raise self.fail(number, f"{fence} is never closed")

    def _program(self, block: Block, labels: Labels) -> CodeType:
        if not self.programs:
            raise self.fail(
                block[0][0] if block else self.line,
                "the file is none of the suite's own and holds a program, which would run with all"
                " that you may do on this machine: read it, and allow it with --allow-programs",
            )
        if (
            labels.states
            or labels.second
            or labels.state != "auth"
            or labels.plain
            or labels.strict
        ):
            raise self.fail(
                self.line,
                "a program opens its connections itself, so labels for connections are not allowed",
            )
        first = block[0][0] if block else self.line
        source = "\n" * (first - 1) + "\n".join(text for _, text in block)
        try:
            return compile(source, str(self.path), "exec", dont_inherit=True)
        except SyntaxError as error:
            raise self.fail(error.lineno or first, f"not Python: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise self.fail(first, f"not Python: {error or type(error).__name__}") from None

    def _rows(self, table: Block, level: str) -> Iterator[tuple[str, int, Block, str]]:
        if not table:
            return
        heads = [cell.strip() for cell in table[0][1].strip("|").split("|")]
        kind = heads[-1]
        if tuple(heads) not in _COLUMNS or len(table) < 3:
            raise self.fail(table[0][0], f"a table needs rows, and the columns {_TABLES}")
        for number, text in table[2:]:
            cells = re.split(r"(?<!\\)\|", text.strip().removeprefix("|").removesuffix("|"))
            if len(cells) != len(heads):
                raise self.fail(
                    number, f"a row has {len(heads)} cells; a bar inside one is written '\\|'"
                )
            name = cells[0].strip()
            values = [_code(cell) for cell in cells[1:]]
            several = kind != "answer"
            single = values[:-1]
            if (
                not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name)
                or not all(values)
                or any(len(spans) > 1 for spans in single)
            ):
                raise self.fail(number, "cells have to look like: name | `text` | `text`")
            lines = (
                _computed(kind, values[-1])
                if several
                else _exchange(values[0][0], values[1], level)
            )
            mailbox = values[0][0] if several and len(values) == 2 else ""
            yield name, number, [(number, line) for line in lines], mailbox

    def _case(
        self,
        case_id: str,
        title: str,
        line: int,
        section: str,
        labels: Labels,
        prose: str,
        block: Block,
    ) -> Case:
        try:
            windows = tuple(read_script(block))
        except LineError as error:
            raise self.fail(error.line or line, error.message) from None
        return Case(case_id, title, self.path, line, section, labels, prose, windows)


def _code(cell: str) -> list[str]:
    """Return the code spans of a cell, nothing if anything else stands in it."""
    if _CELL.sub("", cell).strip():
        return []
    return [span.replace("\\|", "|") for span in _CELL.findall(cell)]


def _exchange(send: str, answers: list[str], level: str) -> list[str]:
    """Write the lines of a row: a command and its answers, and another that is understood.

    A refusal may be followed by BYE, which may come at any time (RFC 3501 section 3.4). BYE in its
    place is debatable: no breach of a MUST.
    """
    lines = [f"C: {send}", f"S: {answers[0]}", *(f"S/ {answer}" for answer in answers[1:])]
    if CLOSE in answers:
        return lines
    refused = not any(re.search(r"\bOK\b", answer) for answer in answers)
    if refused and level == "MUST":
        lines += ["S/ * BYE"]
    lines += ["C: z9 NOOP", "S: z9 OK"]
    if refused:
        lines += ["S/ * BYE"]
        if level == "MUST":
            lines += ["S/ {close}"]
    return lines


def _computed(kind: str, commands: list[str]) -> list[str]:
    """Write the lines of a row whose answers the suite computes."""
    if kind in _FINDS:
        lines = ["C: a0 FETCH 1:* (UID FLAGS INTERNALDATE)", "S: a0 OK"]
        expected = f"S: * {kind.upper()} {{found}}"
    else:
        # A server that does not keep the octets of a message can not have their parts.
        lines = [
            "C: a0 FETCH 1 (BODY.PEEK[])",
            "S- * 1 FETCH (BODY[] {msg.1.octets})",
            "S- a0 OK",
        ]
        expected = f"S: * 1 FETCH {{{_FETCHES[kind]}}}"
    for number, command in enumerate(commands, 1):
        lines += [f"C: a{number} {command}", expected, f"S: a{number} OK"]
    return lines


def _sections(path: Path, lines: list[str], *, programs: bool) -> Iterator[_Section]:
    current: _Section | None = None
    titles = 0
    fenced = False
    for number, text in enumerate(lines, 1):
        if text.startswith("```"):
            fenced = not fenced
        if not fenced and text.startswith("# "):
            titles += 1
            if titles > 1:
                raise CaseError(path, number, "there can be only one '# ' heading in a file")
        elif not fenced and text.startswith("## "):
            if current:
                yield current
            current = _Section(path, number, text[3:].strip(), [], programs)
        elif current:
            current.lines.append((number, text))
    if not titles:
        raise CaseError(path, 1, "no title ('# ') in this file")
    if current:
        yield current
