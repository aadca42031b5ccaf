"""What probes make of times, octets and handshakes, and a server that passes and fails them."""

from __future__ import annotations

import imaplib
import math
import time
from collections.abc import Iterator

import pytest
from play_odd import WAY

from conformance.flaws.catalogue import FLAWS
from conformance.flaws.proxy import FlawedServer
from conformance.play.connections import Connections
from conformance.play.errors import Skip
from conformance.play.probes import Probes, apart
from conformance.targets.pymap import PymapTarget


@pytest.fixture
def unseen(pymap_target: PymapTarget) -> Probes:
    """Probes at a server of which no more is to be seen than its answers."""
    return Probes(Connections(pymap_target.endpoint, ()), {})


def test_in_proportion_is_what_grows_with_the_octets(unseen: Probes) -> None:
    told = unseen.out_of_proportion
    assert told({10: 5.0}, "parts") == ""
    assert told({10: 0.1, 100: 1.0}, "parts") == ""
    assert told({10: 0.001, 100: 0.3}, "parts") == ""  # quick, whatever it is
    assert told({10: 0.01, 100: 1.0}, "parts") == "10 parts: 0.010 s, 100 parts: 1.000 s"


def test_of_the_cpu_only_what_is_as_good_as_a_square_is_told(
    unseen: Probes, pymap_target: PymapTarget
) -> None:
    seen = Probes(Connections(pymap_target.endpoint, (), cpu_time=lambda: 0.0), {})
    for taken, on_the_wall, of_the_cpu in (
        ({10: 0.01, 100: 0.5}, False, False),
        ({10: 0.01, 100: 0.62}, True, True),
        ({10: 0.1, 100: 4.0}, True, False),  # the machine may have been busy
        ({10: 0.1, 100: 5.2}, True, True),
    ):
        assert bool(unseen.out_of_proportion(taken, "parts")) is on_the_wall
        assert bool(seen.out_of_proportion(taken, "parts")) is of_the_cpu


def _raising(error: Exception) -> Iterator[None]:
    raise error
    yield


def test_no_answer_takes_for_ever_and_a_refusal_leaves_the_case(unseen: Probes) -> None:
    ended = imaplib.IMAP4.abort("Unhandled server error.")
    taken = {1: 0.01, 10: unseen.seconds(lambda: next(_raising(ended)))}
    assert taken[10] == math.inf
    assert unseen.out_of_proportion(taken, "octets") == (
        "1 octets: 0.010 s, 10 octets: no answer (Unhandled server error.)"
    )
    with pytest.raises(Skip, match="does not take it: too large"):
        unseen.seconds(lambda: next(_raising(imaplib.IMAP4.error("too large"))))
    done: list[int] = []
    assert unseen.seconds(lambda: done.append(1)) < math.inf
    assert done == [1]


def test_of_a_server_of_ours_the_time_of_its_cpu_counts(pymap_target: PymapTarget) -> None:
    used = iter([10.0, 12.5, 20.0, 21.5, 30.0, 32.0])
    connections = Connections(pymap_target.endpoint, (), cpu_time=lambda: next(used))
    assert Probes(connections, {}).seconds(lambda: None) == 1.5  # the least of three
    look = pymap_target.cpu_time
    assert look
    began = look()
    assert began > 0
    until = time.monotonic() + 60
    with probes(pymap_target).session() as session:
        while look() == began and time.monotonic() < until:
            session.command(b"CAPABILITY")
    assert look() > began


def test_times_are_apart_where_nearly_all_of_one_kind_are_longer() -> None:
    slow, quick = [0.030 + n / 10_000 for n in range(12)], [0.001] * 12
    assert "30.6 ms for a user that there is, 1.0 ms" in apart(slow, quick)
    assert apart(quick, slow)
    assert apart([0.0011] * 12, quick) == ""  # no gap that anybody could measure
    assert apart([*slow[:6], *quick[:6]], quick) == ""
    assert apart(slow, slow) == ""


def probes(target: PymapTarget, endpoint: object = None) -> Probes:
    connections = Connections(
        endpoint or target.endpoint, target.accounts, way=WAY, memory=target.memory
    )
    connections.survey().close()
    return Probes(connections, {})


def test_a_server_that_speaks_what_it_should(pymap_target: PymapTarget) -> None:
    here = probes(pymap_target)
    assert here.handshake("TLSv1.2").startswith("TLSv1.2 ")
    assert here.handshake("TLSv1.1") == here.handshake("TLSv1.2 eNULL") == ""
    assert here.misfit() == ""


@pytest.mark.parametrize(
    ("flaw", "offer"),
    [
        ("tls-10", "TLSv1"),
        ("tls-without-encryption", "TLSv1.2 eNULL"),
        ("tls-without-certificate", "TLSv1.2 aNULL:!eNULL"),
    ],
)
def test_one_that_takes_what_nobody_may(flaw: str, offer: str, pymap_target: PymapTarget) -> None:
    with FlawedServer(pymap_target.endpoint, FLAWS[flaw]) as served:
        assert probes(pymap_target, served.endpoint).handshake(offer)


@pytest.mark.parametrize(
    ("flaw", "why"),
    [
        ("certificate-of-another", "not valid for 'localhost'"),
        ("certificate-of-last-year", "expired"),
    ],
)
def test_a_certificate_that_does_not_fit(flaw: str, why: str, pymap_target: PymapTarget) -> None:
    with FlawedServer(pymap_target.endpoint, FLAWS[flaw]) as served:
        assert why in probes(pymap_target, served.endpoint).misfit()


def test_what_a_server_holds_is_seen_where_it_is_ours(pymap_target: PymapTarget) -> None:
    holds = [10 << 20]
    connections = Connections(pymap_target.endpoint, pymap_target.accounts, memory=lambda: holds[0])
    assert Probes(connections, {}).held(lambda: None, 1 << 20) == ""
    said = Probes(connections, {}).held(lambda: holds.append(holds.pop() + (8 << 20)), 10 << 20)
    assert said == "10 MiB were sent, and the server holds 8 MiB more"
    with pytest.raises(Skip, match="none of ours"):
        Probes(Connections(pymap_target.endpoint, ()), {}).held(lambda: None, 1)
    assert pymap_target.memory
    assert pymap_target.memory() > 1 << 20
