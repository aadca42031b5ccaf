"""The verb `diff`: the same cases on several servers at once, and where they answer differently."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from conformance.diff.differences import differences
from conformance.diff.show import page, print_differences
from conformance.results.reader import ResultsError, read
from conformance.run.errors import OptionError
from conformance.targets import SERVERS

_EXAMPLES = """\
examples:
  imap-conformance diff pymap dovecot rfc3501/6.1.2
  imap-conformance diff dovecot dovecot24 rfc3501/6.4.4 -o search.html
  imap-conformance diff imap://user@old imap://user@new --seed 7

Without cases all are played. With --seed, generated sessions are compared by what they find.
Exit code 1: a server breaks a MUST in a case that another one passes.
"""
_PASSED_ON = (
    "password-file", "user2", "password2-file", "ca-file", "insecure", "allow-plaintext",
    "disposable", "timeout", "protocol", "rfc", "level", "known",
)  # fmt: skip
_FAILED = (0, 1)  # exit codes of runs that have happened
_LAST_WORDS = 500


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    from conformance.run.options import OPTIONS  # noqa: PLC0415 - as `run`, when chosen

    verb = verbs.add_parser(
        "diff",
        description="Play the same cases on several servers at once, and show where they answer"
        " differently. What no two servers say alike (text for people, UIDVALIDITY, capabilities,"
        " the order of untagged responses) is not compared.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words", nargs="+", metavar="TARGET | CASE",
        help=f"at least two servers, by URL or as one of {', '.join(SERVERS)}, then beginnings of"
        " case ids",
    )  # fmt: skip
    verb.add_argument("--json", action="store_true", help="print the differences as JSON")
    verb.add_argument("-o", "--output", type=Path, metavar="FILE", help="a page as well")
    verb.add_argument("--seed", type=int, metavar="NUMBER", help="generated sessions, too")
    for option in OPTIONS:
        if option.name in _PASSED_ON:
            arguments = option.arguments() | ({"type": str} if option.read is not None else {})
            verb.add_argument(f"--{option.name}", **arguments)
    verb.set_defaults(verb=diff)


def diff(options: argparse.Namespace) -> int:
    """Play, compare and show; return the exit code."""
    targets = [word for word in options.words if word in SERVERS or "://" in word]
    cases = [word for word in options.words if word not in targets]
    if len(set(targets)) < 2:
        raise OptionError("give at least two servers: URLs, or names such as pymap and dovecot")
    with TemporaryDirectory(prefix="imapc-diff-") as folder:
        folders = {label: Path(folder) / str(n) for n, label in enumerate(dict.fromkeys(targets))}
        _play(folders, _words(options, cases))
        try:
            found = differences({label: read(f / "results.jsonl") for label, f in folders.items()})
        except (OSError, ResultsError) as error:
            raise OptionError(f"a run has left no record that can be read: {error}") from None
    if options.output:
        options.output.write_text(page(found), encoding="utf-8")
    if options.json:
        print(json.dumps(found.to_json(), indent=1))  # noqa: T201 - the command line speaks
    else:
        print_differences(Console(highlight=False), found)
    return found.exit_code


def _words(options: argparse.Namespace, cases: Sequence[str]) -> list[str]:
    """Return what every run is given beside its server."""
    words = [*cases, "--transcripts", "--quiet"]
    for name in _PASSED_ON:
        value = getattr(options, name.replace("-", "_"))
        if value:
            words += [f"--{name}"] if value is True else [f"--{name}", value]
    if options.seed is None:
        return [*words, "--profile", "none"]
    return [*words, "--profile", "quick", "--seed", str(options.seed)]


def _play(folders: Mapping[str, Path], words: Sequence[str]) -> None:
    """Have all runs at the same time.

    Raises:
        OptionError: one of them could not happen; the others are ended.
    """
    with ExitStack() as ends:
        runs = {}
        for label, folder in folders.items():
            where = ["--server", label] if label in SERVERS else [label]
            runs[label] = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "conformance.cli", "run", *where, *words,
                 "--output", str(folder)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )  # fmt: skip
            ends.callback(_end, runs[label])
        for label, run in runs.items():
            _, said = run.communicate()
            if run.returncode not in _FAILED:
                why = re.sub(r"^imap-conformance: ", "", said.strip())[-_LAST_WORDS:]
                raise OptionError(f"{label}: {why or 'the run could not happen'}")


def _end(run: subprocess.Popen[str]) -> None:
    if run.poll() is None:
        run.terminate()  # which cleans up, and ends within a bounded time
    if run.stderr is not None and not run.stderr.closed:
        run.communicate()
