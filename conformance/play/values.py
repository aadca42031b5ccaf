"""The values that a case is given, made as it is played."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from conformance.casefile.bindings import (
    Bound,
    astring,
    list_mailbox,
    nstring,
    quoted,
    verbatim,
)
from conformance.casefile.fixtures import Fixture
from conformance.casefile.given import (
    INBOX,
    MAILBOX,
    PLAIN,
    QUOTED,
    SASL,
    URL,
    answers,
    known,
    of_message,
)
from conformance.play.errors import Skip
from conformance.play.workspace import Workspace
from conformance.wire import sasl
from conformance.wire.account import Account


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
        server_name: str = "localhost",
    ) -> None:
        self._workspace = workspace
        self._case = case
        self._fixture = fixture
        self._accounts = accounts
        self._host = host
        self._server_name = server_name
        self._nonce = secrets.token_hex(12)

    def __getitem__(self, name: str) -> Bound:
        if found := MAILBOX.fullmatch(name):
            return self._mailbox(found)
        if found := INBOX.fullmatch(name):
            return astring(self._child(self._workspace.below_inbox(self._case, found["label"])))
        if (bound := of_message(name, self._fixture)) is not None:
            return bound
        message, colon, challenge = name.partition(":")
        if message.startswith(SASL) and (answers(message) if colon else known(message)):
            return self._sasl(message.removeprefix(SASL), challenge.encode("latin-1"))
        if name == "delim":
            return nstring(self._workspace.hierarchy.delimiter)
        if name in PLAIN:
            return self._credential(name)
        if name in QUOTED:
            octets = self._credential(QUOTED[name]).octets
            return Bound(octets, quoted(octets))
        if name in URL:
            return verbatim(self._in_url(name.removeprefix("url.")))
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and known(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(PLAIN))

    def __len__(self) -> int:
        return len(PLAIN)

    def _sasl(self, message: str, challenge: bytes) -> Bound:
        if not self._accounts:
            raise Skip("needs an account")
        client = sasl.SaslClient(self._accounts[0], self._host, self._nonce)
        return verbatim(sasl.message(message, client, challenge))

    def _mailbox(self, found: re.Match[str]) -> Bound:
        path = found["path"]
        octets = self._child(self._workspace.name(self._case, found["label"] or "", path))
        if found["bare"]:
            return verbatim(octets)
        return list_mailbox(octets) if set(path or "") & set("%*") else astring(octets)

    def _in_url(self, name: str) -> bytes:
        if name == "host":
            return self._server_name.encode()
        return quote(self._credential(name).octets, safe="!$'()*+,&=").encode()

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
