"""The verb `shell` of the command line."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Collection, Mapping
from types import FrameType
from typing import IO, Any, cast

from rich.console import Console

from conformance.casefile.labels import Start
from conformance.casefile.suite import Suite
from conformance.play.connections import DEFAULT_WAY
from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, make_target
from conformance.secrecy.secrets import Secrets
from conformance.shell.bench import Bench
from conformance.shell.completion import candidates
from conformance.shell.lines import Anew, LineSource, Piped
from conformance.shell.shell import OWN, Shell
from conformance.shell.talk import ShellTalk
from conformance.shell.tutor import OWN as TUTORED
from conformance.shell.tutor import Tutor
from conformance.shell.watch import Masked, Watch
from conformance.targets import Target
from conformance.targets.credentials import PASSWORD
from conformance.targets.url import parse_target
from conformance.wire.errors import TargetError
from conformance.wire.session import Session
from conformance.wire.states import State

_TAKEN = ("server", "password-file", "ca-file", "insecure", "allow-plaintext", "timeout")

_EXAMPLES = """\
examples:
  imap-conformance shell --server pymap            try things on the server that comes with it
  imap-conformance shell imap://user@host:143      on your own server
  imap-conformance shell --tutor                   lessons, on the same server
  printf 'NOOP\\nLIST "" "*"\\n' | imap-conformance shell --server pymap
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb to the subparsers of the command line."""
    verb = verbs.add_parser(
        "shell",
        description="Talk to a server by hand. Each response is explained, and what is wrong with "
        "it is said; the conversation can be saved as a test case. Exit code 1: the server broke a "
        "rule.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "words", nargs="*", metavar="URL", help="the server, unless --server is given"
    )
    for option in OPTIONS:
        if option.name in _TAKEN:
            verb.add_argument(f"--{option.name}", **option.arguments())
    verb.add_argument("--no-login", action="store_true", help="start before LOGIN, and before TLS")
    verb.add_argument("--tutor", action="store_true", help="learn the protocol, step by step")
    verb.set_defaults(verb=_shell)


def _shell(options: argparse.Namespace) -> int:
    if len(options.words) > 1:
        raise OptionError(f"one server at a time: {options.words[1]!r} is too much")
    if options.tutor:
        if not (options.server or options.words):
            options.server = "pymap"
        options.no_login = True
    target = _target(vars(options), options.words[0] if options.words else None)
    secrets = Secrets()
    console = Console(file=cast("IO[str]", Masked(sys.stdout, secrets)), highlight=False)
    watch = Watch(console, secrets)
    with target, contextlib.ExitStack() as open_:
        suite = Suite()
        bench = Bench(target, suite)
        tutor = Tutor(watch, bench) if options.tutor else None
        session = open_.enter_context(
            Session(
                target.endpoint,
                observers=(watch, tutor) if tutor else (watch,),
                timeout=options.timeout or DEFAULT_WAY.timeout,
                secrets=secrets,
            )
        )
        talk = ShellTalk(session, watch, secrets, bench)
        _begin(target, session, talk, login=not options.no_login)
        try:
            lines = _lines(talk, watch, {*OWN, *(TUTORED if tutor else ())})
            start: Start = "greeted" if options.no_login else "auth"
            Shell(talk, watch, bench, lines, suite, start, tutor).run()
            if session.ending is None:
                session.logout()
        finally:
            _tidy(bench)
    return int(any(finding.level == "MUST" for finding in watch.findings))


def _target(values: Mapping[str, Any], url: str | None) -> Target:
    """Make the target; who does not log in needs no password."""
    given = values["server"] or values["password_file"] or os.environ.get(PASSWORD)
    if url is None or given or not values["no_login"]:
        return make_target(values, url)
    return parse_target(
        url,
        allow_plaintext=True,  # nothing secret is sent but what is typed
        ca_file=values["ca_file"],
        verify=not values["insecure"],
    )


def _begin(target: Target, session: Session, talk: ShellTalk, *, login: bool) -> None:
    session.open()
    account = target.accounts[0] if target.accounts else None
    if not login:
        if account is not None:
            talk.knows(account)
        return
    if session.endpoint.security == "starttls":
        session.start_tls()
    if account is not None:
        talk.log_in(account)


def _lines(talk: ShellTalk, watch: Watch, own: Collection[str]) -> LineSource:
    if not sys.stdin.isatty():
        return Piped(sys.stdin)

    from conformance.shell.editor import Edited  # noqa: PLC0415  # slow, and not for pipes

    signal.signal(signal.SIGINT, _give_up)

    def complete(text: str) -> tuple[str, list[str]]:
        if text.startswith("/"):
            return text, sorted(word for word in own if word.startswith(text))
        session = talk.session
        state = session.dialogue.state if session.ending is None else State.LOGOUT
        return candidates(text, watch.grammar(session), state, talk.names)

    return Edited(complete)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise Anew


def _tidy(bench: Bench) -> None:
    try:
        bench.close()
    except TargetError as error:
        raise TargetError(f"mailboxes may be left, the next run removes them: {error}") from None
