"""What generated sessions find of the flaws in the kit, how fast, and how small they make it.

    python tests/bench/bench_fuzz.py --flaws 40 --seed 2026 --jobs 2

No scripted case is played. A sample of the kit is generated with the stated seed, once among the
flaws that need no crafted message and once among those that break the formal syntax. A flaw counts
as found when a rule of its own is reported, or one that the untouched server behind the same proxy
was not seen to break.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from conformance.casefile.suite import Suite
from conformance.flaws import bodies, envelopes, messages
from conformance.flaws.catalogue import FLAWS
from conformance.flaws.flaw import Flaw
from conformance.fuzz.profiles import PROFILES
from conformance.fuzz.search import Search
from conformance.play.connections import Way
from conformance.selfcheck.stand import FlawedTarget
from conformance.targets import SERVERS
from conformance.targets.loopback import issue_certificate

SHARES = (("commands", 0.3), ("programs", 0.4), ("content", 0.15), ("mutants", 0.15))
"""The phases of a search and the part of the time that each has."""
CRAFTED = frozenset(flaw.id for family in (bodies, envelopes, messages) for flaw in family.FLAWS)
"""Flaws of the families that show only on messages made for them."""


class Found(NamedTuple):
    """What came of one flaw."""

    flaw: str
    phase: str
    seconds: float
    lines: int
    requirement: str
    expected: bool
    """Whether the rule that is reported is one that the flaw breaks."""


def search(flaw: Flaw | None, backend: str, seconds: float, known: frozenset[str]) -> list[Found]:
    """Search one flawed server, until something is found or the time is up."""
    wanted = set(flaw.requirements) if flaw else set()
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as folder, SERVERS[backend]() as server:
        certificates = Path(folder)
        issue_certificate(certificates)
        target = FlawedTarget(server, flaw, certificates, direct=False)
        began = time.monotonic()
        with target:
            for phase, share in SHARES:
                report = Search(
                    target=target,
                    way=Way(timeout=3.0),
                    fixtures=Suite().fixtures,
                    profile=PROFILES["thorough"],
                    number=1,
                    seconds=seconds * share,
                    known=known,
                    only_first=flaw is not None,
                ).run(phase)
                found += [
                    Found(
                        flaw.id if flaw else failure.shape,
                        phase,
                        time.monotonic() - began,
                        failure.size,
                        failure.requirement,
                        failure.requirement in wanted,
                    )
                    for failure in report.tally.failures
                ]
                if flaw and found:
                    break
    return found


def _one(work: tuple[str, str, float, frozenset[str]]) -> list[Found]:
    name, backend, seconds, known = work
    flaw = FLAWS.get(name)
    try:
        return search(flaw, backend, seconds, known)
    except Exception as error:  # one that can not be searched must not end the bench
        return [Found(name, f"error: {error!r}"[:80], 0.0, 0, "", expected=False)]


def sample(flaws: Sequence[Flaw], count: int, seed: int) -> list[Flaw]:
    """Draw so many flaws with a seed."""
    chosen = random.Random(seed)  # noqa: S311  # a sample, not a secret
    return chosen.sample(list(flaws), min(count, len(flaws)))


def breaks_grammar(flaw: Flaw) -> bool:
    """Whether a flaw shows in the formal syntax or in the framing of what the server sends."""
    return all(rule.startswith(("3501-9-", "3501-4.3-", "3501-2.2-")) for rule in flaw.requirements)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--flaws", type=int, default=40)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    plain = [flaw for flaw in FLAWS.values() if flaw.id not in CRAFTED]
    chosen = sample(plain, options.flaws, options.seed)
    grammar = sample([f for f in FLAWS.values() if breaks_grammar(f)], options.flaws, options.seed)
    everything = list({flaw.id: flaw for flaw in (*chosen, *grammar)}.values())
    backends = sorted({flaw.backend or "dovecot" for flaw in everything})
    with ProcessPoolExecutor(options.jobs) as pool:
        untouched = pool.map(_one, [("", name, options.seconds, frozenset()) for name in backends])
        bases = dict(zip(backends, untouched, strict=True))
        known = {name: frozenset(each.flaw for each in found) for name, found in bases.items()}
        print({name: len(shapes) for name, shapes in known.items()}, "shapes of untouched servers")
        work = [
            (flaw.id, flaw.backend or "dovecot", options.seconds, known[flaw.backend or "dovecot"])
            for flaw in everything
        ]
        own = {name: {each.requirement for each in found} for name, found in bases.items()}
        results: dict[str, Found | None] = {}
        for (name, *_), found in zip(work, pool.map(_one, work), strict=True):
            # A rule that the untouched server breaks as well says nothing about the flaw.
            backend = FLAWS[name].backend or "dovecot"
            own_fault = found and not found[0].expected and found[0].requirement in own[backend]
            results[name] = found[0] if found and not own_fault else None
            print(name, *(found[0][1:] if results[name] else ("-",)), flush=True)
    for title, flaws in (("need no crafted message", chosen), ("break the grammar", grammar)):
        seen = [each for flaw in flaws if (each := results[flaw.id]) and each.lines]
        right = sum(each.expected for each in seen)
        print(f"{title}: {len(seen)} of {len(flaws)} found, {right} of them by a rule of the flaw")
    sizes = sorted(each.lines for each in results.values() if each and each.lines)
    if sizes:
        print(f"client lines: median {statistics.median(sizes)}, all {sizes}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
