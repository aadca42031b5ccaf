"""The verb `compare`: several runs side by side, and what changed between two of one server."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from conformance.casefile.suite import Suite
from conformance.results.changes import Changes, changes, same_server
from conformance.results.matrix import Matrix, matrix
from conformance.results.matrix_html import matrix_html
from conformance.results.matrix_json import matrix_json
from conformance.results.matrix_markdown import matrix_page
from conformance.results.matrix_terminal import print_matrix
from conformance.results.reader import RunRecording
from conformance.run.earlier import read_record
from conformance.run.errors import OptionError

_EXAMPLES = """\
examples:
  imap-conformance compare reports/*/results.jsonl.gz
  imap-conformance compare old/results.jsonl new/results.jsonl      what got worse or better
  imap-conformance compare reports/*/results.jsonl.gz -o servers.html  a page for people
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    parser = verbs.add_parser(
        "compare",
        description="Compare runs, rule by rule and section by section. For two runs of one server "
        "(the same name or host, perhaps another version) it also says what has changed. Exit code "
        "1: the second run broke a MUST that the first did not, and that is not listed as known.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "words",
        nargs="+",
        metavar="RESULTS",
        help="a results.jsonl, packed with gzip or not, or the folder that holds it",
    )
    parser.add_argument(
        "--format", choices=("table", *_FORMATS), help="default by the name of -o, else table"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it to a file")
    parser.add_argument(
        "--all",
        action="store_true",
        help="also list rules that all servers keep (table, markdown)",
    )
    parser.add_argument(
        "--changes", action="store_true", help="show what changed even if the names differ"
    )
    parser.add_argument(
        "--no-fail", action="store_true", help="exit code 0 even if something got worse"
    )
    parser.set_defaults(verb=_compare)


def read_whole(path: Path) -> RunRecording:
    """Read the record of a run that came to its end, out of a file or the folder of a run.

    Where a server stayed away, that is the end that the run came to: no other one goes further.

    Raises:
        OptionError: there is none, it is not one of this version, or the run was cut short.
    """
    recording = read_record(path)
    end = recording.end
    if end is None or (end.interrupted and not end.lost):
        raise OptionError(f"{path}: the run was cut short, so it cannot be compared")
    return recording


def _compare(options: argparse.Namespace) -> int:
    paths = list(map(Path, options.words))
    if len(paths) < 2:
        raise OptionError("give at least two results files")
    if options.changes and len(paths) != 2:
        raise OptionError("--changes needs two runs")
    recordings = [read_whole(path) for path in paths]
    two = len(recordings) == 2
    changed: Changes | None = None
    if two and (options.changes or same_server(recordings[0].run, recordings[1].run)):
        changed = changes(*recordings)
    compared = matrix(recordings, Suite().catalogue)
    kind = options.format or _SUFFIXES.get(options.output.suffix if options.output else "", "table")
    _write(options.output, kind, compared, changed, whole=options.all)
    return int(changed is not None and changed.worse and not options.no_fail)


_FORMATS: dict[str, Callable[[Matrix, Changes | None, bool], str]] = {
    "html": lambda compared, changed, _whole: matrix_html(compared, changed),
    "markdown": lambda compared, changed, whole: matrix_page(compared, changed, whole=whole),
    "json": lambda compared, changed, _whole: matrix_json(compared, changed),
}
_SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}


def _write(
    output: Path | None, kind: str, compared: Matrix, changed: Changes | None, *, whole: bool
) -> None:
    if output is None:
        console = Console(highlight=False, soft_wrap=kind != "table")
        if kind == "table":
            print_matrix(console, compared, changed, whole=whole)
        else:
            console.out(_FORMATS[kind](compared, changed, whole), end="", highlight=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if kind == "table":
            with output.open("w", encoding="utf-8") as file:
                print_matrix(Console(file=file, width=200), compared, changed, whole=whole)
        else:
            output.write_text(_FORMATS[kind](compared, changed, whole), encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{output}: {error.strerror}") from None
