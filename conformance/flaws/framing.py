"""Flaws of lines, tags, literals and continuation requests (RFC 3501 sections 2.2, 4.3, 7)."""

from __future__ import annotations

from conformance.flaws.acts import after, alter, drop, hang_up, instead, payload, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _without_cr(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n", 3)


def _closed_early(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Move the closing parenthesis behind the first payload, and leave the rest without one."""
    if not arrival.frame.literals or not octets.endswith(b")\r\n"):
        return octets
    end = octets.index(b"}\r\n") + 3 + len(arrival.frame.literals[0])
    return octets[:end] + b")" + octets[end:].removesuffix(b")\r\n") + b"\r\n"


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
    flaw(
        "code-without-text",
        "A response code has no text behind it",
        "A01",
        "3501-9-resp-text 3501-7.1-code-with-text",
        replace(rb"\A(\* OK \[[^\]]+\]) .*\r\n\Z", rb"\1\r\n"),
    ),
    flaw(
        "status-without-text",
        "A tagged OK ends behind the OK",
        "A02",
        "3501-9-resp-cond-state 3501-9-response-tagged 3501-9-resp-text",
        replace(rb"\A(\S+ OK) [^\[].*\r\n\Z", rb"\1\r\n", kind="tagged"),
    ),
    flaw(
        "continuation-without-space",
        "A continuation request is a plus sign alone",
        "A03",
        "3501-9-continue-req",
        instead(b"+\r\n", kind="continuation"),
    ),
    flaw(
        "empty-line-between-responses",
        "An empty line stands between untagged responses",
        "A14",
        "3501-9-response-data 3501-9-response-tagged 3501-2.2.2-tag",
        after(b"\r\n", only="EXISTS"),
    ),
    flaw(
        "login-refused-without-tag",
        "The refusal of LOGIN is a line of text without tag or star",
        "A16",
        "3501-9-response-tagged 3501-2.2.2-tag 3501-6.2.3-rejected",
        replace(rb"\A\S+ NO ", b"Sorry: ", to="LOGIN", status="NO"),
    ),
    flaw(
        "literal-without-its-cr",
        "CRs are dropped from large texts, whose count stays as it was",
        "A20",
        "3501-4.3-count",
        payload(_without_cr, recount=False, only="FETCH"),
    ),
    flaw(
        "fetch-list-closed-early",
        "The parenthesis of FETCH is closed behind a literal though other items follow",
        "A22",
        "3501-9-msg-att 3501-9-response-data 3501-9-message-data",
        alter(_closed_early, only="FETCH"),
    ),
    flaw(
        "numbers-as-floats",
        "Large sizes are written as floating-point numbers",
        "A23",
        "3501-9-msg-att-static 3501-9-number 3501-9-msg-att",
        replace(rb"RFC822\.SIZE (\d)(\d\d)\b", rb"RFC822.SIZE \1.\2e+02", only="FETCH"),
    ),
    flaw(
        "capability-with-inner-space",
        "A capability name holds a space",
        "A30",
        "3501-9-capability-data 3501-9-capability 3501-6.2.2-capability-code-same",
        replace(rb" LITERAL\+", b" LITERAL +", only="CAPABILITY"),
    ),
    flaw(
        "literal-not-awaited",
        "A synchronising literal is answered without its octets having been asked for",
        "G26",
        "3501-2.2.1-continuation 3501-6.3.11-appended",
        drop(kind="continuation", to="APPEND"),
    ),
    flaw(
        "nul-in-text",
        "A NUL stands in the text of a response",
        "",
        "3501-9-nul",
        replace(rb"\r\n\Z", b"\0\r\n", kind="tagged", status="OK"),
    ),
)
