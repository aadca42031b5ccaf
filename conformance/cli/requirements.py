"""The verb `requirements`: the rules of the catalogue, and what stands behind each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from conformance.casefile.suite import Suite, load_all
from conformance.coverage.interplay import pairs
from conformance.coverage.rules import Coverage, UnknownRequirementError, print_coverage
from conformance.run.errors import OptionError

_EXAMPLES = """\
examples:
  imap-conformance requirements                        every rule, then how many are proven
  imap-conformance requirements 6.3.1 6.4              the rules of these sections
  imap-conformance requirements 3501-6.4.3 --json      rules by the beginning of their ids
  imap-conformance requirements --interplay QRESYNC    extensions that change each other
  imap-conformance requirements --rfc 9051 6.3.9       those of one RFC, finished or not
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    rules = verbs.add_parser(
        "requirements",
        description="Print the rules that the suite knows, which cases test each, and which "
        "servers and flaws were seen to break it. Exit code 1: a rule that a client could see "
        "has no test (in an RFC that counts as finished), a case names a rule that there is not, "
        "or a sentence of the RFC is not accounted for.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    rules.add_argument("words", nargs="*", metavar="PREFIX", help="sections or beginnings of ids")
    rules.add_argument("--json", action="store_true", help="print JSON")
    rules.add_argument(
        "--rfc", metavar="NUMBER", help="the rules of this RFC (default: of all that are finished)"
    )
    rules.add_argument(
        "--interplay",
        action="store_true",
        help="pairs of extensions that change each other, with the rules and cases about both",
    )
    rules.add_argument(
        "--rfc-text",
        type=Path,
        metavar="FILE",
        help="the text of the RFC (3501, unless --rfc is given), to compare with",
    )
    rules.set_defaults(verb=_requirements)


def _requirements(options: argparse.Namespace) -> int:
    if options.interplay:
        return _interplay(options)
    coverage = Coverage(Suite())
    try:
        rules = coverage.select(options.words, options.rfc or "")
    except UnknownRequirementError as error:
        raise OptionError(str(error)) from None
    forgotten: Sequence[str] = ()
    try:
        if options.rfc_text:
            forgotten = coverage.forgotten(options.rfc_text, options.rfc or "3501")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{options.rfc_text}: {error}") from None
    problems = (*map("nothing is called {}".format, coverage.dangling()), *forgotten)
    if options.json:
        Console(soft_wrap=True).out(json.dumps(list(map(coverage.record, rules)), indent=1))
    else:
        print_coverage(Console(highlight=False), coverage, rules)
    for problem in problems:
        print(f"imap-conformance: {problem}", file=sys.stderr)  # noqa: T201  # the command line speaks
    return int(bool(problems) or any(rule.id in coverage.gaps for rule in rules))


def _interplay(options: argparse.Namespace) -> int:
    """Print the pairs of extensions, or those with the capabilities that are named."""
    wanted = {word.upper() for word in options.words}
    found = [
        each
        for each in pairs(case for case, _ in load_all(Suite()))
        if not wanted or wanted.intersection(each.capabilities)
    ]
    if not found:
        raise OptionError(f"no case is about {' or '.join(options.words)} and another extension")
    if options.json:
        Console(soft_wrap=True).out(json.dumps([each.to_json() for each in found], indent=1))
        return 0
    table = Table("extensions", "rules", "cases", "for example", box=None, pad_edge=False)
    for each in found:
        counts = str(len(each.rules)), str(len(each.cases))
        table.add_row(" & ".join(each.capabilities), *counts, each.cases[0])
    Console(highlight=False).print(table)
    return 0
