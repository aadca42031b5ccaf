"""What is told where the suite itself fails: an error with its place, no verdict on a server."""

from __future__ import annotations

import traceback
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def reason_of(crash: Exception) -> str:
    """Say in one line what failed, and where in the suite."""
    frames = traceback.extract_tb(crash.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    last = own[-1] if own else None
    where = f" ({Path(last.filename).relative_to(_PACKAGE)}, line {last.lineno})" if last else ""
    said = " ".join(str(crash).split())
    return f"the suite failed: {type(crash).__name__}{f': {said}' if said else ''}{where}"
