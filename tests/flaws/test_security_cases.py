"""Each case of the chapter on security fails under a flaw; `security_cases.toml` says under which.

`RECORD=1 pytest -m whole tests/flaws/test_security_cases.py` writes it anew.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from conformance.casefile.suite import Suite, load_all
from conformance.flaws.catalogue import FLAWS
from conformance.selfcheck.many import DEFAULT_SERVER
from conformance.selfcheck.stand import Stand
from conformance.targets import SERVERS

RECORD = Path(__file__).with_name("security_cases.toml")
CASES = {
    case.id: frozenset(case.labels.requirements)
    for case, _ in load_all(Suite())
    if case.id.startswith("security/")
}


def recorded() -> dict[str, list[str]]:
    """The cases that fail under each flaw, each case once."""
    return tomllib.loads(RECORD.read_text(encoding="utf-8"))


def test_each_case_is_seen_to_fail() -> None:
    named = [name for cases in recorded().values() for name in cases]
    assert sorted(named) == sorted(CASES)
    assert recorded().keys() <= FLAWS.keys()


@pytest.fixture(scope="module")
def stand_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stand]]:
    """The place to play a flaw at: in front of the server that it needs."""
    with ExitStack() as stack:

        @cache
        def stand(server: str) -> Stand:
            target = stack.enter_context(SERVERS[server]())
            return Stand(target, Suite(), tmp_path_factory.mktemp(server))

        yield lambda flaw: stand(FLAWS[flaw].backend or DEFAULT_SERVER)


def failing(stand: Stand, name: str, cases: list[str]) -> list[str]:
    """Play cases under a flaw; return those that fail by a rule of the flaw's."""
    flaw = FLAWS[name]
    with stand.open(flaw) as run:
        return [each for each in cases if run.play(each).broken.intersection(flaw.requirements)]


@pytest.mark.slow
@pytest.mark.whole
@pytest.mark.dovecot
@pytest.mark.cyrus
@pytest.mark.usefixtures("dovecot_installed", "dovecot24_installed", "cyrus_installed")
def test_they_fail(stand_of: Callable[[str], Stand]) -> None:
    if os.environ.get("RECORD"):
        left, lines = dict(CASES), []
        for name, flaw in FLAWS.items():
            concerned = [each for each, rules in left.items() if rules & set(flaw.requirements)]
            if concerned and (fail := failing(stand_of(name), name, concerned)):
                lines += [f"{name} = [", *(f'    "{each}",' for each in fail), "]"]
                left = {each: rules for each, rules in left.items() if each not in fail}
        RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert not left
    for name, cases in recorded().items():
        assert failing(stand_of(name), name, cases) == cases, name
