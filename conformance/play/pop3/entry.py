"""Bringing a connection that speaks POP3 to the state in which a case begins with it."""

from __future__ import annotations

import time
from typing import Final

from conformance.casefile.labels import Pop3Start
from conformance.wire.errors import LoginRefused
from conformance.wire.pop3.session import Pop3Session

_LOCKED: Final = 3.0  # seconds for a server to notice that a client has gone, and let go its lock
_AGAIN: Final = 0.1  # seconds between two logins


def enter(session: Pop3Session, start: Pop3Start, user: str, password: str) -> None:
    """Connect and bring a session to a state.

    Where a login is refused it is tried again for a while: the lock of a client that has just gone
    may still be there.

    Raises:
        TargetError: the state can not be reached.
    """
    if start == "raw":
        session.connect()
        return
    session.open()
    if start == "authorization":
        return
    deadline = time.monotonic() + _LOCKED
    while True:
        try:
            session.log_in(user, password)
        except LoginRefused:
            if time.monotonic() >= deadline:
                raise
        else:
            return
        session.close()
        time.sleep(_AGAIN)
        session.again()
