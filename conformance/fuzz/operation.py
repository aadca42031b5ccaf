"""What the module of an RFC registers of generated programs: the operations of `OPERATIONS`.

An operation is a function on the sessions of a program, the session that does it, and arguments
that are generated: it says a command, and does to the model what the command does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import strategies as st

from conformance.fuzz.executor import HOME
from conformance.fuzz.on_mailboxes import PATHS

PICKS = st.lists(st.integers(0, 5), min_size=1, max_size=3)
"""Numbers that choose among what is there."""
PATH = st.sampled_from(PATHS)
"""Any name that programs use."""
BOX = st.sampled_from((HOME, HOME, "b"))
"""The mailbox that there is, or a second one that may be."""
EITHER = st.booleans()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a session may do.

    `needs` are the capabilities that it needs (see `offered`). `selected`: only sessions that have
    a mailbox selected do it. `then` is what is so of the session when the server does as it should.
    `early`: it may only be done before anything else; many programs begin with it.
    """

    name: str
    run: Callable[..., object]
    arguments: Mapping[str, st.SearchStrategy[Any]] = field(default_factory=dict)
    needs: str = ""
    selected: bool = True
    then: Literal["", "selected", "not selected"] = ""
    early: bool = False
