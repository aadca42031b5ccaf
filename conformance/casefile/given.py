"""The values that every case is given, by name: mailboxes, accounts, the fixture's messages."""

from __future__ import annotations

import re

from conformance.casefile.bindings import Bound, computed, verbatim
from conformance.casefile.fixtures import Fixture
from conformance.message.expected import Text
from conformance.message.fetching import FetchItem, expected
from conformance.message.views import VIEWS
from conformance.wire import sasl

_LEVEL = r"[A-Za-z0-9%*-]+"  # the last one may be empty: a name that ends in the delimiter
MAILBOX = re.compile(
    rf"(?P<bare>name\.)?mailbox(?:\.(?P<label>[A-Za-z0-9-]+))?(?:/(?P<path>(?:{_LEVEL}/)*(?:{_LEVEL})?))?"
)
"""A mailbox of the case's own, or one below it."""
INBOX = re.compile(r"inbox/(?P<label>[A-Za-z0-9-]+)")
"""A mailbox of the case's own below INBOX."""
_MESSAGE = re.compile(
    r"msg\.(?P<number>[1-9][0-9]*)\."
    r"(?P<what>size|octets|top\.(?P<lines>\d+)|envelope|bodystructure|body|section\.(?P<section>[A-Za-z0-9.]+))"
)
FOUND = "found"
"""What the SEARCH, SORT or THREAD of the window finds in the fixture."""
FETCHED: dict[str, str] = {"fetched": "", **{f"fetched.{view}": view for view in VIEWS}}
"""What the FETCH of the window asks for, as it is in the fixture: of one view, or all of it."""
PLAIN = frozenset({"delim", "user", "password", "user2", "password2", "plain", "plain2"})
"""What stands for itself: the delimiter of the hierarchy, and what accounts log in with."""
SASL = "sasl."
"""What the names of SASL messages begin with."""
BARE = "name."
"""What stands before the name of a kept value that is written without its quotes."""
QUOTED = {"quoted.user": "user", "quoted.password": "password"}
"""Credentials that are written as a quoted string always."""

URL = frozenset({"url.user", "url.user2", "url.host"})
"""What stands in front of the path of an imap URL (RFC 5092 section 3), percent-encoded."""


def known(name: str) -> bool:
    """Whether a value of this name is given to every case."""
    if name.startswith(SASL):
        return sasl.known(name[len(SASL) :]) and not answers(name)
    if name in PLAIN | URL or name in QUOTED or name in (FOUND, *FETCHED):
        return True
    return any(pattern.fullmatch(name) for pattern in (MAILBOX, INBOX, _MESSAGE))


def names_mailbox(name: str) -> bool:
    """Whether this names a mailbox of the case's own."""
    return any(pattern.fullmatch(name) for pattern in (MAILBOX, INBOX))


def is_credential(name: str) -> bool:
    """Whether this names a value of an account."""
    return name in PLAIN | set(QUOTED) and name != "delim"


def is_secret(name: str) -> bool:
    """Whether this names a value that gives a password away."""
    return name.startswith(("password", "plain", "quoted.password", SASL))


def answers(name: str) -> bool:
    """Whether this names a SASL message that answers a challenge."""
    return name.removeprefix(SASL).removesuffix(".wrong") in sasl.ANSWERS


def of_message(name: str, fixture: Fixture) -> Bound | None:
    """Return a value that speaks of a message of the fixture; None for other names.

    Raises:
        ValueError: the fixture has no such message, or the message no such section.
    """
    found = _MESSAGE.fullmatch(name)
    if not found:
        return None
    number, what = int(found["number"]), found["what"]
    if number > len(fixture.messages):
        raise ValueError(f"the fixture {fixture.name} has no message {number}")
    message = fixture.messages[number - 1]
    if what == "size":
        return verbatim(b"%d" % len(message.octets))
    if what == "octets":
        return Bound(message.octets, message.octets, expected=Text((message.octets,)))
    if found["lines"]:
        part = message.parsed
        lines = part.body.split(b"\r\n")[: int(found["lines"])]
        head = part.octets[: len(part.octets) - len(part.body)]
        return verbatim(head + b"".join(line + b"\r\n" for line in lines))
    spec = found["section"]
    item = FetchItem(b"BODY", spec.encode()) if spec else FetchItem(what.upper().encode())
    return computed(expected(message.parsed, item))
