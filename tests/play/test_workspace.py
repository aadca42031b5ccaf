"""Filling the mailboxes that cases start from, on a real server."""

from __future__ import annotations

from conformance.casefile.fixtures import Fixture
from conformance.casefile.suite import Suite
from conformance.play.connections import Connections
from conformance.play.workspace import Workspace

FIXTURES = Suite().fixtures


def seen(
    connections: Connections, workspace: Workspace, fixture: Fixture
) -> list[tuple[int | None, int | None]]:
    """Fill a mailbox; numbers and UIDs of what another session finds in it."""
    name = workspace.name(workspace.new_case()) or b""
    workspace.fill(name, fixture)
    with connections.connect("one", "auth") as session:
        assert session.command(b"EXAMINE " + name).ok
        reply = session.command(b"FETCH 1:* (UID)")
    found = []
    for arrival in reply.untagged:
        uid = arrival.response.item(b"UID")
        if uid is not None:
            found.append((arrival.response.count, uid.number))
    return found


def test_uids_follow_on_those_of_messages_that_are_gone(
    connections: Connections, workspace: Workspace
) -> None:
    plain, gapped = FIXTURES["search"], FIXTURES["search-after-others"]
    assert gapped.messages == plain.messages
    numbers, uids = zip(*seen(connections, workspace, gapped), strict=True)
    assert numbers == (1, 2, 3, 4, 5, 6)
    assert uids[0] is not None
    assert uids[0] > gapped.gone
    numbers, uids = zip(*seen(connections, workspace, plain), strict=True)
    assert numbers == (1, 2, 3, 4, 5, 6)
