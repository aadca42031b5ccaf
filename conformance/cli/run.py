"""The verb `run`: the suite, or a part of it, played by pytest against a server."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pytest
from _pytest.terminal import TerminalReporter
from rich.console import Console

from conformance.casefile.suite import Suite
from conformance.cli.failure import fail
from conformance.data import CASES
from conformance.pytest_plugin import plugin
from conformance.pytest_plugin.runner import Runner
from conformance.results.known import title_of, write_known
from conformance.results.records import DECISIVE
from conformance.run.campaign import Campaign
from conformance.run.earlier import read_record
from conformance.run.ending import INTERRUPTION
from conformance.run.errors import OptionError
from conformance.run.generated import split
from conformance.run.options import OPTIONS, OUTPUT, count, make_campaign
from conformance.syntax.near import question

_EXAMPLE = """\
examples:
  imap-conformance run --server pymap                  the server that comes with the suite
  imap-conformance run --server dovecot                a private Dovecot, if it is installed
  imap-conformance run imap://user@host:143            any server; removes its mailboxes at the end
  imap-conformance run imaps://user@host rfc3501/6.4   one part of the suite
  imap-conformance run --server pymap --json | head    the records, as they come
  imap-conformance run --server cyrus310 --protocol both rfc3501/6.3   IMAP4rev1, then IMAP4rev2

Options can be set in imap-conformance.toml, or in [tool.imap-conformance] of pyproject.toml, in the
current folder, by their names: known = "known.toml". --show-config shows what is in effect.

The password comes from IMAP_CONFORMANCE_PASSWORD, --password-file or a prompt; that of a second
account (IMAP_CONFORMANCE_USER2 or --user2) from IMAP_CONFORMANCE_PASSWORD2 or --password2-file.
The tables of the grammar are kept in the user's cache folder, or in the folder that
IMAP_CONFORMANCE_CACHE names (if it is empty, nowhere).
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "run",
        description="Test a server with the whole suite, or with the cases that you name.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words",
        nargs="*",
        metavar="URL | CASE",
        help="the server (unless --server is given), then beginnings of case ids, or case files",
    )
    add_run_options(verb)
    verb.set_defaults(verb=run)


_SHORT = {"verbose": ("-v",)}


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add what every verb takes that plays cases or draws sessions."""
    for option in OPTIONS:
        names = (f"--{option.name}", *_SHORT.get(option.name, ()))
        parser.add_argument(*names, **option.arguments())
    parser.add_argument(
        "--show-config",
        action="store_true",
        help="show the options in effect and where they were set",
    )
    parser.set_defaults(configurable=True)
    parser.add_argument("-k", default="", metavar="EXPRESSION", help="only cases whose names match")
    parser.add_argument(
        "--write-known",
        type=Path,
        metavar="FILE",
        help="write a file for --known from what is found",
    )
    parser.add_argument(
        "-n", type=count, default=0, metavar="PROCESSES", help="number of processes"
    )
    parser.add_argument(
        "--maxfail",
        type=count,
        default=0,
        metavar="NUMBER",
        help="stop after this many failed cases",
    )
    parser.add_argument(
        "--last-failed",
        action="store_true",
        help="only cases that failed or were blocked in the last run with the same output folder",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress, only the summary")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print records as they come; everything else goes to stderr",
    )


def run(options: argparse.Namespace) -> int:
    """Play the suite, or a part of it, as the options say; return the exit code."""
    words = list(options.words)
    url = None if options.server or not words else words.pop(0)
    own = [Path(word).resolve() for word in words if _is_case_file(word)]
    words = [word for word in words if not _is_case_file(word)]
    if options.last_failed:
        words += _last_failed(options.output or OUTPUT)
    for path in own:
        # What is wrong with it is told before a server is started.
        Suite(programs=options.allow_programs).load(path)
    files = own + (_files(words) if words or not own else [])
    words += [f"{path.parent.name}/{path.stem}/" for path in own]
    campaign = make_campaign(vars(options), url)
    # sys.stderr as it is now: while pytest runs, what it says there is kept aside.
    console = Console(highlight=False, file=sys.stderr if options.json else None)
    runner = Runner(campaign, only=words, console=console, quiet=options.quiet)
    registration = _Registration(runner, vars(options), url)
    with contextlib.ExitStack() as opened:
        if options.json:
            campaign.record.echo = opened.enter_context(_standard_output())
        said = _pytest(registration, files, options)
    if campaign.record.end is None:
        return fail(runner.failure or f"this is an error of the suite:\n{said}")
    if runner.failure:
        return fail(runner.failure)
    runner.print_summary(console)
    if options.write_known:
        _write_known(campaign, options.write_known)
    INTERRUPTION.come_again()
    return campaign.record.end.exit_code


def _standard_output() -> IO[bytes]:
    """Return standard output, unbuffered: nothing is left to be written when its reader goes."""
    try:
        return open(os.dup(sys.stdout.fileno()), "wb", buffering=0)  # noqa: PTH123  # no path
    except (AttributeError, OSError):
        raise OptionError("--json needs a standard output") from None


def _is_case_file(word: str) -> bool:
    return word.endswith(".md") and Path(word).is_file()


def _last_failed(folder: Path) -> list[str]:
    """Return the ids of the cases that were not as they should be in the record of a folder.

    Raises:
        OptionError: there is no record, it can not be read, or nothing failed.
    """
    cases = {path.parent.name for path in Suite().case_files()}
    failed = [
        result.id
        for result in read_record(folder).results
        if result.verdict in DECISIVE and not result.excused and result.id.split("/")[0] in cases
    ]
    if not failed:
        raise OptionError(f"{folder}: no case failed in the last run")
    return failed


def _files(prefixes: Sequence[str]) -> list[Path]:
    """Return the case files that hold cases whose ids begin so; all, if none are given.

    Raises:
        OptionError: a beginning that no file can have.
    """
    cases, generated = split(prefixes)
    if generated and not cases:  # pytest has to have a file to look at
        return Suite().case_files()[:1]
    prefixes = cases
    ids = {f"{path.parent.name}/{path.stem}": path for path in Suite().case_files()}
    found: dict[str, Path] = {}
    for prefix in prefixes:
        held = {name: ids[name] for name in ids if (name + "/").startswith(prefix)}
        held |= {name: ids[name] for name in ids if prefix.startswith(name + "/")}
        if not held:
            hint = question(prefix, ids)
            raise OptionError(f"no case id is {prefix!r} or begins with it{hint}")
        found |= held
    return sorted((found if prefixes else ids).values())


_UNUSED = (
    "cacheprovider",
    "doctest",
    "logging",
    "threadexception",
    "unittest",
    "unraisableexception",
    "warnings",
)
"""Plugins of pytest's own that do something for each test in Python: a case is none."""


def _pytest(registration: _Registration, files: Sequence[Path], options: argparse.Namespace) -> str:
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
        *(f"-pno:{each}" for each in _UNUSED),
        "--capture=no",  # the progress is shown while cases run
    ]
    if options.k:
        arguments.append(f"-k{options.k}")
    if options.maxfail:
        arguments.append(f"--maxfail={options.maxfail}")
    if options.n:
        arguments += ["-pxdist.plugin", f"-n{options.n}"]
    said = io.StringIO()
    with contextlib.redirect_stderr(said), _environment_kept(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        os.environ["PYTHONWARNINGS"] = "ignore"  # those of the processes of -n
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
    text = write_known(
        campaign.record.results, campaign.record.marked_findings(), title=title, old=old
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
