"""Whether a server is there is asked by NOOP, and once only where that is answered without end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.hostile.behaviour import Behaviour, Deeds, Moment, endless
from conformance.hostile.server import HostileServer
from conformance.play.connections import Connections, Way
from conformance.run.server import ServerUnderTest
from conformance.wire import window
from conformance.wire.account import Account


def test_a_server_that_floods_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "WORK", (0.01, 0.01, 0.01))
    asked: list[int] = []

    def answer(moment: Moment) -> Deeds | None:
        if moment.name != "NOOP":
            return None
        asked.append(moment.connection)
        return endless(b"+ go on\r\n")

    target: Any = SimpleNamespace(label="here", ephemeral=True, restart=lambda: None)
    with HostileServer(Behaviour("floods", "floods NOOP", answer, "")) as served:
        connections = Connections(served.endpoint, [Account("user1", "any")], way=Way(timeout=5))
        server = ServerUnderTest(target, connections)
        for _ in range(3):
            assert not server.look_after(), "it is there"
            assert not server.has_ended
        server.close()
    assert len(asked) == 1
