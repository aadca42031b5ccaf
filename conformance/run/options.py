"""The options of a run, once for the command line and once for pytest, and what they build.

`imap-conformance run` takes them by these names, pytest with `--imap-` before them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.casefile.suite import Suite
from conformance.catalogue.levels import LEVELS
from conformance.extending.documents import document_of, folder_of
from conformance.fuzz.generation import NONE, Generation
from conformance.fuzz.profiles import PHASES, PROFILES
from conformance.play.connections import DEFAULT_WAY, Way
from conformance.play.protocol import WANTED, Wanted
from conformance.play.spelling import STYLES, Style
from conformance.results.formats import WRITERS
from conformance.results.known import KnownDeviations
from conformance.run.campaign import Campaign
from conformance.run.earlier import read_record
from conformance.run.errors import OptionError
from conformance.run.settings import Settings
from conformance.targets import SERVERS, Target
from conformance.targets.credentials import password_for, second_account
from conformance.targets.url import parse_pop3, parse_target, parse_url
from conformance.wire.transport import Endpoint

OUTPUT = Path("imap-conformance-report")
"""Where a run writes its record and reports unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its name without dashes, what it is for, how its value is read.

    `read` None makes it a flag. `own` options belong to the account or the machine and are not
    part of the command that repeats a run. `kept` options are about what is kept of a run; they
    change nothing that a server sees, and are not part of that command either.
    """

    name: str
    help: str
    read: Callable[[str], Any] | None = str
    metavar: str | None = None
    own: bool = False
    kept: bool = False

    def arguments(self) -> dict[str, Any]:
        """Return the keywords for argparse, and for pytest's look-alike of it."""
        if self.read is None:
            return {"action": "store_true", "help": self.help}
        return {"type": self.read, "default": None, "metavar": self.metavar, "help": self.help}


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("a positive number of seconds")
    return value


def count(text: str) -> int:
    """Read a positive whole number."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a positive number")
    return value


def share(text: str) -> tuple[int, int]:
    """Read K/N, the K-th of N parts, as a place from 0 and their number.

    K may be larger, and is counted round, so that a number that grows does for it.
    """
    number, _, parts = text.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and int(parts)):
        raise argparse.ArgumentTypeError("K/N, such as 1/3")
    return (int(number) - 1) % int(parts), int(parts)


def _some_of(names: Collection[str]) -> Callable[[str], str]:
    """Return what reads names with commas between them, in any letter case, and returns them so."""
    meant = {name.casefold(): name for name in names}

    def read_names(text: str) -> str:
        words = [word.strip().casefold() for word in text.split(",")]
        if not set(words) <= meant.keys():
            raise argparse.ArgumentTypeError(f"one of {', '.join(names)}, or several with commas")
        return ",".join(dict.fromkeys(meant[word] for word in words))

    return read_names


def _rfcs(text: str) -> str:
    """Read numbers of RFCs, or names of vendors' extensions, with commas between them."""
    words = [word.strip().lower().removeprefix("rfc").strip() for word in text.split(",")]
    if not all(document_of(folder_of(word)) for word in words):
        raise argparse.ArgumentTypeError("the number of an RFC, or several with commas")
    return ",".join(dict.fromkeys(words))


def _style(text: str) -> Style:
    for style in STYLES:
        if style == text:
            return style
    raise argparse.ArgumentTypeError(f"one of {', '.join(STYLES)}")


def _protocol(text: str) -> Wanted:
    for protocol in WANTED:
        if protocol == text:
            return protocol
    raise argparse.ArgumentTypeError(f"one of {', '.join(WANTED)}")


_PROFILES = (*PROFILES, NONE)


def _profile(text: str) -> str:
    if text not in _PROFILES:
        raise argparse.ArgumentTypeError(f"one of {', '.join(_PROFILES)}")
    return text


OPTIONS: tuple[Option, ...] = (
    Option("server", f"start a private server: {', '.join(SERVERS)}", metavar="NAME"),
    Option(
        "pop3", "a POP3 server on the same mail, for the cases that speak both", metavar="HOST:PORT"
    ),
    Option("password-file", "file whose first line is the password", Path, "FILE"),
    Option("user2", "user of a second account (IMAP_CONFORMANCE_USER2)", metavar="USER"),
    Option("password2-file", "file with the second account's password", Path, "FILE"),
    Option("ca-file", "certificates to trust instead of the system's", Path, "FILE"),
    Option("insecure", "accept any TLS certificate", None),
    Option("allow-plaintext", "send the password unprotected if there is no TLS", None),
    Option("disposable", "the account is made for tests: INBOX may be changed, too", None),
    Option("allow-programs", "allow your case files to run Python code", None),
    Option("timeout", "how long to wait for an answer, default 10", _positive, "SECONDS"),
    Option("run-timeout", "stop the whole run after this time", _positive, "SECONDS", kept=True),
    Option("delay", "wait this long before each write", _positive, "SECONDS"),
    Option("chop", "send everything in pieces of this many octets", count, "OCTETS"),
    Option(
        "spelling",
        f"how strings are sent: {', '.join(STYLES)} (page: as the case has them)",
        _style,
        "STYLE",
    ),
    Option("by-uid", "use UIDs where a case uses message numbers", None),
    Option(
        "protocol",
        "rev1, rev2 or both: the revision of IMAP4, default what is announced",
        _protocol,
        "REVISION",
    ),
    Option("rfc", "only cases of these RFCs, such as 3501 or 3501,2177", _rfcs, "NUMBER"),
    Option(
        "level",
        "only cases of these levels, such as MUST or MUST,SHOULD",
        _some_of(LEVELS),
        "LEVEL",
    ),
    Option(
        "name",
        "name of the server in reports, default what it says (ID) or its host",
        kept=True,
        metavar="NAME",
    ),
    Option("known", "file of known deviations, which do not fail the run", Path, "FILE"),
    Option("strict-known", "also fail if a known deviation is gone", None),
    Option(
        "compare-with",
        "show what has changed since an earlier run (its folder or record)",
        Path,
        "FILE",
        kept=True,
    ),
    Option("profile", f"generated sessions: {', '.join(_PROFILES)}", _profile, "NAME", kept=True),
    Option("seed", "seed of the generated sessions, default 0", int, "NUMBER", kept=True),
    Option(
        "budget",
        "the most that all generated sessions may take together",
        _positive,
        "SECONDS",
        kept=True,
    ),
    Option(
        "examples",
        "try first what failed before, from a folder or redis://HOST",
        str,
        "WHERE",
        kept=True,
    ),
    Option("transcripts", "keep the transcripts of cases that pass, too", None, kept=True),
    Option("verbose", "show known deviations and warnings in full, too", None, kept=True),
    Option("durations", "list this many of the slowest cases", count, "NUMBER", kept=True),
    Option(
        "format",
        f"write the results in these formats, too: {', '.join(WRITERS)}, or several with commas",
        _some_of(WRITERS),
        "NAME",
        kept=True,
    ),
    Option("output", f"folder of the reports, default {OUTPUT}", Path, "DIR", own=True),
)


