"""The verb `hostile` of the command line."""

from __future__ import annotations

import argparse
import contextlib
import threading
from typing import Any

from conformance.hostile.catalogue import FAMILIES, NoSuchBehaviourError, look_up
from conformance.hostile.server import HostileServer
from conformance.run.errors import OptionError

_EXAMPLES = """\
examples:
  imap-conformance hostile                             lists what there is
  imap-conformance hostile flood-in-idle --port 1143   serves one, to try a client on

Any user and password is accepted. Only clients that connect can be harmed.
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "hostile",
        description="Start a server that floods, lies or hangs up, on a port of this machine.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words", nargs="*", metavar="NAME", help="the behaviour; without it, all are listed"
    )
    verb.add_argument("--port", type=int, default=0, help="port to serve on, default a free one")
    verb.set_defaults(verb=_hostile)


def _hostile(options: argparse.Namespace) -> int:
    if not options.words:
        _say("\n\n".join(_family(name) for name in FAMILIES))
        return 0
    if len(options.words) > 1:
        raise OptionError(f"one behaviour at a time: {options.words[1]!r} is too much")
    try:
        behaviour = look_up(options.words[0])
    except NoSuchBehaviourError as error:
        raise OptionError(str(error)) from None
    try:
        served = HostileServer(behaviour, options.port)
    except (OSError, OverflowError) as error:
        raise OptionError(f"cannot listen on port {options.port}: {error}") from None
    with contextlib.suppress(KeyboardInterrupt), served:
        scheme = "imaps" if behaviour.way == "implicit" else "imap"
        _say(f"{behaviour.title}: this is served, until Ctrl-C, at")
        _say(f"  {scheme}://user@{served.endpoint}")
        if behaviour.way != "none":
            _say(f"Its certificate is of {served.endpoint.ca_file}")
        _say("Log in as anybody, with any password.")
        threading.Event().wait()
    return 0


def _family(name: str) -> str:
    rows = "\n".join(f"  {row.id:30}  {row.title}" for row in FAMILIES[name])
    return f"{name[0].upper()}{name[1:]}:\n{rows}"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command line speaks
