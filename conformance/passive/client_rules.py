"""The checks that see the rules for clients broken: what they look at, and all there are.

Each check looks at one command: when it begins, when it is complete, or when octets come for
which the server has not asked. Where the order of both sides is not known exactly, checks that
hang on it are silent; so are those that need to know what was announced, while nothing was.
The modules of RFCs register them under `CHECKS`. How a client's conversation is followed is in
`client`, the syntax of commands in `client_syntax`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.checks.finding import Fault, Rule
from conformance.wire.commands import Command
from conformance.wire.states import State

On = Literal["begin", "complete", "unasked", "line", "done", "end"]
"""When a check looks; `done` is a DONE that ends no IDLE."""


@dataclass(frozen=True, slots=True)
class Said:
    """One command as the checks see it, with the conversation around it.

    Attributes:
        command: The command; for `end`, the last one.
        flight: Commands that were in progress when it began, oldest first.
        tags: Tags that were used before it began.
        state: Before it began; GREETING also where it is not known.
        mailbox: The selected mailbox before it began, decoded; None where none or unknown.
        current: Capabilities in capitals that were told last; None while none are known.
        announced: All that were ever told by the server; None while none count for this state.
        enabled: What the server said is on in this session, in capitals.
        unicode: An ENABLE may have allowed UTF-8 in names (RFC 6855, RFC 9051).
        succeeded: Names of the commands that were answered OK, each where it last was, in order.
        before_login: All that the server told to who had not logged in, in any session.
    """

    command: Command
    flight: tuple[Command, ...]
    tags: Collection[bytes]
    state: State
    mailbox: bytes | None
    current: frozenset[str] | None
    announced: frozenset[str] | None
    enabled: frozenset[str] = frozenset()
    unicode: bool = False
    succeeded: Collection[str] = ()
    before_login: frozenset[str] = frozenset()


ClientJudge: TypeAlias = Callable[[Said], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class ClientCheck:
    """One check: when it looks, what it may report, whether it needs the exact order."""

    on: On
    judge: ClientJudge
    rules: tuple[Rule, ...]
    exact: bool = False
