"""Sessions without marks, their sides told apart by what they say.

JavaMail, `openssl s_client`, go-imap, telnet and many more print both sides as they come. What
belongs to neither side, such as the certificates that OpenSSL prints, is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conformance.transcripts.format import Format
from conformance.transcripts.plausible import side_of
from conformance.transcripts.said import PageLine, Utterance
from conformance.transcripts.sides import Sides

# A time, a level, a thread, names and values, as loggers put them before each line.
_PREFIX = re.compile(
    rb"(?:"
    rb"\[[^\]]*\]:?|\([^)]*\)|<[^>]*>"
    rb"|\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AP]M)?)?"
    rb"(?:Z| ?UTC|[+-]\d\d:?\d\d)?"
    rb"|\d\d:\d\d:\d\d(?:[.,]\d+)?|[A-Z][a-z]{2} [ \d]\d"
    rb"|(?i:debug|info|trace|fine|finest|verbose|log|imap)\b:?|[DIVTW][:/]|[a-z][\w.-]*(?:\[\d+\])?:"
    rb"|[a-z]\w*=[^\s=]+|\d{1,6}|-|\||#"
    rb")[ \t]+"
)
_MESSAGE = re.compile(rb"(?:msg|message)=")
_MOST = 30  # parts of a prefix


def _read(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read lines as they stand, less the blanks that all of them begin with."""
    indent = min((_indent(line.text) for line in lines if line.text.strip()), default=0)
    reader = Sides()
    for line in lines:
        text = line.text[indent:]
        yield Utterance("main", reader.side(text), text, line.number, line.block)


def _read_logged(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read lines behind whatever a logger puts before them."""
    reader = Sides()
    for line in lines:
        text = _bare(line.text)
        yield Utterance("main", reader.side(text), text, line.number, line.block)


def _bare(text: bytes) -> bytes:
    """Return a line from where it looks like IMAP, if what stands before is a logger's."""
    at = len(text) - len(text.lstrip())
    for _ in range(_MOST):
        if side_of(text[at:]) is not None:
            return text[at:]
        found = _MESSAGE.match(text, at) or _PREFIX.match(text, at)
        if found is None:
            break
        at = found.end()
    return text[at:]


def _indent(text: bytes) -> int:
    return len(text) - len(text.lstrip(b" \t"))


FORMATS = (
    Format(
        "unmarked",
        "JavaMail, openssl s_client, telnet, go-imap, Wireshark's streams",
        "a1 NOOP",
        _read,
        marks=False,
    ),
    Format(
        "logged",
        "any logger, without a mark of the side",
        "12:00:01 DEBUG a1 NOOP",
        _read_logged,
        marks=False,
    ),
)
