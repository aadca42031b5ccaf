"""Broken commands on a real server, in all four states, and what they leave behind."""

from __future__ import annotations

import pytest

from conformance.casefile.suite import Suite
from conformance.flaws.acts import replace
from conformance.flaws.flaw import flaw
from conformance.flaws.proxy import FlawedServer
from conformance.fuzz.mutants import MutantBreach
from conformance.fuzz.session_states import SESSION_STATES, Ground, SessionState, attempt
from conformance.play.connections import Connections, Way
from conformance.play.workspace import Workspace
from conformance.syntax.derivations import Spoken
from conformance.syntax.mutants import mutants
from conformance.targets.pymap import PymapTarget

FIXTURES = Suite().fixtures
PATIENCE = 5.0


def found(ground: Ground, *texts: bytes) -> tuple[int, list[MutantBreach]]:
    """Send every mutant of the commands; how many there were, and what was wrong."""
    count, breaches = 0, []
    for text in texts:
        named = text.replace(b"{mailbox}", ground.mailbox).replace(b"{other}", ground.other)
        for mutant in filter(ground.takes, mutants(Spoken(named), ground.grammar)):
            count += 1
            breaches += attempt(ground, mutant, patience=PATIENCE)[1]
    ground.close()
    return count, breaches


@pytest.mark.parametrize("place", SESSION_STATES, ids=lambda place: place.name)
def test_a_server_stays_in_step_in_every_state(
    connections: Connections, workspace: Workspace, place: SessionState
) -> None:
    ground = Ground(connections, workspace, place, FIXTURES[place.fixture])
    count, breaches = found(ground, b"b1 CREATE {other}\r\n", b"b1 CHECK\r\n")
    assert count > 50
    assert {breach.rule.level for breach in breaches} <= {"SHOULD"}


def test_what_a_lenient_server_did_is_made_good(
    connections: Connections, workspace: Workspace
) -> None:
    (place,) = (place for place in SESSION_STATES if place.name == "selected")
    ground = Ground(connections, workspace, place, FIXTURES["flagged"])
    before = ground.look(ground.session())
    _, breaches = found(ground, b"b1 STORE 1 +FLAGS (\\Flagged \\Seen)\r\n", b"b1 EXPUNGE\r\n")
    assert "was answered OK" in {breach.wrong for breach in breaches}
    assert ground.look(ground.session()) == before
    ground.close()


def test_a_command_that_was_refused_and_done_is_found(
    pymap_target: PymapTarget, connections: Connections, workspace: Workspace
) -> None:
    (place,) = (place for place in SESSION_STATES if place.name == "selected")
    lies = flaw("lies", "", "", "", replace(rb"\Ab1 OK", rb"b1 BAD", kind="tagged"))
    with FlawedServer(pymap_target.endpoint, lies) as served:
        way = Way(timeout=PATIENCE)
        connections = Connections(served.endpoint, pymap_target.accounts, disposable=True, way=way)
        connections.survey().close()
        ground = Ground(connections, workspace, place, FIXTURES["flagged"])
        _, breaches = found(ground, b"b1 STORE 1 +FLAGS (\\Flagged \\Seen)\r\n")
    received = {b.received for b in breaches if "yet changed" in b.wrong}
    assert "gone: UID 101 FLAGS ; new: UID 101 FLAGS \\FLAGGED \\SEEN" in received


def test_names_of_another_beginning_are_only_for_disposable_accounts(
    connections: Connections, workspace: Workspace
) -> None:
    (place,) = (place for place in SESSION_STATES if place.name == "authenticated")
    ground = Ground(connections, workspace, place, FIXTURES["one"])
    every, _ = found(ground, b'b1 CREATE "{other}"\r\n')
    connections.disposable = False
    kept, _ = found(ground, b'b1 CREATE "{other}"\r\n')
    assert 0 < kept < every
