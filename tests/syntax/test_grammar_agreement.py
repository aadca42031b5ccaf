"""The fast walk, the walk token by token and Lark's own parser say the same of any line."""

from __future__ import annotations

import re

import pytest
from grammar_corpus import ACCEPTED, REJECTED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark.exceptions import UnexpectedInput

from conformance.syntax import modules
from conformance.syntax.accept import Acceptor
from conformance.syntax.tables import ParseFailure, Tables

LINES = [
    (start, (row[0] if isinstance(row, tuple) else row) + b"\r\n")
    for corpus in (ACCEPTED, REJECTED)
    for start, rows in corpus.items()
    for row in rows
]
CODES = [
    ("response_tagged", b"a OK [APPENDUID 1 2] x\r\n"),
    ("response_tagged", b"a OK [COPYUID 1 2:3,4 5:7] x\r\n"),
    ("command", b"a UID EXPUNGE 1:2\r\n"),
    ("command", b"a LOGIN {1+}\r\n {2}\r\n\r\n"),
    ("idle_done", b"DONE\r\n"),
    ("response_data", b'* ESEARCH (TAG "a") UID ALL 1:3 X-NOTE (a b)\r\n'),
    ("response_data", b'* LIST () "/" "caf\xc3\xa9" ("OLDNAME" (x))\r\n'),
    ("response_tagged", b"a OK [CLOSED] caf\xc3\xa9\r\n"),
    ("command", b"a SEARCH RETURN (X 1 Y MIN) LARGER 5000000000\r\n"),
]


class Readers:
    """One set of modules, read in the three ways."""

    def __init__(self, *names: str) -> None:
        self._tables: dict[str, Tables] = {}
        chosen = modules.with_needed(names)
        for client in (False, True):
            starts = [
                start
                for module in chosen
                for start in (module.client_starts if client else module.server_starts)
            ]
            tables = Tables(modules.joined(chosen, client=client), starts)
            self._tables |= dict.fromkeys(starts, tables)
        self._fast = {id(tables): Acceptor(tables) for tables in self._tables.values()}

    def agree(self, start: str, text: bytes) -> None:
        tables = self._tables[start]
        traced = not isinstance(tables.trace(start, text), ParseFailure)
        try:
            tables.lark.parse(text.decode("latin-1"), start=start)
            by_lark = True
        except UnexpectedInput:
            by_lark = False
        fast = self._fast[id(tables)](start, text)
        assert (fast, traced) == (by_lark, by_lark)


PLAIN = Readers()
FULL = Readers(*(module.name for module in modules.available() if not module.dialect))
REV2 = Readers("rfc9051-obsolete")

PIECES = [
    b" ", b"  ", b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b'"', b"\\", b"*", b"%", b"+",
    b"0", b"1", b"4294967296", b",", b":", b".", b"-", b"NIL", b"INBOX", b"\\Seen", b"\\Recent",
    b"\\Noselect", b'"TEXT"', b'"MESSAGE"', b'"RFC822"', b"{3}\r\n", b"{3+}\r\n", b"\r\n", b"\r",
    b"\n", b"\t", b"\x00", b"\x7f", b"\xe9", b"x", b"UIDNEXT", b"FLAGS", b"BODY", b"IMAP4rev1",
    b"\xc3\xa9",
]  # fmt: skip
TOKEN = re.compile(rb"[A-Za-z0-9.\\$]+|\r\n|.", re.S)


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a line of the corpus with up to three of its words dropped, doubled or replaced."""
    start, line = draw(st.sampled_from(LINES + CODES))
    words = TOKEN.findall(line)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(0, len(words) - 1)))
        match draw(st.sampled_from(["drop", "double", "replace", "insert"])):
            case "drop":
                del words[at : at + 1]
            case "double":
                words[at:at] = words[at : at + 1]
            case "replace":
                words[at : at + 1] = [draw(st.sampled_from(PIECES))]
            case _:
                words.insert(at, draw(st.sampled_from(PIECES)))
    return start, b"".join(words)


@pytest.mark.parametrize(("start", "text"), LINES)
def test_agree_on_the_corpus(start: str, text: bytes) -> None:
    for readers in (PLAIN, FULL, REV2):
        readers.agree(start, text)


@settings(
    max_examples=1500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(lines())
def test_agree_on_broken_lines(line: tuple[str, bytes]) -> None:
    FULL.agree(*line)
    REV2.agree(*line)
    if line[0] != "idle_done":
        PLAIN.agree(*line)


@pytest.mark.parametrize("tail", [b"", b" ", b" 0", b" 1,2", b" x"])
def test_agree_on_a_long_search(tail: bytes) -> None:
    numbers = b" ".join(b"%d" % number for number in range(1, 3000))
    PLAIN.agree("response_data", b"* SEARCH %s%s\r\n" % (numbers, tail))
