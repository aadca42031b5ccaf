"""What crashes the suite is a result like others: an error, with its reason, always shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from in_process import call

from conformance.checks.view import View
from conformance.fuzz.search import Search
from conformance.play.player import Player
from conformance.run.crashes import reason_of

CHAPTER = "rfc3501/6.1.2-noop"


def results(folder: Path) -> dict[str, dict[str, object]]:
    lines = (folder / "results.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return {record["id"]: record for record in records if "verdict" in record and "id" in record}


def test_a_case_that_crashes_the_suite_is_an_error_and_the_others_are_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play, crashed = Player.play, []

    def once(self, case, steps):
        if not crashed:
            crashed.append(case.id)
            raise IndexError("list index out of range")
        return play(self, case, steps)

    monkeypatch.setattr(Player, "play", once)
    ran = call("run", "--server", "pymap", CHAPTER, "--output", tmp_path)
    assert ran.returncode == 1
    assert "Errors of the suite" in ran.stdout
    assert "the suite failed: IndexError: list index out of range" in " ".join(ran.stdout.split())
    found = results(tmp_path)
    assert found[crashed[0]]["verdict"] == "error"
    assert "IndexError" in str(found[crashed[0]]["reason"])
    assert "pass" in {record["verdict"] for record in found.values()}


def test_a_check_that_crashes_is_an_error_of_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = View.take

    def fails(self, key, arrival):
        if key == "SEARCH":
            raise KeyError("SEARCH")
        take(self, key, arrival)

    monkeypatch.setattr(View, "take", fails)
    ran = call("run", "--server", "pymap", "rfc3501/7.2.5-search-response", "--output", tmp_path)
    assert ran.returncode == 1
    errors = [each for each in results(tmp_path).values() if each["verdict"] == "error"]
    assert errors
    assert all("KeyError" in str(each["reason"]) for each in errors)


def test_a_phase_that_crashes_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_self, *_arguments, **_options):
        raise RuntimeError

    monkeypatch.setattr(Search, "run", fails)
    ran = call("fuzz", "--server", "pymap", "fuzz/programs", "--output", tmp_path)
    assert ran.returncode == 1
    found = results(tmp_path)["fuzz/programs"]
    assert found["verdict"] == "error"
    assert "the suite failed: RuntimeError" in str(found["reason"])


def test_the_reason_names_the_place_in_the_suite() -> None:
    with pytest.raises(AttributeError) as caught:
        View(None, None, 1).take("FETCH", None)
    assert "(checks/view.py, line " in reason_of(caught.value)
