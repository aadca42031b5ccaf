"""The states of a connection and what leads from one to the next, as one table.

RFC 3501 section 3 draws the same as a figure; `edge` is the number in that figure. Rows of
extensions name their RFC. What is in no row leaves the state as it is: a BAD answer, a
command that has nothing to do with states, a SELECT that is answered before LOGIN was.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class State(enum.Enum):
    """Where a connection is (RFC 3501 section 3); GREETING is before the first line."""

    GREETING = "greeting"
    NOT_AUTHENTICATED = "not authenticated"
    AUTHENTICATED = "authenticated"
    SELECTED = "selected"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class Transition:
    """One edge: in `state`, when `event` ends with `status`, the connection goes `to`."""

    state: State
    event: str
    """A command's name; `greeting` for the first line, `untagged` for any later status line."""
    status: str
    to: State
    edge: int
    """Number of the edge in the figure of RFC 3501 section 3; 0 for one that it does not draw."""
    rfc: str = "3501"


_LIVE: Final = (State.NOT_AUTHENTICATED, State.AUTHENTICATED, State.SELECTED)
_SELECTING: Final = (State.AUTHENTICATED, State.SELECTED)

TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(State.GREETING, "greeting", "OK", State.NOT_AUTHENTICATED, 1),
    Transition(State.GREETING, "greeting", "PREAUTH", State.AUTHENTICATED, 2),
    Transition(State.GREETING, "greeting", "BYE", State.LOGOUT, 3),
    Transition(State.NOT_AUTHENTICATED, "LOGIN", "OK", State.AUTHENTICATED, 4),
    Transition(State.NOT_AUTHENTICATED, "AUTHENTICATE", "OK", State.AUTHENTICATED, 4),
    *(Transition(s, "SELECT", "OK", State.SELECTED, 5) for s in _SELECTING),
    *(Transition(s, "EXAMINE", "OK", State.SELECTED, 5) for s in _SELECTING),
    # A failed attempt has already given up the mailbox that was selected (6.3.1).
    *(Transition(s, "SELECT", "NO", State.AUTHENTICATED, 6) for s in _SELECTING),
    *(Transition(s, "EXAMINE", "NO", State.AUTHENTICATED, 6) for s in _SELECTING),
    Transition(State.SELECTED, "CLOSE", "OK", State.AUTHENTICATED, 6),
    Transition(State.SELECTED, "UNSELECT", "OK", State.AUTHENTICATED, 0, rfc="3691"),
    *(
        Transition(s, "UNAUTHENTICATE", "OK", State.NOT_AUTHENTICATED, 0, rfc="8437")
        for s in _SELECTING
    ),
    *(Transition(s, "LOGOUT", "OK", State.LOGOUT, 7) for s in _LIVE),
    *(Transition(s, "untagged", "BYE", State.LOGOUT, 7) for s in _LIVE),
)
"""Every way from a state to the next."""

_NEXT: Final = {(row.state, row.event, row.status): row.to for row in TRANSITIONS}


def after(state: State, event: str, status: str) -> State:
    """Return the state that follows `state` when `event` ends with `status`."""
    return _NEXT.get((state, event, status), state)
