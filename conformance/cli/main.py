"""The command line: verbs and options, nothing else.

Exit codes: 0 nothing beyond what is known, 1 findings, 2 the run could not happen.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, Any

import pytest
from _pytest.terminal import TerminalReporter
from rich.console import Console

from conformance import __version__
from conformance.book.verbs import add_verb as add_book
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.cli.clean import add_verb as add_clean
from conformance.cli.compare import add_verb as add_compare
from conformance.cli.fuzz import add_verbs as add_fuzz
from conformance.cli.publish import add_verb as add_publish
from conformance.coverage.rules import Coverage, UnknownRuleError, print_coverage
from conformance.data import CASES
from conformance.explain import verbs as explain
from conformance.judge import verbs as judge_verbs
from conformance.known.verbs import add_verb as add_known
from conformance.pytest_plugin import plugin
from conformance.pytest_plugin.runner import Runner
from conformance.results.known import KnownError, title_of, write_known
from conformance.run.campaign import Campaign
from conformance.run.generated import split
from conformance.run.options import OPTIONS, OptionError, count, make_campaign
from conformance.selfcheck.verbs import add_verbs
from conformance.shell import verbs as shell
from conformance.wire.errors import TargetError

_EXAMPLE = """\
examples:
  imap-conformance run --server pymap                  the embedded server
  imap-conformance run --server dovecot                a private Dovecot, if it is installed
  imap-conformance run imap://user@host:143            any server; cleans up behind itself
  imap-conformance run imaps://user@host rfc3501/6.4   one part of the suite
  imap-conformance run --server pymap --json | head    the records, as they come

