"""The values that every case is given: its mailboxes, the accounts, the fixture's messages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping

from conformance.casefile import sasl
from conformance.casefile.bindings import (
    Bound,
    astring,
    computed,
    list_mailbox,
    nstring,
    quoted,
    verbatim,
)
from conformance.casefile.errors import Skip
from conformance.casefile.fixtures import Fixture
from conformance.casefile.workspace import Workspace
from conformance.message.expected import Text
from conformance.message.fetching import Item, expected
from conformance.message.views import VIEWS
from conformance.wire.account import Account

_LEVEL = r"[A-Za-z0-9%*-]+"  # the last one may be empty: a name that ends in the delimiter
_MAILBOX = re.compile(
    rf"(?P<bare>name\.)?mailbox(?:\.(?P<label>[A-Za-z0-9-]+))?(?:/(?P<path>(?:{_LEVEL}/)*(?:{_LEVEL})?))?"
)
_INBOX = re.compile(r"inbox/(?P<label>[A-Za-z0-9-]+)")
_MESSAGE = re.compile(
    r"msg\.(?P<number>[1-9][0-9]*)\."
    r"(?P<what>size|octets|envelope|bodystructure|body|section\.(?P<section>[A-Za-z0-9.]+))"
)
FOUND = "found"
"""What the SEARCH of the window finds in the fixture."""
FETCHED: dict[str, str] = {"fetched": "", **{f"fetched.{view}": view for view in VIEWS}}
"""What the FETCH of the window asks for, as it is in the fixture: of one view, or all of it."""
_PLAIN = frozenset({"delim", "user", "password", "user2", "password2", "plain", "plain2"})
_SASL = "sasl."
_QUOTED = {"quoted.user": "user", "quoted.password": "password"}


def known(name: str) -> bool:
    """Whether a value of this name is given to every case."""
    if name.startswith(_SASL):
        return sasl.known(name[len(_SASL) :]) and not answers(name)
    if name in _PLAIN or name in _QUOTED or name in (FOUND, *FETCHED):
        return True
    return any(pattern.fullmatch(name) for pattern in (_MAILBOX, _INBOX, _MESSAGE))


def names_mailbox(name: str) -> bool:
    """Whether this names a mailbox of the case's own."""
    return any(pattern.fullmatch(name) for pattern in (_MAILBOX, _INBOX))


def is_credential(name: str) -> bool:
    """Whether this names a value of an account."""
    return name in _PLAIN | set(_QUOTED) and name != "delim"


def is_secret(name: str) -> bool:
    """Whether this names a value that gives a password away."""
    return name.startswith(("password", "plain", "quoted.password", _SASL))


def answers(name: str) -> bool:
    """Whether this names a SASL message that answers a challenge."""
    return name.removeprefix(_SASL).removesuffix(".wrong") in sasl.ANSWERS


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
    spec = found["section"]
    item = Item(b"BODY", spec.encode()) if spec else Item(what.upper().encode())
    return computed(expected(message.parsed, item))


class Given(Mapping[str, Bound]):
    """The given values of one case, made as they are asked for.

    Asking for a child mailbox where there is no hierarchy, or for a second account where there is
    none, raises `Skip`. The answer to a SASL challenge is asked for as `<message>:<challenge>`;
    where the challenge can not be answered that raises `BadChallenge`.
    """

    def __init__(
        self,
        workspace: Workspace,
        case: int,
        fixture: Fixture,
        accounts: tuple[Account, ...],
        host: str = "localhost",
    ) -> None:
        self._workspace = workspace
        self._case = case
        self._fixture = fixture
        self._accounts = accounts
        self._host = host
        self._nonce = secrets.token_hex(12)

    def __getitem__(self, name: str) -> Bound:
        if found := _MAILBOX.fullmatch(name):
            return self._mailbox(found)
        if found := _INBOX.fullmatch(name):
            return astring(self._child(self._workspace.below_inbox(self._case, found["label"])))
        if _MESSAGE.fullmatch(name):
            bound = of_message(name, self._fixture)
            if bound is not None:
                return bound
        message, colon, challenge = name.partition(":")
        if message.startswith(_SASL) and (answers(message) if colon else known(message)):
            return self._sasl(message.removeprefix(_SASL), challenge.encode("latin-1"))
        if name == "delim":
            return nstring(self._workspace.hierarchy.delimiter)
        if name in _PLAIN:
            return self._credential(name)
        if name in _QUOTED:
            octets = self._credential(_QUOTED[name]).octets
            return Bound(octets, quoted(octets))
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and known(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_PLAIN))

    def __len__(self) -> int:
        return len(_PLAIN)

    def _sasl(self, message: str, challenge: bytes) -> Bound:
        if not self._accounts:
            raise Skip("needs an account")
        client = sasl.Client(self._accounts[0], self._host, self._nonce)
        return verbatim(sasl.message(message, client, challenge))

    def _mailbox(self, found: re.Match[str]) -> Bound:
        path = found["path"]
        octets = self._child(self._workspace.name(self._case, found["label"] or "", path))
        if found["bare"]:
            return verbatim(octets)
        return list_mailbox(octets) if set(path or "") & set("%*") else astring(octets)

    @staticmethod
    def _child(octets: bytes | None) -> bytes:
        if octets is None:
            raise Skip("the server has no hierarchy of mailboxes")
        return octets

    def _credential(self, name: str) -> Bound:
        second = name.endswith("2")
        if len(self._accounts) <= second:
            raise Skip("needs a second account" if second else "needs an account")
        account = self._accounts[second]
        if name.startswith("plain"):
            return verbatim(account.sasl_plain)
        return astring((account.user if name.startswith("user") else account.password).encode())
