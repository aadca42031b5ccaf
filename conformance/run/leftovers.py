"""What a run could not remove from the server: words for it, and the command that tries again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from conformance.results.text import counted

TAKEN = ("server", "password-file", "ca-file", "insecure", "allow-plaintext", "timeout")
"""The options of a run that say where the server is: `clean` takes them too."""

_SHOWN = 20  # names on the terminal; the record has them all


def print_left(console: Console, names: Sequence[str], command: str = "") -> None:
    """Print which mailboxes are still on the server, and the command that tries again."""
    if not names:
        return
    console.print(f"{many(len(names))} of the suite could not be removed from the server:")
    for name in names[:_SHOWN]:
        console.print(f"  {name}", markup=False, soft_wrap=True)
    if len(names) > _SHOWN:
        console.print(f"  and {len(names) - _SHOWN} more, all of them in the record")
    if command:
        console.print(f"Try again with: {command}", markup=False, soft_wrap=True)


def clean_command(repeat: Sequence[str], options: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the command that tries again to remove what a run has left.

    `repeat` is the command of the run, `options` what it was given. `names` are those that LIST
    does not show.
    """
    program, _run, *rest = repeat
    words = [program, "clean", *rest[:1]]
    for name in TAKEN:
        if value := options.get(name):
            words += [f"--{name}"] if value in (True, "True") else [f"--{name}", str(value)]
    return shlex.join([*words, *names])


def many(count: int) -> str:
    """Write how many mailboxes."""
    return counted(count, "mailbox", "mailboxes")
