"""Lines of POP3 explained: which rule of its grammar each is, by the conversation it stands in.

The lines of a message are nothing of POP3's own, and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.explain.explained import Explained
from conformance.explain.source import Side, SourceLine, unescape
from conformance.syntax.pop3 import grammar, meaning_of
from conformance.syntax.tree import make_tree
from conformance.transcripts.pop3 import is_pop3, said_in
from conformance.wire.frames import Frame
from conformance.wire.pop3.dialogue import Pop3Dialogue, Pop3Line, keyword, speaks_pop3

_DROP_LISTING = re.compile(rb"\+OK \d+ \d+(?: .*)?", re.DOTALL)
_KNOWN = frozenset({b"AUTH", b"LANG", b"UTF8", b"XTND"})  # of which the suite has no grammar


def speaks(octets: bytes) -> bool:
    """Whether what is to be explained is POP3."""
    return is_pop3(unescape(octets))


def read_pop3(octets: bytes, *, side: Side | None = None) -> Iterator[SourceLine]:
    """Cut input into lines, each with its start symbol; `side` says lines that have no mark."""
    said = said_in(octets)
    marked = any(line.way for line in said)
    dialogues: dict[tuple[int, str], Pop3Dialogue] = {}
    for line in said:
        text = unescape(line.text).removesuffix(b"\r\n")
        if not marked and text:
            speaker: Side = side or ("server" if speaks_pop3(text) else "client")
            start = "command" if speaker == "client" else _alone(text)
            yield _source(speaker, Pop3Line(start, text), "", line.number)
        if line.way:
            dialogue = dialogues.setdefault((line.block, line.session), Pop3Dialogue())
            heard = dialogue.client(text) if line.way == "C" else dialogue.server(text)
            who = "" if line.session == "main" else line.session
            if heard.start:
                yield _source("client" if line.way == "C" else "server", heard, who, line.number)


def _alone(text: bytes) -> str:
    """Guess what a line of the server is, where nobody knows what it answers."""
    if not speaks_pop3(text):
        return "termination" if text == b"." else "scan_listing"
    return "drop_listing_reply" if _DROP_LISTING.fullmatch(text) else "status_line"


def _source(side: Side, line: Pop3Line, who: str, number: int) -> SourceLine:
    octets = line.text + b"\r\n"
    frame = Frame(octets, (), (), len(octets), complete=True)
    return SourceLine(side, line.start, frame, who, number=number)


def explain_pop3(spoken: SourceLine) -> Explained:
    """Explain one line by the grammar of POP3."""
    text = spoken.frame.text
    name = keyword(text.rstrip(b"\r\n"))
    if spoken.side == "client" and name in _KNOWN:
        untold = "of an extension that the suite has no grammar of"
        return Explained(spoken, spoken.start, untold=untold)
    faults = grammar().faults(spoken.start, text)
    known = meaning_of(name.decode("latin-1"), start=spoken.start)
    meanings = (known,) if known is not None else ()
    if faults:
        return Explained(spoken, spoken.start, faults, meanings=meanings)
    tree = make_tree(grammar(), spoken.start, text)
    for node in tree.walk():
        node.meaning = None  # words of IMAP mean other things
    return Explained(spoken, spoken.start, tree=tree, meanings=meanings)
