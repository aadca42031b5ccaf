"""The verb `clean`: removes from an account what runs have left behind, and says what stays."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console

from conformance.play import ownership
from conformance.play.connections import DEFAULT_WAY, Connections, Way
from conformance.play.workspace import Workspace
from conformance.run.errors import OptionError
from conformance.run.leftovers import TAKEN, many, print_left
from conformance.run.options import OPTIONS, make_target

_EXAMPLES = """\
examples:
  imap-conformance clean imap://user@host:143          what earlier runs have left there
  imap-conformance clean imaps://user@host --all       also those of runs that may be going on
  imap-conformance clean --server pymap                see what it says when nothing is left

Exit code 1: something that the suite has made is still there.
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "clean",
        description="Remove the mailboxes that runs of the suite have left in an account, and "
        "list those that the server keeps. Nothing else in the account is touched.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words",
        nargs="*",
        metavar="URL | NAME",
        help="the server, then names of the suite's mailboxes that LIST may not show",
    )
    for option in OPTIONS:
        if option.name in TAKEN:
            verb.add_argument(f"--{option.name}", **option.arguments())
    verb.add_argument(
        "--all",
        action="store_true",
        help="also remove what runs of the last hours on other machines have made",
    )
    verb.set_defaults(verb=_clean)


def _clean(options: argparse.Namespace) -> int:
    words = list(options.words)
    url = None if options.server or not words else words.pop(0)
    for word in words:
        if ownership.run_of(word) is None:
            raise OptionError(f"{word!r} is not a name of a mailbox that the suite has made")
    console = Console(highlight=False)
    with make_target(vars(options), url) as target:
        way = Way(timeout=options.timeout or DEFAULT_WAY.timeout)
        with Connections(target.endpoint, target.accounts, way=way).survey() as session:
            workspace = Workspace(session)
            if options.all:
                workspace.clean(lambda run: run != workspace.run)
            kept = workspace.kept()
            left = workspace.end([word.encode() for word in words])
            removed = workspace.removed
    console.print(f"{many(removed)} removed." if removed else "There was nothing to remove.")
    if kept:
        console.print(
            f"{many(len(kept))} of runs that may still go on, elsewhere or here, were left alone; "
            "--all removes them too."
        )
    print_left(console, [name.decode("ascii", "backslashreplace") for name in left])
    return 1 if left or kept else 0
