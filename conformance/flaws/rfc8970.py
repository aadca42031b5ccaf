"""Flaws of PREVIEW (RFC 8970): previews that are missing, too long, or not made at all."""

from __future__ import annotations

from conformance.flaws.acts import alter, answer, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_FETCHES = "FETCH, UID FETCH"
_PREVIEW = rb'PREVIEW (?:"(?:[^"\\]|\\.)*"|NIL)'


def _another(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Count up what is shown."""
    talk.shared["previews"] = count = talk.shared.get("previews", 0) + 1
    return octets.replace(b'PREVIEW "', b'PREVIEW "%d ' % count)


FLAWS = (
    flaw(
        "preview-unknown",
        "PREVIEW is announced, and FETCH does not know it",
        "",
        "8970-1-announced",
        answer(b"{tag} BAD Unknown item\r\n", name=_FETCHES, where=rb"PREVIEW"),
    ),
    flaw(
        "preview-nil",
        "PREVIEW is NIL where the server has made none yet",
        "",
        "8970-3.2-not-nil",
        replace(_PREVIEW, b"PREVIEW NIL", only="FETCH", where=rb"PREVIEW(?! \(LAZY)"),
    ),
    flaw(
        "preview-nil-of-nothing",
        "PREVIEW of a message without a text is NIL",
        "",
        "8970-3.2-empty 8970-3.2-not-nil",
        replace(rb'PREVIEW ""', b"PREVIEW NIL", only="FETCH"),
    ),
    flaw(
        "preview-of-header",
        "The preview is the beginning of the header",
        "",
        "8970-3.2-text 8970-3.3-markup",
        replace(_PREVIEW, b'PREVIEW "Subject: something"', only="FETCH"),
    ),
    flaw(
        "preview-another-each-time",
        "The preview is another each time",
        "",
        "8970-3.2-same",
        alter(_another, only="FETCH"),
    ),
    flaw(
        "preview-as-it-was-sent",
        "The preview is made of the text as it is encoded",
        "",
        "8970-3.3-decoded",
        replace(rb'PREVIEW "one = one"', b'PREVIEW "one =3D one"', only="FETCH"),
        replace(rb'PREVIEW "Good morning!"', b'PREVIEW "R29vZCBtb3JuaW5nIQ=="', only="FETCH"),
    ),
    flaw(
        "preview-in-latin-1",
        "The preview has the charset of the message",
        "",
        "8970-3.3-utf-8",
        replace(
            b"PREVIEW \\{13\\}\r\nGr\xc3\xbcne Birnen",
            b"PREVIEW {12}\r\nGr\xfcne Birnen",
            only="FETCH",
        ),
    ),
    flaw(
        "preview-with-markup",
        "The preview of HTML has its markup",
        "",
        "8970-3.3-markup",
        replace(rb'PREVIEW "Bread', b'PREVIEW "<p>Bread', only="FETCH"),
    ),
    flaw(
        "preview-of-250",
        "The preview has 250 characters",
        "",
        "8970-3.3-200",
        replace(_PREVIEW, b'PREVIEW "%s"' % (b"x" * 250), only="FETCH"),
    ),
    flaw(
        "preview-of-300",
        "The preview has 300 characters",
        "",
        "8970-3.3-256",
        replace(_PREVIEW, b'PREVIEW "%s"' % (b"x" * 300), only="FETCH"),
    ),
    flaw(
        "preview-lazy-unknown",
        "PREVIEW is known, and LAZY is not",
        "",
        "8970-4.1-lazy",
        answer(b"{tag} BAD Unknown modifier\r\n", name=_FETCHES, where=rb"LAZY"),
    ),
    flaw(
        "preview-takes-any-modifier",
        "An unknown modifier of PREVIEW is passed over",
        "",
        "8970-6-arguments",
        send_as(rb" \(EAGER\)", b"", name=_FETCHES),
    ),
    flaw(
        "preview-in-capitals-only",
        "PREVIEW and LAZY are known in capitals only",
        "",
        "8970-6-case",
        answer(b"{tag} BAD Unknown item\r\n", name=_FETCHES, where=rb"(?-i:preview|Preview)"),
    ),
)

ALLOWED = (
    flaw(
        "preview-lazy-nil",
        "With LAZY the preview is always NIL",
        "",
        "8970-4.1-lazy 8970-3.2-not-nil",
        replace(_PREVIEW, b"PREVIEW NIL", only="FETCH", where=rb"PREVIEW \(LAZY"),
    ),
)
