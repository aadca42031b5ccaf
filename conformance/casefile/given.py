"""The values that every case is given: its mailboxes, the accounts, the fixture's messages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping

from conformance.casefile import sasl
from conformance.casefile.bindings import Bound, astring, list_mailbox, nstring, quoted, verbatim
from conformance.casefile.errors import Skip
from conformance.casefile.fixtures import Fixture
from conformance.casefile.workspace import Workspace
from conformance.wire.account import Account

_LEVEL = r"[A-Za-z0-9%*-]+"  # the last one may be empty: a name that ends in the delimiter
_MAILBOX = re.compile(
    rf"(?P<bare>name\.)?mailbox(?:\.(?P<label>[A-Za-z0-9-]+))?(?:/(?P<path>(?:{_LEVEL}/)*(?:{_LEVEL})?))?"
)
_INBOX = re.compile(r"inbox/(?P<label>[A-Za-z0-9-]+)")
_SIZE = re.compile(r"msg\.(?P<number>[1-9][0-9]*)\.size")
_PLAIN = frozenset({"delim", "user", "password", "user2", "password2", "plain", "plain2"})
_SASL = "sasl."
_QUOTED = {"quoted.user": "user", "quoted.password": "password"}


def known(name: str) -> bool:
    """Whether a value of this name is given to every case."""
    if name.startswith(_SASL):
        return sasl.known(name[len(_SASL) :]) and not answers(name)
    if name in _PLAIN or name in _QUOTED:
        return True
    return any(pattern.fullmatch(name) for pattern in (_MAILBOX, _INBOX, _SIZE))


def is_secret(name: str) -> bool:
    """Whether this names a value that gives a password away."""
    return name.startswith(("password", "plain", "quoted.password", _SASL))


def answers(name: str) -> bool:
    """Whether this names a SASL message that answers a challenge."""
    return name.removeprefix(_SASL).removesuffix(".wrong") in sasl.ANSWERS


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
        if found := _SIZE.fullmatch(name):
            return self._size(int(found["number"]))
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

    def _size(self, number: int) -> Bound:
        if number > len(self._fixture.messages):
            raise KeyError(f"msg.{number}.size")
        return verbatim(b"%d" % len(self._fixture.messages[number - 1].octets))

    def _credential(self, name: str) -> Bound:
        second = name.endswith("2")
        if len(self._accounts) <= second:
            raise Skip("needs a second account" if second else "needs an account")
        account = self._accounts[second]
        if name.startswith("plain"):
            return verbatim(account.sasl_plain)
        return astring((account.user if name.startswith("user") else account.password).encode())
