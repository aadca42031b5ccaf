"""The verb `known` of the command line: old files of known deviations are migrated."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from conformance.cli.run import run
from conformance.known.migrate import account_of, load_old, migrate
from conformance.results.errors import KnownError
from conformance.results.known import file_of, title_of
from conformance.results.reader import ResultsError, RunRecording, read
from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, count

_NOT_OURS = ("output", "known", "strict-known")

_EXAMPLES = """\
examples:
  imap-conformance known migrate old.toml --results imap-conformance-report/results.jsonl
  imap-conformance known migrate old.toml imap://user@host        runs the suite first

In earlier versions an entry was about a rule or a case; now it names what the server does. For this
the record of a new run is needed, of the same server and without --known. The file is rewritten in
place, your reasons are kept, and what became of each entry is printed. Deviations that no entry was
about are not added.
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    known = verbs.add_parser(
        "known",
        description="Convert a file of known deviations that an earlier version wrote. "
        "Exit code 0 when it is rewritten, 2 if it cannot be.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="`migrate`, the file, and the URL of a server unless --results is given",
    )
    known.add_argument("--results", type=Path, metavar="FILE", help="results.jsonl of a new run")
    for option in OPTIONS:
        if option.name not in _NOT_OURS:
            known.add_argument(f"--{option.name}", **option.arguments())
    known.add_argument("-n", type=count, default=0, metavar="PROCESSES", help="as for run")
    known.add_argument("--quiet", action="store_true", help="no progress of the run")
    known.set_defaults(verb=_known)


def _known(options: argparse.Namespace) -> int:
    act, *words = options.words or [""]
    if act != "migrate" or not words:
        raise OptionError("use `known migrate FILE`, with --results FILE or a server")
    path, urls = Path(words[0]), words[1:]
    old = load_old(path)
    if bool(options.results) == bool(options.server or urls):
        raise OptionError("give --results of a new run, or a server to run against")
    record = _read(options.results) if options.results else _played(options, urls)
    migrated = migrate(old, record.results, record.findings)
    title = title_of(path.read_text(encoding="utf-8"))
    try:
        path.write_text(file_of(migrated.entries, title), encoding="utf-8")
    except OSError as error:
        raise KnownError(f"{path}: {error.strerror}") from None
    print(account_of(migrated))  # noqa: T201 - the command line speaks
    return 0


def _played(options: argparse.Namespace, urls: list[str]) -> RunRecording:
    """Run the suite; return its record."""
    with tempfile.TemporaryDirectory() as folder:
        ours = {"output": Path(folder), "words": urls, "k": "", "write_known": None}
        ours |= {"json": False, "known": None, "strict_known": False}
        if run(argparse.Namespace(**(vars(options) | ours))) not in (0, 1):
            raise OptionError("the run did not take place, so the file is not changed")
        return _read(Path(folder) / "results.jsonl")


def _read(path: Path) -> RunRecording:
    try:
        record = read(path)
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror or error}") from None
    except ResultsError as error:
        raise OptionError(str(error)) from None
    if record.truncated:
        raise OptionError(f"{path}: the record has no end, so the run was cut short")
    return record
