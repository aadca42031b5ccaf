"""What the command line says when a verb could not do what was asked for."""

from __future__ import annotations

import sys


def fail(message: str) -> int:
    """Say why on standard error; return the exit code for it."""
    print(f"imap-conformance: {message}", file=sys.stderr)  # noqa: T201  # the command line speaks
    return 2
