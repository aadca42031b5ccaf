"""Formats of mail clients and of libraries for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from conformance.transcripts.format import Format, lines_like
from conformance.transcripts.plausible import side_of
from conformance.transcripts.quoted import string
from conformance.transcripts.said import PageLine, Utterance
from conformance.transcripts.sides import Sides

_THUNDERBIRD = re.compile(
    rb".{0,200}?\b(?P<session>[0-9a-fA-F]{6,16}:[^:\s]{1,200}):.{0,200}?:"
    rb"(?P<mark>SendData|CreateNewLineFromSocket): ?(?P<text>.*)",
    re.DOTALL,
)
_JSON = re.compile(rb"\s*\{.*\}\s*,?")
_TEXTS = ("msg", "message", "data", "line")
_SESSIONS = ("cid", "connectionId", "session", "id")
_LABEL = re.compile(r"(?:IMAP debug|imap): ", re.IGNORECASE)
_CURL_NOTE = re.compile(rb"\* (?!OK|NO|BAD|BYE|PREAUTH|\d)")


def _thunderbird(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read Mozilla's log; each connection has an address, and lines of others stand between."""
    for line in lines:
        found = _THUNDERBIRD.fullmatch(line.text)
        if found is None:
            yield Utterance("main", "", line.text, line.number, line.block)
            continue
        session = found["session"].decode("latin-1")
        if found["mark"] == b"SendData":
            yield Utterance(session, "C", found["text"], line.number, line.block)
        else:
            yield Utterance(session, "S", found["text"], line.number, line.block)


def _imapflow(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read records of JSON, one a line; `src` does not tell the sides apart in all versions."""
    for line in lines:
        record = _record(line.text)
        texts = [text for key in _TEXTS if isinstance(text := record.get(key), str)]
        if not texts:
            yield Utterance("main", "", line.text, line.number, line.block)
            continue
        octets = _LABEL.sub("", texts[0], count=1).encode("utf-8", "surrogatepass")
        name = next((str(record[key]) for key in _SESSIONS if key in record), "main")
        way = side_of(octets)
        if way is None and record.get("src") in ("c", "s"):
            way = "C" if record["src"] == "c" or not octets.startswith((b"*", b"+")) else "S"
        yield Utterance(name, way or "", octets, line.number, line.block)


def _record(text: bytes) -> dict[str, object]:
    if _JSON.fullmatch(text) is None:
        return {}
    try:
        record = json.loads(text.strip().rstrip(b","))
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _mbsync(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read isync's log: only what is sent has a mark, and each side of a channel a letter."""
    sent = re.compile(rb"(?:(?P<session>[FNMS]): )?(?:\(\d+ in progress\) )?>>> (?P<text>.*)")
    came = re.compile(rb"(?:(?P<session>[FNMS]): )?(?P<text>.*)", re.DOTALL)
    used = any(sent.fullmatch(line.text) for line in lines)
    sides: dict[str, Sides] = {}
    for line in lines:
        mine = sent.fullmatch(line.text)
        found = mine or came.fullmatch(line.text)
        if not used or found is None:
            yield Utterance("main", "", line.text, line.number, line.block)
            continue
        session = (found["session"] or b"main").decode("ascii")
        reader = sides.setdefault(session, Sides())
        if mine is not None:
            reader.known("C", found["text"])
            yield Utterance(session, "C", found["text"], line.number, line.block)
        else:
            way = reader.side(found["text"])
            yield Utterance(session, "S" if way else "", found["text"], line.number, line.block)


_curl_lines = lines_like(r"(?P<mark>[<>]) (?P<text>.*)", ">")


def _curl(lines: Sequence[PageLine]) -> Iterator[Utterance]:
    """Read `curl -v`; its own remarks begin with `*`, and mail has no mark."""
    for said in _curl_lines(lines):
        if said.way or not _CURL_NOTE.match(said.text):
            yield said


FORMATS = (
    Format(
        "thunderbird",
        "Thunderbird, with the log of IMAP on",
        "7f4ebca40600:imap.example.com:S-INBOX:SendData: 109 noop",
        _thunderbird,
    ),
    Format(
        "mutt",
        "mutt and neomutt, with -d",
        "[2024-02-08 12:38:01]<2> mutt_socket_write_d() 5> a0003 NOOP",
        lines_like(
            r"(?:.{0,200}?[\s\])])?(?P<session>-?\d{1,5})(?P<mark>[<>]) (?P<text>.*)",
            ">",
            goes_on=r"(?P<text>[a-z]\d{4} [A-Z]+(?: .*)?)",
        ),
    ),
    Format(
        "roundcube",
        "Roundcube, with imap_debug on",
        "[31-Jul-2024 11:42:07 +0200]: <x1> [8253] C: A0003 NOOP",
        lines_like(
            r"(?:\[[^\]]*\]: ?)?(?P<session>(?:<[^>]*> )?\[[0-9A-F]{4}\]) (?P<mark>[CS]):"
            r"(?: (?P<text>.*))?",
            "C",
        ),
    ),
    Format(
        "emailjs",
        "emailjs-imap-client",
        "[DEBUG][2024-02-09T16:19:40.971Z][1] C: W1 NOOP",
        lines_like(
            r"\[[A-Z]+\]\[[^\]]*\](?P<session>\[\d+\]) (?P<mark>[CS]):(?: (?P<text>.*))?", "C"
        ),
    ),
    Format("imapflow", "ImapFlow, as JSON", '{"src":"c","msg":"3 NOOP","cid":"x"}', _imapflow),
    Format(
        "aioimaplib",
        "aioimaplib",
        r"DEBUG:aioimaplib.aioimaplib:Sending : b'ABCD3 NOOP\r\n'",
        lines_like(
            r".{0,200}?(?P<mark>Sending|Received) : (?P<text>[b]?(?P<q>[\"']).*(?P=q))",
            "Sending",
            decode=string,
        ),
    ),
    Format(
        "imapsync",
        "imapsync and Mail::IMAPClient, with debugging on",
        "Sending: 3 NOOP",
        lines_like(
            r"\s*(?P<mark>Sending|Read|Sending literal):[ ]?\t?(?P<text>.*)",
            "Sending",
            goes_on=r"\t(?P<text>.*)",
        ),
    ),
    Format(
        "fetchmail",
        "fetchmail, with -v -v",
        "fetchmail: IMAP> A0003 NOOP",
        lines_like(r"(?:.{0,200}?\s)?IMAP(?P<mark>[<>]) ?(?P<text>.*)", ">"),
    ),
    Format("curl", "curl, with -v", "> A003 NOOP", _curl),
    Format("mbsync", "mbsync, with -Dn or -V", "F: >>> 3 NOOP", _mbsync),
    Format(
        "evolution",
        "Evolution, with CAMEL_DEBUG=imapx",
        "[imapx:A] I/O: 'A00003 NOOP'",
        lines_like(
            r".{0,200}?(?P<session>\[imapx:[^\]]{0,80}\])"
            r" (?P<mark>I/O|I/O\(\d+\)|Got|token): (?P<text>.*)",
            decode=string,
        ),
    ),
)
