"""The cases of a file as they were made ready to play, kept until something changes that decides.

Reading all cases takes seconds, and a run that plays ten of them should not. What is kept is found
by everything that goes into it: the file, the rules, fixtures and messages beside it, the grammar,
and the modules that read them. `cache` says where it is and who may have written it.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache as once
from pathlib import Path
from typing import TypeAlias

from conformance import cache, data
from conformance.casefile.document import Case
from conformance.casefile.plan import Step

Loaded: TypeAlias = tuple[Case, tuple[Step, ...]]

_READERS = ("casefile", "catalogue", "extending", "message", "secrecy", "syntax", "wire")
"""The packages whose modules decide what becomes of a case."""


def beside(root: Path) -> str:
    """Return a digest of all that cases below `root` are read against, and of what reads them."""
    kept = [root / "fixtures.toml", root / "premises.toml", *(root / "messages").rglob("*.*")]
    return _digest([*kept, *root.glob("*/*.toml")]) + _of_readers()


@once
def _of_readers() -> str:
    here = Path(__file__).parent.parent
    modules = (path for name in _READERS for path in (here / name).rglob("*.py"))
    return _digest([*modules, here / "data.py", *data.GRAMMAR.glob("*")])


def _digest(paths: Iterable[Path]) -> str:
    summed = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        octets = path.read_bytes()
        summed.update(f"{path}:{len(octets)}:".encode() + octets)
    return summed.hexdigest()


def kept(path: Path, beside_it: str, make: Callable[[], list[Loaded]]) -> list[Loaded]:
    """Return the cases of a file as they are kept, else as `make` makes them, which keeps them.

    What is a program is not kept: Python reads it anew.

    Raises:
        CaseError: that of `make`.
        OSError: the file can not be read.
    """
    octets = path.read_bytes()
    if b"```python" in octets:
        return make()
    key = cache.digest((str(path), hashlib.sha256(octets).hexdigest(), beside_it))
    return cache.kept("cases", key, list, make)


@contextmanager
def nothing_is_garbage() -> Iterator[None]:
    """Do not look for garbage where there is none: it costs more than reading what is kept."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
