"""Captures made by hand: packets of TCP connections, written as pcap or pcapng."""

from __future__ import annotations

import io
import socket
from collections.abc import Sequence

import dpkt

CLIENT, SERVER = ("10.0.0.1", 50000), ("10.0.0.2", 143)
SYN, ACK, FIN = dpkt.tcp.TH_SYN, dpkt.tcp.TH_ACK, dpkt.tcp.TH_FIN
FIRST = {"C": 0xFFFFFFF0, "S": 1000}
"""Initial sequence numbers; the client's begin again at 0 after a few octets."""


class Wire:
    """A connection that writes down its packets."""

    def __init__(self, client: tuple[str, int] = CLIENT, server: tuple[str, int] = SERVER) -> None:
        self.ends = {"C": client, "S": server}
        self.packets: list[bytes] = []
        self.next = dict(FIRST)

    def packet(self, way: str, flags: int, sequence: int, data: bytes = b"") -> bytes:
        source, target = self.ends[way], self.ends["S" if way == "C" else "C"]
        tcp = dpkt.tcp.TCP(
            sport=source[1], dport=target[1], seq=sequence % (1 << 32), flags=flags, data=data
        )
        if ":" in source[0]:
            inner = dpkt.ip6.IP6(
                src=socket.inet_pton(socket.AF_INET6, source[0]),
                dst=socket.inet_pton(socket.AF_INET6, target[0]),
                nxt=6,
                plen=len(tcp),
                data=tcp,
            )
            return bytes(dpkt.ethernet.Ethernet(type=0x86DD, data=inner))
        inner = dpkt.ip.IP(
            src=socket.inet_aton(source[0]), dst=socket.inet_aton(target[0]), p=6, data=tcp
        )
        inner.len = len(inner)
        return bytes(dpkt.ethernet.Ethernet(type=0x0800, data=inner))

    def opened(self) -> Wire:
        self.packets.append(self.packet("C", SYN, FIRST["C"]))
        self.packets.append(self.packet("S", SYN | ACK, FIRST["S"]))
        self.next = {way: first + 1 for way, first in FIRST.items()}
        return self

    def say(self, *lines: str) -> Wire:
        """Add a packet for each line `C: ...` or `S: ...`."""
        for line in lines:
            self.packets.append(self.segment(line[0], line[3:].encode("latin-1") + b"\r\n"))
        return self

    def segment(self, way: str, data: bytes) -> bytes:
        """Make the packet with the next octets of one side."""
        made = self.packet(way, ACK, self.next[way], data)
        self.next[way] += len(data)
        return made

    def closed(self, way: str) -> Wire:
        self.packets.append(self.packet(way, FIN | ACK, self.next[way]))
        return self


def capture(packets: Sequence[bytes], *, ng: bool = False) -> bytes:
    file = io.BytesIO()
    writer = dpkt.pcapng.Writer(file) if ng else dpkt.pcap.Writer(file)
    for number, packet in enumerate(packets):
        writer.writepkt(packet, 1700000000.0 + number / 1000)
    return file.getvalue()