The password comes from IMAP_CONFORMANCE_PASSWORD, --password-file or a prompt.
The tables of the grammar are kept in the cache folder of the user, or in the folder that
IMAP_CONFORMANCE_CACHE names (empty: nowhere).
"""


_RULES_EXAMPLE = """\
examples:
  imap-conformance requirements                        every rule, then how many are proven
  imap-conformance requirements 6.3.1 6.4              the rules of these sections
  imap-conformance requirements 3501-6.4.3 --json      rules by the beginning of their ids
  imap-conformance requirements --rfc 9051 6.3.9       those of one RFC, finished or not
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = parse(argv)
    signal.signal(signal.SIGTERM, _interrupt)  # so that a run that is ended cleans up
    # A shell starts what runs in the background with Ctrl-C ignored: it is to end us all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return int(options.verb(options))
    except (OptionError, KnownError, TargetError, CaseError, UnknownRuleError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("interrupted")


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the words of a command line; `verb` of what is returned carries it out.

    Raises:
        SystemExit: wrong words (exit code 2), or a question for help.
    """
    parser = make_parser()
    # Words may stand on both sides of options, which argparse does not know of verbs.
    options, more = parser.parse_known_args(argv)
    if strange := [word for word in more if word.startswith("-")]:
        parser.error(f"unknown option {strange[0]}")
    options.words += more
    return options


def make_parser() -> argparse.ArgumentParser:
    """Return the parser with all verbs."""
    parser = argparse.ArgumentParser(
        prog="imap-conformance",
        description="Says, rule by rule, what an IMAP server does that the RFCs do not allow.",
        epilog="example: imap-conformance run --server pymap\n"
        "`imap-conformance VERB --help` has the options of a verb, and more examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"imap-conformance {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    run = verbs.add_parser(
        "run",
        help="run the suite against a server",
        description="Run the suite, or the cases whose ids begin as given, against a server.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument(
        "words",
        nargs="*",
        metavar="URL | CASE",
        help="the server (unless --server is given), then beginnings of case ids, or case files",
    )
    _add_run_options(run)
    run.set_defaults(verb=_run)
    rules = verbs.add_parser(
        "requirements",
        help="what the suite covers: every rule and what proves it",
        description="Print the rules of the catalogue, what proves each and what was seen to "
        "break it. Exit code 1: a rule that a client could see is proven by nothing (and its RFC "
        "counts as finished), an id stands for nothing, or the RFC has a sentence that is not "
        "accounted for.",
        epilog=_RULES_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    rules.add_argument("words", nargs="*", metavar="PREFIX", help="sections or beginnings of ids")
    rules.add_argument("--json", action="store_true", help="for machines")
    rules.add_argument(
        "--rfc", metavar="NUMBER", help="the rules of this RFC (default: of all that are finished)"
    )
    rules.add_argument(
        "--rfc-text",
        type=Path,
        metavar="FILE",
        help="the text of the RFC (3501, unless --rfc is given), to compare with",
    )
    rules.set_defaults(verb=_requirements)
    add_verbs(verbs)
    judge_verbs.add_verbs(verbs)
    add_book(verbs, _run)
    add_known(verbs, _run)
    add_fuzz(verbs, _run, _add_run_options)
    add_clean(verbs)
    add_compare(verbs)
    add_publish(verbs)
    explain.add_verbs(verbs)
    shell.add_verbs(verbs)
    return parser


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add what every verb takes that plays cases or draws sessions."""
    for option in OPTIONS:
        parser.add_argument(f"--{option.name}", **option.arguments())
    parser.add_argument("-k", default="", metavar="EXPRESSION", help="only cases whose names match")
    parser.add_argument(
        "--write-known", type=Path, metavar="FILE", help="write the deviations found as known"
    )
    parser.add_argument(
        "-n", type=count, default=0, metavar="PROCESSES", help="spread the run over processes"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, only the summary")
    parser.add_argument(
        "--json", action="store_true", help="the records on stdout as they come, all else on stderr"
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _fail(message: str) -> int:
    print(f"imap-conformance: {message}", file=sys.stderr)  # noqa: T201  # the command line speaks
    return 2


def _run(options: argparse.Namespace) -> int:
    words = list(options.words)
    url = None if options.server or not words else words.pop(0)
    own = [Path(word).resolve() for word in words if _is_case_file(word)]
    words = [word for word in words if not _is_case_file(word)]
    for path in own:
        Suite().load(path)  # what is wrong with it is told before a server is started
    files = own + (_files(words) if words or not own else [])
    words += [f"{path.parent.name}/{path.stem}/" for path in own]
    campaign = make_campaign(vars(options), url)
    # sys.stderr as it is now: while pytest runs, what it says there is kept aside.
    console = Console(highlight=False, file=sys.stderr if options.json else None)
    runner = Runner(campaign, only=words, console=console, quiet=options.quiet)
    registration = _Registration(runner, vars(options), url)
    with contextlib.ExitStack() as opened:
        if options.json:
            campaign.echo = opened.enter_context(_standard_output())
        said = _pytest(registration, files, options.k, options.n)
    if campaign.end is None:
        return _fail(runner.failure or f"this is an error of the suite:\n{said}")
    if runner.failure:
        return _fail(runner.failure)
    runner.print_summary(console)
    if options.write_known:
        _write_known(campaign, options.write_known)
    return campaign.end.exit_code


def _standard_output() -> IO[bytes]:
    """Return standard output, unbuffered: nothing is left to be written when its reader goes."""
    try:
        return open(os.dup(sys.stdout.fileno()), "wb", buffering=0)  # noqa: PTH123  # no path
    except (AttributeError, OSError):
        raise OptionError("--json needs a standard output") from None


def _is_case_file(word: str) -> bool:
    return word.endswith(".md") and Path(word).is_file()


def _requirements(options: argparse.Namespace) -> int:
    coverage = Coverage(Suite())
    rules = coverage.select(options.words, options.rfc or "")
    forgotten: Sequence[str] = ()
    try:
        if options.rfc_text:
            forgotten = coverage.forgotten(options.rfc_text, options.rfc or "3501")
    except (OSError, UnicodeDecodeError) as error:
        return _fail(f"{options.rfc_text}: {error}")
    problems = (*map("nothing is called {}".format, coverage.dangling()), *forgotten)
    if options.json:
        Console(soft_wrap=True).out(json.dumps(list(map(coverage.record, rules)), indent=1))
    else:
        print_coverage(Console(highlight=False), coverage, rules)
    for problem in problems:
        print(f"imap-conformance: {problem}", file=sys.stderr)  # noqa: T201  # as above
    return int(bool(problems) or any(rule.id in coverage.holes for rule in rules))


def _files(prefixes: Sequence[str]) -> list[Path]:
    """Return the case files that hold cases whose ids begin so; all, if none are given.

    Raises:
        OptionError: a beginning that no file can have.
    """
    cases, drawn = split(prefixes)
    if drawn and not cases:  # pytest has to have a file to look at
        return Suite().case_files()[:1]
    prefixes = cases
    ids = {f"{path.parent.name}/{path.stem}": path for path in Suite().case_files()}
    found: dict[str, Path] = {}
    for prefix in prefixes:
        held = {name: ids[name] for name in ids if (name + "/").startswith(prefix)}
        held |= {name: ids[name] for name in ids if prefix.startswith(name + "/")}
        if not held:
            raise OptionError(f"no case is called {prefix!r}, nor begins with it")
        found |= held
    return sorted((found if prefixes else ids).values())


def _pytest(
    registration: _Registration, files: Sequence[Path], keyword: str, processes: int
) -> str:
    """Let pytest run the cases, apart from whatever pytest is set up for around here.

    Returns what pytest has to say, for when all goes wrong.
    """
    arguments = [
        *map(str, files),
        f"--rootdir={CASES}",
        f"--config-file={Path(__file__).with_name('pytest.ini')}",
        "-ppytest_metadata.plugin",
        "-ppytest_html.plugin",
        "-pconformance.pytest_plugin.plugin",
        "-pno:cacheprovider",
        "--capture=no",  # the progress is shown while cases run
    ]
    if keyword:
        arguments.append(f"-k{keyword}")
    if processes:
        arguments += ["-pxdist.plugin", f"-n{processes}"]
    said = io.StringIO()
    with contextlib.redirect_stderr(said), _environment_kept():
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        os.environ.pop("PYTEST_ADDOPTS", None)
        pytest.main(arguments, plugins=[_Aside(said), registration])
    return said.getvalue()


@contextlib.contextmanager
def _environment_kept() -> Iterator[None]:
    """Have the environment in the end as it was: what a run sets is for it and its workers."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class _Registration:
    """Registers the runner under its own name before anything else is configured."""

    def __init__(self, runner: Runner, values: Mapping[str, Any], target: str | None) -> None:
        self._runner, self._values, self._target = runner, values, target

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the runner."""
        plugin.register(config, self._runner, self._values, self._target)


class _Aside:
    """Has pytest's own reporter write aside: progress and summary are ours."""

    def __init__(self, file: io.StringIO) -> None:
        self._file = file

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put a reporter in the place of pytest's that writes to the file."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)
            aside = TerminalReporter(config, self._file)
            config.pluginmanager.register(aside, "terminalreporter")


def _write_known(campaign: Campaign, path: Path) -> None:
    title = title_of(path.read_text(encoding="utf-8")) if path.is_file() else ""
    title = title or f"What {campaign.target.label} is known to do otherwise."
    old = campaign.settings.known
    text = write_known(campaign.results, campaign.marked_findings(), title=title, old=old)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
