"""Whatever either side says, it is judged without an error of ours."""

from __future__ import annotations

import random
from collections import Counter
from io import BytesIO

import pytest
from passive_rows import ROWS

from conformance.passive.interleave import interleave, tag_of
from conformance.passive.recording import Chunk, Place
from conformance.passive.text import read_text
from conformance.passive.watch import SessionsJudge, Watched

PLACE = Place("x", "line", 1)
SPICE = (
    b"\r",
    b"\n",
    b"\r\n",
    b"{3}\r\n",
    b"{3+}\r\n",
    b"{99}\r\n",
    b"\0",
    b'"',
    b"\\",
    b"+",
    b"*",
)
SPOKEN = [
    ("C" if line[0] == "C" else "S", line[3:].encode("latin-1") + b"\r\n")
    for row in ROWS
    for line in (*row.broken, *row.kept)
    if not line.startswith("end") and len(line) < 200
]


def mangled(dice: random.Random) -> list[tuple[str, bytes]]:
    """Lines of other conversations in any order, with octets changed, cut and put in."""
    said = []
    for _ in range(dice.randrange(1, 40)):
        way, octets = dice.choice(SPOKEN)
        at = dice.randrange(len(octets))
        match dice.randrange(4):
            case 0:
                octets = octets[:at] + dice.choice(SPICE) + octets[at:]
            case 1:
                octets = octets[:at] + bytes([dice.randrange(256)]) + octets[at + 1 :]
            case 2:
                octets = octets[:at]
        said.append((way, octets))
    return said


@pytest.mark.parametrize("seed", range(150))
def test_any_octets_are_judged(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's octets
    watched = Watched(SessionsJudge(lambda _: None), "main", exact=seed % 2 == 0)
    if seed % 5 == 0:
        watched.join()
    for number, (way, octets) in enumerate(mangled(dice)):
        take = watched.client if way == "C" else watched.server
        take(octets, float(number), PLACE)
    watched.ended("server" if seed % 3 else "client", 99.0, PLACE)
    assert watched.transcript.lines() is not None


@pytest.mark.parametrize("seed", range(60))
def test_any_two_sides_are_put_in_an_order(seed: int) -> None:
    said = mangled(random.Random(seed))  # noqa: S311 - as above
    sides = {
        side: [
            Chunk("main", side, line, 0.0, PLACE)
            for line in BytesIO(b"".join(octets for way, octets in said if way == side))
        ]
        for side in ("C", "S")
    }
    tags = Counter(tag_of(chunk.octets) for chunk in sides["C"])
    merged = list(interleave(sides["C"], sides["S"], tags))
    for side, chunks in sides.items():
        ordered = b"".join(chunk.octets for chunk in merged if chunk.direction == side)
        assert ordered == b"".join(chunk.octets for chunk in chunks)


@pytest.mark.parametrize("seed", range(60))
def test_any_text_is_read(seed: int) -> None:
    said = mangled(random.Random(seed))  # noqa: S311 - as above
    page = b"".join(way.encode() + b": " + octets for way, octets in said)
    recording = read_text("x", page if seed % 2 else b"```\n" + page)
    assert len(recording.remarks) <= 4
