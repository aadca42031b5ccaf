"""The verb `load`: many users at once, every answer judged, and nothing may be lost.

Locust runs on gevent, which makes sockets cooperative and has to do so before anybody uses them.
So this verb begins the program anew in the same process (`cli.cooperative`), once its options are
read.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.load.mix import BUILT_IN, load_mix, parse_mix
from conformance.run.errors import OptionError

if TYPE_CHECKING:
    from conformance.load.lead import LoadPlan

_OPTIONS = (
    "server", "password-file", "ca-file", "insecure", "allow-plaintext", "timeout", "seed", "known",
    "strict-known", "output",
)  # fmt: skip
_COOPERATIVE = "conformance.cli.cooperative"
_PORT = 5557
_WEB_PORT = 8089
_DEFAULT_TIMEOUT = 30.0
_SELF = "127.0.0.1"

_EXAMPLE = """\
examples:
  imap-conformance load --server dovecot --users 10 --count 5000
  imap-conformance load imap://user@host --users 50 --ramp 5 --duration 60 --mix churn
  imap-conformance load imap://user@host --web                  Locust's page, Ctrl-C ends
  imap-conformance load imap://user@host --master --workers 2   and on other machines:
  imap-conformance load imap://user@host --worker --master-host 192.0.2.7

Needs Locust: pip install 'imap-conformance[load]'. The password is given as for `run`.
Exit code 1: a MUST is broken, or a message is lost.
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    from conformance.run.options import OPTIONS, count  # noqa: PLC0415 - as `run`, when chosen

    verb = verbs.add_parser(
        "load",
        description="Have many users work on the same mailboxes of a server. Every answer is "
        "judged, and in the end no message may be lost.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words", nargs="*", metavar="URL", help="the server, unless --server is given"
    )
    verb.add_argument("--users", type=count, default=10, metavar="NUMBER", help="default 10")
    verb.add_argument(
        "--ramp",
        type=_seconds,
        default=1.0,
        metavar="SECONDS",
        help="time within which all users start, default 1",
    )
    verb.add_argument(
        "--duration", type=_seconds, metavar="SECONDS",
        help="how long they work, default 60; with --web until Ctrl-C",
    )  # fmt: skip
    verb.add_argument(
        "--count",
        type=count,
        default=0,
        metavar="COMMANDS",
        help="stop after this many commands, if that is earlier",
    )
    verb.add_argument(
        "--mix", default="everyday", metavar="MIX",
        help=f"what they do: {', '.join(BUILT_IN)}, or a file NAME.toml",
    )  # fmt: skip
    verb.add_argument("--web", action="store_true", help="serve Locust's page")
    verb.add_argument(
        "--web-port", type=count, default=_WEB_PORT, metavar="PORT", help="port of that page"
    )
    roles = verb.add_mutually_exclusive_group()
    roles.add_argument("--master", action="store_true", help="lead workers, which run the users")
    roles.add_argument("--worker", action="store_true", help="run users for a master")
    verb.add_argument(
        "--workers",
        type=count,
        default=1,
        metavar="NUMBER",
        help="how many workers the master waits for",
    )
    verb.add_argument(
        "--bind", default=_SELF, metavar="ADDRESS",
        help="address for master and page, default 127.0.0.1: neither is protected",
    )  # fmt: skip
    verb.add_argument(
        "--master-host", default=_SELF, metavar="HOST", help="address of the master, for a worker"
    )
    verb.add_argument(
        "--port", type=count, default=_PORT, metavar="PORT", help="port of the master"
    )
    verb.add_argument("--quiet", action="store_true", help="only the summary")
    for option in OPTIONS:
        if option.name in _OPTIONS:
            verb.add_argument(f"--{option.name}", **option.arguments())
    verb.set_defaults(verb=load)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("a positive number of seconds")
    return value


def load(options: argparse.Namespace) -> int:
    """Play a load run, or be a worker of one; return the exit code."""
    name, text = load_mix(options.mix)
    parse_mix(name, text)  # what is wrong with it is told before anything begins
    if len(options.words) > 1:
        raise OptionError(f"one server is enough: what is {options.words[1]!r}?")
    if options.worker and options.server:
        raise OptionError("a worker plays on the master's server: give its URL")
    if find_spec("locust") is None or find_spec("gevent") is None:
        raise OptionError("load needs Locust: pip install 'imap-conformance[load]'")
    from gevent import monkey  # noqa: PLC0415 - an extra

    if not monkey.is_module_patched("socket"):
        sys.stdout.flush()
        sys.stderr.flush()
        words = [sys.executable, "-m", _COOPERATIVE, *sys.argv[1:]]
        os.execv(sys.executable, words)  # noqa: S606 - this very program
    return _begin(options, name, text)


def _begin(options: argparse.Namespace, name: str, text: str) -> int:
    """Go on where sockets are cooperative."""
    from conformance.load.lead import LoadPlan, work  # noqa: PLC0415 - imports Locust
    from conformance.run.options import make_target  # noqa: PLC0415 - with what it stands on

    plan = LoadPlan(
        mix_name=name,
        mix_text=text,
        users=options.users,
        ramp=options.ramp,
        duration=options.duration or (float(10**9) if options.web else 60.0),
        seed=options.seed or 0,
        timeout=options.timeout or _DEFAULT_TIMEOUT,
        commands=options.count,
        web=(options.bind, options.web_port) if options.web else None,
        master=(options.bind, options.port) if options.master else None,
        workers=options.workers,
    )
    url = options.words[0] if options.words else None
    if options.worker:
        try:
            work(make_target(vars(options), url), plan, (options.master_host, options.port))
        except ConnectionError:
            raise OptionError(f"no master at {options.master_host}:{options.port}") from None
        return 0
    return _lead(options, url, plan)


def _lead(options: argparse.Namespace, url: str | None, plan: LoadPlan) -> int:
    from rich.console import Console  # noqa: PLC0415 - as above

    from conformance.load.lead import Lead  # noqa: PLC0415
    from conformance.load.report import page, print_figures  # noqa: PLC0415
    from conformance.run.options import make_campaign  # noqa: PLC0415
    from conformance.run.outputs import print_outcome, write_pages  # noqa: PLC0415

    campaign = make_campaign(vars(options), url)
    program, _run, *rest = campaign.settings.repeat
    own = ["--mix", options.mix, "--users", str(plan.users), "--duration", f"{plan.duration:g}"]
    own += ["--seed", str(plan.seed)] if plan.seed else []
    campaign.settings = replace(campaign.settings, repeat=(program, "load", *rest, *own))
    console = Console(highlight=False)
    outcome = Lead(campaign, plan, None if options.quiet else console).run()
    if campaign.record.end is None:
        raise RuntimeError("a campaign that has finished has an end")
    write_pages(campaign)
    report = Path(campaign.settings.output) / "report.html"
    report.write_text(page(campaign, outcome), encoding="utf-8")
    print_outcome(campaign, console)
    print_figures(console, outcome)
    return campaign.record.end.exit_code
