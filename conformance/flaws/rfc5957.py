"""Flaws of SORT=DISPLAY (RFC 5957)."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, send_as
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.rfc5256 import SORTS, sorts_by, taken

_NAME = re.compile(rb'\A(?:"([^"]*)"|([^<"]*?)) *<')
_GROUP = re.compile(rb"\A([^:<]*):")


def _name(value: bytes) -> bytes:
    """Return the name before the first address of a field, as it is written."""
    found = _NAME.match(value)
    return (found[1] or found[2] or b"") if found else b""


def _address(value: bytes) -> bytes:
    """Return the first address of a field, without its name."""
    first = value.partition(b",")[0]
    return first.partition(b"<")[2].partition(b">")[0] or first


def _shown(value: bytes) -> bytes:
    """Return what a right server sorts by, but that encoded-words stay as they are."""
    group = _GROUP.match(value)
    return group[1] if group else _name(value) or _address(value)


def _by_text(name: bytes, key: bytes) -> Act:
    return sorts_by(lambda seen: _shown(seen.fields.get(name, b"")).upper(), key)


FLAWS = (
    flaw(
        "display-from-is-local-part",
        "DISPLAYFROM sorts by local parts, as FROM does",
        "",
        "5957-4-displayfrom 5957-3-name 5957-3-address",
        taken(rb"DISPLAYFROM", b"FROM"),
    ),
    flaw(
        "display-to-is-local-part",
        "DISPLAYTO sorts by local parts, as TO does",
        "",
        "5957-4-displayto 5957-3-name 5957-3-group",
        taken(rb"DISPLAYTO", b"TO"),
    ),
    flaw(
        "display-to-is-from",
        "DISPLAYTO sorts by From",
        "",
        "5957-4-displayto",
        taken(rb"DISPLAYTO", b"DISPLAYFROM"),
    ),
    flaw(
        "display-encoded-words",
        "Encoded-words in names are sorted as they are written",
        "",
        "5957-3-decoded 5957-7-collation",
        _by_text(b"FROM", rb"DISPLAYFROM"),
        _by_text(b"TO", rb"DISPLAYTO"),
    ),
    flaw(
        "display-names-by-octets",
        "Names are sorted by their octets, capitals first",
        "",
        "5957-7-collation",
        send_as(rb"(?m)^From: anna ", b"From: zoea ", name="APPEND"),
    ),
    flaw(
        "display-nameless-first",
        "Addresses without a name sort as the empty string",
        "",
        "5957-3-address",
        sorts_by(lambda seen: _name(seen.fields.get(b"FROM", b"")).upper(), rb"DISPLAYFROM"),
    ),
    flaw(
        "display-absent-last",
        "A message without To comes last",
        "",
        "5957-4-absent",
        sorts_by(
            lambda seen: (_shown(seen.fields.get(b"TO", b"")) or b"\xff").upper(), rb"DISPLAYTO"
        ),
    ),
    flaw(
        "display-group-is-member",
        "A group sorts by its first member",
        "",
        "5957-3-group",
        send_as(rb"(?m)^To: Team: ", b"To:       ", name="APPEND"),
    ),
    flaw(
        "display-unknown",
        "SORT=DISPLAY is announced, and DISPLAYTO is not known",
        "",
        "5957-1-announced 5957-4-displayto",
        answer(b"{tag} BAD Unknown key\r\n", name=SORTS, where=rb"SORT \([^)]*\bDISPLAYTO\b"),
    ),
)
