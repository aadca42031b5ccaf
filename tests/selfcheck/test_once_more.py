"""What selfcheck does not find beside other processes is looked for once more, by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from in_process import call

from conformance.flaws.catalogue import FLAWS
from conformance.selfcheck import verbs
from conformance.selfcheck.check import FlawVerdict
from conformance.selfcheck.many import Work

LATE, SOUND = "list-brings-lsub", "lsub-answers-list"


@pytest.mark.parametrize(
    ("jobs", "found_by", "played", "code"),
    [
        (2, {2, 1}, [2], 0),
        (2, {1}, [2, 1], 0),
        (2, set(), [2, 1], 1),
        (1, set(), [1], 1),
    ],
)
def test_only_what_was_not_found_is_checked_again(
    jobs: int,
    found_by: set[int],
    played: list[int],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes: list[int] = []

    def check_all(works: Sequence[Work], jobs: int) -> Iterator[FlawVerdict]:
        passes.append(jobs)
        names = [name for work in works for name in work.flaws]
        assert sorted(names) == (sorted([LATE, SOUND]) if len(passes) == 1 else [LATE])
        for name in names:
            found = name == SOUND or jobs in found_by
            rules = ("3501-6.3.8-list",) if found else ()
            yield FlawVerdict(name, name, (), requirements=rules)

    monkeypatch.setattr(verbs, "check_all", check_all)
    ran = call("selfcheck", LATE, SOUND, "--jobs", jobs, "--json")
    assert (ran.returncode, passes) == (code, played)
    told = {each["id"]: each["found"] for each in json.loads(ran.stdout)["flaws"]}
    assert told == {SOUND: True, LATE: code == 0}
    assert ("once more" in ran.stderr) is (len(played) > 1)


@pytest.mark.slow
@pytest.mark.dovecot
def test_the_records_of_all_processes_are_kept(
    dovecot_installed: None,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    names = [name for name, row in FLAWS.items() if row.backend == "dovecot" and not row.facade]
    words = [*names[:7], "--jobs", 2, "--output", tmp_path]
    ran = call("selfcheck", *words)
    assert ran.returncode in (0, 1), ran.stderr
    kept = {path.parent.name for path in tmp_path.glob("*/results.jsonl")}
    assert kept == {*names[:7], "untouched-dovecot-1", "untouched-dovecot-2"}
