r"""What the formal syntax keeps for later: no server sends it before a standard says what it is.

RFC 3501 section 9 leaves room in its rules for flags that begin with a backslash and for more
data at the end of a body structure, tells clients to accept both and forbids servers to send them
until a revision of the standard defines some. None has. A flag that a client has stored before is
the client's, and not reported.
"""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.ledger import Bounded
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.responses import read_response
from conformance.syntax.values import Group, Leaf, Unread, Value
from conformance.wire.dialogue import Arrival

FLAG = Rule(
    "3501-9-no-flag-extension",
    "MUST",
    "9",
    "Flags that begin with a backslash are those that the standard defines.",
)
ATTRIBUTE = Rule(
    "3501-7.2.2-attributes",
    "MUST",
    "7.2.2",
    "The attributes of a listed name say something of the mailbox: they are not flags of messages.",
)
BODY = Rule(
    "3501-9-no-body-extension",
    "MUST",
    "9",
    "A body structure has no extension data but those that the standard defines.",
)
FIRST = Rule(
    "3501-9-imap4-first",
    "MUST",
    "9",
    "A server that offers IMAP4 (RFC 1730) lists it as the first capability.",
)

_SYSTEM = frozenset(
    rb"\%s" % name for name in (b"ANSWERED", b"FLAGGED", b"DELETED", b"SEEN", b"DRAFT", b"RECENT")
)
_ANY = rb"\*"

# Without \Flagged, which is also an attribute (RFC 6154 section 2).
_OF_MESSAGES = _SYSTEM - {rb"\FLAGGED"}

# The most values that the description of one part may have, its four extension fields included:
# seven fields, of a text also its lines, of a message also envelope, structure and lines.
_EXTENSIONS = 4
_BASIC, _TEXT, _MESSAGE = 7, 8, 10
_DEEPEST = 50
_NUMBER = re.compile(rb"\d+")
_SHAPES: Bounded[tuple[bytes, tuple[bytes, ...]], bool] = Bounded(2_000)
"""What is known of structures that are alike."""


def known_flags(view: View, arrival: Arrival, report: Report) -> None:
    """Report flags that begin with a backslash, and that neither RFC nor client has made."""
    response = arrival.response
    if response.name == "FLAGS":
        flags = {bytes(leaf.octets).upper() for leaf in response.leaves}
    elif response.name == "FETCH":
        flags = {flag.upper() for flag in response.flags() or ()}
    else:
        flags = {bytes(leaf.octets).upper() for leaf in _code(arrival, "PERMANENTFLAGS")} - {_ANY}
    strange = {f for f in flags if f.startswith(b"\\")} - _SYSTEM - view.ledger.flags_stored
    if strange:
        names = show(b" ".join(sorted(strange)))
        report(Fault(FLAG, f"{names} is no flag of RFC 3501.", "system flags and keywords"))


def attributes_of_mailboxes(_view: View, arrival: Arrival, report: Report) -> None:
    """Report flags of messages among the attributes of LIST and LSUB."""
    strange = {bytes(leaf.octets).upper() for leaf in arrival.response.leaves} & _OF_MESSAGES
    if strange:
        message = f"{show(b' '.join(sorted(strange)))} is no attribute of a mailbox."
        report(Fault(ATTRIBUTE, message, "attributes of section 7.2.2 or of an extension"))


def known_body(_view: View, arrival: Arrival, report: Report) -> None:
    """Report more extension data in a BODYSTRUCTURE than RFC 3501 defines."""
    body = arrival.response.items.get(b"BODYSTRUCTURE")
    if body is None:
        return
    # Servers have few kinds of structures: one is read for all that look like it.
    raw = body.raw if isinstance(body, Unread) else b""
    alike = raw and b"\\" not in raw and b"{" not in raw  # else a type may be written otherwise
    if _is_alike_extended(raw) if alike else _is_extended(body, _DEEPEST):
        message = "The body structure goes on behind the location of the body."
        report(Fault(BODY, message, "nothing behind MD5 (or parameters), disposition, language"))


def imap4_first(_view: View, arrival: Arrival, report: Report) -> None:
    """Report IMAP4 anywhere but at the head of a list of capabilities."""
    if arrival.response.name == "CAPABILITY":
        names = [bytes(leaf.octets).upper() for leaf in arrival.response.leaves]
    else:
        names = [bytes(leaf.octets).upper() for leaf in _code(arrival, "CAPABILITY")]
    if b"IMAP4" in names[1:] and names[0] != b"IMAP4":
        report(Fault(FIRST, f"IMAP4 stands behind {show(names[0])}.", "IMAP4 IMAP4rev1 ..."))


def _code(arrival: Arrival, name: str) -> list[Leaf]:
    """Return the words of a response code of this name, none where there is another or none."""
    code = arrival.response.code
    if code is None or code.name != name:
        return []
    found: list[Leaf] = []
    for value in code.values:
        found += [value] if isinstance(value, Leaf) else []
        if isinstance(value, Group):
            found += [item for item in value.items if isinstance(item, Leaf)]
    return found


def _is_alike_extended(raw: bytes) -> bool:
    """Whether a structure goes on too long: found once for all that differ in strings and numbers.

    What does not count are numbers, and strings that begin no list: a type begins one.
    """
    pieces = raw.split(b'"')
    between, strings = pieces[::2], pieces[1::2]
    types = [each for before, each in zip(between, strings, strict=False) if before[-1:] == b"("]
    shape = _NUMBER.sub(b"0", b'"'.join(between)), tuple(types)
    known = _SHAPES.get(shape)
    if known is None:
        value = read_response(b"* 1 FETCH (BODYSTRUCTURE " + raw + b")\r\n").items
        body = value.get(b"BODYSTRUCTURE")
        known = body is not None and _is_extended(body, _DEEPEST)
        _SHAPES.put(shape, known)
    return known


def _is_extended(body: Value, depth: int) -> bool:
    if not isinstance(body, Group) or not body.items or not depth:
        return False
    parts = [item for item in body.items if isinstance(item, Group)]
    first = body.items[0]
    if not isinstance(first, Leaf):  # a multipart: its parts, its subtype, and the extension data
        count = next((i for i, v in enumerate(body.items) if isinstance(v, Leaf)), len(body.items))
        longest = count + 1 + _EXTENSIONS
        parts = [item for item in body.items[:count] if isinstance(item, Group)]
    else:
        kind = bytes(first.octets).upper()
        longest = {b"TEXT": _TEXT, b"MESSAGE": _MESSAGE}.get(kind, _BASIC) + _EXTENSIONS
        parts = [v for v in body.items[8:9] if isinstance(v, Group)] if kind == b"MESSAGE" else []
    return len(body.items) > longest or any(_is_extended(part, depth - 1) for part in parts)


CHECKS = (
    Check("known-flags", ("FLAGS", "FETCH", "OK"), known_flags, (FLAG,), words=(b"FLAGS",)),
    Check("attributes", ("LIST", "LSUB"), attributes_of_mailboxes, (ATTRIBUTE,)),
    Check("known-body", ("FETCH",), known_body, (BODY,), words=(b"BODYSTRUCTURE",)),
    Check("imap4-first", ("CAPABILITY", TAGGED, "OK", "PREAUTH"), imap4_first, (FIRST,)),
)