def make_campaign(values: Mapping[str, Any], target: str | None) -> Campaign:
    """Build the campaign that options describe. `values` go by name with `_` for `-`.

    Raises:
        OptionError: no target, two, an unknown server, no folder to write to, or an earlier run
            that can not be read.
        TargetError: a malformed URL, or no password.
        KnownError: the file of known deviations is wrong.
    """
    known, compared = values.get("known"), values.get("compare_with")
    way = Way(
        timeout=values.get("timeout") or DEFAULT_WAY.timeout,
        delay=values.get("delay") or 0.0,
        chop=values.get("chop") or 0,
        spelling=values.get("spelling") or "page",
        by_uid=bool(values.get("by_uid")),
        protocol=values.get("protocol"),
    )
    given = {
        option.name: values.get(option.name.replace("-", "_"))
        for option in OPTIONS
        if not (option.own or option.kept) and values.get(option.name.replace("-", "_"))
    }
    output = values.get("output") or OUTPUT
    made = make_target(values, target)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"{output}: {error.strerror}") from None
    return Campaign(
        made,
        Suite(programs=bool(values.get("allow_programs"))),
        Settings(
            output=output,
            repeat=_repeat(given, target),
            way=way,
            rfcs=_listed(values.get("rfc")),
            levels=_listed(values.get("level")),
            known=KnownDeviations.load(known) if known else KnownDeviations(),
            strict_known=bool(values.get("strict_known")),
            options={name: str(value) for name, value in given.items()},
            before=read_record(compared) if compared else None,
            name=values.get("name") or "",
            formats=_listed(values.get("format")),
            verbose=bool(values.get("verbose")),
            durations=values.get("durations") or 0,
            run_timeout=values.get("run_timeout"),
            transcripts=bool(values.get("transcripts")),
            generation=_generation(values),
            kept=values.get("kept"),
        ),
    )


def _generation(values: Mapping[str, Any]) -> Generation:
    """Read what the options say of generated sessions; `shards` is not one of them."""
    budget = values.get("budget")
    generation = Generation(
        name=values.get("profile") or "",
        seed=values.get("seed") or 0,
        seconds=budget / len(PHASES) if budget else None,
        examples=values.get("examples") or "",
        shards=values.get("shards") or 1,
    )
    try:
        generation.check()
    except ValueError as error:
        raise OptionError(str(error)) from None
    return generation


def make_target(values: Mapping[str, Any], url: str | None, *, logs_in: bool = True) -> Target:
    """Make the target of a run: a server of our own, or the one that a URL names.

    `logs_in` False: nobody will log in but clients of their own, and no password is asked for.
    """
    server = values.get("server")
    if server and url:
        raise OptionError("give a URL or --server, not both")
    if server:
        if server not in SERVERS:
            raise OptionError(f"unknown server {server!r}: one of {', '.join(SERVERS)}")
        made = SERVERS[server]()
        made.set_pop3(pop3_endpoint(values))
        return made
    if not url:
        raise OptionError("no target: give a URL such as imap://user@host, or --server NAME")
    user = parse_url(url).user
    target = parse_target(
        url,
        password=password_for(user, file=values.get("password_file")) if logs_in else None,
        second=second_account(user=values.get("user2"), file=values.get("password2_file")),
        disposable=bool(values.get("disposable")),
        allow_plaintext=bool(values.get("allow_plaintext")),
        ca_file=values.get("ca_file"),
        verify=not values.get("insecure"),
    )
    target.set_pop3(pop3_endpoint(values))
    return target


def pop3_endpoint(values: Mapping[str, Any]) -> Endpoint | None:
    """Return where the option `pop3` says that POP3 is served; None where it does not.

    Raises:
        BadURL: it is not of that form.
    """
    where = values.get("pop3")
    if not where:
        return None
    return parse_pop3(
        where,
        allow_plaintext=bool(values.get("allow_plaintext")),
        ca_file=values.get("ca_file"),
        verify=not values.get("insecure"),
    )


def _repeat(given: Mapping[str, Any], target: str | None) -> tuple[str, ...]:
    words = ["imap-conformance", "run"]
    if target:
        words.append(target)
    for name, value in given.items():
        words.append(f"--{name}")
        if value is not True:
            words.append(str(value))
    return tuple(words)


def _listed(words: str | None) -> tuple[str, ...]:
    return tuple(words.split(",")) if words else ()
