"""Transcripts: what they keep, what they hide, and how they show it."""

from __future__ import annotations

import base64
import tracemalloc

import pytest

from conformance.secrecy.secrets import MASK
from conformance.wire.transcript import Direction, Transcript, escape

SECRET = b'pa"s\\s1'


def record(
    *steps: tuple[Direction, bytes], limit: int = 10_000, secrets: tuple[bytes, ...] = (SECRET,)
) -> Transcript:
    transcript = Transcript(limit, started=100.0)
    for secret in secrets:
        transcript.secrets.add(secret)
    for number, (direction, data) in enumerate(steps):
        transcript.add(direction, data, 100.0 + number)
    return transcript


def shown(transcript: Transcript, since: int = 0) -> list[str]:
    return [f"{line.direction}: {line.text}" for line in transcript.lines(since)]


def test_lines_of_both_directions_with_times():
    transcript = record(("S", b"* OK hi\r\n"), ("C", b"a NOOP\r\n"), ("S", b"* 1 X\r\na OK\r\n"))
    assert [(line.when, line.direction, line.text) for line in transcript.lines()] == [
        (0.0, "S", "* OK hi"),
        (1.0, "C", "a NOOP"),
        (2.0, "S", "* 1 X"),
        (2.0, "S", "a OK"),
    ]


def test_pieces_of_a_line_are_put_together():
    transcript = record(("C", b"a N"), ("C", b"OOP\r"), ("C", b"\nb NO"), ("C", b"OP\r\n"))
    assert [(line.when, line.text) for line in transcript.lines()] == [(0, "a NOOP"), (2, "b NOOP")]


def test_the_other_side_breaks_an_open_line():
    transcript = record(("C", b"a LOG"), ("S", b"* BYE\r\n"), ("C", b"IN\r\n"))
    assert shown(transcript) == ["C: a LOG", "S: * BYE", "C: IN"]


ESCAPES = [
    (b"a\r\nb\r\n", ["a", "b"]),
    (b"a\nb\r\n", ["a\\x0a", "b"]),
    (b"a\rb\r\n", ["a\\x0db"]),
    (b"a\r\r\n", ["a\\x0d"]),
    (b"a\r", ["a\\x0d"]),
    (b"\r\n\r\n", ["", ""]),
    (b"\n", ["\\x0a"]),
    (b"\x1b[2J\x07\x00\x7f\xe2\x82\xac\t\r\n", ["\\x1b[2J\\x07\\x00\\x7f\\xe2\\x82\\xac\\x09"]),
    (b"\\Seen \\x41\r\n", ["\\Seen \\x41"]),
]


@pytest.mark.parametrize(("data", "expected"), ESCAPES)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_escapes(data: bytes, expected: list[str], size: int):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    transcript = record(*(("S", piece) for piece in pieces))
    assert [line.text for line in transcript.lines()] == expected


def test_every_octet_is_shown_as_printable_ascii():
    text = escape(bytes(range(256)))
    assert text.isascii()
    assert text.isprintable()


FORMS = {
    "raw": b"a LOGIN me " + SECRET + b"\r\n",
    "quoted": b'a LOGIN me "pa\\"s\\\\s1"\r\n',
    "quoted with needless escapes": b'a LOGIN me "\\p\\a\\"\\s\\\\\\s\\1"\r\n',
    "literal": b"a LOGIN {2+}\r\nme {7+}\r\n" + SECRET + b"\r\n",
    "base64": base64.b64encode(SECRET) + b"\r\n",
    "PLAIN": b"a AUTHENTICATE PLAIN " + base64.b64encode(b"\0me\0" + SECRET) + b"\r\n",
    "PLAIN with an identity": base64.b64encode(b"you\0me\0" + SECRET) + b"\r\n",
    "PLAIN with an identity of another length": base64.b64encode(b"she\0me2\0" + SECRET) + b"\r\n",
    "unpadded": base64.b64encode(b"\0me\0" + SECRET).rstrip(b"=") + b"\r\n",
    "twice": SECRET + SECRET + b"\r\n",
    "unfinished": b"a LOGIN me pa",
}


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("direction", ["C", "S"])
@pytest.mark.parametrize("form", FORMS)
def test_secrets_are_hidden(form: str, direction: Direction, size: int):
    data = FORMS[form]
    steps = [(direction, data[at : at + size]) for at in range(0, len(data), size)]
    text = "\n".join(shown(record(*steps)))
    assert MASK in text
    for revealing in ('pa"s', "pa\\", "\\p", "s1", "a LOGIN me pa", 'me "p'):
        assert revealing not in text
    token = base64.b64encode(SECRET).decode().rstrip("=")
    assert token[2:-2] not in text
    assert base64.b64encode(b"\0me\0" + SECRET).decode()[8:14] not in text


def test_a_secret_in_pieces_with_the_server_between_is_hidden():
    transcript = record(
        ("C", b"a LOGIN me pa"), ("S", b"* OK wait\r\n"), ("C", SECRET[2:] + b"\r\n")
    )
    assert shown(transcript) == [f"C: a LOGIN me {MASK}", "S: * OK wait", "C: "]


def test_a_secret_begun_before_the_mark_is_hidden_behind_it():
    transcript = record(("C", b"a LOGIN me pa"))
    mark = transcript.mark()
    transcript.add("C", SECRET[2:] + b" x\r\n", 101.0)
    assert shown(transcript, mark) == ["C:  x"]


