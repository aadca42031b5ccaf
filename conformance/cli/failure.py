"""What the command line says when a verb could not do what was asked for, or has failed itself."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from conformance.results.text import unheeded
from conformance.secrecy import process

TRACEBACK = "--traceback"
"""The option, valid with every verb, that shows where the tool has failed."""
OWN_FAULT = 3
"""The exit code for a fault of the tool itself: it says nothing of the server."""

_PACKAGE = Path(__file__).parents[1]


def fail(message: str) -> int:
    """Say why on standard error, without the passwords that are known; return the exit code."""
    print(f"imap-conformance: {unheeded(process.KNOWN.mask(message))}", file=sys.stderr)  # noqa: T201  # the command line speaks
    return 2


def own_fault(error: Exception, *, whole: bool) -> int:
    """Say that the tool itself has failed, and where; `whole`: with all calls that led there."""
    if whole:
        whole_text = "".join(traceback.format_exception(error))
        print(unheeded(process.KNOWN.mask(whole_text)), end="", file=sys.stderr)  # noqa: T201  # as above
    message = process.KNOWN.mask(" ".join(str(error).split()))[:200]
    fail(
        f"a fault of the tool itself, not of the server: {type(error).__name__}: {message}"
        f"{_place(error)}; {TRACEBACK} shows all that led there"
    )
    return OWN_FAULT


def nobody_reads() -> int:
    """End quietly where who read our output has had enough, as `head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 2


def _place(error: Exception) -> str:
    """Return the last line of our own that the error came through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            return f" (at {path.relative_to(_PACKAGE)}:{frame.lineno})"
    return ""
