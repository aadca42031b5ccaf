"""The verbs `lint` and `proxy` of the command line."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from conformance.passive.exchanges import SHOWN
from conformance.passive.lint import FORMATS, Read, counts, lint
from conformance.passive.pop3_proxy import WatchingPop3Proxy
from conformance.passive.proxy import WatchingProxy
from conformance.passive.recording import RecordingError
from conformance.passive.verdicts import SIDES, Verdicts
from conformance.passive.watch import Seen
from conformance.results.text import visible
from conformance.run.errors import OptionError
from conformance.run.options import OPTIONS, count, make_target, pop3_endpoint
from conformance.transcripts.table import FORMATS as TEXTS
from conformance.wire.account import Account
from conformance.wire.transcript import Direction
from conformance.wire.transport import Endpoint, is_loopback

_LINT = """\
FILE is one of: the log of a client or a server, or what people paste of it; one of the two files
that Dovecot's rawlog writes for a session, or a folder of them; a capture (pcap, pcapng); the
results.jsonl of a run. Neither side is blamed for passwords that are hidden, or for mail and lines
that were left out. A session in which the server begins with +OK or -ERR is judged as POP3; its
lines need C: and S: before them.

formats of text, which are recognised by their lines unless --format names one:
{formats}

Exit code 1: a MUST was broken on either side. A broken SHOULD is printed and does not count.
Passwords of three octets and more are hidden in what is printed.

examples:
  imap-conformance lint imap-conformance-report/results.jsonl
  imap-conformance lint --side client session.txt
  imap-conformance lint --json capture.pcapng
"""

_PROXY = """\
The client connects to the proxy without TLS; towards the server, imap://, imaps:// and
imap+starttls:// mean what they mean to `run`. The proxy passes all octets on unchanged, with one
exception: it answers STARTTLS with NO itself, since it could not read what follows. If the server
needs TLS, let the proxy speak it: imaps://, or imap+starttls:// (then the client does not get the
capabilities of the greeting, since they hold only before TLS).

With --pop3 both sides speak POP3: to the private server of --server, or to HOST:PORT, which is
spoken to in the clear on this machine, with TLS at port 995, and elsewhere with STLS. A client's
STLS is answered -ERR.

Ends with Ctrl-C or SIGTERM, after --sessions or after --for, and says what was found; the exit
code is 1 when a MUST was broken on either side. Passwords of three octets and more are hidden in
what is printed and written.

examples:
  imap-conformance proxy --listen 127.0.0.1:1143 imaps://user@host
  imap-conformance proxy --pop3 mail.example.org:995
  imap-conformance proxy --server pymap --for 0.1
"""
_OWN = ""  # what stands for the POP3 server of --server
_SERVED = ("server", "ca-file", "insecure", "allow-plaintext")


def add_verbs(verbs: Any) -> None:
    """Add both verbs to the subparsers of the command line."""
    read = verbs.add_parser(
        "lint",
        description="Judge recorded sessions by the rules for servers and by those for clients.",
        epilog=_LINT.format(formats=_formats()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    read.add_argument("words", nargs="*", metavar="FILE", help="recordings")
    read.add_argument(
        "--format",
        choices=FORMATS,
        metavar="NAME",
        help="the format, if it is not recognised: results, rawlog, pcap, or one of those below",
    )
    read.add_argument(
        "--port", type=_port, default=0, help="the server's port in captures, besides 143"
    )
    _add_common(read)
    read.set_defaults(verb=_lint)
    proxy = verbs.add_parser(
        "proxy",
        description="Sit between a client and a server, listen, and judge both.",
        epilog=_PROXY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    proxy.add_argument(
        "words", nargs="*", metavar="URL", help="the server, unless --server is given"
    )
    proxy.add_argument(
        "--listen",
        type=_address,
        default=("127.0.0.1", 0),
        metavar="HOST:PORT",
        help="where clients connect, default a free port of this machine",
    )
    proxy.add_argument("--allow-remote", action="store_true", help="listen for other machines too")
    for option in OPTIONS:
        if option.name in _SERVED:
            proxy.add_argument(f"--{option.name}", **option.arguments())
    proxy.add_argument(
        "--pop3",
        nargs="?",
        const=_OWN,
        metavar="HOST:PORT",
        help="watch POP3: of this server, or of the one that --server starts",
    )
    proxy.add_argument("--output", type=Path, metavar="DIR", help="folder for transcripts")
    proxy.add_argument(
        "--sessions", type=count, default=0, metavar="N", help="stop after this many sessions"
    )
    proxy.add_argument(
        "--for", type=_seconds, dest="seconds", metavar="SECONDS", help="stop after this time"
    )
    _add_common(proxy)
    proxy.set_defaults(verb=_proxy)


def _formats() -> str:
    width = max(len(form.name) for form in TEXTS)
    return "\n".join(f"  {form.name:{width}}  {form.of}" for form in TEXTS)


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


def _seconds(text: str) -> float:
    """Read a positive time."""
    value = float(text)
    if not 0 < value < threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError("a positive number of seconds")
    return value


def _address(text: str) -> tuple[str, int]:
    """Read HOST:PORT; an IPv6 address stands in brackets, port 0 is a free one."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not bare or not port.isdecimal() or (":" in bare) != (bare != host):
        raise argparse.ArgumentTypeError("HOST:PORT, for instance 127.0.0.1:1143")
    return bare, 0 if port.strip("0") == "" else _port(port)


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
        "refused": [refused.to_json() for refused in verdicts.refused],
        "exit_code": verdicts.exit_code,
    }
    return json.dumps(record, indent=1)


