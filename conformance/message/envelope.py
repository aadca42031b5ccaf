"""The ENVELOPE of a header (RFC 3501 section 7.4.2)."""

from __future__ import annotations

from conformance.message.address import Address, read_addresses
from conformance.message.expected import NIL, Anything, Expected, Listed, Text, one_of
from conformance.message.header import Field, Header
from conformance.message.lexical import Malformed

ADDRESS_FIELDS = (b"FROM", b"SENDER", b"REPLY-TO", b"TO", b"CC", b"BCC")

_EIGHT_BIT = Anything("section 7.4.2: headers have 7 bits, so a server may change what has 8")
_NO_DATE = Anything("section 7.4.2: absent is NIL, but the date of a valid message is never NIL")
_NO_FROM = Anything("section 7.4.2: absent is NIL, but the from of a valid message is never NIL")


def envelope(header: Header) -> Expected:
    """Compute the envelope of a message with this header."""
    if not header.sound and header.octets.isascii():
        return Anything("the header is not one of RFC 5322")
    author = _addresses(header, b"FROM")
    if not header.all(b"FROM"):
        author = _NO_FROM
    items: list[tuple[str, Expected]] = [
        ("date", _text(header, b"DATE") if header.all(b"DATE") else _NO_DATE),
        ("subject", _text(header, b"SUBJECT")),
        ("from", author),
    ]
    for name, title in ((b"SENDER", "sender"), (b"REPLY-TO", "reply-to")):
        own = _addresses(header, name)
        items.append((title, author if own == NIL else own))
    items += [(name.decode().lower(), _addresses(header, name)) for name in (b"TO", b"CC", b"BCC")]
    items += [
        (name.decode().lower(), _text(header, name)) for name in (b"IN-REPLY-TO", b"MESSAGE-ID")
    ]
    return Listed(tuple(items))


def addresses_of(header: Header, name: bytes) -> tuple[Address, ...] | None:
    """Return the addresses of all fields of a name, None where they can not be told."""
    try:
        found = [read_addresses(field.body) for field in header.all(name)]
    except Malformed:
        return None
    return tuple(address for addresses in found for address in addresses)


def _text(header: Header, name: bytes) -> Expected:
    fields = header.all(name)
    if not fields:
        return NIL
    return one_of(_field_text(field) for field in (fields[0], fields[-1]))


def _field_text(field: Field) -> Expected:
    if not field.seven_bit:
        return _EIGHT_BIT
    # Empty is "", and by a note some servers return NIL.
    return Text(field.texts if field.texts[0] else (b"", None))


def _addresses(header: Header, name: bytes) -> Expected:
    fields = header.all(name)
    if not fields:
        return NIL
    if not all(field.seven_bit for field in fields):
        return _EIGHT_BIT
    try:
        lists = [read_addresses(field.body) for field in fields]
    except Malformed as malformed:
        return Anything(f"RFC 5322 section 3.4: {malformed}")
    if len(lists) > 1:
        # Section 3.6.3 wants one; some join several (RFC 5322 section 4.5.3), some take one.
        joined = tuple(address for addresses in lists for address in addresses)
        return one_of(_listed(addresses) for addresses in (joined, lists[0], lists[-1]))
    return _listed(lists[0])


def _listed(addresses: tuple[Address, ...]) -> Expected:
    if not addresses:
        return NIL
    return Listed(tuple((f"address {n}", a.expected()) for n, a in enumerate(addresses, 1)))
