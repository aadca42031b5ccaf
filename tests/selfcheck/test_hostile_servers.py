"""No program of ours hangs, crashes or grows over a hostile server; the cheap ones each time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from in_process import call

from conformance.hostile.behaviour import Behaviour
from conformance.hostile.catalogue import BEHAVIOURS
from conformance.selfcheck import hostile, verbs
from conformance.selfcheck.bounded import Ran
from conformance.selfcheck.hostile import (
    PROGRAMS,
    ClientProgram,
    Stood,
    faults_of,
    stand,
    stand_all,
    summary,
)

BY_NAME = {program.name: program for program in PROGRAMS}
JOBS = 8
CHEAP = [("close-at-once", "run"), ("text-terminal", "shell"), ("close-after-greeting", "proxy")]


@pytest.mark.parametrize(("name", "program"), CHEAP)
def test_a_hostile_server_is_stood(name: str, program: str, tmp_path: Path) -> None:
    stood = stand(BEHAVIOURS[name], BY_NAME[program], tmp_path)
    assert stood.faults == (), stood.ran.output


@pytest.mark.whole
@pytest.mark.slow
def test_each_hostile_server_is_stood(tmp_path: Path) -> None:
    """All at once: most of them wait, and what they need is read once for all."""
    stood = stand_all(list(BEHAVIOURS.values()), tmp_path, jobs=JOBS)
    bad = [each.line for each in stood if each.faults]
    assert not bad, "\n".join(bad)


FINE = Ran(1, 5.0, 6.0, 1.0, 90 << 20, "a verdict", 1000, late=False, left=False)
ROW = replace(BEHAVIOURS["close-at-once"], says="a verdict")


def faults(ran: Ran, folder: Path, program: str = "run") -> str:
    return "; ".join(faults_of(ROW, BY_NAME[program], ran, folder))


@pytest.mark.parametrize(
    ("ran", "fault"),
    [
        (FINE, ""),
        (replace(FINE, late=True, code=-9), "did not end within 5 s"),
        (replace(FINE, code=3), "exit code 3"),
        (replace(FINE, code=-11), "exit code -11"),
        (replace(FINE, memory=300 << 20), "took 300 MB of memory"),
        (replace(FINE, files=30 << 20), "wrote 30 MB"),
        (replace(FINE, left=True), "left processes behind"),
        (replace(FINE, output="a verdict Traceback (most recent call last):"), "a traceback"),
        (replace(FINE, output="a verdict on correct horse"), "shows the password"),
        (replace(FINE, output="something else"), "no word of a verdict"),
        (
            replace(FINE, output="a verdict: ##vso[task.setvariable variable=x]y"),
            "shows what a CI system takes for a command",
        ),
        (
            replace(FINE, output="a verdict\nusage: imap-conformance"),
            "was not begun: its words are wrong",
        ),
    ],
)
def test_what_breaks_a_bound_is_told(ran: Ran, fault: str, tmp_path: Path) -> None:
    assert faults(ran, tmp_path) == fault


def test_what_a_run_leaves_is_looked_at(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    record = {"type": "result", "id": "x", "verdict": "error", "reason": "a fault"}
    (output / "results.jsonl").write_text(json.dumps(record) + "\n")
    assert faults(FINE, tmp_path) == "error in x: a fault"
    (output / "results.jsonl").unlink()
    (output / "junit.xml").write_text("<a><b></a>")
    assert faults(FINE, tmp_path).startswith("junit.xml: mismatched tag")
    (output / "junit.xml").write_text("<a>correct horse</a>")
    assert faults(FINE, tmp_path, "fuzz") == "junit.xml shows the password"
    assert faults(FINE, tmp_path, "shell") == ""


def test_programs_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[tuple[str, str]] = []

    def stood(behaviour: Behaviour, program: ClientProgram, *_: object) -> Stood:
        met.append((behaviour.id, program.name))
        return Stood(behaviour.id, program.name, FINE, ())

    monkeypatch.setattr(hostile, "stand", stood)
    list(stand_all(list(BEHAVIOURS.values())[:4]))
    assert {program for _, program in met} == set(BY_NAME)
    met.clear()
    list(stand_all(list(BEHAVIOURS.values())[:1], every=True))
    assert [program for _, program in met] == list(BY_NAME)
    assert summary([]) == "nothing was tried"


def test_a_share_is_counted_round(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[str] = []

    def played(behaviours: list[Behaviour], *_: object, **__: object) -> list[Stood]:
        met.extend(behaviour.id for behaviour in behaviours)
        return []

    monkeypatch.setattr(verbs, "stand_all", played)
    for number in (1034, 1035, 1036):
        assert call("selfcheck", "--hostile", "--share", f"{number}/3").returncode == 0
    assert sorted(met) == sorted(BEHAVIOURS)
    refused = call("selfcheck", "--hostile", "--share", "1/0")
    assert refused.returncode == 2
    assert "K/N, such as 1/3" in refused.stderr


def test_what_has_a_fault_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[str] = []

    def stood(behaviour: Behaviour, program: ClientProgram, *_: object) -> Stood:
        met.append(behaviour.id)
        slow = behaviour.id == "close-at-once" and met.count(behaviour.id) <= 2
        faulty = slow or behaviour.id == "no-answer"
        return Stood(behaviour.id, program.name, FINE, ("no word",) if faulty else ())

    monkeypatch.setattr(hostile, "stand", stood)
    rows = [BEHAVIOURS[name] for name in ("close-at-once", "no-answer", "text-html")]
    bad = [each.id for each in stand_all(rows) if each.faults]
    assert (bad, len(met)) == (["no-answer", "no-answer"], 10)
