"""How what is paid grows: with messages, with sessions of one process, with the size of a record.

    python tests/bench/bench_growth.py [--most-messages N] [--most-sessions N] [--most-record MB]

Each row is one size, in processor time and memory that is held; the slope behind a table is the
power of the size with which the time grows (1: twice the size takes twice the time).
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import math
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench_checks import Session
from bench_parser import small_line

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.results.reader import read

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "reports" / "pymap-0.36.7" / "results.jsonl.gz"
_MB = 1e6


def tens(least: int, most: int) -> Iterator[int]:
    """Give sizes, ten times as large each."""
    while least <= most:
        yield least
        least *= 10


def slope(points: Sequence[tuple[int, float]]) -> float:
    """Return the power with which the second grows with the first, by least squares."""
    logs = [(math.log(size), math.log(max(value, 1e-9))) for size, value in points]
    middle = sum(x for x, _ in logs) / len(logs), sum(y for _, y in logs) / len(logs)
    over = sum((x - middle[0]) ** 2 for x, _ in logs)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in logs) / over if over else math.nan


def fetch(session: Session, lines: list[bytes]) -> None:
    session.client(b"a1 SELECT box\r\n")
    session.server(b"* FLAGS (\\Seen \\Answered \\Flagged $Junk work)\r\n* 0 RECENT\r\n")
    session.server(b"* OK [PERMANENTFLAGS (\\*)] any\r\n* %d EXISTS\r\n" % len(lines))
    session.server(
        b"* OK [UIDVALIDITY 7] so\r\n* OK [UIDNEXT 90000000] next\r\na1 OK [READ-WRITE] done\r\n"
    )
    session.client(b"a2 FETCH 1:* (UID FLAGS)\r\n")
    for line in lines:
        session.server(line)
    session.server(b"a2 OK done\r\n")


def of_messages(number: int) -> float:
    """All of a mailbox is listed by one session; return seconds."""
    rng = random.Random(number)  # noqa: S311 - data, not secrets
    lines = [small_line(rng, n) for n in range(1, number + 1)]
    found: list[Breach] = []
    began = time.process_time()
    fetch(Session(Monitor(found.append, alone=True)), lines)
    assert not found, found[0]
    return time.process_time() - began


def of_sessions(number: int) -> float:
    """So many sessions, each with ten messages of one mailbox; return seconds."""
    rng = random.Random(number)  # noqa: S311 - data, not secrets
    lines = [small_line(rng, n) for n in range(1, 11)]
    monitor = Monitor(lambda _: None, alone=True)
    began = time.process_time()
    sessions = [Session(monitor) for _ in range(number)]
    for each in sessions:
        fetch(each, lines)
    return time.process_time() - began


def of_record(megabytes: int) -> float:
    """A record of that size is read; return seconds."""
    lines = gzip.decompress(RECORD.read_bytes()).splitlines(keepends=True)
    results = [line for line in lines if json.loads(line)["type"] == "result"]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(lines[0])
        size = 0
        while size < megabytes * _MB:
            for line in results:
                size += file.write(line)
        file.write(lines[-1])
        file.flush()
        began = time.process_time()
        read(Path(file.name))
        return time.process_time() - began


def held(work: Callable[[int], float], size: int) -> float:
    """Return the most octets that are held at a time while something is done."""
    gc.collect()
    tracemalloc.start()
    work(size)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(most)


def table(what: str, work: Callable[[int], float], sizes: Sequence[int], *, memory: int) -> float:
    """Print a row for each size, and what is held for those up to `memory`; return the slope."""
    points = []
    for size in sizes:
        seconds = work(size)
        points.append((size, seconds))
        told = f"{size:>9,} {what:9} {seconds:9.3f} s {seconds / size * 1e6:10.1f} us each"
        if size <= memory:
            most = held(work, size)
            told += f"  {most / _MB:8.1f} MB {most / size:10.0f} octets each"
        print(told, flush=True)
    power = slope(points)
    print(f"{'':>9} {what:9} slope {power:.2f}", flush=True)
    return power


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--most-messages", type=int, default=1_000_000)
    parser.add_argument("--most-sessions", type=int, default=1000)
    parser.add_argument("--most-record", type=int, default=100, metavar="MB")
    options = parser.parse_args()
    of_messages(10)  # builds the tables
    table("messages", of_messages, [*tens(1000, options.most_messages)], memory=100_000)
    table("sessions", of_sessions, [*tens(1, options.most_sessions)], memory=1000)
    table("MB record", of_record, [*tens(1, options.most_record)], memory=10)


if __name__ == "__main__":
    main()
