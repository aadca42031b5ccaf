"""Strategies for the header fields of RFC 5322: texts, dates, addresses, identifiers.

MIME fields, which have to fit the body, are in `generated_bodies`. A field is generated with its
name and the CRLF at its end. Obsolete syntax that servers need not read (RFC 5322 section 4) is not
generated, apart from zones by name.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.message.generated_words import (
    atoms,
    characters,
    encoded_words,
    gaps,
    joined,
    quoted,
    unstructured,
)

_DAYS = (b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun")
_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ZONES = (b"+0000", b"-0800", b"+0530", b"+1400", b"-0000", b"GMT", b"EST", b"-0800 (PST)")
_ADDRESS_FIELDS = (b"From", b"To", b"Cc", b"Sender", b"Reply-To", b"Bcc")
_ONE_MAILBOX = (b"Sender",)  # RFC 5322 section 3.6.2
_OTHER_FIELDS = (b"X-A", b"x-a", b"Comments", b"Keywords-X", b"X-Long-Name.of_a+field")
_MANY = frozenset(name.lower() for name in (*_OTHER_FIELDS, b"X-Empty"))
"""Fields that may be there more than once (RFC 5322 section 3.6)."""

_MOST_FIELDS = 7


@st.composite
def headers(draw: DrawFn) -> tuple[bytes, ...]:
    """Draw the fields of a message but those of MIME, in any order; some may be there twice."""
    generated = draw(st.lists(_fields(), min_size=1, max_size=_MOST_FIELDS))
    found: dict[bytes, bytes] = {}
    for number, octets in enumerate(generated):
        name = octets.partition(b":")[0].lower()
        found.setdefault(b"%s:%d" % (name, number) if name in _MANY else name, octets)
    return tuple(found.values())


@cache
def field(name: bytes, bodies: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """Draw a field: its name in some letter case, and a body behind a space, or less, or more."""
    spelled = st.sampled_from((name, name.upper(), name.lower()))
    space = st.sampled_from((b" ", b"", b"  ", b"\t", b"\r\n "))
    end = st.sampled_from((b"\r\n", b" \r\n"))
    return st.builds(lambda *pieces: b"".join(pieces), spelled, st.just(b":"), space, bodies, end)


@cache
def _fields() -> SearchStrategy[bytes]:
    subject = field(b"Subject", unstructured())
    addresses = st.one_of(
        [
            field(name, mailboxes() if name in _ONE_MAILBOX else address_lists())
            for name in _ADDRESS_FIELDS
        ]
    )
    commented = field(b"From", _commented_mailboxes())
    others = st.one_of([field(name, unstructured()) for name in _OTHER_FIELDS])
    identifiers = st.one_of(
        field(b"Message-ID", message_ids()),
        field(b"In-Reply-To", joined(message_ids(), most=2)),
        field(b"References", joined(message_ids(), most=3)),
    )
    return st.one_of(
        st.sampled_from((b"Subject: a\r\n", b"Subject:\r\n", b"Subject: \r\n", b"X-Empty:\r\n")),
        subject,
        field(b"Date", dates()),
        addresses,
        addresses,
        commented,
        others,
        identifiers,
    )


# ------------------------------------------------------------------------------ dates, ids


@cache
def dates() -> SearchStrategy[bytes]:
    """Draw a date-time (RFC 5322 section 3.3), with the right day of the week if with any."""
    return st.builds(
        _date,
        st.dates(date(1990, 1, 1), date(2037, 12, 31)),
        st.times(),
        st.sampled_from(_ZONES),
        weekday=st.booleans(),
        padded=st.booleans(),
        seconds=st.booleans(),
    )


def _date(
    day: date, time: object, zone: bytes, *, weekday: bool, padded: bool, seconds: bool
) -> bytes:
    of_month = b"%02d" % day.day if padded else b"%d" % day.day
    clock = str(time)[: 8 if seconds else 5].encode()
    front = _DAYS[day.weekday()] + b", " if weekday else b""
    return b"%s%s %s %d %s %s" % (front, of_month, _MONTHS[day.month - 1], day.year, clock, zone)


@cache
def message_ids() -> SearchStrategy[bytes]:
    """Draw a msg-id (RFC 5322 section 3.6.4)."""
    return st.builds(lambda left, right: b"<%s@%s>" % (left, right), atoms(), _domains())


# ------------------------------------------------------------------------------- addresses


@cache
def address_lists() -> SearchStrategy[bytes]:
    """Draw an address-list (RFC 5322 section 3.4): mailboxes, and groups among them."""
    one = mailboxes() | _groups()
    return st.one_of(mailboxes(), st.lists(one, min_size=1, max_size=4).flatmap(_listed))


@cache
def mailboxes() -> SearchStrategy[bytes]:
    """Draw a mailbox: an address, alone or with a name before or a comment behind it."""
    named = st.builds(
        lambda name, gap, address: name + gap + b"<" + address + b">",
        _names(),
        gaps(),
        _addresses(),
    )
    return _addresses() | named | _addresses().map(lambda address: b"<" + address + b">")


@cache
def _commented_mailboxes() -> SearchStrategy[bytes]:
    """Draw an address with its owner's name in a comment, as was done before there were names."""
    comment = st.sampled_from((b"(a)", b"(two words)"))
    return st.builds(lambda address, said: address + b" " + said, _addresses(), comment)


def _listed(members: list[bytes]) -> SearchStrategy[bytes]:
    commas = st.sampled_from((b", ", b",", b",\r\n ", b" , "))
    return commas.map(lambda comma: comma.join(members))


@cache
def _groups() -> SearchStrategy[bytes]:
    members = st.lists(mailboxes(), max_size=3)
    return st.builds(lambda name, inside: b"%s:%s;" % (name, b", ".join(inside)), _names(), members)


@cache
def _names() -> SearchStrategy[bytes]:
    return joined(atoms(), most=3) | quoted() | joined(encoded_words(), most=2)


@cache
def _addresses() -> SearchStrategy[bytes]:
    dotted = st.lists(atoms(), min_size=1, max_size=3).map(b".".join)
    return st.builds(lambda local, host: local + b"@" + host, dotted | quoted(), _domains())


@cache
def _domains() -> SearchStrategy[bytes]:
    label = characters("abcxyz019", 6)
    dotted = st.lists(label, min_size=1, max_size=3).map(b".".join)
    return dotted | st.sampled_from((b"[192.0.2.1]", b"a-b.example"))
