"""Names of mailboxes that are the suite's own, and whether their run is still alive.

A name tells when its run began, has something unguessable, and a check over all of it, so that a
mailbox of the user's is never taken for one of ours.

A run is alive while it holds the lock of a file that is named after it, which the system lets go of
however the run ends. Who does not see that file, on another machine or in another container, goes
by the last sign of life in the account: a long run leaves a mailbox there that tells the time
(`heartbeat`).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

import platformdirs

STEM = "imapconf-"
"""How every name begins."""

MAX_AGE = 6 * 3600
"""Seconds without a sign of life after which a run elsewhere is taken for dead."""

HEARTBEAT = 3600
"""Seconds after which a run that goes on says so anew; clocks may differ by hours."""

_OWN = re.compile(
    STEM + r"[0-9a-f]{4}-[0-9a-f]+-(?P<time>[0-9a-f]{8})-[0-9a-f]{10}"
    r"-(?P<check>[0-9a-f]{4})(?=$|[^0-9a-f])"
)
_ALIVE = re.compile(r"-0-alive(?P<time>[0-9a-f]{8})(?=$|[^0-9a-f])")

_held: dict[str, int | None] = {}
"""Runs of this process that go on, each with the open file whose lock it holds."""
_ended: set[str] = set()


def new_run(*, remembered: bool = True) -> str:
    """Return a name that only this run uses; the names of its mailboxes begin with it.

    `remembered` False: nothing is left of it but its names, on a server that is thrown away.
    """
    # Of one length always: what is said about a mailbox is to be as long in every run.
    random = secrets.token_hex(11)
    body = f"{random[:4]}-{random[4:11]}-{int(time.time()):08x}-{random[11:21]}"
    name = f"{STEM}{body}-{_check(body)}"
    _held[name] = _hold(name) if remembered else None
    return name


def end_run(name: str, *, clean: bool = False) -> None:
    """Say that the run of this name is over; `clean`: nothing of it is left anywhere."""
    descriptor = _held.pop(name, None)
    if descriptor is not None:
        if clean:
            with contextlib.suppress(OSError):
                _file(name).unlink()
        os.close(descriptor)
    if not clean:
        _ended.add(name)


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


def heartbeat(run: str) -> str:
    """Return the name of a mailbox that says: this run is alive now."""
    return f"{run}-0-alive{int(time.time()):08x}"


def heard(mailboxes: Iterable[str]) -> dict[str, float]:
    """Return the last sign of life of each run that some mailboxes tell of, in seconds."""
    signs: dict[str, float] = {}
    for mailbox in mailboxes:
        run = run_of(mailbox)
        found = _ALIVE.search(mailbox.lower(), mailbox.lower().find(run)) if run else None
        if run and found:
            signs[run] = max(signs.get(run, 0.0), float(int(found["time"], 16)))
    return signs


def abandoned(run: str, sign: float = 0.0) -> bool:
    """Whether a run is over without having removed its mailboxes.

    `sign` is the time of its last sign of life in the account, 0 where there is none.
    """
    found = _OWN.fullmatch(run)
    if not found or run in _held:
        return False
    free = _is_free(run)
    if free is not None:
        return free
    began = float(int(found["time"], 16))
    return run in _ended or time.time() - max(began, sign) > MAX_AGE


# -- files of runs -------------------------------------------------------------------------


def _folder() -> Path:
    return platformdirs.user_state_path("imap-conformance", appauthor=False) / "runs"


def _file(run: str) -> Path:
    return _folder() / run


def _hold(run: str) -> int | None:
    """Make the file of a run and hold its lock; None where that can not be."""
    with contextlib.suppress(OSError):
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        _thin_out()
        descriptor = os.open(_file(run), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor
    return None


def _is_free(run: str) -> bool | None:
    """Whether nobody holds the lock of a run; None where its file is not to be seen."""
    try:
        descriptor = os.open(_file(run), os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    finally:
        os.close(descriptor)
    return True


def _thin_out() -> None:
    """Remove the files of runs that are over, and old enough to be known for it without them."""
    for path in _folder().iterdir():
        with contextlib.suppress(FileNotFoundError):  # another run has just ended
            if time.time() - path.stat().st_mtime > MAX_AGE and _is_free(path.name):
                path.unlink(missing_ok=True)


def _check(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:4]
