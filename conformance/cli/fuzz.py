"""The verbs `fuzz`, `replay` and `grammar` of the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from conformance.cli.run import add_run_options, run
from conformance.fuzz.profiles import PHASES, PROFILES
from conformance.results.records import FUZZ
from conformance.results.text import visible
from conformance.run.earlier import read_record
from conformance.run.errors import OptionError
from conformance.run.generated import split
from conformance.run.options import OUTPUT
from conformance.syntax.exercised import Exercised, ExercisedGrammars, Share, shown

_RECORD = OUTPUT / "grammar.json"
_NOT_RUN = 2  # the exit code of a run that could not happen, or was cut short
_FUZZ = f"""\
examples:
  imap-conformance fuzz --server pymap
  imap-conformance fuzz --server dovecot --profile thorough --seed 7 -n 2
  imap-conformance fuzz imap://user@host --profile soak --budget 1800
  imap-conformance fuzz imap://user@host -n 2 --examples redis://localhost

Profiles: {", ".join(PROFILES)}. They say how many sessions are generated, and soak for how long.
The same seed generates the same. What is found is written to DIR/found as case files; `replay`
shows it again. What failed is kept in DIR/examples; with --examples DIR/examples it is tried first.
"""
_REPLAY = """\
examples:
  imap-conformance replay imap-conformance-report/found/5.2-programs-x.md imap://user@host
  imap-conformance replay cases/rfc3501/6.1.2-noop.md --server pymap
"""
_GRAMMAR = """\
examples:
  imap-conformance fuzz --server pymap && imap-conformance grammar coverage
  imap-conformance grammar coverage one/grammar.json two/grammar.json --missing
"""


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the subparsers of the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    fuzz = verbs.add_parser(
        "fuzz",
        description="Test a server with generated sessions: commands, broken commands, several "
        "clients at once, and messages. What goes wrong is shortened to what is needed to show it.",
        epilog=_FUZZ,
        formatter_class=raw,
    )
    fuzz.add_argument(
        "words",
        nargs="*",
        metavar="URL | PHASE",
        help=f"the server, unless --server is given, then phases: fuzz/{', fuzz/'.join(PHASES)}",
    )
    add_run_options(fuzz)
    fuzz.set_defaults(verb=lambda options: run(_generation(options)))
    replay = verbs.add_parser(
        "replay",
        description="Play a case file, such as one that `fuzz` has written, and show all that went "
        "over the wire. Exit code 1: it fails again.",
        epilog=_REPLAY,
        formatter_class=raw,
    )
    replay.add_argument("file", type=Path, metavar="FILE", help="the case file")
    replay.add_argument(
        "words", nargs="*", metavar="URL", help="the server, unless --server is given"
    )
    add_run_options(replay)
    replay.set_defaults(verb=_replay)
    of_grammar = verbs.add_parser(
        "grammar",
        description="Show how much of the formal syntax generated sessions have used: how many "
        "of its alternatives, and pairs of them, in commands and in responses.",
        epilog=_GRAMMAR,
        formatter_class=raw,
    )
    of_grammar.add_argument("what", choices=["coverage"], help="what to show")
    of_grammar.add_argument(
        "words", nargs="*", metavar="FILE", help=f"records of runs, default {_RECORD}"
    )
    of_grammar.add_argument("--missing", action="store_true", help="list what was not used")
    of_grammar.add_argument("--json", action="store_true", help="print JSON")
    of_grammar.set_defaults(verb=_coverage)


def _generation(options: argparse.Namespace) -> argparse.Namespace:
    """Make of the options of `fuzz` those of a run that plays generated sessions only."""
    if not split(options.words)[1]:
        options.words = [*options.words, FUZZ]
    options.profile = options.profile or "quick"
    options.shards = options.n or 1
    return options


def _replay(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise OptionError(f"{options.file}: there is no such file")
    options.words = [*options.words, str(options.file)]
    options.transcripts = True
    code = run(options)
    if code == _NOT_RUN:
        return code
    console = Console(highlight=False)
    for result in read_record(options.output or OUTPUT).results:
        if result.kind == "case":
            console.print(f"\n{visible(result.id)}: {result.verdict}", markup=False, style="bold")
            for line in result.transcript:
                text = f"{line.session} {line.direction}: {line.text}"
                console.print(visible(text), markup=False, soft_wrap=True)
    return code


def _coverage(options: argparse.Namespace) -> int:
    counted = _counted([Path(word) for word in options.words] or [_RECORD])
    console = Console(highlight=False, soft_wrap=True)
    if options.json:
        rows = [_record(each, each.share(start)) for each in counted for start in each.starts]
        console.out(json.dumps(rows, indent=1))
        return 0
    several = len(list(counted)) > 1
    for each in counted:
        if several:
            console.print(f"grammar of {' '.join(each.modules)}", markup=False)
        for share in map(each.share, each.starts):
            console.print(
                f"{share.start:22} {share.exercised:4} of {share.alternatives:4} alternatives, "
                f"{share.exercised_pairs:4} of {share.pairs:4} pairs"
            )
            for line in shown(share.missing) if options.missing else ():
                console.print(f"    {line}", markup=False)
    return 0


def _counted(paths: Iterable[Path]) -> ExercisedGrammars:
    counted = ExercisedGrammars()
    for path in paths:
        try:
            counted.merge(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise OptionError(f"{path}: {error.strerror}") from None
        except ValueError as error:
            raise OptionError(f"{path}: no record of grammar coverage: {error}") from None
    if not counted:
        raise OptionError("no records")
    return counted


def _record(exercised: Exercised, share: Share) -> dict[str, Any]:
    return {
        "modules": exercised.modules,
        "start": share.start,
        "alternatives": share.alternatives,
        "exercised": share.exercised,
        "pairs": share.pairs,
        "exercised_pairs": share.exercised_pairs,
        "missing": shown(share.missing),
    }
