"""Flaws of COMPRESS (RFC 4978).

The kit undoes the compression of both sides, so that every other flaw can be served under it, too.
"""

from __future__ import annotations

from conformance.flaws.acts import answer, command, drop, replace, send_as
from conformance.flaws.flaw import Act, Flaw, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_NAME = "COMPRESS"


def _flaw(name: str, title: str, requirements: str, *acts: Act, origin: str = "") -> Flaw:
    return flaw(name, title, origin, requirements, *acts, backend="dovecot24")


def _no_and_yet(talk: Talk, request: Request) -> bytes:
    """Refuse, and compress."""
    talk.say(request.tag + b" NO Not now\r\n")
    talk.compress()
    return b""


def _with_header(talk: Talk, request: Request) -> bytes | None:
    """Compress with the header of RFC 1950, which is not of the stream."""
    if talk.compressed:
        return None
    talk.say(request.tag + b" OK On\r\n\x78\x9c")
    talk.compress()
    return b""


def _ok_too(talk: Talk, request: Request) -> bytes:
    """Say the OK compressed as well."""
    talk.compress()
    talk.say(request.tag + b" OK On\r\n")
    return b""


def _stalled(talk: Talk, request: Request) -> bytes | None:
    """Forget a command that is longer than a buffer."""
    return b"" if talk.compressed and len(request.octets) > 8192 else None


def _again(talk: Talk, request: Request) -> bytes | None:
    """Say OK to whoever is compressed already."""
    if not talk.compressed:
        return None
    talk.say(request.tag + b" OK Once more\r\n")
    return b""


def _once(talk: Talk, request: Request) -> bytes | None:
    """Refuse whatever comes behind a refusal."""
    if talk.memory.get(_NAME):
        talk.say(request.tag + b" NO You have had your chance\r\n")
        return b""
    talk.memory[_NAME] = b"X-NO-SUCH" in request.octets
    return None


FLAWS = (
    _flaw(
        "compress-unknown",
        "COMPRESS=DEFLATE is announced, and COMPRESS not known",
        "4978-3-announced",
        answer(b"{tag} BAD No such command\r\n", name=_NAME),
    ),
    _flaw(
        "compress-not-when-selected",
        "COMPRESS is refused while a mailbox is selected",
        "4978-3-announced",
        answer(b"{tag} NO Close it first\r\n", name=_NAME, state="selected"),
    ),
    _flaw(
        "compress-in-words-only",
        "COMPRESS is answered OK, and nothing is compressed",
        "4978-3-compressed",
        answer(b"{tag} OK On\r\n", name=_NAME),
    ),
    _flaw(
        "compress-with-header",
        "The compressed stream begins with the header of RFC 1950",
        "4978-3-compressed",
        command(_with_header, name=_NAME),
    ),
    _flaw(
        "compress-too-early",
        "The OK to COMPRESS is compressed itself",
        "4978-3-compressed",
        command(_ok_too, name=_NAME),
    ),
    _flaw(
        "compress-after-no",
        "COMPRESS with an unknown mechanism is answered NO, and what follows is compressed",
        "4978-3-not-compressed",
        command(_no_and_yet, name=_NAME, where=rb"X-NO-SUCH"),
    ),
    _flaw(
        "compress-stalls",
        "A command of more than 8 KiB is never answered where the connection is compressed",
        "4978-3-flushed",
        command(_stalled, name="APPEND"),
        origin="G20",
    ),
    _flaw(
        "compress-keeps-news",
        "What IDLE has to tell is kept in the buffer of the compression",
        "4978-3-flushed",
        drop(only="EXISTS", to="IDLE"),
    ),
    _flaw(
        "compress-twice",
        "A second COMPRESS is answered OK",
        "4978-3-twice",
        command(_again, name=_NAME),
    ),
    _flaw(
        "compress-active-unsaid",
        "A second COMPRESS is answered NO without a code",
        "4978-3-active",
        replace(rb" NO \[COMPRESSIONACTIVE\]| BAD", b" NO", kind="tagged", to=_NAME),
    ),
    _flaw(
        "compress-with-anything",
        "COMPRESS with an unknown mechanism is answered OK",
        "4978-3-unknown 4978-3-not-compressed",
        answer(b"{tag} OK As you like\r\n", name=_NAME, where=rb"X-NO-SUCH"),
    ),
    _flaw(
        "compress-refused-once-refused",
        "After an unknown mechanism no other is taken",
        "4978-3-announced",
        command(_once, name=_NAME),
    ),
    _flaw(
        "compress-not-under-tls",
        "Under TLS COMPRESS is answered OK, and nothing is compressed",
        "4978-3-order",
        answer(b"{tag} OK On\r\n", name=_NAME, tls=True),
    ),
    _flaw(
        "compress-in-capitals",
        "DEFLATE is known in capitals only",
        "4978-5-case",
        answer(b"{tag} BAD No such mechanism\r\n", name=_NAME, where=rb"(?-i:eflate)"),
    ),
    _flaw(
        "compress-more-behind",
        "What stands behind DEFLATE is passed over",
        "4978-3-arguments",
        send_as(rb"DEFLATE DEFLATE", b"DEFLATE", name=_NAME),
    ),
)

ALLOWED = (
    _flaw(
        "compress-again-bad",
        "A second COMPRESS is answered BAD",
        "4978-3-twice 4978-3-active",
        replace(rb" NO \[COMPRESSIONACTIVE\]", b" BAD", kind="tagged", to=_NAME),
    ),
)