def test_what_is_no_secret_stays():
    transcript = record(("C", b"a LOGIN me " + SECRET + b"\r\nb NOOP\r\n"), ("S", b"b OK done\r\n"))
    assert shown(transcript) == [f"C: a LOGIN me {MASK}", "C: b NOOP", "S: b OK done"]
    assert shown(record(("C", b"a NOOP\r\n"), secrets=(b"",))) == ["C: a NOOP"]


def test_entries_are_as_sent():
    transcript = record(("C", b"a LOGIN me " + SECRET + b"\r\n"))
    (entry,) = transcript.entries()
    assert (entry.when, entry.direction, entry.data, entry.dropped) == (
        0.0,
        "C",
        b"a LOGIN me " + SECRET + b"\r\n",
        0,
    )


def test_marks():
    transcript = record(("S", b"* OK hi\r\n"))
    assert shown(transcript, transcript.mark()) == []
    mark = transcript.mark()
    transcript.add("C", b"a NOOP\r\n", 100.0)
    assert shown(transcript, mark) == ["C: a NOOP"]


def test_long_literals_are_shortened():
    data = b"* 1 FETCH (BODY[] {5000}\r\n" + b"x" * 5000 + b" A {3}\r\nabc)\r\na OK {9000} done\r\n"
    (first, second, third, last) = shown(record(("S", data), limit=100_000))
    assert first == "S: * 1 FETCH (BODY[] {5000}"
    assert second == "S: " + "x" * 128 + "[... 4872 octets ...] A {3}"
    assert third == "S: abc)"
    assert last == "S: a OK {9000} done"


def test_long_literals_in_pieces_are_shortened():
    data = b"* 1 FETCH (BODY[] {5000}\r\n" + b"x" * 5000 + b")\r\n"
    pieces = [("S", data[at : at + 700]) for at in range(0, len(data), 700)]
    assert shown(record(*pieces, limit=100_000)) == [
        "S: * 1 FETCH (BODY[] {5000}",
        "S: " + "x" * 128 + "[... 4872 octets ...])",
    ]


def test_a_secret_in_a_long_literal_stays_hidden():
    data = b"a1 {2000}\r\n" + SECRET + b"x" * 1900 + SECRET + b"y" * 86 + b"\r\n"
    text = "\n".join(shown(record(("C", data))))
    assert not set(text) & set("py")
    assert "octets" in text


def test_the_first_and_the_last_part_are_kept():
    lines = [b"line %04d\r\n" % number for number in range(1000)]
    transcript = record(*(("S", line) for line in lines), limit=4000)
    text = shown(transcript)
    assert text[0] == "S: line 0000"
    assert text[-1] == "S: line 0999"
    (gap,) = [entry for entry in transcript.entries() if entry.dropped]
    kept = b"".join(entry.data for entry in transcript.entries())
    assert len(kept) + gap.dropped == 11_000
    assert f"S: [... {gap.dropped} octets not kept ...]" in text
    assert len(kept) < 4000


def test_one_large_piece_is_cut_in_the_middle():
    data = bytes(range(256)) * 1000
    transcript = record(("S", data), limit=4000)
    head, gap, tail = transcript.entries()
    assert data.startswith(head.data)
    assert data.endswith(tail.data)
    assert len(head.data) + gap.dropped + len(tail.data) == len(data)
    assert len(head.data) + len(tail.data) <= 4000


def test_marks_outlive_what_was_dropped():
    transcript = record(*(("S", b"line %04d\r\n" % number) for number in range(100)), limit=2000)
    mark = transcript.mark()
    transcript.add("C", b"a NOOP\r\n", 300.0)
    assert shown(transcript, mark) == ["C: a NOOP"]
    for _ in range(100):
        transcript.add("S", b"another\r\n", 300.0)
    gap_s, gap_c, *rest = sorted(set(shown(transcript, mark)), reverse=True)[1:]
    assert "not kept" in gap_s
    assert "not kept" in gap_c
    assert rest == []


@pytest.mark.parametrize("direction", ["C", "S"])
def test_pieces_of_a_secret_at_the_gap_are_hidden(direction: Direction):
    for before in range(40):
        steps: list[tuple[Direction, bytes]] = [(direction, b".")] * before
        steps += [(direction, SECRET[at : at + 1]) for at in range(len(SECRET))] * 20
        lines = shown(record(*steps, (direction, b".\r\n"), limit=2600))
        assert any("not kept" in line for line in lines)
        text = "".join(line[3:] for line in lines if "not kept" not in line)
        assert not set(text.replace(MASK, "")) & set(SECRET.decode())


def test_base64_at_the_gap_is_hidden():
    token = base64.b64encode(b"\0somebody\0" + SECRET)
    for before in range(690, 760):
        steps: list[tuple[Direction, bytes]] = [("C", b"-" * before), ("C", token + b"-" * 3000)]
        text = "\n".join(shown(record(*steps, limit=2000)))
        assert token.decode()[12:20] not in text


def test_the_gap_of_one_direction_does_not_shift_the_other():
    steps: list[tuple[Direction, bytes]] = [("S", b"* OK hi\r\n"), ("C", b"a LOGIN me ")]
    steps += [("S", b"flood\r\n")] * 200
    steps += [("C", SECRET + b"\r\n")]
    assert shown(record(*steps, limit=2000))[-1] == f"C: {MASK}"


def test_memory_is_bounded():
    tracemalloc.start()
    try:
        transcript = Transcript(64 * 1024)
        data = b"x" * 100_000
        for _ in range(300):
            transcript.add("S", data, 0.0)
        for _ in range(50_000):
            transcript.add("C", b"x", 0.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 600 * 1024
