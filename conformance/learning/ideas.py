"""The ideas as they are written down: loaded, and put beside what was recorded."""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from conformance.results.records import RecordedLine

_PREFIX: Final = ("C: ", "S: ")


@dataclass(frozen=True, slots=True)
class Exercise:
    """What a client has just said, and what the server may say to it.

    `said` is the session until then, `asks` the command, as lines that begin with `C: ` or `S: `.
    `fixture` names what the mailbox holds, `uids` are those of its messages in order. Messages at
    the numbers `removed` were removed by another program meanwhile. `ends` are the endings that
    are right: OK, NO, BAD, or + for an answer that asks the client to go on; `rule` says so.
    `right` and `wrong` are drafted answers.
    """

    id: str
    question: str
    said: tuple[str, ...]
    asks: str
    fixture: str
    uids: tuple[int, ...]
    removed: tuple[int, ...]
    ends: frozenset[str]
    rule: str
    right: tuple[tuple[str, ...], ...]
    wrong: tuple[tuple[str, ...], ...]

    @property
    def drafts(self) -> tuple[tuple[str, ...], ...]:
        """All drafted answers, in an order that tells nothing of them."""
        return tuple(sorted((*self.right, *self.wrong), key=lambda lines: lines[::-1]))


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea: what there is to say of it, in paragraphs, and the cases that show it."""

    id: str
    title: str
    sections: str
    text: tuple[str, ...]
    cases: tuple[str, ...]
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was said when a case was played on a server."""

    server: str
    lines: tuple[RecordedLine, ...]


def _read(name: str) -> str:
    return files("conformance.learning").joinpath(name).read_text(encoding="utf-8")


@functools.cache
def ideas() -> tuple[Idea, ...]:
    """Return the ideas in their order."""
    return tuple(map(_idea, tomllib.loads(_read("ideas.toml"))["idea"]))


@functools.cache
def recordings() -> Mapping[str, Recorded]:
    """Return what was recorded, by the id of the case."""
    entries = map(json.loads, _read("recorded.jsonl").splitlines())
    return {
        entry["case"]: Recorded(
            entry["server"],
            tuple(RecordedLine(*line) for line in entry["lines"]),
        )
        for entry in entries
    }


def exercise(name: str) -> Exercise | None:
    """Return an exercise by its id; None where there is none."""
    return next((each for idea in ideas() for each in idea.exercises if each.id == name), None)


def _idea(said: Mapping[str, Any]) -> Idea:
    return Idea(
        said["id"],
        said["title"],
        said["sections"],
        tuple(" ".join(each.split()) for each in said["text"].strip().split("\n\n")),
        tuple(said["cases"]),
        tuple(
            _exercise(f"{said['id']}-{number}", each)
            for number, each in enumerate(said["exercise"], 1)
        ),
    )


def _exercise(name: str, said: Mapping[str, Any]) -> Exercise:
    return Exercise(
        name,
        " ".join(said["question"].split()),
        _lines(said["said"]),
        said["asks"],
        said.get("fixture", "empty"),
        tuple(said.get("uids", ())),
        tuple(said.get("removed", ())),
        frozenset(said.get("ends", ["OK"])),
        said.get("rule", "3501-2.2.2-results"),
        tuple(map(_lines, said["right"])),
        tuple(map(_lines, said["wrong"])),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip("\n").split("\n"))


def bare(lines: Sequence[str]) -> list[str]:
    """Return what somebody typed as a server's lines, without the `S: ` that may stand before."""
    return [line.removeprefix(_PREFIX[1]).rstrip("\r") for line in lines]
