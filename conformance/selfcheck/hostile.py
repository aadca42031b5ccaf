"""Whether this suite stands hostile servers: it ends in time, whole, and says what happened.

Each behaviour is met by each program: a run of some cases with a program of imapclient's among
them, generated sessions, the shell, two users of `load`, and the proxy with a client of ours behind
it. Each is a process of its own, forked from one that has read what all of them need.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from conformance.hostile.behaviour import Behaviour
from conformance.hostile.server import HostileServer
from conformance.results.text import unheeded
from conformance.selfcheck.bounded import Ran, run_bounded
from conformance.selfcheck.nursery import COOPERATIVE, Nursery
from conformance.targets.credentials import PASSWORD
from conformance.wire.errors import TargetError
from conformance.wire.session import Session
from conformance.wire.transport import Endpoint

PATIENCE: Final = 1.0
"""Seconds for which the programs await an answer."""
MOST_MEMORY: Final = 250 << 20
"""Octets that a process may take at its peak."""
MOST_FILES: Final = 20 << 20
"""Octets that it may write."""
BEYOND: Final = 60.0
"""Seconds that a program may take beyond its steps, each of them with its patience."""

_SECRET: Final = "correct horse"  # noqa: S105 - any password is right here
_CASES: Final = (
    "rfc3501/6.1.2-noop/noop-succeeds-after",
    "rfc3501/6.1.2-noop/noop-succeeds-before",
    "rfc3501/6.1.1-capability/the-list-comes",
    "rfc3501/6.2.1-starttls/the-connection-goes-on",
    "rfc3501/6.2.2-authenticate/plain-logs-in",
    "rfc3501/6.2.3-login/name-and-password-may-be-literals",
    "rfc3501/6.3.1-select/select-reports-flags",
    "rfc3501/6.3.8-list/a-star",
    "rfc3501/6.3.10-status/status-counts",
    "rfc3501/6.3.11-append/the-message-is-stored",
    "rfc3501/6.4.4-search/a-search-without",
    "rfc3501/6.4.5-fetch/every-message",
    "rfc3501/6.1.3-logout",
    "rfc2177/3-idle/idle-waits",
    "interop/6.4.5-reading/a-message-list",
)
_SPOKEN: Final = """\
NOOP
CAPABILITY
LIST "" "*"
SELECT INBOX
FETCH 1 (FLAGS UID ENVELOPE BODYSTRUCTURE BODY[])
SEARCH ALL
IDLE
DONE
APPEND INBOX {3}
abc
STATUS INBOX (MESSAGES)
LOGOUT
"""


@dataclass(frozen=True, slots=True)
class ClientProgram:
    """A program: its words behind `imap-conformance`, what is typed, and how many steps it has."""

    name: str
    words: tuple[str, ...]
    steps: int
    typed: str = ""


PROGRAMS: Final = (
    ClientProgram("run", ("run", "{url}", *_CASES, "--quiet", "--profile", "none"), 120),
    ClientProgram(
        "fuzz", ("fuzz", "{url}", "fuzz/commands", "fuzz/broken", "--quiet", "--budget", "10"), 120
    ),
    ClientProgram("shell", ("shell", "{url}"), 15, _SPOKEN),
    ClientProgram(
        "load",
        ("load", "{url}", "--users", "2", "--ramp", "1", "--duration", "8", "--quiet"),
        120,
    ),
    ClientProgram("proxy", ("proxy", "{url}", "--for", "8", "--sessions", "1"), 40),
)


@dataclass(frozen=True, slots=True)
class Stood:
    """How a program stood a behaviour; `faults` say what was wrong, one line each."""

    id: str
    program: str
    ran: Ran
    faults: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line for people."""
        ran = self.ran
        word = "; ".join(self.faults) or "stands"
        used = f"{ran.seconds:6.1f} s {ran.cpu:5.1f} s CPU {ran.memory >> 20:4} MB"
        return f"{self.id:32} {self.program:6} {used}  {word}"


def stand_all(
    behaviours: Sequence[Behaviour],
    output: Path | None = None,
    *,
    jobs: int = 1,
    every: bool = False,
) -> Iterator[Stood]:
    """Have each behaviour met by the run, and by one of the other programs in turn.

    `every`: by each of the others. So many `jobs` at a time: they mostly wait. What has a fault is
    tried once more in the end, with nothing beside it: where many share a processor, a server of
    ours may answer later than `PATIENCE`.
    """
    run, *others = PROGRAMS
    work = [
        (behaviour, program)
        for number, behaviour in enumerate(behaviours)
        for program in (run, *(others if every else others[number % len(others) :][:1]))
    ]
    stop = threading.Event()
    with Nurseries() as nurseries, ThreadPoolExecutor(jobs) as pool:
        try:
            doing = {pool.submit(stand, *each, output, stop, nurseries): each for each in work}
            bad = []
            for done in as_completed(doing):
                if done.result().faults:
                    bad.append(doing[done])
                else:
                    yield done.result()
            yield from (stand(*each, output, stop, nurseries) for each in bad)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def summary(stood: Sequence[Stood]) -> str:
    """Return what it came to, in one line."""
    if not stood:
        return "nothing was tried"
    bad = sum(bool(each.faults) for each in stood)
    behaviours = len({each.id for each in stood})
    slowest = max(stood, key=lambda each: each.ran.seconds)
    largest = max(stood, key=lambda each: each.ran.memory)
    cpu = sum(each.ran.cpu for each in stood)
    return (
        f"{behaviours} behaviours, {len(stood)} programs, {bad} of them with faults; at most"
        f" {slowest.ran.seconds:.0f} s ({slowest.id}) and {largest.ran.memory >> 20} MB"
        f" ({largest.id}); {cpu:.0f} s of a processor"
    )


