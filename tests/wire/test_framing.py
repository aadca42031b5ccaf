"""What comes out of the framer for every kind of input, however it is cut into pieces."""

from __future__ import annotations

import tracemalloc

import pytest
from wire_framing_rows import CLIENT_ROWS, ENDINGS, LIMIT_ROWS, ROWS, SMALL, Expected
from wire_three_ways import LEFT_OVER, WAYS, frames_of, read

from conformance.wire.framing import ENDED, NEED_DATA, Frame, Framer
from conformance.wire.limits import DEFAULT_LIMITS, Limits


def summary(frame: Frame) -> tuple[bytes, list[bytes], str]:
    kinds = " ".join(fault.kind for fault in frame.faults)
    mark = "" if frame.complete else ":"
    return frame.text, [bytes(each) for each in frame.literals], kinds + mark


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("data", "expected"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS])
def test_server_octets(way: str, data: bytes, expected: Expected):
    frames = read(way, data)
    assert [summary(frame) for frame in frames] == expected
    assert sum(frame.size for frame in frames) == len(data)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("data", "expected"), [row[1:] for row in CLIENT_ROWS], ids=[r[0] for r in CLIENT_ROWS]
)
def test_client_octets(way: str, data: bytes, expected: Expected):
    assert [summary(frame) for frame in read(way, data, "client")] == expected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("data", "expected"), [row[1:] for row in LIMIT_ROWS], ids=[r[0] for r in LIMIT_ROWS]
)
def test_limits(way: str, data: bytes, expected: Expected):
    frames = read(way, data, limits=SMALL)
    assert [summary(frame) for frame in frames] == expected
    assert sum(frame.size for frame in frames) == len(data)


@pytest.mark.parametrize("way", ["whole", "octets"])
@pytest.mark.parametrize(
    ("data", "expected", "requirement"), [row[1:] for row in ENDINGS], ids=[r[0] for r in ENDINGS]
)
def test_end_of_stream(way: str, data: bytes, expected: Expected, requirement: str):
    framer = Framer()
    frames: list[Frame] = []
    for piece in [data] if way == "whole" else [data[at : at + 1] for at in range(len(data))]:
        if piece:
            framer.feed(piece)
            frames += frames_of(framer)
    framer.feed(b"")
    frames += frames_of(framer)
    assert [summary(frame) for frame in frames] == expected
    assert [f.requirement for frame in frames for f in frame.faults] == [requirement] * bool(
        requirement
    )
    assert framer.next_frame() is ENDED
    assert framer.next_frame() is ENDED


def test_faults_say_where():
    fault = read("whole", b"* OK ab\0cd\r\n")[0].faults[0]
    assert (fault.offset, fault.requirement) == (7, "3501-9-nul")
    fault = read("whole", b"* X {2}\r\nab c\rd\r\n")[0].faults[0]
    assert (fault.offset, fault.requirement) == (len("* X {2}\r\n c"), "3501-2.2-crlf")


def test_abandoned_literal_is_read_again_as_lines():
    framer = Framer()
    framer.feed(b"* 1 FETCH (A {300}\r\nabc)\r\na1 OK done\r\n* 2 EX")
    assert framer.next_frame() is NEED_DATA
    framer.abandon_literal()
    assert [summary(frame) for frame in frames_of(framer)] == [
        (b"* 1 FETCH (A {300}\r\n", [b"abc)\r\na1 OK done\r\n* 2 EX"], "literal-count:"),
        (b"a1 OK done\r\n", [], ""),
    ]
    framer.feed(b"ISTS\r\n")
    assert [summary(frame) for frame in frames_of(framer)] == [(b"* 2 EXISTS\r\n", [], "")]


def test_abandoned_literal_that_nothing_came_of():
    framer = Framer()
    framer.feed(b"* 1 FETCH (A {300}\r\n")
    assert framer.next_frame() is NEED_DATA
    framer.abandon_literal()
    framer.abandon_literal()
    framer.feed(b"rest of the mail\r\n)\r\na1 OK done\r\n")
    assert [summary(frame) for frame in frames_of(framer)] == [
        (b"* 1 FETCH (A {300}\r\n", [b""], "literal-count:"),
        (b"a1 OK done\r\n", [], ""),
    ]


def test_abandon_without_a_literal_changes_nothing():
    framer = Framer()
    framer.feed(b"* 1 EXI")
    framer.abandon_literal()
    framer.feed(b"STS\r\n")
    assert [summary(frame) for frame in frames_of(framer)] == [(b"* 1 EXISTS\r\n", [], "")]


def test_what_is_left_of_a_literal_is_known():
    framer = Framer("client")
    assert framer.literal_left == 0
    framer.feed(b"a1 LOGIN {5}\r\nab")
    assert framer.next_frame() is NEED_DATA
    assert framer.literal_left == 3
    framer.feed(b"cde")
    assert framer.next_frame() is NEED_DATA
    assert framer.literal_left == 0


