"""A server with one flaw, in front of Dovecot, as generated sessions and the tool see it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from in_process import call

from conformance.casefile.suite import Suite
from conformance.flaws.catalogue import FLAWS
from conformance.fuzz.failure import Failure
from conformance.fuzz.profiles import PROFILES
from conformance.fuzz.search import Search
from conformance.play.connections import Way
from conformance.selfcheck.stand import FlawedTarget
from conformance.targets import Target
from conformance.targets.loopback import issue_certificate

WAY = Way(timeout=5.0)
SUITE = Suite()
SECONDS = 400.0
"""The most that a search takes that finds nothing; one that finds something ends then."""


@contextmanager
def flawed_by(name: str, backend: Target, folder: Path) -> Iterator[Target]:
    issue_certificate(folder)
    with FlawedTarget(backend, FLAWS[name], folder, direct=False) as target:
        yield target


OWN = frozenset(
    f"3501-{rule} {verb}"
    for rule in ("7.4.2-envelope-subject", "7.4.2-address", "6.4.4-subject", "6.4.4-address-keys")
    for verb in ("FETCH", "SEARCH")
) | {"5161-3.1-response enabled-came", "7162-3.2.4-uid modseq-included"}
"""What Dovecot does wrong by itself: generated messages (white space, apostrophes), where an
ENABLE has nothing to turn on, and changed flags without UID."""


def first_found(target: Target, phase: str) -> Failure:
    """Search until something is found that is not the backend's own."""
    search = Search(
        target,
        WAY,
        SUITE.fixtures,
        PROFILES["thorough"],
        seconds=SECONDS,
        only_first=True,
        known=OWN,
    )
    return search.run(phase).tally.failures[0]


def tool(
    *options: str,
    target: Target | None = None,
    cwd: Path | None = None,
    words: Sequence[str] = (),
) -> tuple[int, str, str]:
    """Run the tool; on a target, if there is one, by its URL, with words behind it."""
    more: list[str] = []
    environ = {k: v for k, v in os.environ.items() if not k.startswith("IMAP_CONFORMANCE_")}
    if target is not None:
        account, endpoint = target.accounts[0], target.endpoint
        more = [f"imap://{account.user}@{endpoint.host}:{endpoint.port}", "--disposable"]
        environ["IMAP_CONFORMANCE_PASSWORD"] = account.password
    ran = call(*options, *more, *words, environ=environ, cwd=cwd)
    assert "Traceback" not in ran.stdout + ran.stderr, ran.stdout + ran.stderr
    return ran.returncode, ran.stdout, ran.stderr
