"""Flaws of CATENATE (RFC 4469)."""

from __future__ import annotations

import quopri
import re

from conformance.flaws.acts import answer, ask_then, command, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_CATENATE = rb"CATENATE \("
_URL = re.compile(rb' ?URL "([^"]*)"', re.IGNORECASE)
_TEXT = re.compile(rb" ?TEXT \{(\d+)\+?\}\r\n", re.IGNORECASE)
_LIST = re.compile(rb"CATENATE \(", re.IGNORECASE)
_CODE = re.compile(rb'\[BADURL "?([^]"]*)"?\]')
_QUOTED_PART = re.compile(rb'URL "[^"]*/;UID=(\d+)/;SECTION=(1)"', re.IGNORECASE)
_HEADER = b"TEXT {14}\r\nSubject: x\r\n\r\n"


def _text(octets: bytes) -> bytes:
    return b"TEXT {%d}\r\n%s" % (len(octets), octets)


def _parts(request: Request) -> tuple[bytes, list[bytes], bytes] | None:
    """Return what stands before the parts of a CATENATE, the parts, and what stands behind."""
    opening = _LIST.search(request.octets)
    if opening is None:
        return None
    rest, parts = request.octets[opening.end() :], []
    while found := _URL.match(rest) or _TEXT.match(rest):
        end = found.end() + (int(found[1]) if found.re is _TEXT else 0)
        parts.append(rest[:end].removeprefix(b" "))
        rest = rest[end:]
    return request.octets[: opening.end()], parts, rest


def _joined(request: Request, order: int, between: bytes = b" ") -> bytes | None:
    cut = _parts(request)
    if cut is None:
        return None
    before, parts, behind = cut
    return before + between.join(parts[::order]) + behind


def _backwards(_talk: Talk, request: Request) -> bytes | None:
    return _joined(request, -1)


def _apart(_talk: Talk, request: Request) -> bytes | None:
    return _joined(request, 1, b" TEXT {2}\r\n\r\n ")


def _trimmed(_talk: Talk, request: Request) -> bytes | None:
    """Take the last line end from each text."""
    cut = _parts(request)
    if cut is None:
        return None
    before, parts, behind = cut
    texts = (part.partition(b"}\r\n")[2].removesuffix(b"\r\n") for part in parts)
    kept = [
        _text(text) if part.startswith(b"TEXT") else part
        for part, text in zip(parts, texts, strict=True)
    ]
    return before + b" ".join(kept) + behind


def _decoded(talk: Talk, request: Request) -> bytes | None:
    """Put a quoted-printable part in as it reads."""
    found = _QUOTED_PART.search(request.octets)
    if found is None:
        return None
    came = b"".join(talk.ask(b"UID FETCH %s (BODY.PEEK[%s])" % (found[1], found[2])))
    literal = re.search(rb"\{(\d+)\}\r\n", came)
    if literal is None:
        return None
    part = came[literal.end() :][: int(literal[1])]
    return request.octets.replace(found[0], _text(quopri.decodestring(part)))


def _decoded_binary(talk: Talk, request: Request) -> bytes | None:
    """Put a part that was appended with NUL in as it was before; NUL itself no literal has."""
    found = _QUOTED_PART.search(request.octets)
    if found is None:
        return None
    came = b"".join(talk.ask(b"UID FETCH %s (BINARY.PEEK[%s])" % (found[1], found[2])))
    literal = re.search(rb"~\{(\d+)\}\r\n", came)
    if literal is None:
        return None
    part = came[literal.end() :][: int(literal[1])]
    return request.octets.replace(found[0], _text(part.replace(b"\0", b" ")))


def _without_bad(talk: Talk, request: Request) -> bytes | None:
    """Append what is left when each wrong URL is taken away."""
    octets = request.octets
    for _ in range(10):
        *_, last = talk.exchange(Request(octets))
        code = _CODE.search(last)
        if code is None:
            break
        octets = octets.replace(b'URL "%s"' % code[1], _HEADER)
    talk.say(last)
    return b""


