"""Formats that people and many programs use: letters, words or arrows before each line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conformance.transcripts.format import Format, lines_like
from conformance.transcripts.quoted import string
from conformance.transcripts.said import PageLine, Utterance

# A mark of offence, a time and the name of a session, as reports print them.
_MARKED = re.compile(
    rb"[!>|\s]*(?:\[?[0-9][0-9:.TZ+-]*\]?s?\s+)?(?:(?P<session>[A-Za-z0-9][\w.-]{0,63})\s+)?"
    rb"(?P<way>[CS]):(?: (?P<text>.*))?",
    re.DOTALL,
)

ANYTHING = r"(?:.{0,200}?[\s\])|:>-])??"
"""What may stand before a mark: dates, names, brackets."""
# Arrows before the angles that stand in them.
_ARROW = r"(?P<mark>[=-]{1,2}>|<[=-]{1,2}|>{1,3}|<{1,3}):?"
_WORD = (
    r"\[?(?P<mark>(?i:client|server|sen[dt]|sending|recv|received|receiving|got|requests?"
    r"|responses?|reply|out|in|[tr]x|wrote|read|write))(?:\]|\s?[:>])"
)


def _marked(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read what reports of this suite print, and what most people write."""
    for line in lines:
        found = _MARKED.fullmatch(line.text)
        if found is None:
            yield Utterance("main", "", line.text, line.number, line.block)
            continue
        session = (found["session"] or b"main").decode("latin-1")
        text = found["text"] or b""
        if found["way"] == b"C":
            yield Utterance(session, "C", text, line.number, line.block)
        else:
            yield Utterance(session, "S", text, line.number, line.block)


FORMATS = (
    Format("text", "people, RFCs, this suite, many programs", "C: a1 NOOP", _marked, prose=True),
    Format(
        "strings",
        "imaplib, imapclient, imaplib2 and offlineimap, node-imap",
        "22:10.33 > b'a1 NOOP'",
        lines_like(
            ANYTHING + _ARROW + r"\s+(?P<text>(?:data=)?[bu]?(?P<q>[\"']).*(?P=q)(?:\.\.\.)?)\s*",
            decode=string,
            once=True,
        ),
    ),
    Format(
        "marked",
        "MailKit, emailjs, Ruby and others, whatever stands before the mark",
        "[2024-02-09 16:19:40] C: a1 NOOP",
        lines_like(ANYTHING + r"(?P<mark>[CS]):(?:\s(?P<text>.*))?", "C"),
    ),
    Format(
        "words",
        "people, tshark and many programs",
        "Client: a1 NOOP",
        lines_like(ANYTHING + _WORD + r"\s?(?P<text>.*)", decode=string),
        prose=True,
    ),
    Format(
        "arrows",
        "php-imap and many others",
        ">> a1 NOOP",
        lines_like(ANYTHING + _ARROW + r"\s?(?P<text>.*)"),
        prose=True,
    ),
)
