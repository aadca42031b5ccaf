"""Names of mailboxes that are the suite's own, and whether their run is still alive.

A name tells the host and the process that made it, when, something unguessable, and a check
over all of it, so that a mailbox of the user's is never taken for one of ours, and what a killed
run left behind is known for what it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
import time

STEM = "imapconf-"
"""How every name begins."""

MAX_AGE = 6 * 3600
"""Seconds after which a run on another host is taken for dead; no run lasts that long."""

_OWN = re.compile(
    STEM + r"(?P<host>[0-9a-f]{4})-(?P<pid>[0-9a-f]+)-(?P<time>[0-9a-f]{8})-[0-9a-f]{10}"
    r"-(?P<check>[0-9a-f]{4})(?=$|[^0-9a-f])"
)

_alive_here: set[str] = set()


def new_run() -> str:
    """Return a name that only this run uses; the names of its mailboxes begin with it."""
    # Of one length always: what is said about a mailbox is to be as long in every run.
    body = f"{_host()}-{os.getpid():07x}-{int(time.time()):08x}-{secrets.token_hex(5)}"
    name = f"{STEM}{body}-{_check(body)}"
    _alive_here.add(name)
    return name


def end_run(name: str) -> None:
    """Say that the run of this name is over."""
    _alive_here.discard(name)


def run_of(mailbox: str) -> str | None:
    """Return the run that made a mailbox of this name, None when the suite did not make it.

    A server may show names in other letters than it was given (RFC 3501 section 5.1 leaves that
    open).
    """
    found = _OWN.search(mailbox.lower())
    if not found:
        return None
    name = found.group()
    body = name[len(STEM) : -5]
    return name if _check(body) == found["check"] else None


def abandoned(run: str) -> bool:
    """Whether a run is over without having removed its mailboxes."""
    found = _OWN.fullmatch(run)
    if not found or run in _alive_here:
        return False
    if found["host"] != _host():
        return time.time() - int(found["time"], 16) > MAX_AGE
    pid = int(found["pid"], 16)
    return pid == os.getpid() or not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:4]


def _check(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:4]
