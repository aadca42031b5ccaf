"""Completion in a shell: `completion` prints what the shell needs, argcomplete does the rest.

Words that are known to be one of few are completed besides verbs and options: servers that the
tool starts, profiles, formats, and the beginnings of case ids.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

import argcomplete
from argcomplete.shell_integration import shellcode

from conformance.casefile.suite import Suite
from conformance.fuzz.generation import NONE
from conformance.fuzz.profiles import PROFILES
from conformance.results.formats import WRITERS
from conformance.targets import SERVERS

SHELLS = ("bash", "zsh", "fish")
_EXAMPLES = """\
examples:
  imap-conformance completion bash > ~/.local/share/bash-completion/completions/imap-conformance
  imap-conformance completion fish > ~/.config/fish/completions/imap-conformance.fish
  eval "$(imap-conformance completion zsh)"                            in ~/.zshrc
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "completion",
        description="Print a script by which a shell completes verbs, options, servers and cases.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("shell", choices=SHELLS, help="the shell")
    verb.set_defaults(verb=_print, words=[])


def _print(options: argparse.Namespace) -> int:
    sys.stdout.write(shellcode(["imap-conformance"], shell=options.shell) + "\n")
    return 0


def complete(make: Callable[[str], argparse.ArgumentParser], verbs: Container[str]) -> None:
    """Answer the shell that asks (it says so in the environment), and end the process.

    `make` returns the parser of one of the `verbs`, or of all with an empty name.
    """
    words = os.environ.get("COMP_LINE", "").split()[1:]
    parser = make(next((word for word in words if word in verbs), ""))
    known = _known()
    for action in _actions(parser):
        completer = known.get(action.dest)
        if completer is not None and action.choices is None:
            action.completer = completer  # type: ignore[attr-defined]  # argcomplete looks for it
    argcomplete.autocomplete(parser)


def options_of(parser: argparse.ArgumentParser) -> tuple[str, ...]:
    """Return the options of a parser and of the verbs that it has read in."""
    return tuple(option for action in _actions(parser) for option in action.option_strings)


def _actions(parser: argparse.ArgumentParser) -> Iterable[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in set(action.choices.values()):
                yield from _actions(below)


def _known() -> Mapping[str, Callable[..., Iterable[str]]]:
    """Return what completes values, by the name of the option or argument."""
    return {
        "server": lambda **_: SERVERS,
        "profile": lambda **_: (*PROFILES, NONE),
        "format": lambda **_: WRITERS,
        "words": lambda **_: (f"{p.parent.name}/{p.stem}" for p in Suite().case_files()),
    }
