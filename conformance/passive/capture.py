"""Captures of network traffic, pcap and pcapng: the IMAP connections in them, put together again.

Frames, addresses and ports are read here, and who is the server; the streams of TCP are put
together in `streams`. What is encrypted is passed over, and so is all that is not IMAP.
"""

from __future__ import annotations

import heapq
import socket
import struct
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

import dpkt

from conformance.passive.recording import Chunk, Place, Recording, RecordingError, ServerSessions
from conformance.passive.spool import Piece, Spool
from conformance.passive.streams import Flow, StreamEnd
from conformance.wire.transcript import Direction

MAGICS = (
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\xc3\xd4",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x0a\x0d\x0d\x0a",
)
"""First octets of a capture; the last are pcapng's."""
PORT = 143

_GREETINGS = (b"* OK", b"* PREAUTH", b"* BYE")
_TLS = b"\x16\x03"
_LAYERS: dict[int, Any] = {
    0: dpkt.loopback.Loopback,
    1: dpkt.ethernet.Ethernet,
    108: dpkt.loopback.Loopback,
    113: dpkt.sll.SLL,
    276: dpkt.sll2.SLL2,
}
_BARE_IP = frozenset({12, 14, 101, 228, 229})  # packets without a frame around them
# What dpkt raises on octets that are no packet, beside its own.
_MALFORMED = (dpkt.Error, struct.error, ValueError, IndexError, KeyError, AttributeError, TypeError)


class _Packet(NamedTuple):
    """What is needed of a TCP segment."""

    source: StreamEnd
    target: StreamEnd
    tcp: Any
    number: int
    when: float
    cut: bool  # fewer octets were captured than went by


def read_capture(path: str, file: IO[bytes], port: int = 0) -> Recording:
    """Read a capture; `port` is that of the server, beside 143 and whatever greets like IMAP.

    No more of it is in memory than its connections and where each piece is kept.

    Raises:
        RecordingError: It is damaged from the beginning, of a link type that is not known, or
            holds no readable IMAP.
    """
    recording = Recording(path, "pcap")
    flows: dict[frozenset[StreamEnd], int] = {}
    every: list[Flow] = []
    spool = Spool()
    cut = 0
    for packet in _packets(path, file, recording):
        cut = cut or packet.cut * packet.number
        ends = frozenset((packet.source, packet.target))
        opens = packet.tcp.flags & dpkt.tcp.TH_SYN and not packet.tcp.flags & dpkt.tcp.TH_ACK
        number = flows.get(ends)
        if number is None or (opens and every[number].begun):
            number = flows[ends] = len(every)
            every.append(Flow(packet.source, packet.target))
        _follow(every[number], number, packet, spool)
    if cut:
        recording.notes.append(f"packets from {cut} on were not captured in full")
    groups: dict[StreamEnd, list[int]] = {}
    for number, flow in enumerate(every):
        server = _server_of(flow, port)
        if server is None:
            continue
        if flow.first(flow.other(server)).startswith(_TLS):
            recording.notes.append(f"{_name(flow.other(server))} speaks TLS and can not be read")
            continue
        groups.setdefault(server, []).append(number)
    for server, numbers in groups.items():
        mine = {number: every[number] for number in numbers}
        recording.groups.append(_group(mine, server, spool, recording))
    if not recording.groups:
        notes = "".join(f"; {note}" for note in recording.notes)
        raise RecordingError(f"{path}: no session of IMAP in the clear is in it{notes}")
    return recording


def _packets(path: str, file: IO[bytes], recording: Recording) -> Iterator[_Packet]:
    number = 0
    try:
        reader = dpkt.pcap.UniversalReader(file)
        link = reader.datalink()
    except _MALFORMED as error:
        raise RecordingError(f"{path}: not a capture that can be read") from error
    if link not in _LAYERS and link not in _BARE_IP:
        raise RecordingError(f"{path}: its link type {link} is not known")
    try:
        for number, (when, frame) in enumerate(reader, 1):
            packet = _packet(link, frame, number, float(when))
            if packet is not None:
                yield packet
    except _MALFORMED:
        recording.notes.append(f"the capture is damaged behind packet {number}")


