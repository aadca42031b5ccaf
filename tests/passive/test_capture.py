"""Captures: streams are put together as TCP does, and damage is told."""

from __future__ import annotations

import io
import random

import dpkt
import pytest
from passive_packets import CLIENT, Wire, capture

from conformance.passive.capture import read_capture
from conformance.passive.recording import Recording, RecordingError

TALK = ("S: * OK ready", "C: a1 LOGIN fred secret", "S: a1 OK in", "C: a2 LOGOUT", "S: * BYE")
SAID = {"C": b"a1 LOGIN fred secret\r\na2 LOGOUT\r\n", "S": b"* OK ready\r\na1 OK in\r\n* BYE\r\n"}


def read(file: bytes, port: int = 0) -> Recording:
    return read_capture("x", io.BytesIO(file), port)


def octets(recording: Recording, session: str | None = None) -> dict[str, bytes]:
    chunks = [c for group in recording.groups for c in group.said()]
    return {
        way: b"".join(
            c.octets for c in chunks if c.direction == way and session in (None, c.session)
        )
        for way in ("C", "S")
    }


@pytest.mark.parametrize("ng", [False, True], ids=["pcap", "pcapng"])
def test_a_connection_is_read_in_the_order_of_its_packets(ng: bool) -> None:
    recording = read(capture(Wire().opened().say(*TALK).packets, ng=ng))
    assert octets(recording) == SAID
    assert [str(c.place) for c in list(recording.groups[0].said())][:2] == [
        "x, packet 3",
        "x, packet 4",
    ]
    assert [s.name for s in recording.sessions] == ["10.0.0.1:50000"]
    assert recording.notes == []


def test_what_is_sent_again_is_taken_once() -> None:
    packets = Wire().opened().say(*TALK).packets
    again = [packet for packet in packets for _ in range(2)]
    assert octets(read(capture(again))) == SAID


def test_segments_that_overlap_are_taken_once() -> None:
    wire = Wire().opened().say("S: * OK ready")
    wire.packets.append(wire.packet("C", 16, wire.next["C"], b"a1 NO"))
    wire.packets.append(wire.packet("C", 16, wire.next["C"] + 3, b"NOOP\r\n"))
    wire.packets.append(wire.packet("C", 16, wire.next["C"], b"a1 NOOP\r\na2 NOOP\r\n"))
    assert octets(read(capture(wire.packets)))["C"] == b"a1 NOOP\r\na2 NOOP\r\n"


@pytest.mark.parametrize("seed", range(20))
def test_segments_in_any_order_give_the_same_octets(seed: int) -> None:
    wire = Wire().opened().say("S: * OK ready")
    said = b"".join(b"a%d NOOP\r\n" % number for number in range(40))
    pieces = [wire.segment("C", said[at : at + 7]) for at in range(0, len(said), 7)]
    shuffled = [*pieces, *pieces[::3]]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a test's order
    recording = read(capture([*wire.packets, *shuffled]))
    assert octets(recording)["C"] == said
    assert recording.remarks == []


def test_a_stream_ends_where_octets_are_missing() -> None:
    wire = Wire().opened().say(*TALK[:3])
    lost = wire.segment("C", b"a2 NOOP\r\n")
    wire.say("C: a3 NOOP", "S: a2 OK done", "S: a3 OK done")
    assert lost not in wire.packets
    recording = read(capture(wire.packets))
    assert octets(recording)["C"] == b"a1 LOGIN fred secret\r\n"
    assert octets(recording)["S"] == b"* OK ready\r\na1 OK in\r\n"
    assert "octets were not kept at x, packet 6" in recording.remarks[0]


def test_a_capture_that_stops_in_a_packet_is_read_to_there_and_says_so() -> None:
    whole = capture(Wire().opened().say(*TALK).packets)
    recording = read(whole[:-3])
    assert octets(recording)["S"].startswith(b"* OK ready\r\na1 OK in\r\n")
    assert "not captured in full" in recording.notes[0]
    ng = capture(Wire().opened().say(*TALK).packets, ng=True)
    assert "damaged behind packet 6" in read(ng[:-3]).notes[0]


