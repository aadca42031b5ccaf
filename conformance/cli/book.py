"""The verb `book` of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance.book.make import write_book
from conformance.casefile.suite import Suite
from conformance.cli.run import run
from conformance.coverage.rules import Coverage
from conformance.fuzz.generation import NONE
from conformance.results.reader import RunRecording
from conformance.run.earlier import read_record
from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, count

_FOLDER = Path("imap-conformance-book")
_RUN = "run"
"""Folder below the book's for the record and the reports of a run that was made for it."""

_NOT_OURS = ("output", "transcripts", "profile", "seed", "budget", "examples")
"""Options of a run that the book sets; it has no place for generated sessions."""

_EXAMPLES = """\
examples:
  imap-conformance book                                  without the answers of a server
  imap-conformance book --server pymap                   test a server first, then show its answers
  imap-conformance run --server pymap --transcripts      or: run, keep all transcripts ...
  imap-conformance book --results imap-conformance-report/results.jsonl     ... and make the book

Without --transcripts a run keeps the transcripts only of cases that did not pass.
Open index.html of the folder. The pages load nothing from anywhere else.
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    book = verbs.add_parser(
        "book",
        description="Write a book about IMAP as a folder of HTML pages: what one has to know, with "
        "sessions to play and exercises; then every test case, with what a server answered to it; "
        "the rules, the formal syntax, and indexes. Exit code 0 when the book is written, whatever "
        "the verdicts; 2 if it cannot be.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    book.add_argument(
        "words",
        nargs="*",
        metavar="URL | CASE",
        help="the server to run the suite against (unless --server is given), then beginnings of "
        "the ids of the cases to play",
    )
    book.add_argument(
        "-o", "--output", type=Path, default=_FOLDER, metavar="DIR", help=f"default {_FOLDER}"
    )
    book.add_argument(
        "--results", type=Path, metavar="FILE", help="results.jsonl of a run, or results.jsonl.gz"
    )
    for option in OPTIONS:
        if option.name not in _NOT_OURS:
            book.add_argument(f"--{option.name}", **option.arguments())
    book.add_argument("-n", type=count, default=0, metavar="PROCESSES", help="as for run")
    book.add_argument("--quiet", action="store_true", help="no progress of the run")
    book.set_defaults(verb=_book)


def _book(options: argparse.Namespace) -> int:
    record: RunRecording | None = None
    folder: Path = options.output
    asked = bool(options.server or options.words)
    if options.results and asked:
        raise OptionError("give --results or a server to run against, not both")
    if options.results:
        record = _read(options.results)
    elif asked:
        ours = {"output": folder / _RUN, "transcripts": True, "profile": NONE}
        ours |= {"k": "", "write_known": None, "json": False, "maxfail": 0, "last_failed": False}
        if run(argparse.Namespace(**(vars(options) | ours))) not in (0, 1):
            return 2
        record = _read(folder / _RUN / "results.jsonl")
    try:
        written = write_book(Coverage(Suite()), record, folder)
    except OSError as error:
        raise OptionError(f"{error.filename or folder}: {error.strerror or error}") from None
    size = f"{written.pages} pages, {written.octets / 1e6:.1f} MB"
    print(f"book      {folder / 'index.html'} ({size})")  # noqa: T201 - the command line speaks
    return 0


def _read(path: Path) -> RunRecording:
    """Read a record that is whole.

    Raises:
        OptionError: it can not be read, is none, or its end is missing.
    """
    record = read_record(path)
    if record.truncated:
        raise OptionError(f"{path}: the record has no end, so the run was cut short")
    return record
