"""The command line: its verbs by name, and what is done with the one that is chosen.

A verb stands in `VERBS` with the module that has its options and carries it out, which is imported
when the verb is chosen: who asks for help, or has one line explained, does not wait for the rest.

Exit codes: 0 nothing beyond what is known, 1 findings, 2 the run could not happen, 3 a fault of the
tool itself, for which `--traceback`, with any verb, shows where.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from conformance import __version__
from conformance.catalogue.errors import CaseError
from conformance.cli.failure import TRACEBACK, fail, nobody_reads, own_fault
from conformance.results.errors import KnownError
from conformance.run.ending import INTERRUPTION, end_on_signals
from conformance.run.errors import OptionError
from conformance.secrecy import process
from conformance.wire.errors import TargetError

COMPLETING = "_ARGCOMPLETE"
"""Set where a shell asks what could come next on a command line."""
_SELDOM = 50_000
"""Objects between two looks for cycles: what is read of cases and rules stays, and has none."""


class Verb(NamedTuple):
    """A verb as the help of the program lists it.

    `module` has a function `add_verbs`, which adds to the subparsers of the command line the verbs
    that it carries out, this one among them.
    """

    help: str
    module: str


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "run": Verb("run the suite against a server", "cli.run"),
        "requirements": Verb(
            "list the rules that the suite knows, and what tests each of them", "cli.requirements"
        ),
        "flawed": Verb(
            "start a server with one flaw, to try a client or a tool on", "selfcheck.verbs"
        ),
        "selfcheck": Verb(
            "check that the suite finds the flaws, and does not report allowed behaviour",
            "selfcheck.verbs",
        ),
        "hostile": Verb(
            "start a hostile server, to see whether a client survives it", "hostile.verbs"
        ),
        "lint": Verb("judge recorded sessions, both the server and the client", "passive.verbs"),
        "proxy": Verb("judge both sides live, between a client and a server", "passive.verbs"),
        "book": Verb(
            "write the cases as a book of HTML pages, with what a server said beside them",
            "cli.book",
        ),
        "known": Verb(
            "convert a file of known deviations that an earlier version wrote", "cli.known"
        ),
        "fuzz": Verb(
            "test with generated sessions, judged by the grammar and a model",
            "cli.fuzz",
        ),
        "load": Verb(
            "test with many users at once, and check that no message is lost", "load.verbs"
        ),
        "replay": Verb("run one case file and show what was sent and received", "cli.fuzz"),
        "grammar": Verb("show how much of the grammar a run has used", "cli.fuzz"),
        "clean": Verb("remove mailboxes that runs have left on a server", "cli.clean"),
        "compare": Verb(
            "compare runs: servers by rule and section, or what has changed", "cli.compare"
        ),
        "diff": Verb(
            "run the same cases on several servers, and show where they answer differently",
            "diff.verbs",
        ),
        "publish": Verb(
            "keep results of servers in a folder, with a page that compares them", "cli.publish"
        ),
        "capabilities": Verb(
            "list what a server announces, what it means, and whether it works",
            "capabilities.verbs",
        ),
        "explain": Verb("explain what a client or a server says, rule by rule", "cli.explain"),
        "shell": Verb("talk to a server, with each response explained as it comes", "shell.verbs"),
        "completion": Verb(
            "complete verbs, options and cases in bash, zsh or fish", "cli.completion"
        ),
    }
)
"""The verbs, in the order of the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    if COMPLETING in os.environ:
        from conformance.cli.completion import complete  # noqa: PLC0415 - only for a shell

        complete(make_parser, VERBS)
    gc.set_threshold(_SELDOM)
    words = list(sys.argv[1:] if argv is None else argv)
    whole = TRACEBACK in words
    process.KNOWN.forget()
    options = parse([word for word in words if word != TRACEBACK])
    end_on_signals()
    try:
        if getattr(options, "configurable", False) and _configured(options):
            return 0
        return int(options.verb(options))
    except (OptionError, KnownError, TargetError, CaseError) as error:
        return fail(str(error))
    except BrokenPipeError:
        return nobody_reads()
    except KeyboardInterrupt:
        return fail("interrupted")
    except Exception as error:
        if INTERRUPTION.came:  # what was left in the middle has failed
            return fail("interrupted")
        return own_fault(error, whole=whole)


def _configured(options: argparse.Namespace) -> bool:
    """Fill in what a file in this folder says; return whether showing it was all that was asked."""
    from conformance.cli import configuration  # noqa: PLC0415 - only where cases are played

    found = configuration.read_configuration(Path.cwd())
    configuration.apply(options, found)
    if options.show_config:
        sys.stdout.write(configuration.shown(options, found) + "\n")
    return bool(options.show_config)


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the words of a command line; `verb` of what is returned carries it out.

    Raises:
        SystemExit: wrong words (exit code 2), or a question for help.
    """
    words = sys.argv[1:] if argv is None else argv
    parser = make_parser(next((word for word in words if not word.startswith("-")), ""))
    # Words may stand on both sides of options, which argparse does not know of verbs.
    options, more = parser.parse_known_args(words)
    if strange := [word for word in more if word.startswith("-")]:
        _unknown(parser, strange[0])
    options.words += more
    return options


def _unknown(parser: argparse.ArgumentParser, option: str) -> NoReturn:
    """Ask which option was meant."""
    from conformance.cli.completion import options_of  # noqa: PLC0415 - only where one is mistyped
    from conformance.syntax.near import question  # noqa: PLC0415 - only where one is mistyped

    word = option.partition("=")[0]
    parser.error(f"unknown option {word}{question(word, options_of(parser), within=False)}")


def make_parser(verb: str = "") -> argparse.ArgumentParser:
    """Return the parser of a verb, with its options; one that lists all verbs if it is none."""
    parser = argparse.ArgumentParser(
        prog="imap-conformance",
        description="Says, rule by rule, what an IMAP server does that the RFCs do not allow.",
        epilog="example: imap-conformance run --server pymap\n"
        "`imap-conformance VERB --help` has the options of a verb, and more examples.\n"
        "--traceback, with any verb, shows where the tool itself has failed (exit code 3).",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"imap-conformance {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    if verb in VERBS:
        import_module(f"conformance.{VERBS[verb].module}").add_verbs(verbs)
    elif verb:
        from conformance.syntax.near import question  # noqa: PLC0415 - only where one is mistyped

        hint = question(verb, VERBS, none=f"; there are {', '.join(VERBS)}")
        parser.error(f"there is no verb {verb!r}{hint}")
    else:
        for name, listed in VERBS.items():
            verbs.add_parser(name, help=listed.help)
    return parser