def _packet(link: int, frame: bytes, number: int, when: float) -> _Packet | None:
    """Return the TCP segment in a frame; None for anything else."""
    try:
        if link in _LAYERS:
            inner = _LAYERS[link](frame).data
        else:
            inner = (dpkt.ip6.IP6 if frame[:1] >= b"\x60" else dpkt.ip.IP)(frame)
        tcp = inner.data
        if not isinstance(tcp, dpkt.tcp.TCP):
            return None
        source, target = _address(inner.src), _address(inner.dst)
        whole = inner.plen if isinstance(inner, dpkt.ip6.IP6) else inner.len - inner.hl * 4
    except _MALFORMED:
        return None
    return _Packet((source, tcp.sport), (target, tcp.dport), tcp, number, when, whole > len(tcp))


def _address(octets: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET if len(octets) == 4 else socket.AF_INET6, octets)


def _follow(flow: Flow, number: int, packet: _Packet, spool: Spool) -> None:
    tcp, source = packet.tcp, packet.source
    sequence = tcp.seq
    if tcp.flags & dpkt.tcp.TH_SYN:
        flow.open(source, sequence, answers=bool(tcp.flags & dpkt.tcp.TH_ACK))
        sequence += 1
    if tcp.data:
        fresh = flow.take(source, sequence, bytes(tcp.data), packet.number)
        if fresh:
            side = flow.ends.index(source)
            piece = Piece(number, packet.number, side, packet.when, fresh)
            flow.places.append(spool.add(piece))
    if tcp.flags & dpkt.tcp.TH_FIN:
        flow.close(source, sequence + len(tcp.data))


def _server_of(flow: Flow, port: int) -> StreamEnd | None:
    """Return the side that is the IMAP server; None when there is none."""
    ports = {PORT, port} - {0}
    for end in flow.ends:
        if flow.server not in (None, end):
            continue
        if end[1] in ports or flow.first(end).startswith(_GREETINGS):
            return end
    return None


def _name(end: StreamEnd) -> str:
    return f"[{end[0]}]:{end[1]}" if ":" in end[0] else f"{end[0]}:{end[1]}"


class _Told(NamedTuple):
    """What there is to know of a connection while its pieces go by."""

    session: str
    server: int  # which of its ends that is
    missing: int | None  # the packet from which on octets are missing


def _group(
    flows: Mapping[int, Flow], server: StreamEnd, spool: Spool, recording: Recording
) -> ServerSessions:
    """Return the connections with one server; what they say is read where it is kept."""
    group = ServerSessions()
    told: dict[int, _Told] = {}
    for number, flow in flows.items():
        name = _name(flow.other(server))
        if name in group.sessions:  # a port that was used again
            name = f"{name}-{sum(other.startswith(name) for other in group.sessions) + 1}"
        kept = group.session(name)
        missing = flow.missing()
        if missing is not None:
            recording.lost.append(Place(recording.file, "packet", missing))
        elif flow.closed_by is not None:
            kept.ended_by = "server" if flow.closed_by == server else "client"
        told[number] = _Told(name, flow.ends.index(server), missing)
    places = array("Q", heapq.merge(*(flow.places for flow in flows.values())))
    group.stream = lambda: _said(places, told, spool, recording.file)
    return group


def _said(
    places: Sequence[int], told: Mapping[int, _Told], spool: Spool, file: str
) -> Iterator[Chunk]:
    for at in places:
        piece = spool.at(at)
        its = told[piece.flow]
        if its.missing is None or piece.packet < its.missing:
            way: Direction = "S" if piece.side == its.server else "C"
            place = Place(file, "packet", piece.packet)
            yield Chunk(its.session, way, piece.octets, piece.when, place)
