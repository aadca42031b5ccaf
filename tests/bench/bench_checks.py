"""What a user pays for all checks, beside the grammar alone and the reading of the same octets.

    python tests/bench/bench_checks.py [--rounds N]

The responses of one FETCH each, of messages that are all different, as a session gets them: framed,
placed in context, held against the grammar and every ambient check. Medians of interleaved rounds
in processor time; only the ratios of one run mean something.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable

from bench_parser import big_line, small_line
from imapclient.response_parser import parse_fetch_response

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.syntax import grammar
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.transcript import Transcript

CAPABILITIES = b"IMAP4rev1 UIDPLUS IDLE MOVE CONDSTORE ENABLE ESEARCH"


class Session:
    """A session without a network: what a server says goes straight to the monitor."""

    name = "bench"

    def __init__(self, monitor: Monitor | None) -> None:
        self.dialogue, self.transcript = Dialogue(), Transcript(4096)
        self._monitor = monitor
        self.server(b"* PREAUTH [CAPABILITY " + CAPABILITIES + b"] ready\r\n")

    def client(self, octets: bytes) -> None:
        for command in self.dialogue.sent(octets, 1.0):
            if self._monitor is not None:
                self._monitor.command(self, command)

    def server(self, octets: bytes) -> None:
        self.dialogue.received(octets)
        while isinstance(arrival := self.dialogue.next_arrival(1.0), Arrival):
            if self._monitor is not None:
                self._monitor.arrival(self, arrival)


def session(lines: list[bytes], monitor: Monitor | None) -> float:
    """Have one session fetch these; return seconds of processor time for the responses."""
    played = Session(monitor)
    played.client(b"a1 SELECT box\r\n")
    played.server(b"* FLAGS (\\Seen \\Answered \\Flagged $Junk work $Forwarded)\r\n")
    played.server(b"* OK [PERMANENTFLAGS (\\*)] any\r\n* 0 RECENT\r\n* %d EXISTS\r\n" % len(lines))
    played.server(
        b"* OK [UIDVALIDITY 7] so\r\n* OK [UIDNEXT 900000] next\r\na1 OK [READ-WRITE] done\r\n"
    )
    played.client(b"a2 FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)\r\n")
    begin = time.process_time()
    for line in lines:
        played.server(line)
    played.server(b"a2 OK done\r\n")
    return time.process_time() - begin


def checked(lines: list[bytes]) -> float:
    """All checks; the sessions of a run share what they were told, so each round is a new run."""
    found: list[Breach] = []
    seconds = session(lines, Monitor(found.append, alone=True))
    assert not found, found[0]
    return seconds


def grammar_alone(lines: list[bytes], strict: grammar.Grammar) -> float:
    strict.forget()
    begin = time.process_time()
    for line in lines:
        assert strict.check("response_data", line) is None
    return time.process_time() - begin


def imapclient_reads(lines: list[bytes]) -> float:
    begin = time.process_time()
    for line in lines:
        parse_fetch_response([line[2:-2].replace(b" FETCH", b"", 1)])
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    strict = grammar.load(frozenset(CAPABILITIES.decode().upper().split()))
    rng = random.Random(3501)  # noqa: S311 - data, not secrets
    kinds = {
        "envelope+structure": [big_line(rng, n) for n in range(1, 301)],
        "flags": [small_line(rng, n) for n in range(1, 2001)],
    }
    ways: dict[str, Callable[[list[bytes]], float]] = {
        "all checks": checked,
        "framing alone": lambda lines: session(lines, None),
        "grammar alone": lambda lines: grammar_alone(lines, strict),
        "imapclient": imapclient_reads,
    }
    for kind, lines in kinds.items():
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds + 1):
            for name, way in ways.items():
                times[name].append(way(lines))
        each = {n: statistics.median(t[1:]) / len(lines) * 1e6 for n, t in times.items()}
        costs = ", ".join(f"{name} {us:.0f} us" for name, us in each.items())
        print(f"{kind:20} {costs}; checks/grammar {each['all checks'] / each['grammar alone']:.1f}")


if __name__ == "__main__":
    main()
