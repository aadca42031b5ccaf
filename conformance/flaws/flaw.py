"""What a flaw is: an id, where it comes from, the rules it breaks, and the acts that break them."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from conformance.flaws.pop3.act import Pop3Act
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

Saying: TypeAlias = Callable[[Talk, Arrival, bytes], bytes]
"""Takes a response in its context and its octets, returns the octets to send instead."""

Asking: TypeAlias = Callable[[Talk, Request], bytes | None]
"""Takes a command. None leaves it alone, octets are sent on in its place, `b""` sends nothing:
it was answered here, or never will be."""

Securing: TypeAlias = Callable[[Talk, bytes], bytes]
"""Takes what came in the clear behind STARTTLS, returns what is to be read of it under TLS."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a flawed server does; what is None is done as the good server does it.

    `names` are the commands that `command` wants to see, with their literals: `UID FETCH` is a
    name, `+` stands for the lines of AUTHENTICATE and IDLE, and none at all for every command.
    `early`: it sees a command before the literal is asked for. `chunk` and `pause`: everything
    is sent in pieces of so many octets, with so many seconds between them. `longest`:
    so many octets of a line are kept until its end comes. `tls` changes what TLS is spoken, and
    with which certificate.
    """

    response: Saying | None = None
    command: Asking | None = None
    names: frozenset[str] = frozenset()
    early: bool = False
    secured: Securing | None = None
    chunk: int = 0
    pause: float = 0.0
    longest: int = 0
    tls: Callable[[ssl.SSLContext], None] | None = None

    def wants(self, name: str) -> bool:
        """Whether it wants to see commands of this name."""
        if self.command is None:
            return False
        return name in self.names if self.names else name != "+"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of a server.

    `requirements` are the rules of which a run has to report at least one; for an allowed
    behaviour there are none. `origin` are ids of known bugs, none for a flaw made from a rule.
    `backend` names the server that it needs, "" for any. Where no server speaks what a flaw is
    about, `facade` names a row of `FACADES`, acts that make the backend speak it: it is served
    behind the flaw, and without one it is what the flaw is compared with. `pop3` is what the
    server does wrong when it is spoken to by POP3, where that is it.
    """

    id: str
    title: str
    origin: tuple[str, ...]
    requirements: tuple[str, ...]
    acts: tuple[Act, ...]
    backend: str = "dovecot"
    facade: str = ""
    pop3: tuple[Pop3Act, ...] = ()

    @property
    def of_rev2(self) -> bool:
        """Whether it is a flaw of IMAP4rev2: its first rule is one of RFC 9051."""
        return self.requirements[:1] != () and self.requirements[0].startswith("9051-")


def flaw(
    name: str,
    title: str,
    origin: str,
    requirements: str,
    *acts: Act,
    backend: str = "dovecot",
    facade: str = "",
    pop3: tuple[Pop3Act, ...] = (),
) -> Flaw:
    """Make a flaw of one row of a table: several origins and requirements stand in one text."""
    rules = tuple(requirements.split())
    return Flaw(name, title, tuple(origin.split()), rules, acts, backend, facade, pop3)


def facade(name: str, title: str, *acts: Act, backend: str = "dovecot") -> Flaw:
    """Make a row of `FACADES`: acts that make a server speak an extension, and no fault."""
    return Flaw(name, title, (), (), acts, backend)


NO_CASE = r"(?!)"


@dataclass(frozen=True, slots=True)
class Leaning:
    """A row of `LEANING`: what a run over all cases may say of a flaw; see `attribution`."""

    flaw: str
    needs: str
    besides: str
    most: int


def leaning(name: str, needs: str = NO_CASE, *, besides: str = "", most: int = 2) -> Leaning:
    """Make a row; `besides` are rules that the first finding may be under as well."""
    return Leaning(name, needs, besides, most)
