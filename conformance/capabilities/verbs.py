"""The verb `capabilities` of the command line."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich.console import Console

from conformance.capabilities.asked import ask
from conformance.capabilities.mailbox import own_mailbox
from conformance.capabilities.pop3 import ask_pop3, print_pop3, record_pop3
from conformance.capabilities.show import print_notable, print_rows, record, rows
from conformance.casefile.suite import Suite
from conformance.play.connections import DEFAULT_WAY, Connections, Way
from conformance.run.errors import OptionError
from conformance.run.leftovers import TAKEN, print_left
from conformance.run.options import OPTIONS, make_target

_EXAMPLES = """\
examples:
  imap-conformance capabilities --server dovecot
  imap-conformance capabilities imaps://user@host
  imap-conformance capabilities imap://user@host:143 --json
  imap-conformance capabilities imap://user@host --pop3 host:110    what CAPA says, too

Nothing that is there is changed: for the questions an empty mailbox is made, and removed again.
Exit code 1: something is announced that the server does not know.
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "capabilities",
        description="List the capabilities that a server announces, before and after TLS and "
        "login: what each is, what the suite tests of it, and whether it works.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words", nargs="*", metavar="URL", help="the server, unless --server is given"
    )
    for option in OPTIONS:
        if option.name in (*TAKEN, "pop3"):
            verb.add_argument(f"--{option.name}", **option.arguments())
    verb.add_argument("--json", action="store_true", help="print JSON")
    verb.set_defaults(verb=_capabilities)


def _capabilities(options: argparse.Namespace) -> int:
    if len(options.words) > 1:
        raise OptionError(f"one server at a time: {options.words[1]!r} is too much")
    url = options.words[0] if options.words else None
    console = Console(highlight=False)
    with make_target(vars(options), url) as target:
        way = Way(timeout=options.timeout or DEFAULT_WAY.timeout)
        connections = Connections(target.endpoint, target.accounts, pop3=target.pop3, way=way)
        with own_mailbox(connections, tidy=not target.ephemeral) as mailbox:
            answers = list(ask(connections, mailbox.name))
        pop3 = ask_pop3(connections) if target.pop3 else None
    found = rows(connections.announced, answers, Suite())
    if options.json:
        unannounced = [answer.capability for answer in answers if answer.unannounced]
        whole = {"announced": list(map(record, found)), "works_unannounced": unannounced}
        if pop3 is not None:
            whole |= {"pop3": list(map(record_pop3, pop3[0])), "pop3_troubles": pop3[1]}
        console.out(json.dumps(whole, indent=1))
    else:
        print_rows(console, found)
        print_notable(console, answers)
        if pop3 is not None:
            print_pop3(console, *pop3)
        print_left(console, [name.decode("ascii", "backslashreplace") for name in mailbox.left])
    return int(any(answer.broken for answer in answers))
