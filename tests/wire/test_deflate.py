"""The compression of a connection: what is read is what was written, and what is none is told."""

from __future__ import annotations

import zlib

import pytest
from wire_fake_server import GREETING, WAIT, Peer, serve

from conformance.wire.commands import begin
from conformance.wire.deflate import Deflation, Inflater, NotDeflated, begins
from conformance.wire.session import Session

LARGE = bytes(range(256)) * 400


def test_each_text_can_be_read_as_soon_as_it_is_written() -> None:
    one, two = Deflation(), Deflation()
    for text in (b"a1 NOOP\r\n", LARGE, b"", b"a2 NOOP\r\n"):
        assert two.inflate(one.deflate(text)) == text


def test_what_comes_in_pieces_is_read_as_one() -> None:
    octets = Deflation().deflate(LARGE)
    stream = Inflater()
    assert b"".join(stream.inflate(octets[at : at + 1]) for at in range(len(octets))) == LARGE


def test_the_last_text_before_the_end_of_the_stream_is_read() -> None:
    written = zlib.compressobj(wbits=-15)
    stream = Inflater()
    assert stream.inflate(written.compress(b"* BYE\r\n") + written.flush()) == b"* BYE\r\n"
    with pytest.raises(NotDeflated, match="end"):
        stream.inflate(b"a")


@pytest.mark.parametrize("octets", [b"* OK in the clear\r\n", zlib.compress(b"with a header")])
def test_what_is_no_such_stream_is_told(octets: bytes) -> None:
    with pytest.raises(NotDeflated):
        Inflater().inflate(octets)


def test_what_swells_without_end_is_told() -> None:
    with pytest.raises(NotDeflated, match="come out"):
        Inflater().inflate(Deflation().deflate(bytes(20 * 1024 * 1024)))


@pytest.mark.parametrize(
    ("line", "status", "on"),
    [
        (b"a1 COMPRESS DEFLATE\r\n", "OK", True),
        (b"a1 compress deflate\r\n", "OK", True),
        (b"a1 COMPRESS DEFLATE\r\n", "NO", False),
        (b"a1 COMPRESS GZIP\r\n", "OK", False),
        (b"a1 NOOP\r\n", "OK", False),
    ],
)
def test_only_an_ok_to_deflate_begins_it(line: bytes, status: str, on: bool) -> None:
    assert begins(begin(line, 0.0, 1), status) is on


def test_a_session_goes_on_compressed_and_its_transcript_does_not_show_it() -> None:
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        layer = Deflation()
        assert peer.line() == b"c1 COMPRESS DEFLATE\r\n"
        peer.say(b"c1 OK on\r\n" + layer.deflate(b"* 5 EXISTS\r\n"))
        line = b""
        while not line.endswith(b"\n"):
            line += layer.inflate(peer.octets(1))
        assert line == b"c2 NOOP\r\n"
        # what the layer puts behind a line still comes when the client has read the line,
        # so the client stays for one exchange more
        for octet in layer.deflate(b"c2 OK done\r\n"):
            peer.say(bytes([octet]))
        line = b""
        while not line.endswith(b"\n"):
            line += layer.inflate(peer.octets(1))
        peer.say(layer.deflate(b"c3 OK done\r\n"))

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.command(b"COMPRESS DEFLATE").ok
        assert session.command(b"NOOP").ok
        assert session.command(b"NOOP").ok
        said = [line.text for line in session.transcript.lines()]
        assert said[-6:-2] == ["c1 OK on", "c2 NOOP", "* 5 EXISTS", "c2 OK done"]


def test_a_server_that_does_not_compress_ends_the_session() -> None:
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b"c1 COMPRESS DEFLATE\r\n"
        peer.say(b"c1 OK on\r\n")
        peer.octets(1)
        peer.say(b"c2 OK done\r\n")
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.command(b"COMPRESS DEFLATE").ok
        assert not session.command(b"NOOP").ok
        assert session.ending is not None
        assert session.ending.reason == "deflate"
