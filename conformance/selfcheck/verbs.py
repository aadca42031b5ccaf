"""The verbs `flawed` and `selfcheck` of the command line."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from conformance.flaws.attribution import ATTRIBUTIONS
from conformance.flaws.catalogue import ALLOWED, CONCURRENT, FACADES, FLAWS
from conformance.flaws.flaw import Flaw
from conformance.flaws.found import load_found, save_found
from conformance.flaws.pop3.server import FlawedPop3
from conformance.flaws.proxy import FlawedServer
from conformance.hostile.catalogue import BEHAVIOURS
from conformance.results.known import KnownDeviations
from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, make_target, share
from conformance.selfcheck.attribution import Attributed
from conformance.selfcheck.check import Fairness, FlawVerdict
from conformance.selfcheck.hostile import stand_all, summary
from conformance.selfcheck.many import DEFAULT_SERVER, Checked, Manner, check_all, share_out
from conformance.selfcheck.report import SelfcheckReport, line_of, print_report
from conformance.syntax.near import question
from conformance.targets import SERVERS, Target

_SERVED = ("server", "pop3", "password-file", "ca-file", "insecure")
_KINDS = {**FLAWS, **ALLOWED}
_SERVABLE = {**_KINDS, **CONCURRENT, **FACADES}

_FLAWED = """\
examples:
  imap-conformance flawed --list
  imap-conformance flawed size-off-by-one --server dovecot    a private server with this flaw
  imap-conformance flawed size-off-by-one --server pymap --port 1143
  imap-conformance flawed size-off-by-one imap://user@host    a flaw in front of your own server
"""

_SELFCHECK = """\
examples:
  imap-conformance selfcheck                           everything, which takes long
  imap-conformance selfcheck --server cyrus --jobs 2   those that run on Cyrus
  imap-conformance selfcheck size-off-by-one           one flaw
  imap-conformance selfcheck --json other-order        one allowed behaviour, as JSON
  imap-conformance selfcheck --attribution --jobs 2    is one fault one finding?
  imap-conformance selfcheck --attribution --sample 100 append-wants-flags
  imap-conformance selfcheck --hostile --jobs 2        does the suite survive hostile servers?
  imap-conformance selfcheck keyword-with-brackets --server pymap --known known.toml

