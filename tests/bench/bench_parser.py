"""How fast the strict check is beside imapclient's parser, which checks little and builds values.

Run it: `python tests/bench/bench_parser.py`. Each row gives medians of interleaved
repetitions in processor time; only the ratios of one run mean something. Every line is
different, so that no memo answers, and both sides get complete responses in memory.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from imapclient.response_parser import (
    parse_fetch_response,
    parse_message_list,
    parse_response,
)

from conformance.syntax import grammar
from conformance.wire.framing import Frame, Framer
from conformance.wire.limits import Limits

_REPETITIONS = 7
_LITERAL = 40_000_000
_LIST_LINE = re.compile(rb"\* LIST (.*)\r\n", re.S)


@dataclass(frozen=True)
class Row:
    name: str
    octets: int
    ours: Callable[[], object]
    theirs: Callable[[], object]


def _word(random_: random.Random) -> bytes:
    return bytes(random_.choices(b"abcdefghijklmnopqrstuvwxyz", k=random_.randint(3, 9)))


def _address(random_: random.Random) -> bytes:
    user, host = _word(random_), _word(random_)
    return b'("%s %s" NIL "%s" "%s.example")' % (user.title(), host.title(), user, host)


def _part(random_: random.Random, subtype: bytes) -> bytes:
    size = random_.randint(1, 90_000)
    return b'("TEXT" "%s" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" %d %d NIL NIL NIL NIL)' % (
        subtype,
        size,
        size // 40,
    )


def big_line(random_: random.Random, number: int) -> bytes:
    """Write a FETCH of everything a message list shows."""
    subject = b" ".join(_word(random_) for _ in range(random_.randint(3, 9)))
    sender = _address(random_)
    to = b"".join(_address(random_) for _ in range(random_.randint(1, 3)))
    return (
        b"* %d FETCH (FLAGS (\\Seen $Forwarded) UID %d"
        b' INTERNALDATE "%02d-Mar-2021 10:%02d:07 +0100" RFC822.SIZE %d'
        b' ENVELOPE ("Mon, 1 Mar 2021 10:00:07 +0100" "%s" (%s) (%s) (%s) (%s) NIL NIL NIL'
        b' "<%s.%d@mail.example>") BODYSTRUCTURE (%s%s("IMAGE" "PNG" ("NAME" "%s.png")'
        b' "<%s>" NIL "BASE64" %d NIL ("ATTACHMENT" ("FILENAME" "%s.png")) NIL NIL)'
        b' "MIXED" ("BOUNDARY" "=_%s") NIL NIL NIL))\r\n'
    ) % (
        number,
        number + 5000,
        random_.randint(1, 28),
        random_.randint(0, 59),
        random_.randint(1000, 200_000),
        subject,
        sender,
        sender,
        sender,
        to,
        _word(random_),
        number,
        _part(random_, b"PLAIN"),
        _part(random_, b"HTML"),
        _word(random_),
        _word(random_),
        random_.randint(1000, 90_000),
        _word(random_),
        _word(random_) * 3,
    )


def small_line(random_: random.Random, number: int) -> bytes:
    """Write a FETCH of flags."""
    flags = random_.sample([b"\\Seen", b"\\Answered", b"\\Flagged", b"$Junk", b"work"], k=2)
    return b"* %d FETCH (UID %d FLAGS (%s))\r\n" % (number, number * 3 + 1, b" ".join(flags))


def list_line(random_: random.Random, number: int) -> bytes:
    """Write a LIST response."""
    return b'* LIST (\\HasNoChildren) "/" "%s/%s %d"\r\n' % (_word(random_), _word(random_), number)


def _rows(strict: grammar.Grammar) -> list[Row]:
    random_ = random.Random(3501)  # noqa: S311 - data, not secrets

    def ours(lines: Sequence[bytes]) -> Callable[[], object]:
        def run() -> None:
            # A new memo a run: the same lines come again, which a server's would not.
            strict.forget()
            for line in lines:
                assert strict.check("response_data", line) is None

        return run

    def row(name: str, lines: list[bytes], theirs: Callable[[bytes], object]) -> Row:
        def run() -> None:
            for line in lines:
                theirs(line)

        return Row(name, sum(map(len, lines)), ours(lines), run)

    def fetched(line: bytes) -> object:
        return parse_fetch_response([line[2:-2].replace(b" FETCH", b"", 1)])

    def listed(line: bytes) -> object:
        found = _LIST_LINE.match(line)
        assert found
        return parse_response([found.group(1)])

    def searched(line: bytes) -> object:
        return parse_message_list([line[len(b"* SEARCH ") : -2]])

    rows = [
        row("FETCH envelope+structure", [big_line(random_, n) for n in range(1, 301)], fetched),
        row("FETCH flags", [small_line(random_, n) for n in range(1, 2001)], fetched),
        row("LIST", [list_line(random_, n) for n in range(1, 2001)], listed),
    ]
    for count in (10_000, 100_000, 200_000):
        line = b"* SEARCH %s\r\n" % b" ".join(b"%d" % n for n in range(1, count + 1))
        rows.append(row(f"SEARCH {count:,}", [line], searched))
    rows.append(_literal_row(strict))
    return rows


def _literal_row(strict: grammar.Grammar) -> Row:
    payload = bytes(range(1, 251)) * (_LITERAL // 250)
    head = b"* 1 FETCH (UID 7 BODY[] {%d}" % len(payload)
    sent = head + b"\r\n" + payload + b")\r\n"

    def ours() -> None:
        framer = Framer("server", Limits(literal=_LITERAL, frame=_LITERAL))
        for start in range(0, len(sent), 65_536):
            framer.feed(sent[start : start + 65_536])
        frame = framer.next_frame()
        assert isinstance(frame, Frame)
        assert strict.check("response_data", frame.text, frame.literals) is None

    def theirs() -> None:
        # imaplib has cut the literal out before; here it is cut out of the octets sent.
        begin = len(head) + 2
        cut = sent[begin : begin + len(payload)]
        parse_fetch_response([(head[2:].replace(b" FETCH", b"", 1), cut), b")"])

    return Row("literal 40 MB", len(sent), ours, theirs)


def _timed(run: Callable[[], object]) -> float:
    begin = time.process_time()
    run()
    return time.process_time() - begin


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    begin = time.process_time()
    strict = grammar.load()
    strict.check("response_data", b"* OK ready\r\n")
    print(f"loading: {time.process_time() - begin:.2f} s")
    print(f"{'response':26}{'octets':>12}{'ours':>14}{'imapclient':>14}{'ratio':>8}")
    for row in _rows(strict):
        row.ours()
        row.theirs()
        times = [(_timed(row.ours), _timed(row.theirs)) for _ in range(_REPETITIONS)]
        medians = (statistics.median(side) for side in zip(*times, strict=True))
        ours, theirs = (row.octets / median / 1e6 for median in medians)
        speeds = f"{ours:>9.1f} MB/s{theirs:>9.1f} MB/s{ours / theirs:>8.2f}"
        print(f"{row.name:26}{row.octets:>12,}{speeds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
