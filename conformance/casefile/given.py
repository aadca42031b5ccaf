"""The values that every case is given: its mailboxes, the accounts, the fixture's messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.casefile.bindings import Bound, astring, list_mailbox, nstring, verbatim
from conformance.casefile.errors import Skip
from conformance.casefile.fixtures import Fixture
from conformance.casefile.workspace import Workspace
from conformance.wire.account import Account

_LEVEL = r"[A-Za-z0-9%*-]+"  # the last one may be empty: a name that ends in the delimiter
_MAILBOX = re.compile(
    rf"(?P<bare>name\.)?mailbox(?:\.(?P<label>[A-Za-z0-9-]+))?(?:/(?P<path>(?:{_LEVEL}/)*(?:{_LEVEL})?))?"
)
_SIZE = re.compile(r"msg\.(?P<number>[1-9][0-9]*)\.size")
_PLAIN = frozenset(
    {"delim", "user", "password", "user2", "password2", "plain", "plain2", "wrongplain"}
)


def known(name: str) -> bool:
    """Whether a value of this name is given to every case."""
    return name in _PLAIN or bool(_MAILBOX.fullmatch(name) or _SIZE.fullmatch(name))


class Given(Mapping[str, Bound]):
    """The given values of one case, made as they are asked for.

    Asking for a child mailbox where there is no hierarchy, or for a second account where there is
    none, raises `Skip`.
    """

    def __init__(
        self,
        workspace: Workspace,
        case: int,
        fixture: Fixture,
        accounts: tuple[Account, ...],
    ) -> None:
        self._workspace = workspace
        self._case = case
        self._fixture = fixture
        self._accounts = accounts

    def __getitem__(self, name: str) -> Bound:
        if found := _MAILBOX.fullmatch(name):
            return self._mailbox(found)
        if found := _SIZE.fullmatch(name):
            return self._size(int(found["number"]))
        if name == "delim":
            return nstring(self._workspace.hierarchy.delimiter)
        if name in _PLAIN:
            return self._credential(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and known(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_PLAIN))

    def __len__(self) -> int:
        return len(_PLAIN)

    def _mailbox(self, found: re.Match[str]) -> Bound:
        path = found["path"]
        octets = self._workspace.name(self._case, found["label"] or "", path)
        if octets is None:
            raise Skip("the server has no hierarchy of mailboxes")
        if found["bare"]:
            return verbatim(octets)
        return list_mailbox(octets) if set(path or "") & set("%*") else astring(octets)

    def _size(self, number: int) -> Bound:
        if number > len(self._fixture.messages):
            raise KeyError(f"msg.{number}.size")
        return verbatim(b"%d" % len(self._fixture.messages[number - 1].octets))

    def _credential(self, name: str) -> Bound:
        second = name.endswith("2")
        if len(self._accounts) <= second:
            raise Skip("needs a second account" if second else "needs an account")
        account = self._accounts[second]
        if name == "wrongplain":
            return verbatim(replace(account, password="wrong").sasl_plain)  # noqa: S106  # of no one
        if name.startswith("plain"):
            return verbatim(account.sasl_plain)
        return astring((account.user if name.startswith("user") else account.password).encode())