def _what_came(talk: Talk, request: Request) -> bytes | None:
    """Append the texts of an APPEND that fails."""
    *_, last = talk.exchange(request)
    cut = _parts(request)
    if b" NO" in last and cut is not None:
        mailbox = request.arguments.partition(b" ")[0]
        texts = b" ".join(part for part in cut[1] if part.startswith(b"TEXT"))
        talk.ask(b"APPEND %s CATENATE (%s)" % (mailbox, texts or _HEADER))
    talk.say(last)
    return b""


def _last_named(talk: Talk, request: Request) -> bytes:
    """Have BADURL name the last URL."""
    *_, last = talk.exchange(request)
    urls = _URL.findall(request.octets)
    talk.say(_CODE.sub(b"[BADURL %s]" % urls[-1], last) if urls else last)
    return b""


def _to_the_source(_talk: Talk, request: Request) -> bytes | None:
    """Append to the mailbox of the URL."""
    found = re.search(rb'URL "/([^;/]*)', request.octets, re.IGNORECASE)
    mailbox = request.arguments.partition(b" ")[0]
    return request.octets.replace(mailbox, found[1], 1) if found else None


FLAWS = (
    flaw(
        "catenate-unknown",
        "CATENATE is announced, and APPEND does not know it",
        "",
        "4469-2-announced",
        answer(b"{tag} BAD What is that\r\n", name="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-backwards",
        "The parts are put together from the last to the first",
        "",
        "4469-3-sequential",
        command(_backwards, name="APPEND"),
    ),
    flaw(
        "catenate-empty-lines-between",
        "Between two parts comes an empty line",
        "",
        "4469-3-sequential",
        command(_apart, name="APPEND"),
    ),
    flaw(
        "catenate-trims-texts",
        "The last line end of a text is left away",
        "",
        "4469-3-text",
        command(_trimmed, name="APPEND"),
    ),
    flaw(
        "catenate-text-for-message",
        "A URL of a message puts its text in, without the header",
        "",
        "4469-3-url",
        send_as(rb'(/;UID=\d+)"', rb'\1/;SECTION=TEXT"', name="APPEND", where=_CATENATE, count=0),
    ),
    flaw(
        "catenate-message-for-section",
        "A URL of a section puts all of the message in",
        "",
        "4469-3-section",
        send_as(rb'/;SECTION=[^"]*"', b'"', name="APPEND", where=_CATENATE, count=0),
    ),
    flaw(
        "catenate-decodes",
        "A part in quoted-printable is put in decoded",
        "",
        "4469-3-unchanged",
        command(_decoded, name="APPEND"),
    ),
    flaw(
        "catenate-decodes-binary",
        "A part that was appended as binary data is put in without its encoding",
        "",
        "4469-3-section 4469-3-unchanged",
        command(_decoded_binary, name="APPEND"),
    ),
    flaw(
        "catenate-refuses-what-does-not-suit",
        "A part in base64 is refused where the text says that it is in 7bit",
        "",
        "4469-3-unverified",
        answer(b"{tag} NO Wrong encoding\r\n", name="APPEND", where=rb"(?s)7bit.*/;SECTION=2"),
    ),
    flaw(
        "catenate-to-the-source",
        "The message is appended to the mailbox that the first URL names",
        "",
        "4469-3-end",
        command(_to_the_source, name="APPEND"),
    ),
    flaw(
        "catenate-without-flags",
        "Flags in front of CATENATE are passed over",
        "",
        "4469-3-flags",
        send_as(rb'\([^)]*\)(?= (?:"[^"]*" )?CATENATE)', b"()", name="APPEND"),
    ),
    flaw(
        "catenate-without-date",
        "The date in front of CATENATE is passed over",
        "",
        "4469-3-date",
        send_as(rb' "[^"]*"(?= CATENATE)', b"", name="APPEND"),
    ),
    flaw(
        "catenate-sees",
        "The first message of the mailbox is seen when a part was taken of it",
        "",
        "4469-3-seen",
        ask_then(
            b"STORE 1 +FLAGS (\\Seen)", name="APPEND", where=rb"CATENATE.*URL", state="selected"
        ),
    ),
    flaw(
        "catenate-selects",
        "The mailbox that is appended to is selected afterwards",
        "",
        "4469-3-selected",
        ask_then(b"SELECT {first}", name="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-wants-a-selected-mailbox",
        "URLs are refused while no mailbox is selected",
        "",
        "4469-3-base",
        answer(
            b"{tag} NO Select it first\r\n",
            name="APPEND",
            where=rb'URL "/',
            state="authenticated",
        ),
    ),
    flaw(
        "catenate-takes-absolute-urls",
        "A URL of another server puts something in",
        "",
        "4469-3-absolute",
        send_as(rb'URL "(?:imap:|http:)?//[^"]*"', _HEADER, name="APPEND"),
    ),
    flaw(
        "catenate-takes-urls-of-mailboxes",
        "A URL of a mailbox or of a search puts something in",
        "",
        "4469-3-no-message",
        send_as(rb'URL "/[^;"]*"', _HEADER, name="APPEND"),
    ),
    flaw(
        "catenate-passes-over-bad-urls",
        "A URL of what is not there is passed over",
        "",
        "4469-3-no 4469-3-no-part 4469-4.1-badurl",
        command(_without_bad, name="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-parts-that-are-not-there",
        "A URL of a part that the message has not puts nothing in",
        "",
        "4469-3-no-part",
        send_as(rb'URL "[^"]*/;SECTION=7"', b"TEXT {2}\r\n\r\n", name="APPEND"),
        backend="cyrus",
    ),
    flaw(
        "catenate-keeps-what-came",
        "An APPEND that fails at a URL leaves the texts that came before",
        "",
        "4469-3-atomic",
        command(_what_came, name="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-without-trycreate",
        "APPEND with CATENATE to a missing mailbox is refused without TRYCREATE",
        "",
        "4469-3-trycreate",
        replace(rb"\[TRYCREATE\] ", b"", to="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-without-appenduid",
        "APPEND with CATENATE has no APPENDUID",
        "",
        "4469-3-appenduid",
        replace(rb"\[APPENDUID [^\]]*\] ", b"", to="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-once",
        "A second message behind CATENATE is refused",
        "",
        "4469-3-several",
        answer(b"{tag} BAD One only\r\n", name="APPEND", where=rb'(?s)"\) \(.*CATENATE'),
    ),
    flaw(
        "catenate-reads-no-further",
        "What stands behind a wrong URL is read as commands",
        "",
        "4469-3-no",
        answer(
            b"{tag} NO No such message\r\n",
            name="APPEND",
            where=rb"UID=4000000000[^{]*\{\d+\+\}\r\n",
            early=True,
        ),
    ),
    flaw(
        "catenate-without-badurl",
        "A wrong URL is refused without BADURL",
        "",
        "4469-4.1-badurl",
        replace(rb"\[BADURL [^\]]*\] ", b"", to="APPEND"),
    ),
    flaw(
        "catenate-badurl-last",
        "BADURL names the last URL",
        "",
        "4469-4.1-first",
        command(_last_named, name="APPEND", where=_CATENATE),
    ),
    flaw(
        "catenate-badurl-absolute",
        "BADURL names the URL as it is resolved",
        "",
        "4469-4.1-first",
        replace(rb'\[BADURL "?/', b"[BADURL imap://user@localhost/", to="APPEND"),
    ),
    flaw(
        "catenate-of-nothing",
        "CATENATE without a part makes an empty message",
        "",
        "4469-5-arguments",
        send_as(rb"CATENATE \(\)", b"CATENATE (%s)" % _HEADER, name="APPEND"),
    ),
    flaw(
        "catenate-in-capitals-only",
        "CATENATE is known in capitals only",
        "",
        "4469-5-case",
        answer(b"{tag} BAD What is that\r\n", name="APPEND", where=rb"(?-i:catenate \()"),
    ),
    flaw(
        "catenate-wants-quoted-urls",
        "A URL that is an atom is refused",
        "",
        "4469-5-astring",
        answer(b"{tag} BAD Quotes, please\r\n", name="APPEND", where=rb"URL /"),
    ),
)

ALLOWED = (
    flaw(
        "catenate-badurl-in-quotes",
        "BADURL has the URL in quotes, as the example of the RFC has it",
        "",
        "4469-4.1-first 4469-4.1-badurl",
        replace(rb"\[BADURL ([^\]\"]*)\]", rb'[BADURL "\1"]', to="APPEND"),
    ),
)
