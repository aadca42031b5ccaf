"""The verb `explain` of the command line."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from conformance.explain.explained import Explained
from conformance.explain.pop3 import explain_pop3, read_pop3, speaks
from conformance.explain.session import explain_all
from conformance.explain.show import print_explained, record
from conformance.explain.source import MOST, read
from conformance.run.errors import OptionError
from conformance.syntax.grammar import Grammar, everything, load
from conformance.syntax.modules import available
from conformance.transcripts.table import BY_NAME, UnreadableError

_EXAMPLES = r"""
examples:
  imap-conformance explain '* LIST (\HasNoChildren) "/" INBOX'
  imap-conformance explain 'a1 FETCH 1 (FLAGS UID'             where it breaks, and what may follow
  imap-conformance explain 'a1 LOGIN {4}\r\nfred {3}\r\nabc'   literals; \r\n and \xNN are escapes
  imap-conformance explain session.txt                         a session, as programs log it
  imap-conformance explain --capability IDLE 'a1 IDLE'         by what is announced, and no more
  imap-conformance explain --railroad fetch -o fetch.html      the rule as a drawing
  imap-conformance explain '+OK 2 320'                         a line of POP3, or a session of it
  imap-conformance explain --protocol pop3 'TOP 1 10'          where only you know that it is POP3
  imap-conformance explain --web                               a page to paste a session into
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "explain",
        description="Explain lines of a client or a server: what they mean, and which rules of the "
        "formal syntax they are made of, or where they break it. Exit code 1: one breaks it.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words", nargs="*", metavar="LINE | FILE | -", help="what to explain; -, or none, is stdin"
    )
    verb.add_argument(
        "--side",
        choices=("client", "server"),
        help="which side sent the lines that do not say so; without it, this is guessed",
    )
    verb.add_argument(
        "--protocol",
        choices=("imap", "pop3"),
        help="what is spoken; unless given, POP3 where the server's first line is of POP3",
    )
    verb.add_argument(
        "--format",
        choices=sorted(BY_NAME),
        metavar="NAME",
        help="how a session in FILE is written, instead of what it looks like; see `lint --help`",
    )
    verb.add_argument(
        "--capability",
        action="append",
        default=[],
        metavar="NAME",
        help="an extension that the server announces, besides those that a session in FILE "
        "announces; can be given several times. If no announcement is known, every extension is "
        "allowed",
    )
    verb.add_argument(
        "--all",
        action="store_true",
        help="treat all known extensions as announced",
    )
    verb.add_argument("--json", action="store_true", help="print JSON")
    verb.add_argument(
        "--railroad",
        nargs="?",
        const="",
        metavar="RULE",
        help="draw a rule with the rules it refers to, or all rules, as one HTML page",
    )
    verb.add_argument(
        "-o", dest="output", type=Path, metavar="FILE", help="file of the drawing, default stdout"
    )
    verb.add_argument(
        "--web",
        action="store_true",
        help="serve a page, for this machine only, to paste sessions into. It shows both sides, "
        "the rules of each line and what `lint` finds, and can be saved as a file. Ctrl-C ends it",
    )
    verb.add_argument(
        "--port", type=int, default=0, help="where the page is served, default a free port"
    )
    verb.set_defaults(verb=_explain)


def _explain(options: argparse.Namespace) -> int:
    if options.web:
        return _serve(options)
    if options.port:
        raise OptionError("--port is for --web")
    capabilities = _known(options.capability)
    if options.railroad is not None:
        if options.words:
            raise OptionError("--railroad draws a rule; it takes no lines")
        grammar = everything() if options.all else load(capabilities)
        return _railroad(grammar, options.railroad, options.output)
    if options.output is not None:
        raise OptionError("-o is for --railroad")
    try:
        found = _explained(options, capabilities)
    except UnreadableError as error:
        raise OptionError(str(error)) from None
    if not found:
        raise OptionError("there is nothing to explain")
    console = Console(highlight=False)
    if options.json:
        console.out(json.dumps(list(map(record, found)), indent=1))
    else:
        for number, explained in enumerate(found):
            if number:
                console.print()
            print_explained(console, explained)
    return 0 if all(explained.conforms for explained in found) else 1


def _serve(options: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C or SIGTERM."""
    from conformance.web.server import PasteServer  # noqa: PLC0415 - loaded when asked for

    if options.words:
        raise OptionError("--web takes no lines: paste them into the page")
    try:
        server = PasteServer(options.port)
    except (OSError, OverflowError) as error:
        raise OptionError(f"cannot listen on port {options.port}: {error}") from None
    with server, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(f"Open {server.address} in a browser; Ctrl-C ends it.\n")
        sys.stdout.flush()
        server.serve_forever()
    return 0


def _known(names: Sequence[str]) -> Sequence[str]:
    """Return the capabilities given; each has to be one that a grammar file goes by."""
    known = sorted({name for module in available() for name in module.capabilities})
    for name in names:
        if name.upper() not in known:
            raise OptionError(
                f"no grammar for the capability {name!r}: there is {', '.join(known)}"
            )
    return names


def _explained(options: argparse.Namespace, capabilities: Sequence[str]) -> list[Explained]:
    octets, typed = _octets(options.words)
    form = options.format or ""
    protocol = options.protocol or ("pop3" if not form and speaks(octets) else "imap")
    if protocol == "pop3":
        return [explain_pop3(spoken) for spoken in read_pop3(octets, side=options.side)]
    said = read(octets, side=options.side, escaped=typed, form=form)
    return list(explain_all(said, capabilities, all_of_them=options.all))


def _octets(words: Sequence[str]) -> tuple[bytes, bool]:
    """Return what is to be explained, and whether it was typed as arguments."""
    if not words or list(words) == ["-"]:
        return _bounded("stdin", sys.stdin.buffer.read(MOST + 1)), False
    if len(words) == 1 and _is_file(words[0]):
        path = Path(words[0])
        try:
            with path.open("rb") as file:
                return _bounded(words[0], file.read(MOST + 1)), False
        except OSError as error:
            raise OptionError(f"{path}: {error.strerror}") from None
    return "\n".join(words).encode("utf-8", "surrogateescape"), True


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return False


def _bounded(name: str, octets: bytes) -> bytes:
    if len(octets) > MOST:
        raise OptionError(f"{name}: too large to explain: more than {MOST >> 20} MiB")
    return octets


def _railroad(grammar: Grammar, rule: str, output: Path | None) -> int:
    from conformance.explain.railroad import (  # noqa: PLC0415 - loaded when asked for
        UnknownRuleError,
        railroad_page,
    )

    try:
        page = railroad_page(grammar, rule)
    except UnknownRuleError as error:
        raise OptionError(str(error)) from None
    if output is None:
        sys.stdout.write(page)
        return 0
    try:
        output.write_text(page, encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{output}: {error.strerror}") from None
    return 0