def test_dropped_frame_is_forgotten():
    framer = Framer("client")
    framer.feed(b"a1 LOGIN {5}\r\n")
    assert framer.next_frame() is NEED_DATA
    assert framer.goes_on
    assert framer.awaits_prompt
    framer.drop_frame()
    framer.feed(b"a2 NOOP\r\n")
    assert [summary(frame) for frame in frames_of(framer)] == [(b"a2 NOOP\r\n", [], "")]


def test_octets_written_straight_into_the_literal():
    framer = Framer()
    assert framer.literal_buffer() is None
    framer.feed(b"* X {6}\r\nab")
    assert framer.next_frame() is NEED_DATA
    view = framer.literal_buffer()
    assert view is not None
    assert len(view) == 4
    view[:3] = b"cde"
    framer.literal_received(3)
    assert framer.next_frame() is NEED_DATA
    view = framer.literal_buffer()
    assert view is not None
    view[:] = b"f"
    framer.literal_received(1)
    assert framer.next_frame() is NEED_DATA
    assert framer.literal_buffer() is None
    framer.feed(b"\r\n")
    (frame,) = frames_of(framer)
    assert summary(frame) == (b"* X {6}\r\n\r\n", [b"abcdef"], "")
    assert frame.size == 17


def test_literal_received_needs_a_literal():
    with pytest.raises(ValueError, match="no literal"):
        Framer().literal_received(1)


def test_buffered_octets_can_be_taken_out():
    framer = Framer()
    framer.feed(b"a1 OK go\r\n* CAPABILITY X\r\n* par")
    assert isinstance(framer.next_frame(), Frame)
    assert framer.take_buffered() == b"* CAPABILITY X\r\n* par"
    assert framer.next_frame() is NEED_DATA
    framer.feed(LEFT_OVER + b"\r\n")
    assert frames_of(framer)[0].text == LEFT_OVER + b"\r\n"


MIB = 1024 * 1024


def test_a_large_literal_is_kept_once():
    size = 40 * MIB
    chunk = bytearray(64 * 1024)
    tracemalloc.start()
    try:
        framer = Framer("server", Limits(literal=size, frame=size))
        framer.feed(b"* 1 FETCH (BODY[] {%d}\r\n" % size)
        assert framer.next_frame() is NEED_DATA
        while (view := framer.literal_buffer()) is not None:
            count = min(len(chunk), len(view))
            view[:count] = chunk[:count]
            framer.literal_received(count)
            assert framer.next_frame() is NEED_DATA
        view = None
        framer.feed(b")\r\n")
        (frame,) = frames_of(framer)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(frame.literals[0]) == size
    assert peak < 1.5 * size


def test_an_announced_literal_costs_nothing_before_it_comes():
    tracemalloc.start()
    try:
        framer = Framer()
        framer.feed(b"* 1 FETCH (BODY[] {%d}\r\n" % (60 * MIB))
        assert framer.next_frame() is NEED_DATA
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MIB


def test_an_endless_line_does_not_grow():
    limits = Limits(line=64 * 1024)
    tracemalloc.start()
    try:
        framer = Framer("server", limits)
        for _ in range(400):
            framer.feed(b"x" * 10_000)
            assert framer.next_frame() is NEED_DATA
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MIB
    framer.feed(b"\r\n* 1 EXISTS\r\n")
    first, second = frames_of(framer)
    assert [fault.kind for fault in first.faults] == ["line-too-long"]
    assert len(first.text) == limits.line + 2
    assert first.size == 4_000_002
    assert second.text == b"* 1 EXISTS\r\n"


def test_literals_beyond_the_limit_are_counted_and_not_kept():
    limits = Limits(literals=3)
    framer = Framer("server", limits)
    framer.feed(b"* 1 FETCH (" + b"X {2}\r\n*\n " * 5 + b"UID 1)\r\n* 1 EXISTS\r\n")
    first, second = frames_of(framer)
    assert [fault.kind for fault in first.faults] == ["literals-too-many"]
    assert [bytes(each) for each in first.literals] == [b"*\n"] * 3
    assert first.text == b"* 1 FETCH (" + b" ".join([b"X {2}\r\n"] * 3)
    assert not first.complete
    assert second.text == b"* 1 EXISTS\r\n"


class CountingBuffer(bytearray):
    """Counts the octets that searches for a line end go over."""

    looked_at = 0

    def find(self, sub: bytes, start: int = 0) -> int:  # type: ignore[override]
        found = super().find(sub, start)
        self.looked_at += (len(self) if found < 0 else found + 1) - start
        return found


def test_each_octet_is_searched_once_when_fed_one_by_one():
    framer = Framer("server", DEFAULT_LIMITS)
    buffer = CountingBuffer()
    framer._buffer = buffer
    total = MIB
    for _ in range(total):
        framer.feed(b"x")
        assert framer.next_frame() is NEED_DATA
    framer.feed(b"\r\n")
    assert len(frames_of(framer)) == 1
    assert buffer.looked_at == total + 2
