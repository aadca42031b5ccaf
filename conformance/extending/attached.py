"""A place for what extensions remember of something that was made without knowing of them.

class Moved:
    uids: set[int]

view.attached.of(Moved)      # of a session
selection.attached.of(Moved) # of a mailbox while it is selected
box.attached.of(Moved)       # of a mailbox, for all sessions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Attached:
    """One object of each class that was asked for, made when it was asked for first."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[object, object] | None = None

    def of(self, kind: Callable[[], T]) -> T:
        """Return the object of a class."""
        if self._kept is None:
            self._kept = {}
        if kind not in self._kept:
            self._kept[kind] = kind()
        return cast(T, self._kept[kind])