def _print(verdicts: Verdicts, reads: list[Read]) -> None:
    for entry in verdicts.entries:
        for line in entry.lines():
            _say(line)
        _say("")
    for refused in verdicts.refused[:SHOWN]:
        for line in refused.lines():
            _say(line)
        _say("")
    if len(verdicts.refused) > SHOWN:
        _say(f"{len(verdicts.refused) - SHOWN} more refusals: --json has all of them")
    for read in reads:
        _say(visible(read.line()))
        for note in read.notes:
            _say(f"  note: {visible(note)}")
    _say(verdicts.summary())


# -- proxy -------------------------------------------------------------------------------


def _proxy(options: argparse.Namespace) -> int:
    host, port = options.listen
    if not is_loopback(host) and not options.allow_remote:
        raise OptionError(
            f"{host} may be reached from other machines, which could use the server through here"
            " in clear text: use 127.0.0.1, or say --allow-remote"
        )
    if len(options.words) > 1:
        raise OptionError(f"one server only: what is {options.words[1]!r}?")
    verdicts = Verdicts(_sides(options.side))

    def sink(seen: Seen) -> None:
        entry = verdicts.add(seen)
        if entry is None:
            return
        if options.json:
            _say(json.dumps(entry.to_json()))
        else:
            _say("\n".join((*entry.lines(), "")))

    kind = WatchingProxy if options.pop3 is None else WatchingPop3Proxy
    with _served(options) as served:
        if options.output is not None:
            _make_folder(options.output)
        try:
            proxy = kind(
                served.endpoint,
                sink,
                _note,
                host=host,
                port=port,
                output=options.output,
                sessions=options.sessions,
            )
        except OSError as error:
            raise OptionError(f"cannot listen on {host}:{port}: {error.strerror}") from None
        with contextlib.suppress(KeyboardInterrupt), proxy:
            _introduce(served, host, proxy.port)
            proxy.finished.wait(options.seconds)
    if not options.json:
        _say(counts(proxy.ended_sessions, proxy.commands, proxy.responses))
        for entry in verdicts.entries:
            _say(f"  {entry.count:6} x {entry.side} {entry.seen.finding.requirement}")
        _say(verdicts.summary())
    return verdicts.exit_code


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"{folder}: {error.strerror}") from None


class _Served(NamedTuple):
    """The server that the proxy is before; `accounts` are those that it was started with."""

    endpoint: Endpoint
    label: str
    accounts: tuple[Account, ...] = ()


@contextlib.contextmanager
def _served(options: argparse.Namespace) -> Iterator[_Served]:
    """Start the server, if it is one of ours, and say where it is.

    Raises:
        OptionError: it is not said which server, or more than one is, or it has no POP3.
    """
    url = options.words[0] if options.words else None
    by_pop3 = pop3_endpoint(vars(options))
    if by_pop3 is not None:
        if url or options.server:
            raise OptionError("give --pop3 HOST:PORT, or another server, not both")
        yield _Served(by_pop3, f"POP3 of {by_pop3}")
        return
    if options.pop3 == _OWN and not options.server:
        raise OptionError("say where POP3 is served: --pop3 HOST:PORT, or --server NAME --pop3")
    with make_target(vars(options), url, logs_in=False) as target:
        accounts = () if target.label.startswith("imap") else target.accounts
        if options.pop3 is None:
            yield _Served(target.endpoint, target.label, accounts)
        elif target.pop3 is not None:
            yield _Served(target.pop3, f"POP3 of {target.label}", accounts)
        else:
            raise OptionError(f"{target.label} has no POP3, or the program for it is not installed")


def _introduce(served: _Served, host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    _note(f"{served.label} is served, and judged with its clients, at {shown}:{port}")
    for account in served.accounts:
        _note(f"Log in as {account.user} with the password {account.password}")


def _note(text: str) -> None:
    print(f"imap-conformance: {visible(text)}", file=sys.stderr, flush=True)  # noqa: T201 - as below


def _say(text: str) -> None:
    """Print; where nobody reads any more, as behind `head`, nothing more is said."""
    try:
        print(text, flush=True)  # noqa: T201 - the command line speaks
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
