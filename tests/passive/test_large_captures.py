"""A capture is read piece by piece: what is in memory does not grow with what was said."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from passive_packets import Wire, capture

from conformance.passive import spool as spool_module
from conformance.passive.capture import read_capture
from conformance.passive.spool import Piece, Spool


def test_pieces_are_kept_in_a_file_and_read_in_any_order() -> None:
    spool = Spool()
    pieces = [Piece(n % 3, n, n % 2, n / 7, bytes([n % 256]) * 4000) for n in range(3000)]
    places = [spool.add(piece) for piece in pieces]
    assert places == sorted(places)
    for number in (0, 1, 2, 2999, 5, 6, 0):
        assert spool.at(places[number]) == pieces[number]


def test_a_long_session_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "_IN_MEMORY", 1 << 16)
    wire = Wire().opened().say("S: * OK ready", "C: a1 FETCH 1 BODY[]")
    text = b"x" * 1400
    for _ in range(2000):
        wire.packets.append(wire.segment("S", text))
    file = io.BytesIO(capture(wire.packets))
    assert file.getbuffer().nbytes > 2_500_000
    tracemalloc.start()
    try:
        recording = read_capture("x", file)
        said = sum(len(chunk.octets) for chunk in recording.groups[0].said())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said > 2_500_000
    assert most < 1_000_000
