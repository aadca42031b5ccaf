"""What is costly to make and the same every time, kept on disk: the tables of the grammar.

Everything here is a convenience: where the folder can not be written, or holds something that
nobody but its owner should have put there, what was asked for is made anew. What is kept is a
pickle, which can run code when it is read, so a file is read only if it, and the folder it is
in, belong to the user and nobody else can write to them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import platformdirs

if sys.platform != "win32":
    import fcntl

VARIABLE = "IMAP_CONFORMANCE_CACHE"
"""Environment variable with the folder; empty for none."""

_MOST = 200_000_000
"""Octets of all files that are kept; those that were asked for longest ago go first.

The tables of one grammar are half a million, and there is one for each set of extensions that a
server announces: a number of files that is too small has each push out the next that is wanted.
"""

_PATIENCE, _LOOK = 60.0, 0.05
"""Seconds in which a process has made what takes it longest; between two looks whether it has."""

_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)

_T = TypeVar("_T")


def folder() -> Path | None:
    """Give the folder of what is kept, or None where the environment says that nothing is."""
    said = os.environ.get(VARIABLE)
    if said is None:
        return platformdirs.user_cache_path("imap-conformance", appauthor=False)
    return Path(said) if said else None


def digest(parts: Iterable[str]) -> str:
    """Give one name for everything that decides what is made, the version of Python included."""
    summed = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for each in parts:
        octets = each.encode()
        summed.update(f"{len(octets)}:".encode() + octets)
    return summed.hexdigest()


def kept(kind: str, key: str, wanted: type[_T], make: Callable[[], _T]) -> _T:
    """Give what is kept under `key`, a `wanted`; make and keep it where there is none.

    `kind` is a word that stands in the name of the file. A file that is broken, or that
    somebody else could have written, is not read, and written anew.
    """
    place = folder()
    if place is None:
        return make()
    path = place / f"{kind}-{key}.pickle"
    found = _read(path)
    if isinstance(found, wanted):
        return found
    with _one_maker(path):
        found = _read(path)
        if isinstance(found, wanted):
            return found
        made = make()
        _write(path, made)
    return made


@contextlib.contextmanager
def _one_maker(path: Path) -> Iterator[None]:
    """Wait while another process makes the same, which takes it seconds: several begin at once.

    Who waits for longer than that makes it as well.
    """
    descriptor = _lock_file(path.with_suffix(".lock"))
    if descriptor is None:
        yield
        return
    try:
        until = time.monotonic() + _PATIENCE
        while not _locked(descriptor) and time.monotonic() < until:
            time.sleep(_LOOK)
        yield
    finally:
        path.with_suffix(".lock").unlink(missing_ok=True)
        os.close(descriptor)


def _lock_file(path: Path) -> int | None:
    """Open the file that a maker locks, None where there is no folder of ours."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(path.parent.lstat()):
            return os.open(path, os.O_CREAT | os.O_RDWR | _NO_LINK, 0o600)
    return None


def _locked(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True  # files are locked in another way there: each process makes its own
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _read(path: Path) -> object:
    try:
        if not _ours(path.parent.lstat()):
            return None
        descriptor = os.open(path, os.O_RDONLY | _NO_LINK)
        with os.fdopen(descriptor, "rb") as file:
            if not _ours(os.fstat(descriptor)):
                return None
            found: object = pickle.load(file)  # noqa: S301  # ours alone, as was seen
            with contextlib.suppress(OSError):
                os.utime(path)  # it was wanted
            return found
    except Exception:  # whatever is wrong with a file: it is made anew
        return None


def _ours(status: os.stat_result) -> bool:
    """Say whether only this user can have written what this is the status of."""
    if not hasattr(os, "geteuid"):
        return True
    others = stat.S_IWGRP | stat.S_IWOTH
    return status.st_uid == os.geteuid() and not status.st_mode & others


def _write(path: Path, made: object) -> None:
    # A full disk, a home that is read-only: the next process makes it anew.
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours(path.parent.lstat()):
            return
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                pickle.dump(made, file, protocol=pickle.HIGHEST_PROTOCOL)
                file.close()
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        _thin_out(path.parent)


def _thin_out(place: Path) -> None:
    """Remove what was asked for longest ago, where there is too much."""
    kept_files = [(path.stat(), path) for path in place.glob("*.pickle")]
    left = _MOST
    for status, path in sorted(kept_files, key=lambda each: -each[0].st_mtime):
        left -= status.st_size
        if left < 0:
            path.unlink(missing_ok=True)
