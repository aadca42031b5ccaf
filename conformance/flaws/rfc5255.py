"""Flaws of LANGUAGE and I18NLEVEL (RFC 5255), and facades of what no server here has.

One facade speaks English, German and i-default; it says which, and leaves the texts as they are.
The other has two comparators, of which i;octet is made of the other one: it finds nothing in small
letters.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, command, drop, replace, send_as
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_LANGUAGE = "language-facade"
_LEVEL_2 = "comparator-facade"
_BAD = b"{tag} BAD Not so\r\n"
_NO = b"{tag} NO Not that\r\n"
_LANGUAGES = (b"EN", b"DE", b"i-default")
_CASEMAP, _OCTET = b"i;unicode-casemap", b"i;octet"
_WORD = re.compile(rb'"([^"]*)"|([^ ]+)')


def _words(request: Request) -> list[bytes]:
    return [quoted or bare for quoted, bare in _WORD.findall(request.arguments)]


def _said(talk: Talk, request: Request, data: bytes, text: bytes) -> bytes:
    """Answer a command: with a response, or none, and a completion."""
    talk.say((b"* " + data + b"\r\n" if data else b"") + request.tag + b" " + text + b"\r\n")
    return b""


def _speak(talk: Talk, request: Request) -> bytes:
    """Choose a language, or list them."""
    ranges = _words(request)
    if not ranges:
        return _said(talk, request, b"LANGUAGE (%s)" % b" ".join(_LANGUAGES), b"OK These")
    for wanted in ranges:
        sought = b"en" if wanted.lower() == b"default" else wanted.lower()
        for language in _LANGUAGES:
            if (sought + b"-").startswith(language.lower() + b"-"):
                return _said(talk, request, b"LANGUAGE (%s)" % language, b"OK As you like")
    return _said(talk, request, b"", b"NO Not spoken here")


def _compare(talk: Talk, request: Request) -> bytes:
    """Choose a comparator, or say which it is."""
    wanted = _words(request)
    for name in wanted:
        if name in (_CASEMAP, _OCTET, b"default"):
            talk.memory["comparator"] = _CASEMAP if name == b"default" else name
            break
    else:
        if wanted:
            return _said(talk, request, b"", b"NO [BADCOMPARATOR] None of these")
    active = talk.memory.get("comparator", _CASEMAP)
    return _said(talk, request, b"COMPARATOR " + active, b"OK Done")


def _search(talk: Talk, request: Request) -> bytes | None:
    """Find nothing in small letters where letter case counts."""
    if talk.memory.get("comparator") != _OCTET or b"birne" not in request.octets:
        return None
    return _said(talk, request, b"SEARCH", b"OK Done")


FACADES = (
    facade(
        _LANGUAGE,
        "LANGUAGE is announced, with three languages",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 LANGUAGE"),
        command(_speak, name="LANGUAGE"),
    ),
    facade(
        _LEVEL_2,
        "I18NLEVEL=2 is announced, with two comparators",
        replace(rb"I18NLEVEL=1", b"I18NLEVEL=2"),
        command(_compare, name="COMPARATOR"),
        command(_search, name="SEARCH"),
    ),
)

FLAWS = (
    flaw(
        "language-unannounced-at-first",
        "LANGUAGE is announced after LOGIN only",
        "",
        "5255-3.1-announced",
        replace(rb" LANGUAGE\b", b"", state="not authenticated", only="CAPABILITY"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-without-namespace",
        "LANGUAGE is announced, and NAMESPACE is not",
        "",
        "5255-3.1-namespace",
        replace(rb" NAMESPACE\b", b"", only="CAPABILITY OK"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-after-login",
        "LANGUAGE is not known before LOGIN",
        "",
        "5255-3.1-states",
        answer(_BAD, name="LANGUAGE", state="not authenticated"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-without-i-default",
        "The language i-default is refused",
        "",
        "5255-3.1-i-default 5255-3.2-response",
        answer(_NO, name="LANGUAGE", where=rb"LANGUAGE i-default"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-of-one",
        "LANGUAGE is announced, and i-default is the only one",
        "",
        "5255-3.1-only-default",
        replace(rb"\(EN DE i-default\)", b"(i-default)", only="LANGUAGE"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-untold",
        "LANGUAGE is answered OK, and no response says which it is",
        "",
        "5255-3.2-response",
        drop(only="LANGUAGE"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-as-asked",
        "The response has the range that was asked for, not the language",
        "",
        "5255-3.2-matched",
        answer(
            b"* LANGUAGE (en-x-nowhere)\r\n{tag} OK Done\r\n", name="LANGUAGE", where=rb"en-x-no"
        ),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-first-or-none",
        "Of several languages only the first is looked at",
        "",
        "5255-3.2-first",
        answer(_NO, name="LANGUAGE", where=rb"LANGUAGE x-nowhere "),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-never-refused",
        "A language that there is not is answered OK",
        "",
        "5255-3.2-refused",
        answer(b"{tag} OK Done\r\n", name="LANGUAGE", where=rb"LANGUAGE x-nowhere\r"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-without-default",
        "The range default is not known",
        "",
        "5255-3.2-range-default",
        answer(_NO, name="LANGUAGE", where=rb"LANGUAGE default"),
        facade=_LANGUAGE,
    ),
    flaw(
        "language-list-empty-handed",
        "LANGUAGE without arguments is answered OK, and lists nothing",
        "",
        "5255-3.2-listed",
        answer(b"{tag} OK Done\r\n", name="LANGUAGE", where=rb"LANGUAGE\r"),
        facade=_LANGUAGE,
    ),
    flaw(
        "search-without-utf8",
        "I18NLEVEL=1 is announced, and SEARCH does not take UTF-8",
        "",
        "5255-4.2-utf8",
        answer(b"{tag} NO [BADCHARSET (US-ASCII)] Not that\r\n", name="SEARCH", where=rb"UTF-8"),
    ),
    flaw(
        "search-by-ascii-casemap",
        "Beyond ASCII letter case counts",
        "",
        "5255-4.2-casemap",
        replace(rb"SEARCH 7 8", b"SEARCH 7", only="SEARCH"),
    ),
    flaw(
        "search-marks-apart",
        "A letter with a mark is not the letter and the mark",
        "",
        "5255-4.2-casemap",
        replace(rb"SEARCH 2 6 9", b"SEARCH 2 6", only="SEARCH"),
    ),
    flaw(
        "search-in-the-code",
        "SEARCH looks at encoded-words as they are written",
        "",
        "5255-4.6-mime",
        replace(rb"SEARCH\r\n", b"SEARCH 2\r\n", only="SEARCH", where=rb"w4RwZmVs"),
    ),
    flaw(
        "search-in-utf8-only",
        "Encoded-words of other charsets are not found",
        "",
        "5255-4.6-charset 5255-4.6-mime",
        replace(rb"SEARCH 5\r\n", b"SEARCH\r\n", only="SEARCH"),
    ),
    flaw(
        "comparator-untold",
        "COMPARATOR is answered OK alone",
        "",
        "5255-4.7-active 5255-4.4-default",
        drop(only="COMPARATOR"),
        facade=_LEVEL_2,
    ),
    flaw(
        "comparator-of-ascii",
        "The comparator to begin with knows ASCII only",
        "",
        "5255-4.4-default",
        replace(rb"unicode-casemap", b"ascii-casemap", only="COMPARATOR", nth=1),
        facade=_LEVEL_2,
    ),
    flaw(
        "comparator-casemap-unknown",
        "I18NLEVEL=2 is announced, and i;unicode-casemap is not known",
        "",
        "5255-4.4-has-casemap",
        answer(_NO, name="COMPARATOR", where=rb"unicode-casemap"),
        facade=_LEVEL_2,
    ),
    flaw(
        "comparator-never-changes",
        "COMPARATOR says what it takes, and keeps what it has",
        "",
        "5255-4.7-changes",
        send_as(rb"COMPARATOR i;octet", b"COMPARATOR i;unicode-casemap", name="COMPARATOR"),
        facade=_LEVEL_2,
    ),
    flaw(
        "comparator-first-or-none",
        "Of several comparators only the first is looked at",
        "",
        "5255-4.7-first",
        answer(_NO, name="COMPARATOR", where=rb"x-no-such-comparator i"),
        facade=_LEVEL_2,
    ),
    flaw(
        "comparator-default-follows",
        "The default is the comparator that was chosen last",
        "",
        "5255-4.4-static",
        replace(rb"i;unicode-casemap", b"i;octet", only="COMPARATOR", nth=3),
        facade=_LEVEL_2,
    ),
    flaw(
        "comparator-without-code",
        "A comparator that there is not is refused without BADCOMPARATOR",
        "",
        "5255-4.9-badcomparator",
        replace(rb"\[BADCOMPARATOR\] ", b"", to="COMPARATOR"),
        facade=_LEVEL_2,
    ),
)

ALLOWED = (
    flaw(
        "language-not-listed",
        "The server can not list its languages",
        "",
        "5255-3.2-listed 5255-3.1-only-default",
        answer(_NO, name="LANGUAGE", where=rb"LANGUAGE\r"),
        facade=_LANGUAGE,
    ),
    flaw(
        "comparators-that-match",
        "COMPARATOR lists all that match",
        "",
        "5255-4.7-active 5255-4.7-changes 5255-4.4-has-casemap",
        replace(
            rb"(COMPARATOR i;octet)\r\n",
            rb"\1 (i;octet i;unicode-casemap)\r\n",
            only="COMPARATOR",
        ),
        facade=_LEVEL_2,
    ),
)
