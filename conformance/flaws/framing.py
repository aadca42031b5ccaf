"""Flaws of lines, tags, literals and continuation requests (RFC 3501 sections 2.2, 4.3, 7)."""

from __future__ import annotations

from conformance.flaws.acts import hang_up, instead, replace
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "bare-line-feed",
        "Lines end in LF alone",
        "",
        "3501-2.2-crlf",
        replace(rb"\r\n\Z", b"\n"),
    ),
    flaw(
        "double-space-after-star",
        "Two spaces stand after the `*` of an untagged response",
        "",
        "3501-9-response-data 3501-9-greeting",
        replace(rb"\A\* ", b"*  "),
    ),
    flaw(
        "server-sends-literal-plus",
        "A server literal is announced as a non-synchronising one",
        "",
        "3501-9-literal",
        replace(rb" \{(\d+)\}\r\n", rb" {\1+}\r\n", kind="untagged"),
    ),
    flaw(
        "untagged-bad-for-completion",
        "A command is refused by an untagged BAD instead of a tagged one",
        "A15",
        "3501-7.1.3-tagged 3501-2.2.2-one-completion",
        replace(rb"\A\S+ BAD", b"* BAD", kind="tagged"),
    ),
    flaw(
        "input-echoed-in-text",
        "A refusal repeats a mailbox name as it came, line ends included",
        "A31",
        "3501-9-response-tagged 3501-2.2.2-tag",
        instead(b"{tag} NO There is no {first}\r\n", to="SELECT, EXAMINE, STATUS", status="NO"),
    ),
    flaw(
        "malformed-search-hangs-up",
        "A malformed SEARCH closes the connection",
        "F20",
        "3501-3.4-bye 3501-2.2.2-one-completion 3501-2.2.2-strict",
        hang_up(to="SEARCH, UID SEARCH", status="BAD"),
    ),
)