class Nurseries(ExitStack):
    """What programs are forked from: `load` by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._plain = self.enter_context(Nursery())
        self._load = self.enter_context(Nursery(COOPERATIVE))

    def of(self, program: ClientProgram) -> Nursery:
        """Return the one for a program."""
        return self._load if program.name == "load" else self._plain


def stand(
    behaviour: Behaviour,
    program: ClientProgram,
    output: Path | None = None,
    stop: threading.Event | None = None,
    nurseries: Nurseries | None = None,
) -> Stood:
    """Have one program meet one behaviour; what it leaves is kept below `output`.

    Without `nurseries` it is started as anybody would start it.
    """
    with tempfile.TemporaryDirectory(prefix="imapc-") as made, HostileServer(behaviour) as server:
        folder = (output or Path(made)) / behaviour.id / program.name
        endpoint = server.endpoint
        words = [word.format(url=_url(endpoint)) for word in program.words]
        words += ["--ca-file", str(endpoint.ca_file)]
        if program.name != "proxy":
            words += ["--timeout", f"{PATIENCE:g}"]
        if program.name != "shell":
            words += ["--output", str(folder / "output")]
        bound = BEYOND + program.steps * PATIENCE
        client = _Client(folder) if program.name == "proxy" else None
        if client is not None:
            words += ["--listen", "127.0.0.1:0"]
            client.start()
        try:
            ran = run_bounded(
                words if nurseries else [sys.executable, "-m", "conformance.cli", *words],
                folder,
                seconds=bound,
                text=program.typed,
                environment={PASSWORD: _SECRET, "PYTHONUNBUFFERED": "1"},
                stop=stop,
                nursery=nurseries.of(program) if nurseries else None,
            )
        finally:
            if client is not None:
                client.stop()
        return Stood(
            behaviour.id, program.name, ran, tuple(faults_of(behaviour, program, ran, folder))
        )


def _url(endpoint: Endpoint) -> str:
    scheme = {"none": "imap", "starttls": "imap+starttls", "implicit": "imaps"}[endpoint.security]
    host = "127.0.0.1" if endpoint.security == "none" else "localhost"
    return f"{scheme}://user1@{host}:{endpoint.port}"


# -- what has to be so -------------------------------------------------------------------------


def faults_of(
    behaviour: Behaviour, program: ClientProgram, ran: Ran, folder: Path
) -> Iterator[str]:
    """Say what is wrong with how a program has gone, which wrote into a folder."""
    if ran.late:
        yield f"did not end within {ran.seconds:.0f} s"
    elif ran.code not in (0, 1, 2):
        yield f"exit code {ran.code}"
    if re.search(r"^usage: ", ran.output, re.MULTILINE):
        yield "was not begun: its words are wrong"
    if ran.memory > MOST_MEMORY:
        yield f"took {ran.memory >> 20} MB of memory"
    if ran.files > MOST_FILES:
        yield f"wrote {ran.files >> 20} MB"
    if ran.left:
        yield "left processes behind"
    if "Traceback (most recent call last)" in ran.output or "error of the suite" in ran.output:
        yield "a traceback"
    if _SECRET in ran.output:
        yield "shows the password"
    if unheeded(ran.output) != ran.output:
        yield "shows what a CI system takes for a command"
    told = ran.output
    if program.name in ("run", "fuzz", "load"):
        yield from _recorded(folder / "output")
        told += _reasons(folder / "output" / "results.jsonl")
    if program.name == "run" and behaviour.says and not re.search(behaviour.says, told):
        yield f"no word of {behaviour.says}"


def _recorded(folder: Path) -> Iterator[str]:
    """Look at what a run has left."""
    for name in folder.rglob("*"):
        if name.is_file() and _SECRET.encode() in name.read_bytes():
            yield f"{name.name} shows the password"
    page = folder / "junit.xml"
    if page.exists():
        try:
            expat.ParserCreate().Parse(page.read_bytes(), True)
        except expat.ExpatError as error:
            yield f"junit.xml: {error}"
    for record in _records(folder / "results.jsonl"):
        if record.get("verdict") == "error":
            yield f"error in {record.get('id')}: {str(record.get('reason'))[:200]}"


def _records(path: Path) -> Iterator[dict[str, object]]:
    if path.exists():
        with path.open("rb") as file:
            yield from (json.loads(line) for line in file)


def _reasons(path: Path) -> str:
    words = ("reason", "lost", "message", "received", "sentence")
    return "\n".join(str(record.get(word, "")) for record in _records(path) for word in words)


# -- a client for the proxy --------------------------------------------------------------------


class _Client(threading.Thread):
    """Waits for the proxy to say where it listens, and talks through it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._said = folder / "said"
        self._over = threading.Event()

    def stop(self) -> None:
        """End it."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Find the port, and say what a client may say."""
        while not self._over.wait(0.1):
            text = self._said.read_text(errors="replace") if self._said.exists() else ""
            if found := re.search(r"127\.0\.0\.1:(\d+)", text):
                self._talk(int(found[1]))
                return

    def _talk(self, port: int) -> None:
        session = Session(Endpoint("127.0.0.1", port), timeout=PATIENCE)
        steps: tuple[Callable[[], object], ...] = (
            lambda: session.login("user1", _SECRET),
            *(
                lambda line=line: session.command(line.encode())
                for line in ("NOOP", "SELECT INBOX", "FETCH 1 (FLAGS ENVELOPE)", 'LIST "" *')
            ),
            session.idle,
            session.logout,
        )
        try:
            session.open()
            for step in steps:
                if self._over.is_set():
                    break
                step()
        except TargetError:
            pass  # it is the proxy that is looked at
        finally:
            session.close()
