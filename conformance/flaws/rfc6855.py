"""Flaws of UTF8=ACCEPT (RFCs 6855 and 9755), and facades of servers that know all of it.

Dovecot 2.4 announces UTF8=ACCEPT and takes strings in UTF-8, but names in modified UTF-7 only. The
facade turns one spelling into the other, and refuses what is to be refused.
"""

from __future__ import annotations

import re
import unicodedata

from imapclient.imap_utf7 import decode, encode

from conformance.flaws.acts import alter, answer, command, replace, send_as
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_NAMING = (
    "CREATE, DELETE, RENAME, SELECT, EXAMINE, STATUS, SUBSCRIBE, UNSUBSCRIBE, LIST, LSUB, COPY,"
    " UID COPY, MOVE, UID MOVE, APPEND"
)
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NAMED = re.compile(
    rb'\* (?:L(?:IST|SUB) \([^)]*\) (?:NIL|".*?")|STATUS) (?P<name>[^ "\r]+|"[^"]*")', re.IGNORECASE
)
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ENABLING = re.compile(rb"\bUTF8=ACCEPT\b", re.IGNORECASE)
_ON = "utf8"


def _enabling(talk: Talk, request: Request) -> None:
    """Remember that a session has enabled UTF8=ACCEPT."""
    if _ENABLING.search(request.arguments):
        talk.memory[_ON] = True


def _name(found: re.Match[bytes]) -> bytes:
    """Write a quoted name in modified UTF-7."""
    text = unicodedata.normalize("NFC", found[0][1:-1].decode("utf-8"))
    return b'"%s"' % bytes(encode(text)) if not text.isascii() else found[0]


def _taken(talk: Talk, request: Request) -> bytes | None:
    """Give the server names in modified UTF-7, and refuse what is no name."""
    line, end, rest = request.octets.partition(b"\r\n")
    if line.isascii() and b"\x7f" not in line:
        return None
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        talk.say(request.tag + b" BAD Not UTF-8\r\n")
        return b""
    if _ON not in talk.memory:
        return None
    if _FORBIDDEN.search(text):
        talk.say(request.tag + b" NO Not in a name\r\n")
        return b""
    return _QUOTED.sub(_name, line) + end + rest


