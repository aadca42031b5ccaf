"""Flaws of URLs (RFC 5092) behind CATENATE."""

from __future__ import annotations

from conformance.flaws.acts import answer, send_as
from conformance.flaws.flaw import flaw

_BAD_URL = b"{tag} NO Wrong URL\r\n"

FLAWS = (
    flaw(
        "url-in-capitals-only",
        "The words of a URL are known in capitals only",
        "",
        "5092-11-case",
        answer(_BAD_URL, name="APPEND", where=rb"(?-i:;uid=)"),
    ),
    flaw(
        "url-not-decoded",
        "What is percent-encoded in a section stays so",
        "",
        "5092-5-percent",
        answer(_BAD_URL, name="APPEND", where=rb"SECTION=%"),
    ),
    flaw(
        "url-without-field-lists",
        "A section with a list of fields is not known in URLs",
        "",
        "5092-6-section",
        answer(_BAD_URL, name="APPEND", where=rb"HEADER\.FIELDS%20"),
    ),
    flaw(
        "url-of-a-former-mailbox",
        "UIDVALIDITY in a URL is passed over",
        "",
        "5092-6-stale",
        send_as(rb";UIDVALIDITY=\d+", b"", name="APPEND"),
    ),
    flaw(
        "url-in-utf-7",
        "The name of a mailbox is in modified UTF-7 in URLs",
        "",
        "5092-8-utf-8",
        answer(_BAD_URL, name="APPEND", where=rb"%C3%A9"),
    ),
    flaw(
        "url-without-partial",
        "PARTIAL in a URL is passed over",
        "",
        "5092-6-partial",
        send_as(rb"/;PARTIAL=[\d.]+", b"", name="APPEND"),
    ),
)
