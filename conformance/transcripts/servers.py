"""Formats of servers and gateways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conformance.transcripts.format import Format, lines_like
from conformance.transcripts.quoted import unescaped
from conformance.transcripts.said import PageLine, Utterance

_TELEMETRY = re.compile(rb"(?P<mark>[<>])\d{1,12}(?:\.\d{1,9})?(?P=mark)")


def _telemetry(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read chunks that begin with a time between two angles, anywhere in a line."""
    mark = b""
    for line in lines:
        pieces = _TELEMETRY.split(line.text)
        if not mark and len(pieces) == 1:
            yield Utterance("main", "", line.text, line.number, line.block)
            continue
        last = len(pieces) - 1
        for at in range(0, len(pieces), 2):
            if at:
                mark = pieces[at - 1]
            if pieces[at] or (at == last and (at == 0 or last == 0)):
                text, ends = pieces[at], at == last
                if mark:
                    way = "C" if mark == b"<" else "S"
                    yield Utterance(
                        "main", "C" if way == "C" else "S", text, line.number, line.block, ends
                    )


def _nl(text: bytes) -> tuple[bytes, bool]:
    """Undo `[nl]`, which hMailServer writes for a line end."""
    if b"[nl]" not in text:
        return text, True
    return text.replace(b"[nl]", b"\r\n").removesuffix(b"\r\n") + b"\r\n", False


def _rust(text: bytes) -> tuple[bytes, bool]:
    return unescaped(text)


FORMATS = (
    Format(
        "rawlog-text",
        "Dovecot's rawlog in one file",
        "1530000000.123456 I: a3 NOOP",
        lines_like(r"(?:\d{9,11}\.\d{1,6} )?(?P<mark>[IO])[:>] ?(?P<text>.*)"),
    ),
    Format("telemetry", "Cyrus telemetry", "<1530000000<a3 NOOP", _telemetry),
    Format(
        "davmail",
        "DavMail",
        "2024-02-20 23:10:27,853 DEBUG [ImapConnection-38306] davmail  - < 8 noop",
        lines_like(
            r".{0,200}?(?P<session>\[?ImapConnection-\d{1,9}\]?).{0,80}?"
            r" - (?P<mark>[<>]) (?P<text>.*)",
            "<",
        ),
    ),
    Format(
        "hmailserver",
        "hMailServer",
        '"IMAPD"\t2512\t1\t"2024-08-02 11:21:54.902"\t"192.0.2.1"\t"RECEIVED: 3 NOOP"',
        lines_like(
            r'"IMAP[DC]"\s+\d+\s+(?P<session>\d+)\s+"[^"]*"\s+"[^"]*"\s+'
            r'"(?P<mark>SENT|RECEIVED): (?P<text>.*)"\s*',
            decode=_nl,
        ),
    ),
    Format(
        "stalwart",
        "Stalwart, at the level trace",
        r'TRACE Raw IMAP input received (imap.raw-input) remotePort = 5, contents = "3 NOOP\r\n"',
        lines_like(
            r".{0,200}?imap\.raw-(?P<mark>input|output)\)?"
            r"(?:.{0,200}?remotePort = (?P<session>\d{1,5}))?"
            r".{0,80}?contents = \"(?P<text>.*)\"\s*",
            "input",
            decode=_rust,
        ),
    ),
    Format(
        "stalwart-old",
        "Stalwart before 0.9, at the level trace",
        r'TRACE session{remote.port=5}: imap::core::client: event="read" data="3 NOOP\r\n" size=8',
        lines_like(
            r".{0,200}?(?:remote\.port=(?P<session>\d{1,5}))?\}.{0,80}?event=\"(?P<mark>read|write)\""
            r" data=\"(?P<text>.*)\"(?: size=\d+)?\s*",
            "read",
            decode=_rust,
        ),
    ),
    Format(
        "mox",
        "mox, at the level trace",
        r'l=trace m="C: 3 NOOP\r\n" pkg=imapserver cid=18f',
        lines_like(
            r".{0,200}?m=\"(?P<mark>[CS]): (?P<text>(?:[^\"\\]|\\.)*+)\""
            r"(?: .{0,80}?\bcid=(?P<session>\w{1,20}).{0,200}| .{0,200})?",
            "C",
            decode=unescaped,
        ),
    ),
)