Flaws run on Dovecot unless they need another server.
"""


def add_verbs(verbs: Any) -> None:
    """Add both verbs to the subparsers of the command line."""
    flawed = verbs.add_parser(
        "flawed",
        description="Start a server with exactly one flaw, on a port of this machine.",
        epilog=_FLAWED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    flawed.add_argument("words", nargs="*", metavar="ID URL", help="the flaw, then the server")
    flawed.add_argument("--list", action="store_true", help="list what there is, by id")
    flawed.add_argument("--port", type=int, default=0, help="port to serve on, default a free one")
    for option in OPTIONS:
        if option.name in _SERVED:
            flawed.add_argument(f"--{option.name}", **option.arguments())
    flawed.set_defaults(verb=_flawed)
    check = verbs.add_parser(
        "selfcheck",
        description="Run the suite against flawed servers and print what it finds of the flaws.",
        epilog=_SELFCHECK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("words", nargs="*", metavar="ID", help="flaws; all, if none are given")
    check.add_argument(
        "--server",
        choices=sorted(SERVERS),
        help="only flaws for this server; default: all, each with the server it needs",
    )
    check.add_argument("--full", action="store_true", help="run every case for every flaw")
    check.add_argument(
        "--attribution",
        action="store_true",
        help="check that a flaw which many cases meet is reported once, under its own rule",
    )
    check.add_argument(
        "--sample", type=int, default=0, metavar="N", help="with --attribution: N of the cases"
    )
    check.add_argument(
        "--hostile",
        action="store_true",
        help="check that the suite survives hostile servers; IDs are then those of servers",
    )
    check.add_argument(
        "--share", type=share, metavar="K/N", help="with --hostile: the K-th of N parts of them"
    )
    check.add_argument("--record", action="store_true", help="record which cases find which flaw")
    check.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at a time")
    check.add_argument("--output", type=Path, metavar="DIR", help="keep the records of all runs")
    check.add_argument(
        "--known",
        type=Path,
        metavar="FILE",
        help="check that flaws are found on a --server with these known deviations",
    )
    check.add_argument("--json", action="store_true", help="print everything as JSON")
    check.set_defaults(verb=_selfcheck)


def look_up(name: str, among: Mapping[str, Flaw] = _KINDS) -> Flaw:
    """Return a flaw or an allowed behaviour, or what else is among them.

    Raises:
        OptionError: there is none of this id; names some that are near.
    """
    if name in among:
        return among[name]
    hint = question(name, among, none=": see `imap-conformance flawed --list`")
    raise OptionError(f"no flaw is called {name!r}{hint}")


# -- flawed --------------------------------------------------------------------------------


def _flawed(options: argparse.Namespace) -> int:
    if options.list:
        headings = {"Flaws:": FLAWS, "Allowed behaviour:": ALLOWED}
        headings |= {"Flaws under load:": CONCURRENT, "Extensions:": FACADES}
        _say("\n\n".join(_listed(heading, rows) for heading, rows in headings.items()))
        return 0
    if not options.words:
        raise OptionError("say which flaw: see `imap-conformance flawed --list`")
    name, *urls = options.words
    flaw = look_up(name, _SERVABLE)
    with make_target(vars(options), urls[0] if urls else None) as target, ExitStack() as behind:
        if flaw.pop3:
            if target.pop3 is None or target.pop3.security != "none":
                raise OptionError("a flaw of POP3 is put before a server of it: give --pop3")
            by_pop3 = FlawedPop3(target.pop3, flaw.pop3, port=options.port)
            with contextlib.suppress(KeyboardInterrupt), by_pop3:
                _introduce_pop3(flaw, target, by_pop3)
                threading.Event().wait()
            return 0
        where = target.endpoint
        if where.security == "starttls":
            raise OptionError("a flaw is put before a server on this machine, or one by imaps://")
        if flaw.facade:
            where = behind.enter_context(FlawedServer(where, FACADES[flaw.facade])).endpoint
        served = FlawedServer(where, flaw, port=options.port)
        with contextlib.suppress(KeyboardInterrupt), served:
            _introduce(flaw, target, served)
            threading.Event().wait()
    return 0


def _listed(heading: str, rows: Mapping[str, Flaw]) -> str:
    lines = [heading]
    for row in rows.values():
        bugs = f" ({', '.join(row.origin)})" if row.origin else ""
        lines.append(f"  {row.id:42}  {row.title}{bugs}")
    return "\n".join(lines)


def _introduce(flaw: Flaw, target: Target, served: FlawedServer) -> None:
    user = target.accounts[0].user if target.accounts else "user"
    _say(f"{flaw.title}: {target.label} with this flaw is served, until Ctrl-C, at")
    _say(f"  imap://{user}@{served.endpoint}")
    _say(f"STARTTLS is served with a certificate of {served.endpoint.ca_file}")
    _accounts(target)


def _accounts(target: Target) -> None:
    """Say how to log in."""
    if target.label.startswith("imap"):
        _say("Log in with the accounts of the server behind it.")
        return
    for account in target.accounts:
        _say(f"Log in as {account.user} with the password {account.password}")


def _introduce_pop3(flaw: Flaw, target: Target, served: FlawedPop3) -> None:
    _say(f"{flaw.title}: {target.label} with this flaw is served, until Ctrl-C, at")
    _say(f"  --pop3 {served.endpoint}")
    _say("and without it at")
    user = target.accounts[0].user if target.accounts else "user"
    _say(f"  imap://{user}@{target.endpoint}")
    _accounts(target)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command line speaks


# -- selfcheck -----------------------------------------------------------------------------


def _selfcheck(options: argparse.Namespace) -> int:
    if options.jobs < 1:
        raise OptionError("--jobs takes a positive number")
    if options.hostile:
        return _stand(options)
    names = _names_of(options)
    if options.known:
        if not options.server or options.record or options.attribution:
            raise OptionError(
                "--known needs the --server that it is about, and not --record or --attribution"
            )
        KnownDeviations.load(options.known)
        names = [name for name in names if name in FLAWS]
    if options.sample < 0 or (options.sample and not options.attribution):
        raise OptionError("--sample takes a positive number, and goes with --attribution")
    manner = Manner(
        full=options.full,
        thorough=options.record,
        attribution=options.attribution,
        sample=options.sample,
        output=options.output,
        known=options.known,
    )
    server = options.server or DEFAULT_SERVER
    by_id = dict(_all_of(names, server, options.jobs, manner))
    # Where many share a processor a server of ours may answer later than a case waits.
    if options.jobs > 1 and (wrong := [name for name in names if not _is_right(by_id[name])]):
        _say_aside("once more, with nothing beside it:")
        by_id |= _all_of(wrong, server, 1, manner)
    checked = sorted(by_id.values(), key=lambda each: each.id)
    report = SelfcheckReport(
        [each for each in checked if isinstance(each, FlawVerdict)],
        [each for each in checked if isinstance(each, Fairness)],
        [each for each in checked if isinstance(each, Attributed)],
    )
    if options.record:
        _record(report)
    if options.json:
        _say(report.to_json())
    else:
        print_report(Console(highlight=False, soft_wrap=True), report)
    return 0 if report.good else 1


def _stand(options: argparse.Namespace) -> int:
    """See whether the suite stands hostile servers."""
    chosen = [
        row
        for row in BEHAVIOURS.values()
        if not options.words or any(row.id.startswith(word) for word in options.words)
    ]
    if options.share:
        part, parts = options.share
        chosen = chosen[part::parts]
    if not chosen:
        raise OptionError("no hostile behaviour is called so: see `imap-conformance hostile`")
    stood = []
    for each in stand_all(chosen, options.output, jobs=options.jobs, every=options.full):
        stood.append(each)
        _say(each.line)
    _say(summary(stood))
    return int(any(each.faults for each in stood))


def _names_of(options: argparse.Namespace) -> list[str]:
    """Return the ids that are to be checked.

    Raises:
        OptionError: there is none of a given id, or none that the server serves.
    """
    there: Mapping[str, object] = ATTRIBUTIONS if options.attribution else _KINDS
    names = [look_up(name).id for name in options.words] or list(there)
    strange = [name for name in names if name not in there]
    if strange:
        raise OptionError(
            f"nothing leans on {strange[0]}: --attribution takes {', '.join(ATTRIBUTIONS)}"
        )
    if options.server and not (options.known and options.words):
        names = [name for name in names if _KINDS[name].backend in ("", options.server)]
    if not names:
        raise OptionError(f"none of these flaws is served by {options.server}")
    return names


def _all_of(
    names: Sequence[str], server: str, jobs: int, manner: Manner
) -> Iterator[tuple[str, Checked]]:
    """Check these, and tell of each as it comes."""
    works = share_out(names, server=server, jobs=jobs, manner=manner)
    for number, each in enumerate(check_all(works, jobs), 1):
        _say_aside(f"{number:{len(str(len(names)))}}/{len(names)}  {line_of(each)}")
        yield each.id, each


def _say_aside(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress


def _is_right(checked: Checked) -> bool:
    """Whether a flaw was found, what is allowed was left alone, and what is filed is filed well."""
    if isinstance(checked, FlawVerdict):
        return checked.found
    return checked.fair if isinstance(checked, Fairness) else checked.good


def _record(report: SelfcheckReport) -> None:
    """Keep what was found, and drop what is found no more or is no flaw any more."""
    record = load_found()
    for verdict in report.flaws:
        record.pop(verdict.id, None)
        if verdict.found:
            record[verdict.id] = verdict.record
    save_found({name: row for name, row in record.items() if name in FLAWS})
