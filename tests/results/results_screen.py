"""A terminal in memory, what stands on it, and the pictures of it under snapshots/."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from rich.console import Console

SNAPSHOTS = Path(__file__).parent / "snapshots"
_MOVES = re.compile(r"\x1b\[\d*[A-GJK]|\x1b\[\?25[hl]|\r")
_STYLES = re.compile(r"\x1b\[[\d;]*m")


def console(*, terminal: bool = False, width: int = 100, encoding: str = "utf-8") -> Console:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    return Console(
        file=file,
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
    )


def printed(screen: Console) -> str:
    file = screen.file
    file.flush()
    assert isinstance(file, io.TextIOWrapper)
    raw = file.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode(file.encoding)


def frames(screen: Console) -> list[str]:
    """What a live display drew, each picture without the codes that draw it."""
    pieces = [_STYLES.sub("", piece) for piece in _MOVES.split(printed(screen))]
    return [piece for piece in pieces if piece.strip()]


def check_snapshot(name: str, shown: str) -> None:
    """Compare with the picture kept, or keep it where UPDATE_SNAPSHOTS is set."""
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")