def test_a_connection_that_began_before_the_capture_is_known_by_its_port() -> None:
    wire = Wire().say("C: a1 NOOP", "S: a1 OK done")
    assert octets(read(capture(wire.packets))) == {
        "C": b"a1 NOOP\r\n",
        "S": b"a1 OK done\r\n",
    }


def test_the_server_on_another_port_is_known_by_its_greeting_or_by_the_option() -> None:
    other = Wire(server=("10.0.0.2", 40143))
    assert octets(read(capture(other.say(*TALK).packets))) == SAID
    middle = capture(Wire(server=("10.0.0.2", 40143)).say("C: a1 NOOP", "S: a1 OK x").packets)
    with pytest.raises(RecordingError, match="no session of IMAP"):
        read(middle)
    assert octets(read(middle, 40143))["C"] == b"a1 NOOP\r\n"


def test_other_connections_are_passed_over() -> None:
    web = Wire(("10.0.0.1", 50001), ("10.0.0.2", 80)).opened().say("C: GET /", "S: HTTP/1.1 200")
    imap = Wire().opened().say(*TALK)
    assert octets(read(capture([*web.packets, *imap.packets]))) == SAID


def test_a_port_used_again_is_another_session() -> None:
    one, two = (Wire().opened().say(*TALK) for _ in range(2))
    recording = read(capture([*one.packets, *two.packets]))
    assert [s.name for s in recording.sessions] == ["10.0.0.1:50000", "10.0.0.1:50000-2"]
    assert octets(recording, "10.0.0.1:50000-2") == SAID


def test_ip_version_6_is_read() -> None:
    wire = Wire(("fe80::1", 50000), ("fe80::2", 143)).opened().say(*TALK)
    recording = read(capture(wire.packets))
    assert [s.name for s in recording.sessions] == ["[fe80::1]:50000"]
    assert octets(recording) == SAID


def test_tls_is_named() -> None:
    wire = Wire().opened()
    wire.packets.append(wire.segment("C", b"\x16\x03\x01\0\0"))
    with pytest.raises(RecordingError, match=r"10\.0\.0\.1:50000 speaks TLS"):
        read(capture(wire.packets))


@pytest.mark.parametrize(("first", "by"), [("C", "client"), ("S", "server")])
def test_who_closes_first_is_known(first: str, by: str) -> None:
    wire = Wire().opened().say(*TALK).closed(first).closed("S" if first == "C" else "C")
    (session,) = read(capture(wire.packets)).sessions
    assert session.ended_by == by


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_capture_is_an_error_or_is_read(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's damage
    damaged = bytearray(capture(Wire().opened().say(*TALK).packets, ng=seed % 2 == 1))
    for _ in range(20):
        damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
    try:
        recording = read(bytes(damaged))
    except RecordingError as error:
        assert str(error).startswith("x: ")  # noqa: PT017 - either outcome is right
    else:
        assert recording.groups


def test_a_link_type_that_is_not_known_is_named() -> None:
    raw = bytearray(capture(Wire().opened().say(*TALK).packets))
    raw[20:24] = (199).to_bytes(4, "little")
    with pytest.raises(RecordingError, match="link type 199"):
        read(bytes(raw))


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (101, lambda ip: ip),
        (0, lambda ip: (2).to_bytes(4, "little") + ip),
        (113, lambda ip: bytes(14) + b"\x08\x00" + ip),
        (276, lambda ip: b"\x08\x00" + bytes(18) + ip),
    ],
    ids=["raw", "null", "sll", "sll2"],
)
def test_each_kind_of_frame_is_read(link: int, frame) -> None:
    packets = [p[14:] for p in Wire().opened().say(*TALK).packets]
    raw = bytearray(capture([frame(packet) for packet in packets]))
    raw[20:24] = link.to_bytes(4, "little")
    assert octets(read(bytes(raw))) == SAID


def test_the_packets_of_these_tests_are_sound() -> None:
    first = dpkt.ethernet.Ethernet(Wire().opened().packets[0])
    assert (first.data.data.sport, first.data.data.flags) == (CLIENT[1], dpkt.tcp.TH_SYN)
