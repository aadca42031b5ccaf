"""Mailboxes to try things in go away, also when the connection that made them has ended."""

from __future__ import annotations

import pytest

from conformance.casefile.suite import Suite
from conformance.play.connections import Connections
from conformance.shell.bench import Bench
from conformance.shell.typed import TypedError
from conformance.targets import Target


def listed(target: Target) -> list[bytes]:
    with Connections(target.endpoint, target.accounts).survey() as session:
        reply = session.command(b'LIST "" "*"')
        return [arrival.response.mailbox or b"" for arrival in reply.untagged]


def test_mailboxes_are_removed_over_another_connection_if_need_be(
    pymap_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pymap_target, "ephemeral", False)
    bench = Bench(pymap_target, Suite())
    name = bench.make("one")
    assert name in listed(pymap_target)
    assert bench._admin is not None
    bench._admin.close()
    bench.close()
    assert name not in listed(pymap_target)


def test_values_are_those_of_a_case(pymap_target: Target) -> None:
    bench = Bench(pymap_target, Suite())
    user = pymap_target.accounts[0].user.encode()
    assert bench.value("user").octets == user
    child = bench.value("mailbox/sub")
    assert bench.names[child.octets] == "mailbox/sub"
    for unknown in ("nothing", "found", "fetched"):
        with pytest.raises(KeyError):
            bench.value(unknown)
    with pytest.raises(TypedError, match="no message 9"):
        bench.value("msg.9.size")
    bench.close()


def test_a_bench_that_was_not_used_makes_no_connection(pymap_target: Target) -> None:
    bench = Bench(pymap_target, Suite())
    bench.close()
    assert bench._admin is None
