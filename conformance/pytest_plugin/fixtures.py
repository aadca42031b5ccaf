"""Fixtures for the tests of other projects: `imap_target`, `imap_session` and what goes with them.

A project that tests its own server says where that is, by `imap_target` in its pytest
configuration or by a fixture `imap_url` of its own, and then writes tests with our sessions, has
the grammar and the ambient checks on every octet of them, and plays lines as case files have them.
docs/pytest.md shows it.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from conformance.casefile.document import Case
from conformance.casefile.fixtures import Fixture
from conformance.casefile.labels import Labels, Start
from conformance.casefile.plan import grammar_of, make_plan
from conformance.casefile.script import LineError, read_script
from conformance.casefile.suite import Suite
from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.play.connections import Connections
from conformance.play.errors import Blocked, Skip
from conformance.play.player import Player
from conformance.play.values import Given
from conformance.play.workspace import Workspace
from conformance.run.errors import OptionError
from conformance.run.options import make_target
from conformance.targets import SERVERS, Target
from conformance.wire.errors import TargetError
from conformance.wire.session import Session
from conformance.wire.transcript import Line, escape


class Remark(UserWarning):
    """What a server should not do, and may."""


INI = "imap_target"
"""The setting of pytest that names the server."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting that says where the server of `imap_target` is."""
    parser.addini(INI, f"server of the fixture imap_target: a URL, or one of {', '.join(SERVERS)}")


@dataclass(frozen=True, slots=True)
class IMAPServer:
    """A server that tests talk to: `target` is where it is and who may log in.

    The rest is how: connections that are watched by the checks, and mailboxes that are removed
    after the last test.
    """

    target: Target
    connections: Connections
    workspace: Workspace
    suite: Suite
    monitor: Monitor
    findings: list[Breach]


@pytest.fixture(scope="session")
def imap_url(pytestconfig: pytest.Config) -> str:
    """Where the server is: the setting `imap_target`; a project that starts one overrides this."""
    named = str(pytestconfig.getini(INI))
    if not named:
        pytest.fail(
            f"no server: set {INI} in the configuration of pytest, or write a fixture imap_url",
            pytrace=False,
        )
    return named


@pytest.fixture(scope="session")
def imap_target(imap_url: str) -> Iterator[Target]:
    """The server, started if it is one of ours (see `conformance.targets.base.Target`).

    Passwords come from the environment, as for `imap-conformance run`.
    """
    named = imap_url in SERVERS
    with contextlib.ExitStack() as entered:
        with _told_shortly():
            target = make_target({"server": imap_url} if named else {}, None if named else imap_url)
            entered.enter_context(target)
        yield target


@pytest.fixture(scope="session")
def imap_server(imap_target: Target) -> Iterator[IMAPServer]:
    """The server with what tests need to talk to it; what they make there is removed at the end."""
    findings: list[Breach] = []
    monitor = Monitor(findings.append, alone=True)
    connections = Connections(
        imap_target.endpoint,
        imap_target.accounts,
        disposable=imap_target.disposable,
        observers=(monitor,),
    )
    with _told_shortly():
        admin = connections.survey()
    with admin:
        workspace = Workspace(admin, tidy=not imap_target.ephemeral)
        yield IMAPServer(imap_target, connections, workspace, Suite(), monitor, findings)
        left = workspace.end()
    if left:
        pytest.fail(f"could not be removed: {', '.join(map(escape, left))}", pytrace=False)


@pytest.fixture
def imap_checks(imap_server: IMAPServer, request: pytest.FixtureRequest) -> Iterator[list[Breach]]:
    """What the grammar and the ambient checks find in this test.

    At its end what breaks a MUST fails the test, what breaks a SHOULD is a warning (`Remark`). A
    test that awaits a finding looks at the list and empties it.
    """
    imap_server.monitor.begin(request.node.name)
    found = imap_server.findings
    found.clear()
    yield found
    imap_server.monitor.end()
    mask = imap_server.connections.secrets.mask
    broken = [each for each in found if each.level == "MUST"]
    for each in found:
        if each.level != "MUST":
            warnings.warn(mask(f"{each.requirement}: {each.message}"), Remark, stacklevel=1)
    found.clear()
    if broken:
        pytest.fail(mask("\n\n".join(map(_told, broken))), pytrace=False)