def _shown(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Show names in UTF-8 to who has enabled it."""
    found = _NAMED.match(octets)
    if found is None or _ON not in talk.memory or b"&" not in found["name"]:
        return octets
    name = str(decode(found["name"].strip(b'"'))).encode("utf-8")
    return octets[: found.start("name")] + b'"%s"' % name + octets[found.end("name") :]


def _stored(talk: Talk, request: Request) -> bytes | None:
    """Refuse a message with UTF-8 in its header before that is enabled."""
    header = request.literals[-1].partition(b"\r\n\r\n")[0] if request.literals else b""
    if _ON in talk.memory or header.isascii():
        return None
    talk.say(request.tag + b" NO Not in a header\r\n")
    return b""


def _sorted(talk: Talk, request: Request) -> bytes | None:
    """Refuse a charset in SORT and THREAD."""
    if _ON not in talk.memory or re.search(rb" UTF-8 ", request.octets, re.IGNORECASE):
        return None
    talk.say(request.tag + b" BAD All is UTF-8\r\n")
    return b""


def _asked(talk: Talk, request: Request) -> bytes | None:
    """Show who has not enabled it no envelopes with UTF-8, but of another message."""
    if _ON in talk.memory:
        return None
    said = talk.exchange(request)
    talk.say(b"".join(_plain(line) for line in said))
    return b""


def _plain(response: bytes) -> bytes:
    return re.sub(rb"\{\d+\}\r\n[^ )]*[\x80-\xff]+[^()]*? NIL", b"NIL NIL", response)


def _only(talk: Talk, request: Request) -> bytes | None:
    """Refuse what needs UTF-8 before that is enabled."""
    if _ON in talk.memory or request.octets.partition(b"\r\n")[0].isascii():
        return None
    talk.say(request.tag + b" NO [CANNOT] First ENABLE UTF8=ACCEPT\r\n")
    return b""


def _legacy(talk: Talk, request: Request) -> bytes | None:
    """Know no name with an ampersand of who has enabled UTF-8."""
    if _ON not in talk.memory or b"&" not in request.arguments:
        return None
    talk.say(request.tag + b" NO No such mailbox\r\n")
    return b""


_ENABLE = command(_enabling, name="ENABLE")
_TAKEN = command(_taken, name=_NAMING)
_SHOWN = alter(_shown, only="LIST LSUB STATUS")
_STORED = command(_stored, name="APPEND, REPLACE, UID REPLACE")
_SORTED = command(_sorted, name="SORT, UID SORT, THREAD, UID THREAD")
_ENVELOPE = command(_asked, name="FETCH", where=rb"ENVELOPE")
_BEHIND = (_ENABLE, _TAKEN, _SHOWN, _STORED, _SORTED, _ENVELOPE)

FACADES = (
    facade(
        "utf8-facade",
        "UTF8=ACCEPT with names in UTF-8, and with the refusals that it asks for",
        *_BEHIND,
        backend="dovecot24",
    ),
    facade(
        "utf8-only-facade",
        "UTF8=ONLY: what needs UTF-8 is refused before it is enabled",
        replace(rb"UTF8=ACCEPT(?=[^\r]*\])", b"UTF8=ONLY", only="OK"),
        replace(rb"UTF8=ACCEPT", b"UTF8=ONLY", only="CAPABILITY"),
        _ENABLE,
        command(_only, name=_NAMING),
        command(_legacy, name=_NAMING),
        *_BEHIND[1:],
        backend="dovecot24",
    ),
)


def _flaw(name: str, title: str, requirements: str, *acts: Act, origin: str = "") -> Flaw:
    return flaw(name, title, origin, requirements, *acts, backend="dovecot24", facade="utf8-facade")


_UTF_8 = rb"[\xc2-\xf4][\x80-\xbf]+"

FLAWS = (
    _flaw(
        "utf8-accept-ignored",
        "UTF8=ACCEPT is announced, and ENABLE ignores it",
        "6855-3-announced",
        replace(rb"(\* ENABLED) UTF8=ACCEPT", rb"\1", only="ENABLED"),
    ),
    _flaw(
        "utf8-in-quotes-refused",
        "A search string in UTF-8 is refused as no string",
        "6855-3-quoted",
        answer(b"{tag} BAD 8-bit data\r\n", name="SEARCH", where=rb'"caf\xc3'),
    ),
    _flaw(
        "latin-1-searched",
        "Octets that are no UTF-8 are searched for, and nothing is found",
        "6855-3-not-utf-8",
        answer(b"* SEARCH\r\n{tag} OK Done\r\n", name="SEARCH", where=rb'"caf\xe9'),
    ),
    _flaw(
        "latin-1-is-no-mailbox",
        "A name that is no UTF-8 is refused as one that does not exist",
        "6855-3-not-utf-8",
        answer(b"{tag} NO No such mailbox\r\n", name="STATUS", where=rb"\xe9"),
    ),
    _flaw(
        "utf8-names-for-all",
        "LIST shows names in UTF-8 to who has not enabled it",
        "6855-3-not-before",
        replace(rb"&AOk-", b"\xc3\xa9", only="LIST"),
        origin="D10",
    ),
    _flaw(
        "utf8-names-refused",
        "Names in UTF-8 are refused, though UTF8=ACCEPT is enabled",
        "6855-3-names",
        answer(b"{tag} NO Not a name\r\n", name="CREATE, EXAMINE", where=b"\\A.*" + _UTF_8),
    ),
    _flaw(
        "utf8-names-of-their-own",
        "A name in UTF-8 is another mailbox than the same name in modified UTF-7",
        "6855-3-names",
        send_as(rb'\xc3\xa9"', b'_"', name="CREATE, EXAMINE"),
    ),
    _flaw(
        "utf8-names-listed-as-utf7",
        "LIST shows names in modified UTF-7 to who has enabled UTF-8",
        "6855-3-shown",
        replace(rb"\xc3\xa9", b"&AOk-", count=0, only="LIST"),
    ),
    _flaw(
        "utf8-wildcard-of-octets",
        "A percent sign at the end of a pattern in UTF-8 finds nothing",
        "6855-3-shown",
        answer(b"{tag} OK Done\r\n", name="LIST", where=rb"\xc3\xa9t%"),
    ),
    _flaw(
        "line-separator-in-name",
        "A name with a line separator is created",
        "6855-3-net-unicode",
        send_as(rb"\xe2\x80\xa8", b"-ICg-", name="CREATE"),
        replace(rb"-ICg-", b"\xe2\x80\xa8", only="LIST"),
    ),
    _flaw(
        "denormalized-name",
        "A name is listed with a combining accent",
        "6855-3-net-unicode",
        replace(rb"\xc3\xa9", b"e\xcc\x81", only="LIST"),
    ),
    _flaw(
        "charset-after-utf8",
        "A SEARCH with a charset is carried out after ENABLE UTF8=ACCEPT",
        "6855-3-charset",
        send_as(rb"CHARSET \S+ ", b"", name="SEARCH, UID SEARCH"),
    ),
    _flaw(
        "sort-with-any-charset",
        "SORT and THREAD take US-ASCII after ENABLE UTF8=ACCEPT",
        "9755-3-mandatory-charset",
        send_as(rb" US-ASCII ", b" UTF-8 ", name="SORT, THREAD"),
    ),
    _flaw(
        "extended-search-with-charset",
        "An extended SEARCH with a charset is carried out after ENABLE UTF8=ACCEPT",
        "9755-3-other-charsets",
        send_as(rb"(RETURN \(COUNT\)) CHARSET \S+", rb"\1", name="SEARCH"),
    ),
    _flaw(
        "utf8-header-question-marks",
        "UTF-8 in a header is stored as question marks",
        "6855-4-accepted",
        send_as(rb"[\x80-\xff]", b"?", count=0, name="APPEND", where=rb"Subject: Gr\xc3"),
    ),
    _flaw(
        "utf8-header-refused",
        "A message with UTF-8 in its header is refused after ENABLE UTF8=ACCEPT as well",
        "6855-4-accepted",
        answer(b"{tag} NO Not in a header\r\n", name="APPEND", where=rb"Subject: Gr\xc3"),
    ),
    _flaw(
        "utf8-header-always",
        "A message with UTF-8 in its header is stored for who has not enabled it",
        "6855-4-refused",
        answer(b"{tag} OK Stored\r\n", name="APPEND", where=rb"Subject: Gr\xc3"),
    ),
    _flaw(
        "utf8-text-refused",
        "A message with UTF-8 in its text is refused before ENABLE UTF8=ACCEPT",
        "6855-4-refused",
        answer(b"{tag} NO 8-bit data\r\n", name="APPEND", where=rb"8bit"),
    ),
    _flaw(
        "utf8-only-and-accept",
        "UTF8=ACCEPT and UTF8=ONLY are announced together",
        "6855-6-one",
        replace(rb"UTF8=ACCEPT", b"UTF8=ACCEPT UTF8=ONLY", only="CAPABILITY OK"),
    ),
    _flaw(
        "utf8-envelope-for-all",
        "An envelope with UTF-8 is shown to who has not enabled it",
        "6855-8-header",
        replace(
            rb"(ENVELOPE \(\S+) NIL",
            b"\\1 {17}\r\nGr\xc3\xbc\xc3\x9fe aus K\xc3\xb6ln",
            to="FETCH",
        ),
    ),
    flaw(
        "utf8-only-bad",
        "UTF8=ONLY: what needs UTF-8 is answered BAD",
        "",
        "6855-6-cannot",
        replace(rb"NO \[CANNOT\]", b"BAD"),
        backend="dovecot24",
        facade="utf8-only-facade",
    ),
    flaw(
        "utf8-only-and-utf7",
        "UTF8=ONLY: modified UTF-7 stands for the same name",
        "",
        "6855-6-utf-7",
        send_as(rb"&AOk-", b"\xc3\xa9", name="STATUS"),
        backend="dovecot24",
        facade="utf8-only-facade",
    ),
)

ALLOWED = (
    _flaw(
        "utf8-name-refused-as-denormalized",
        "A name that is not in Normalization Form C is refused",
        "6855-3-net-unicode 6855-3-names",
        answer(b"{tag} NO Not normalized\r\n", name="CREATE", where=rb"e\xcc\x81"),
    ),
    _flaw(
        "utf8-old-client-sees-nothing",
        "Who has not enabled UTF-8 is refused a mailbox with a message that needs it",
        "6855-8-header",
        answer(b"{tag} NO Not for you\r\n", name="FETCH", where=rb"\Ab2 FETCH 1 \(ENVELOPE"),
    ),
)
