"""The figures that are wanted, each beside what is measured here: one run, one table.

    python tests/bench/bench_table.py [--share 0.1] [ROW ...]

Rows are named by the beginnings of their groups (checks, commands, run, lint, compare, report,
memory), all without. `--share` has everything smaller, for a quick look. Seconds are processor time
of the suite alone, its server left out; lint is the slope between a file and one of twice its
size, for what the start takes is no matter of it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bench_growth import of_messages
from bench_parser import big_line, small_line
from bench_readers import of_responses

from conformance.checks.monitor import Monitor
from conformance.play.connections import Connections
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.errors import ServerMissing
from conformance.wire.exchange import Literal
from conformance.wire.session import Session

ROOT = Path(__file__).parents[2]
_MB = 1e6
_CHILD = """
import json, re, resource, sys
sys.path[:0] = [{tests!r}, {bench!r}]
{code}
used = resource.getrusage(resource.RUSAGE_SELF)
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(json.dumps([used.ru_utime + used.ru_stime, int(peak[1]) / 1000]), file=sys.__stderr__)
"""
_CALL = """
from conformance.cli.main import main
try:
    main({words!r})
except SystemExit:
    pass
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `least`: the more the better."""

    what: str
    measured: float | None
    unit: str
    wanted: float
    least: bool = False
    why: str = ""
    """Why it was not measured."""

    def __str__(self) -> str:
        if self.measured is None:
            return f"{self.what:52} not measured: {self.why}"
        reached = self.measured >= self.wanted if self.least else self.measured <= self.wanted
        sign = ">=" if self.least else "<="
        wanted = f"{sign} {self.wanted:g}"
        return f"{self.what:52} {self.measured:9.2f} {self.unit:6} {wanted:8}" + (
            "" if reached else " not reached"
        )


class Used(NamedTuple):
    """What a process of its own has used: seconds of processor time, MB at its peak."""

    seconds: float
    memory: float


def used(code: str) -> Used:
    """Run Python in a process of its own; what it prints is dropped."""
    tests, bench = str(ROOT / "tests" / "results"), str(Path(__file__).parent)
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [sys.executable, "-c", _CHILD.format(tests=tests, bench=bench, code=code)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Used(*json.loads(ran.stderr.splitlines()[-1]))


def called(*words: object) -> Used:
    """Call the tool in a process of its own."""
    return used(_CALL.format(words=[str(word) for word in words]))


# -- the groups of rows ------------------------------------------------------------------------


def checks(share: float) -> Iterator[Row]:
    kinds = of_responses(rounds=5, share=share)
    for kind, wanted in (("envelope+structure", 2), ("flags", 3)):
        each = kinds[kind]
        yield Row(f"all checks / grammar, {kind}", each["all checks"] / each["grammar"], "", wanted)


def commands(share: float) -> Iterator[Row]:
    what = "commands a second, ten sessions of one mailbox"
    try:
        with DovecotTarget() as target:
            rates = [
                _rate(
                    Connections(target.endpoint, target.accounts, observers=observers),
                    int(2000 * share),
                )
                for observers in ((), (Monitor(lambda _: None, alone=True),))
            ]
    except ServerMissing as missing:
        yield Row(what, None, "", 450, why=str(missing))
        return
    yield Row(what, rates[1], "/s", 450, least=True)
    yield Row("time with checks / without", rates[0] / rates[1], "", 1.3)


def _rate(connections: Connections, number: int) -> float:
    """Have so many commands; return how many one core has had in a second."""
    sessions: list[Session] = [connections.connect(f"u{n}", "auth") for n in range(10)]
    try:
        mail = b"From: a@example.com\r\nSubject: x\r\n\r\ntext\r\n"
        for session in sessions:
            session.command(b"SELECT INBOX")
            session.command(b"APPEND INBOX ", Literal(mail))
        mix = (b"FETCH 1:* (UID FLAGS)", b"NOOP", b"STORE 1 +FLAGS (\\Seen)", b"SEARCH ALL")
        for each in mix:  # the first of each builds tables
            sessions[0].command(each)
        began = time.process_time()
        for count in range(number):
            sessions[count % 10].command(mix[count // 10 % len(mix)])
        return number / (time.process_time() - began)
    finally:
        for session in sessions:
            session.close()


def run(_share: float) -> Iterator[Row]:
    what = "run --server dovecot --profile none"
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        yield Row(what, None, "", 10, why="Dovecot is not installed")
        return
    words = ("run", "--server", "dovecot", "--profile", "none", "--quiet", "--output", "here")
    yield Row(what, called(*words).seconds, "s", 10)


def text_of(megabytes: float, line: Callable[[random.Random, int], bytes], path: Path) -> None:
    """Write a session as text: the FETCH of a large mailbox."""
    rng = random.Random(7)  # noqa: S311 - data, not secrets
    with path.open("wb") as file:
        file.write(b"S: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: a1 SELECT box\n")
        file.write(b"S: * FLAGS (\\Seen)\nS: * 900000 EXISTS\nS: * 0 RECENT\n")
        file.write(b"S: a1 OK [READ-WRITE] done\nC: a2 FETCH 1:* (UID FLAGS)\n")
        size, number = 0, 0
        while size < megabytes * _MB:
            number += 1
            size += file.write(b"S: " + line(rng, number).replace(b"\r\n", b"\n"))
        file.write(b"S: a2 OK done\n")


def lint(share: float) -> Iterator[Row]:
    for kind, line in (("large lines", big_line), ("small lines of FLAGS", small_line)):
        with tempfile.TemporaryDirectory() as folder:
            once, twice = Path(folder) / "once.txt", Path(folder) / "twice.txt"
            for path, size in ((once, 10 * share), (twice, 20 * share)):
                text_of(size, line, path)
            less, more = called("lint", once), called("lint", twice)
        speed = 10 * share / max(more.seconds - less.seconds, 1e-3)
        yield Row(f"lint of text, {kind}", speed, "MB/s", 5, least=True)
        yield Row(f"  memory for {20 * share:g} MB", more.memory, "MB", 150)


def compare(share: float) -> Iterator[Row]:
    number = max(2, int(50 * share))
    with tempfile.TemporaryDirectory() as folder:
        records = sorted((ROOT / "reports").glob("*/results.jsonl.gz"))
        paths = [Path(folder) / f"{n}.jsonl.gz" for n in range(number)]
        for place, path in enumerate(paths):
            shutil.copy(records[place % len(records)], path)
        took = called("compare", *paths, "-o", Path(folder) / "page.html")
    yield Row(f"compare of {number} records", took.seconds, "s", 5 * number / 50)


def report(share: float) -> Iterator[Row]:
    from conformance.results import html  # noqa: PLC0415 - only here
    from conformance.results.shorter import compact, packed_folds  # noqa: PLC0415
    from conformance.results.summary import end_record  # noqa: PLC0415

    sys.path.insert(0, str(ROOT / "tests" / "results"))
    import results_sample as sample  # noqa: PLC0415

    number = int(5000 * share)
    results = [sample.failed(f"rfc3501/6.3.1-select/case-{n}") for n in range(number)]
    findings = [
        replace(sample.finding(), deviation=f"SELECT: {n}", message=f"{n}", cases=(results[n].id,))
        for n in range(number)
    ]
    end = end_record(results, findings, duration=1.0)
    began = time.process_time()
    body = "".join(html.summary(sample.run(), results, findings, end))
    yield Row(f"report of {number} findings", time.process_time() - began, "s", 1)
    body = compact(packed_folds(body))  # as it is written
    yield Row("  its size", len(body.encode()) / _MB, "MB", 4)


def memory(share: float) -> Iterator[Row]:
    number = int(100_000 * share)
    code = "from bench_growth import of_messages; of_messages(%d)"
    more = used(code % number).memory - used(code % 10).memory
    yield Row(f"memory for {number} messages known", more, "MB", 40 * share)
    yield Row("  time for a response of these", of_messages(number) / number * 1e6, "us", 90)


GROUPS: dict[str, Callable[[float], Iterator[Row]]] = {
    each.__name__: each for each in (checks, commands, run, lint, compare, report, memory)
}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--share", type=float, default=1.0)
    options = parser.parse_args(words)
    chosen = [n for n in GROUPS if not options.rows or any(map(n.startswith, options.rows))]
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, {load:.1f} processes wanted one when this began")
    if options.share != 1:
        print("what is wanted is for --share 1: the start of a process is in most rows")
    print(f"{'what':52} {'measured':>9} {'':6} wanted")
    for name in chosen:
        for row in GROUPS[name](options.share):
            print(row, flush=True)


if __name__ == "__main__":
    main()