@pytest.fixture
def imap_connect(
    imap_server: IMAPServer,
    imap_checks: list[Breach],  # noqa: ARG001 - in force as long as the connections are there
) -> Iterator[Callable[..., Session]]:
    """Open connections: `imap_connect(name="other", state="auth", account=0)` gives a `Session`.

    `state` is `raw` (nothing was read), `greeted` or `auth`; `account` 1 is the second one.
    """
    opened: list[Session] = []

    def connect(name: str = "other", state: Start = "auth", account: int = 0) -> Session:
        with _told_shortly():
            session = imap_server.connections.connect(name, state, account=account)
        opened.append(session)
        return session

    yield connect
    for session in opened:
        session.close()


@pytest.fixture
def imap_session(imap_connect: Callable[..., Session]) -> Session:
    """A connection that is logged in, with the checks on (see `conformance.wire.session`)."""
    return imap_connect("main")


@pytest.fixture
def imap_mailbox(imap_server: IMAPServer) -> Callable[..., str]:
    """Make mailboxes: `imap_mailbox("five")` returns the name of a new one with five messages.

    What there is to fill one with stands in `cases/fixtures.toml`. The name is written so that it
    can stand in a command as it is.
    """

    def make(fixture: str = "empty") -> str:
        wanted = _fixture(imap_server.suite, fixture)
        space = imap_server.workspace
        given = Given(space, space.new_case(), wanted, ())
        with _told_shortly():
            space.fill(given["mailbox"].octets, wanted)
        return given["mailbox"].spelling.decode("ascii")

    return make


@pytest.fixture
def imap_play(
    imap_server: IMAPServer,
    imap_checks: list[Breach],  # noqa: ARG001 - in force while lines are played
    request: pytest.FixtureRequest,
) -> Callable[..., None]:
    """Play lines as they stand in case files (cases/README.md).

    `imap_play` is called with the lines, such as `C: a1 NOOP` and `S: a1 OK` below it.

    Of the labels of a case there are `state` (`raw`, `greeted`, `auth` or `selected`), `mailbox`
    (what the mailbox of the lines is filled with) and `needs` (capabilities without which the test
    is skipped).
    """

    def play(
        lines: str, *, state: Start = "auth", mailbox: str = "empty", needs: tuple[str, ...] = ()
    ) -> None:
        labels = Labels(
            "MUST", ("own",), state, mailbox, tuple((capability,) for capability in needs)
        )
        _fixture(imap_server.suite, mailbox)
        numbered = enumerate((line.strip() for line in lines.splitlines()), 1)
        try:
            windows = tuple(read_script(numbered))
            steps = make_plan(list(windows), grammar_of(labels))
        except LineError as error:
            raise ValueError(f"line {error.line}: {error.message}") from None
        name = cast("str", request.node.name)
        case = Case(f"own/test/{name}", name, Path(request.node.path), 0, "", labels, "", windows)
        outcome = Player(
            imap_server.connections, imap_server.workspace, imap_server.suite.fixtures
        ).play(case, steps)
        if outcome.verdict == "skip":
            pytest.skip(outcome.reason)
        if outcome.verdict != "pass":
            place = f"line {outcome.line}: " if outcome.line else ""
            said = "\n".join(map(_shown, outcome.transcript))
            told = f"{place}{outcome.reason}\n\n{said}"
            pytest.fail(imap_server.connections.secrets.mask(told), pytrace=False)

    return play


def _fixture(suite: Suite, name: str) -> Fixture:
    if name not in suite.fixtures:
        known = ", ".join(sorted(suite.fixtures))
        raise ValueError(f"unknown fixture {name!r}: one of {known}")
    return suite.fixtures[name]


@contextlib.contextmanager
def _told_shortly() -> Iterator[None]:
    """Skip or fail by what the suite says, without the ways by which it came to that."""
    try:
        yield
    except Skip as skip:
        pytest.skip(str(skip))
    except (Blocked, OptionError, TargetError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _told(finding: Breach) -> str:
    said = "\n".join(map(_shown, finding.excerpt))
    return f"{finding.requirement}: {finding.message}\n\n{said}".rstrip()


def _shown(line: Line) -> str:
    who = f"{line.session} " if line.session else ""
    return f"{who}{line.direction}: {line.text}"
