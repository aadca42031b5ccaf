"""The server under test, wherever it comes from: `Target`.

How each kind of server is found or started is in a module of its own; nothing here opens
a connection.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from conformance.targets.errors import ServerFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from conformance.wire.account import Account
    from conformance.wire.transport import Endpoint


class Target(ABC):
    """One IMAP server, between `__enter__` (started, if it is ours to start) and `__exit__`.

    Attributes:
        name: Short name for reports: "pymap", "dovecot", or the host of a URL.
        version: The server's version, "" while unknown.
        accounts: The accounts to log in with; the first is the primary one, a second is
            optional, and there is none when only the state before login can be tested.
        disposable: Whether everything in the accounts may be changed. True for servers
            that we start ourselves; for others only when their owner said so.
        ephemeral: Whether all mail is gone when the target stops, so that nobody has to tidy up.
        foreign: Whether somebody else runs it, so that only the server knows what it is.
        label: How a command line names this target. Never holds a password.
    """

    name: str
    version: str
    accounts: tuple[Account, ...]
    disposable: bool
    ephemeral: bool = False
    foreign: bool = False
    label: str

    def __init__(
        self, name: str, *, label: str, accounts: Sequence[Account], disposable: bool
    ) -> None:
        self.name = name
        self.version = ""
        self.accounts = tuple(accounts)
        self.disposable = disposable
        self.label = label
        self._pop3: Endpoint | None = None
        self._endpoints: dict[str, Endpoint] = {}

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """The known ways in, by security: "none", "starttls", "implicit". The first is preferred.

        Empty while the target is not started.
        """
        return MappingProxyType(self._endpoints)

    @property
    def endpoint(self) -> Endpoint:
        """The preferred way in.

        Raises:
            RuntimeError: The target is not started.
        """
        for endpoint in self._endpoints.values():
            return endpoint
        raise RuntimeError(f"{self.label} is not started")

    @property
    def memory(self) -> Callable[[], int] | None:
        """What tells how many octets the server holds now, where it is ours to look at."""
        return None

    @property
    def cpu_time(self) -> Callable[[], float] | None:
        """What tells how many seconds of CPU the server has used, where it is ours to look at."""
        return None

    @property
    def pop3(self) -> Endpoint | None:
        """Where the same mail is to be had by POP3; None where it is not, or nobody said so."""
        return self._pop3

    def set_pop3(self, where: Endpoint | None) -> None:
        """Say where POP3 is; None leaves it to the target, which may serve it beside IMAP."""
        self._pop3 = where

    @abstractmethod
    def start(self) -> None:
        """Make the server reachable and fill `endpoints`; raises `TargetError` when it can not."""

    @abstractmethod
    def stop(self) -> None:
        """Undo `start`, also one that got only half way. May be called twice."""

    def restart(self) -> None:
        """Start the server again after it died or hung; raises `TargetError` if it is not ours."""
        raise ServerFailed(f"{self.label} is not ours to start again")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"
