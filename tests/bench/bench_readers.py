"""A session with all checks beside others who read the same octets, which check little or nothing.

    python tests/bench/bench_readers.py [--rounds N]

Microseconds of processor time for a response, medians of interleaved rounds; only the ratios of one
run mean something. Others: the lines alone, imaplib (which leaves the data as octets), imapclient's
parser (which builds values), imap-codec (Rust, builds values; passed over where it is not
installed). Commands, which a client does not read, are for pymap's parser.
"""

from __future__ import annotations

import argparse
import imaplib
import importlib
import io
import random
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench_checks import CAPABILITIES, checked, grammar_alone, imapclient_reads, session
from bench_parser import big_line, small_line
from pymap.parsing import Params
from pymap.parsing.commands import Commands

from conformance.syntax import grammar

Read = Callable[[list[bytes]], float]
"""Reads lines; returns seconds of processor time."""


def timed(read: Callable[[], object]) -> float:
    began = time.process_time()
    read()
    return time.process_time() - began


def bare(lines: list[bytes]) -> float:
    sent = b"".join(lines)
    return timed(lambda: sent.split(b"\r\n"))


class _Imaplib(imaplib.IMAP4):
    """imaplib on octets that are there, with no connection."""

    def __init__(self, sent: bytes) -> None:  # its own connects
        self.debug, self.state, self.tagged_commands = 0, "SELECTED", {}
        self.untagged_responses: dict[str, list[Any]] = {}
        self.tagpre, self.tagre = "a", re.compile(rb"(?P<tag>a\d+) (?P<type>[A-Z]+) (?P<data>.*)")  # type: ignore[arg-type]  # typeshed has text
        self._cmd_log: dict[int, Any] = {}
        self._cmd_log_idx, self._cmd_log_len = 0, 10
        self._mode_ascii()
        self._octets = io.BytesIO(sent)

    def readline(self) -> bytes:
        return self._octets.readline()

    def read(self, size: int) -> bytes:
        return self._octets.read(size)


def imaplib_reads(lines: list[bytes]) -> float:
    client: Any = _Imaplib(b"".join(lines))

    def read() -> None:
        for _ in lines:
            client._get_response()

    return timed(read)


def codec(name: str) -> Read | None:
    """imap-codec's reading of responses or commands; None where it is not installed."""
    try:
        reader = getattr(importlib.import_module("imap_codec"), name)
    except ImportError:
        return None

    def reads(lines: list[bytes]) -> float:
        def read() -> None:
            for line in lines:
                reader.decode(line)

        return timed(read)

    return reads


def pymap_reads(lines: list[bytes]) -> float:
    commands = Commands()

    def read() -> None:
        for line in lines:
            commands.parse(memoryview(line), Params())

    return timed(read)


def command_lines(number: int) -> list[bytes]:
    items = b"FLAGS UID RFC822.SIZE ENVELOPE BODY.PEEK[HEADER.FIELDS (DATE FROM)]"
    return [b"a%d FETCH %d:%d (%s)\r\n" % (n, n, n + 7, items) for n in range(1, number + 1)]


def grammar_on_commands(strict: grammar.Grammar) -> Read:
    def reads(lines: list[bytes]) -> float:
        strict.forget()

        def read() -> None:
            for line in lines:
                assert strict.check("command", line) is None

        return timed(read)

    return reads


def measured(lines: list[bytes], ways: dict[str, Read | None], rounds: int) -> dict[str, float]:
    """Return microseconds for a line, by way; the first round warms up."""
    here = {name: way for name, way in ways.items() if way is not None}
    times: dict[str, list[float]] = {name: [] for name in here}
    for _ in range(rounds + 1):
        for name, way in here.items():
            times[name].append(way(lines))
    return {n: statistics.median(t[1:]) / len(lines) * 1e6 for n, t in times.items()}


def of_responses(rounds: int, share: float = 1.0) -> dict[str, dict[str, float]]:
    """Return what each way takes, by kind of response; `share` of the usual number of lines."""
    strict = grammar.load(frozenset(CAPABILITIES.decode().upper().split()))
    rng = random.Random(3501)  # noqa: S311 - data, not secrets
    kinds = {
        "envelope+structure": [big_line(rng, n) for n in range(1, int(300 * share) + 1)],
        "flags": [small_line(rng, n) for n in range(1, int(2000 * share) + 1)],
    }
    ways: dict[str, Read | None] = {
        "all checks": checked,
        "framing": lambda lines: session(lines, None),
        "grammar": lambda lines: grammar_alone(lines, strict),
        "lines alone": bare,
        "imaplib": imaplib_reads,
        "imapclient": imapclient_reads,
        "imap-codec": codec("ResponseCodec"),
    }
    return {kind: measured(lines, ways, rounds) for kind, lines in kinds.items()}


def of_commands(rounds: int, share: float = 1.0) -> dict[str, float]:
    """Return what each way takes for a command."""
    ways: dict[str, Read | None] = {
        "grammar": grammar_on_commands(grammar.load()),
        "pymap": pymap_reads,
        "imap-codec": codec("CommandCodec"),
    }
    return measured(command_lines(int(1000 * share)), ways, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--share", type=float, default=1.0, help="of the lines: a quick look")
    options = parser.parse_args()
    rows = of_responses(options.rounds, options.share)
    rows["commands"] = of_commands(options.rounds, options.share)
    for kind, each in rows.items():
        first = next(iter(each.values()))
        told = (f"{name} {us:.1f} us ({first / us:.1f})" for name, us in each.items())
        print(f"{kind:20} {', '.join(told)}")
    print("in brackets: how many times as long the first of the row takes")


if __name__ == "__main__":
    main()
