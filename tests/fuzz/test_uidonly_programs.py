"""Programs with UIDONLY (RFC 9586): what is wrong is found, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fuzz_flawed import SUITE, WAY, tool

from conformance.flaws.acts import alter, command, replace
from conformance.flaws.catalogue import ALLOWED, FLAWS
from conformance.flaws.flaw import Flaw, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.fuzz import ending, found
from conformance.fuzz.environment import Environment
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.executor import Executor
from conformance.fuzz.failure import Failure
from conformance.fuzz.machine import Program, ProgramStep, have
from conformance.fuzz.rfc9586 import NUMBERED
from conformance.selfcheck.stand import FlawedTarget
from conformance.targets import Target
from conformance.targets.cyrus import CyrusTarget

pytestmark = [pytest.mark.cyrus, pytest.mark.slow]


def step(who: str, operation: str, **arguments: Any) -> ProgramStep:
    return ProgramStep(who, operation, tuple(arguments.items()))


def refused(which: int) -> tuple[ProgramStep, ...]:
    return ENABLED, step("one", "use a number", picks=(0, 1), which=which)


HOME = {"path": "home"}
# By number, which a session without numbers does not do.
STORED: dict[str, Any] = {"picks": (0,), "mode": "+FLAGS", "silent": False, "by_uid": False}
ENABLED = step("one", "enable uidonly", **HOME)
BESIDE = step("two", "select", **HOME)
FETCHED = ENABLED, step("one", "fetch", picks=(0, 2), items=(0, 2), by_uid=False)
STORES = ENABLED, step("one", "store", flags=(1,), **STORED)
DELETES = ENABLED, step("one", "store", flags=(2,), **STORED)
EXPUNGED = *DELETES, step("one", "expunge")
OTHERS = (
    ENABLED,
    BESIDE,
    step("two", "store", flags=(1,), **STORED),
    step("one", "noop"),
    step("two", "store", flags=(2,), **STORED),
    step("two", "expunge"),
    step("one", "noop"),
    step("two", "append", path="home", text=0, flags=(0,), date=0),
    step("one", "noop"),
)
TRANSFERRED = (
    ENABLED,
    BESIDE,
    step("two", "create", path="b"),
    step("one", "copy", picks=(0, 1), path="b", by_uid=False),
    step("one", "copy", picks=(1,), path="home", by_uid=False),
    step("one", "noop"),
    step("one", "move", picks=(2, 5), path="b", by_uid=False),
    step("two", "noop"),
)
SEARCHED = (
    *OTHERS,
    step("one", "save", picks=(0, 1), by_uid=False, then_by_uid=False),
    step("one", "search modseq", which=1),
    step("one", "changed since", which=1),
    step(
        "one", "unchanged since", picks=(0, 1), mode="+FLAGS", flags=(3,), stale=False, by_uid=False
    ),
)
BACK = (
    step("two", "remember", **HOME),
    ENABLED,
    step("one", "close"),
    step("two", "store", flags=(1,), **STORED),
    step("three", "enable uidonly", path="b"),  # which is not there: none is selected
    step("three", "resynchronize", **HOME),
)
REFUSED = tuple(each for which in range(len(NUMBERED)) for each in refused(which))
DROPPED = ENABLED, BESIDE, step("two", "append", path="home", text=0, flags=(0,), date=0)


def _other(_talk: Talk, octets: bytes) -> bytes:
    """Tell of the next message in place of the one that is meant."""
    return re.sub(rb"\* (\d+)", lambda found: b"* %d" % (int(found[1]) + 1), octets, count=1)


def _carried_out(talk: Talk, request: Request) -> bytes | None:
    """Refuse a STORE by number, and carry it out all the same."""
    number = request.arguments.partition(b" ")[0]
    talk.ask(b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % number, "none")
    talk.say(request.tag + b" BAD [UIDREQUIRED] By UID, please\r\n")
    return b""


def _of_ours(name: str, *acts: Any) -> Flaw:
    return flaw(name, name, "", "9586-3.3-uidfetch", *acts, backend="cyrus310")


OURS = {
    each.id: each
    for each in (
        _of_ours("other-message", alter(lambda t, _a, o: _other(t, o), only="UIDFETCH")),
        _of_ours("other-uid", replace(rb"\(", b"(UID 77 ", only="UIDFETCH")),
        _of_ours("carried-out-all-the-same", command(_carried_out, name="STORE")),
    )
}
"""Flaws of no case: what they do is seen by the model alone."""
MEANT = {**FLAWS, **OURS}

ROWS = [
    ("uidonly-fetch", FETCHED, "9586-3-no-numbers"),
    ("uidonly-fetch", STORES, "9586-3-no-numbers"),
    ("uidonly-fetch", OTHERS, "9586-3-no-numbers"),
    ("uidonly-expunge", EXPUNGED, "9586-3-no-numbers"),
    ("uidonly-expunge", OTHERS, "9586-3-no-numbers"),
    ("uidonly-expunge", TRANSFERRED, "9586-3-no-numbers"),
    ("other-message", FETCHED, "3501-6.4.5-each"),
    ("other-message", STORES, "3501-2.3.2-permanent"),
    ("other-uid", FETCHED, "9586-3.3-uidfetch"),
    ("uidonly-takes-numbers", refused(0), "9586-3.2-prohibited"),
    ("uidonly-takes-numbers", refused(1), "9586-3.2-prohibited"),
    ("uidonly-without-code", refused(2), "9586-3-uidrequired"),
    ("uidonly-takes-star", refused(5), "9586-3-numbers"),
    ("uidonly-search-by-number", refused(6), "9586-3.5-search"),
    ("uidonly-sorts-by-number", refused(8), "9586-3.8-others"),
    ("uidonly-is-not-known", (ENABLED,), "9586-3.1-enable"),
    ("uidonly-without-exists", DROPPED, "3501-7.3.1-change"),
    ("carried-out-all-the-same", refused(1), "3501-2.3.2-permanent"),
]
"""Flaw, a program that meets it, and the rule that is told."""
PROGRAMS = {
    "fetched": FETCHED,
    "stored": STORES,
    "expunged": EXPUNGED,
    "others": OTHERS,
    "transferred": TRANSFERRED,
    "searched": SEARCHED,
    "back": BACK,
    "refused": REFUSED,
}
OWN = frozenset(
    {
        "5161-3.1-each-response enabled",
        "5182-1-silent ESEARCH",
        "7162-3.2.4-uid modseq-included",
    }
)
"""What Cyrus breaks by itself: ENABLED names what was enabled before, ESEARCH answers a search
that only saves, and changed flags are told without UID where there are numbers."""


def failure_of(target: Target, steps: tuple[ProgramStep, ...]) -> tuple[Failure | None, list[str]]:
    """Have a program to its end; return what was wrong, and what the first session has said."""
    environment, said = Environment(target, WAY, SUITE.fixtures), []
    program = Program("five", steps)

    def play(executor: Executor) -> None:
        try:
            have(executor, program)
            ending.conclude(executor)
        finally:
            said.extend(each.shown for each in executor.exchanges if each.who == "one")

    try:
        runner = ExampleRunner(environment, known=OWN)
        failure = runner.run(play, fixture="five", phase="programs")
        assert not runner.blocked
        return failure, said
    finally:
        environment.close()


@pytest.mark.parametrize(("name", "steps", "requirement"), ROWS)
def test_a_program_finds_the_flaw(
    name: str,
    steps: tuple[ProgramStep, ...],
    requirement: str,
    cyrus310_target: CyrusTarget,
    tmp_path: Path,
) -> None:
    with FlawedTarget(cyrus310_target, MEANT[name], tmp_path, direct=False) as target:
        failure, _ = failure_of(target, steps)
    assert failure is not None
    assert failure.requirement == requirement, failure.message


@pytest.mark.parametrize("steps", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_agrees_with_cyrus_and_uses_numbers_only_to_be_refused(
    steps: tuple[ProgramStep, ...], cyrus310_target: CyrusTarget, tmp_path: Path
) -> None:
    # Other tests use that server, too: as one of somebody else's it is left as it was.
    with FlawedTarget(cyrus310_target, None, tmp_path, direct=True) as target:
        failure, said = failure_of(target, steps)
    assert failure is None, f"{failure.shape}: {failure.message}"
    assert said[0] == "ENABLE UIDONLY"
    if steps is not REFUSED:
        assert not [text for text in said if re.match(r"(FETCH|STORE|SEARCH|COPY|MOVE) ", text)]


def test_a_program_agrees_with_a_server_that_refuses_in_other_words(
    cyrus310_target: CyrusTarget, tmp_path: Path
) -> None:
    allowed = ALLOWED["uidonly-refusals-differ"]
    with FlawedTarget(cyrus310_target, allowed, tmp_path, direct=False) as target:
        failure, _ = failure_of(target, refused(0))
    assert failure is None, failure.message


@pytest.mark.parametrize(("name", "steps"), [("uidonly-fetch", OTHERS), ("other-message", FETCHED)])
def test_what_is_found_is_a_case_that_fails_again_and_only_there(
    name: str, steps: tuple[ProgramStep, ...], cyrus310_target: CyrusTarget, tmp_path: Path
) -> None:
    with FlawedTarget(cyrus310_target, MEANT[name], tmp_path, direct=False) as target:
        failure, _ = failure_of(target, steps)
        assert failure is not None
        path = found.write(failure, SUITE.catalogue.get, tmp_path / "found", target.label)
        ran, said, _ = tool("replay", str(path), target=target)
        assert ran == 1, said
    ran, said, _ = tool("replay", str(path), target=cyrus310_target)
    assert ran == 0, said
