"""How fast commands are generated, and how much of a search is waiting for the server.

    python tests/bench/bench_generation.py [SERVER]

Both figures are of one process on one core. Waiting is the time in connecting, writing and
reading; where the machine is busy, waiting for a core is in both parts.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings

from conformance.casefile.suite import Suite
from conformance.fuzz.domain import WORDS_HERE, values
from conformance.fuzz.profiles import PROFILES
from conformance.fuzz.search import Search
from conformance.play.connections import Way
from conformance.syntax import grammar
from conformance.syntax.derivations import Derivation
from conformance.syntax.strategies import Strategies
from conformance.targets import SERVERS
from conformance.wire.transport import Transport

COMMANDS = 3000
SECONDS = 20.0


def rate(strategies: Strategies) -> tuple[float, int]:
    """Commands generated in a second, and how many were different."""
    rules = grammar.load()
    seen: set[bytes] = set()
    count = 0

    @seed(1)
    @settings(
        max_examples=COMMANDS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.rule("command"))
    def draw(derivation: Derivation) -> None:
        nonlocal count
        count += 1
        spoken = derivation.spoken()
        seen.add(spoken.octets)
        assert rules.check("command", spoken.text, spoken.literals) is None

    began = time.process_time()
    draw()
    return count / (time.process_time() - began), len(seen)


@contextlib.contextmanager
def waiting() -> Iterator[list[float]]:
    """Add up the seconds that are spent in calls that wait for the other side."""
    waited = [0.0]

    def timed(call: Callable[..., Any]) -> Callable[..., Any]:
        def waits(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*arguments)
            finally:
                waited[0] += time.perf_counter() - began

        return waits

    names = ("__init__", "_receive", "send_some")
    with contextlib.ExitStack() as patches:
        for name in names:
            call = timed(getattr(Transport, name))
            patches.enter_context(mock.patch.object(Transport, name, call))
        yield waited


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", nargs="?", default="dovecot", choices=SERVERS)
    server = parser.parse_args().server
    rules = grammar.load()
    for title, strategies in (
        ("any text", Strategies(rules, "command")),
        (
            "values that make sense",
            Strategies(rules, "command", words=WORDS_HERE, values=values(disposable=True)),
        ),
    ):
        per_second, different = rate(strategies)
        print(f"{title}: {per_second:.0f} commands a second of CPU, {different} different")
    with SERVERS[server]() as target:
        for phase in ("commands", "programs", "content", "mutants"):
            for seconds in (1.0, SECONDS):  # the first time builds tables, which a run does once
                search = Search(
                    target=target,
                    way=Way(timeout=5.0),
                    fixtures=Suite().fixtures,
                    profile=PROFILES["thorough"],
                    seconds=seconds,
                )
                began = time.perf_counter()
                with waiting() as waited:
                    search.run(phase)
                share = waited[0] / (time.perf_counter() - began)
            print(f"{phase}: {share:.0%} of the time is waiting", flush=True)


if __name__ == "__main__":
    main()
