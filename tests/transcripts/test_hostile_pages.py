"""Whatever stands in a page, it is read without an error of ours, and in bounded space."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from conformance.transcripts import table
from conformance.transcripts.assemble import FILLER, assemble

SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())
SPICE = (
    b"{3}", b"{99999999999}", b"...", b"[hidden]", b"\xff\0", b'"', b"\\x0a", b"```", b"> ",
)  # fmt: skip
LONG = 20_000
NASTY = (
    b"*" * LONG, b"[" * LONG, b"<" * LONG, b"(" * LONG, b"." * LONG, b"x" * LONG, b"1" * LONG,
    b" " * LONG, b">" * LONG, b"\\" * LONG, b'"' * LONG, b"[password" * 2000, b"*password*" * 2000,
    b"imap.raw-input" * 1500, b"ImapConnection-1" * 1500, b"C:" * LONG, b"(a " * 7000,
    b"{1}" * 7000,
    b"BODY[" * 4000 + b"{1}", b"- < " * 5000, b"[imapx:" * 3000, b"m=\"C: " * 3000,
)  # fmt: skip


def mangled(octets: bytes, dice: random.Random) -> bytes:
    """A sample with lines changed, cut, doubled and put elsewhere."""
    lines = octets.split(b"\n")
    for _ in range(dice.randrange(1, 8)):
        at = dice.randrange(len(lines))
        line = lines[at]
        cut = dice.randrange(len(line) + 1)
        match dice.randrange(4):
            case 0:
                lines[at] = line[:cut] + dice.choice(SPICE) + line[cut:]
            case 1:
                lines[at] = line[:cut]
            case 2:
                lines.insert(dice.randrange(len(lines)), line)
            case 3:
                del lines[at : at + dice.randrange(1, 4)]
                lines = lines or [b""]
    return b"\n".join(lines)


@pytest.mark.parametrize("seed", range(200))
def test_any_page_is_read(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's octets
    page = mangled(dice.choice(SAMPLES).read_bytes(), dice)
    try:
        reading = table.read(page)
    except table.UnreadableError:
        return
    made = assemble(reading.said, trimmed=reading.fenced, singly=seed % 2 == 0)
    assert sum(len(piece.octets) for piece in made.pieces) <= FILLER + 4 * len(page) + 1000


@pytest.mark.parametrize("line", NASTY, ids=lambda line: line[:12].decode())
@pytest.mark.parametrize("before", [b"", b"C: a1 LOGIN ", b"S: * 1 FETCH (", b"S: + "])
def test_no_line_is_read_for_ever(before: bytes, line: bytes) -> None:
    page = (
        b"S: * OK hi\nC: a1 AUTHENTICATE X\n" + before + line + b"!\nS: * 1 FETCH (A {9}\n" + line
    )
    reading = table.read(page)
    assert assemble(reading.said).pieces


def test_what_stands_for_literals_is_bounded() -> None:
    line = b"S: * 1 FETCH (BODY[] {%d}\nS: [...]\nS: )\n" % (FILLER // 3)
    made = assemble(table.read(b"S: * OK hi\n" + line * 5).said)
    assert sum(len(piece.octets) for piece in made.pieces) < FILLER + 1000
    assert len(made.lost) == 1
