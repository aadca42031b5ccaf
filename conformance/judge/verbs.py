"""The verbs `lint` and `proxy` of the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from conformance.judge.lint import FORMATS, Read, lint
from conformance.judge.recording import RecordingError
from conformance.judge.verdicts import SIDES, Verdicts
from conformance.options import OptionError
from conformance.results.text import visible
from conformance.wire.transcript import Direction

_LINT = """\
FILE is the results.jsonl of a run, a text with C: and S: at the beginning of its lines, half of a
pair of Dovecot's rawlog (or a folder of pairs), or a capture in pcap or pcapng format. Passwords
are hidden in what is printed. Rules with SHOULD are printed and do not decide the exit code.

examples:
  imap-conformance lint imap-conformance-report/results.jsonl
  imap-conformance lint --side client session.txt
  imap-conformance lint --json capture.pcapng
"""


def add_verbs(verbs: Any) -> None:
    """Add both verbs to the subparsers of the command line."""
    read = verbs.add_parser(
        "lint",
        help="judge recorded sessions, the server's side and the client's",
        description="Judge recorded sessions by the rules for servers and by those for clients.",
        epilog=_LINT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    read.add_argument("words", nargs="*", metavar="FILE", help="recordings")
    read.add_argument("--format", choices=FORMATS, help="instead of what the content looks like")
    read.add_argument(
        "--port", type=_port, default=0, help="the server's port in captures, beside 143"
    )
    _add_common(read)
    read.set_defaults(verb=_lint)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--side", choices=sorted(SIDES.values()), help="judge this side only, default both"
    )
    parser.add_argument("--json", action="store_true", help="print findings as JSON")


def _port(text: str) -> int:
    """Read the number of a port."""
    value = int(text)
    if not 0 < value < 1 << 16:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return value


def _sides(name: str | None) -> tuple[Direction, ...]:
    return tuple(way for way, side in SIDES.items() if name in (None, side))


def _lint(options: argparse.Namespace) -> int:
    if not options.words:
        raise OptionError("say which recordings: imap-conformance lint FILE ...")
    verdicts = Verdicts(_sides(options.side))
    try:
        reads = lint(
            [Path(word) for word in options.words],
            verdicts,
            form=options.format,
            port=options.port,
        )
    except RecordingError as error:
        raise OptionError(visible(str(error))) from None
    if options.json:
        _say(_as_json(verdicts, reads))
    else:
        _print(verdicts, reads)
    return verdicts.exit_code


def _as_json(verdicts: Verdicts, reads: list[Read]) -> str:
    record = {
        "recordings": [read.to_json() for read in reads],
        "findings": [entry.to_json() for entry in verdicts.entries],
        "exit_code": verdicts.exit_code,
    }
    return json.dumps(record, indent=1)


def _print(verdicts: Verdicts, reads: list[Read]) -> None:
    for entry in verdicts.entries:
        for line in entry.lines():
            _say(line)
        _say("")
    for read in reads:
        _say(visible(read.line()))
        for note in read.notes:
            _say(f"  note: {visible(note)}")
    _say(verdicts.summary())


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command line speaks
