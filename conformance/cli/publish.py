"""The verb `publish`: what runs have found, kept in a folder with one page over all of it.

A folder of results has one folder for each server. The record, the report, the findings and the
badge there are of a run and are written here, with a line of history for each run that was kept;
README.md and known.toml are written by people.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.casefile.suite import Suite
from conformance.cli.compare import read_whole
from conformance.results.badge import badge_of, badge_svg
from conformance.results.history import add, joined, point_of, read_history, versions
from conformance.results.history_html import history
from conformance.results.markup import Html, join, tag
from conformance.results.matrix import matrix
from conformance.results.matrix_html import PageLink, matrix_html
from conformance.results.others import NAME as OTHERS
from conformance.results.others import others_of
from conformance.results.packed import packed_page
from conformance.results.reader import ResultsError
from conformance.results.shorter import unpacked_folds
from conformance.run.earlier import RECORDS
from conformance.run.errors import OptionError
from conformance.run.record import RESULTS
from conformance.targets.process import MEMORY, PREFIX

REPORT = "report.html"
FINDINGS = "findings.md"
BADGE = "badge.svg"
INDEX = "index.html"
HISTORY = "history.jsonl"
_DISPUTE = "DISPUTE.md"
_TITLE = "IMAP servers, held against the RFCs"
_LINKS = (
    ("report", REPORT),
    ("violations with transcripts", FINDINGS),
    ("how they were read", "README.md"),
    ("known deviations", "known.toml"),
    ("record", RECORDS[1]),
)
"""What stands beside a record, by what a reader calls it."""

_EXAMPLES = """\
examples:
  imap-conformance publish reports                      only rewrite the page
  imap-conformance run --server pymap --output build/reports/pymap-0.36.7
  imap-conformance publish reports --runs build/reports   add the runs in that folder
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    parser = verbs.add_parser(
        "publish",
        description="Copy runs into a folder of published results, and write its index.html, which "
        "compares them. A run whose files name folders of this machine is refused.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs=1, metavar="DIR", help="the folder of published results")
    parser.add_argument(
        "--runs",
        type=Path,
        metavar="DIR",
        help="the runs: each folder here is copied to one of the same name",
    )
    parser.set_defaults(verb=_publish)


def _publish(options: argparse.Namespace) -> int:
    folder = Path(options.words[0])
    try:
        if options.runs is not None:
            runs = [path.parent for path in sorted(options.runs.glob(f"*/{RESULTS}"))]
            if not runs:
                raise OptionError(f"{options.runs}: no folder here holds a {RESULTS}")
            for run in runs:
                keep(run, folder / run.name)
        write_index(folder)
    except ResultsError as error:
        raise OptionError(str(error)) from None
    except OSError as error:
        raise OptionError(f"{error.filename}: {error.strerror}") from None
    return 0


def keep(run: Path, folder: Path) -> None:
    """Take the folder of a run into a folder of published results.

    Raises:
        OptionError: the run was cut short, or what it wrote tells of this machine.
        OSError: something can not be read or written.
    """
    recording = read_whole(run / RESULTS)
    if recording.end is None:  # which read_whole has refused
        raise OptionError(f"{run}: the run was cut short")
    texts = {name: (run / name).read_text("utf-8") for name in (RESULTS, REPORT, FINDINGS)}
    # What is packed would be looked at by nobody here, and twice packed is twice as large.
    texts[REPORT] = unpacked_folds(texts[REPORT])
    for name, text in texts.items():
        _private(run / name, text)
    folder.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(texts[RESULTS].encode("utf-8"), mtime=0)
    (folder / RECORDS[1]).write_bytes(packed)
    report = packed_page(texts[REPORT], instead=FINDINGS)
    (folder / REPORT).write_text(report, encoding="utf-8")
    (folder / FINDINGS).write_text(texts[FINDINGS], encoding="utf-8")
    add(folder / HISTORY, point_of(recording))
    badge = badge_of(recording.results, recording.findings, recording.end)
    (folder / BADGE).write_text(badge_svg(badge), encoding="utf-8")


def _private(path: Path, text: str) -> None:
    """Refuse text with paths that are nobody's business but this machine's."""
    servers = {str(place / PREFIX) for place in (Path(tempfile.gettempdir()), MEMORY)}
    places = {str(Path.cwd()), str(Path.home()), *servers}
    for place in sorted(places - {"/"}):
        if f"{place}/" in text or (place in servers and place in text):
            raise OptionError(
                f"{path}: holds a path of this machine, {place}, and is not published"
            )


def write_index(folder: Path) -> None:
    """Write the page over all results of a folder.

    Raises:
        OptionError: there are none, or one of them is no whole record of this version.
        OSError: it can not be written.
    """
    paths = sorted(folder.glob(f"*/{RECORDS[1]}"))
    if not paths:
        raise OptionError(f"{folder}: no folder here holds a {RECORDS[1]}")
    recordings = [read_whole(path) for path in paths]
    compared = matrix(recordings, Suite().catalogue)
    runs = {
        path.parent.name: joined(read_history(path.parent / HISTORY), point_of(recording))
        for path, recording in zip(paths, recordings, strict=True)
    }
    page = matrix_html(
        compared,
        title=_TITLE,
        intro=_intro(folder),
        links=[_links(path.parent) for path in paths],
        history=history(versions(runs)),
    )
    (folder / INDEX).write_text(page, encoding="utf-8")
    names = [_called(path.parent) for path in paths]
    (folder / OTHERS).write_text(others_of(compared, names), encoding="utf-8")


def _called(folder: Path) -> str:
    """Return how the server of a folder such as `hoodiecrow-2.1.0` is called."""
    return " ".join(folder.name.rsplit("-", 1))


def _links(folder: Path) -> Sequence[PageLink]:
    return [(words, f"{folder.name}/{name}") for words, name in _LINKS if (folder / name).is_file()]


def _intro(folder: Path) -> Sequence[Html]:
    dispute = tag("a", "How to dispute a finding", href=_DISPUTE)
    parts = [
        tag(
            "p",
            "What imap-conformance says of mail servers that it started itself, in the versions "
            "named. A rule counts as broken when a MUST of an RFC is not met; each violation is "
            "in the server's report with its clause and with what went over the wire. The numbers "
            "tell what was seen, not what a server is worth: one fault may break many rules.",
        ),
        tag("p", dispute, ".") if (folder / _DISPUTE).is_file() else None,
    ]
    return [join(*parts)]
