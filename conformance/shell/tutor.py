"""Walks a newcomer through the protocol: lessons whose steps are done when a server has answered.

An observer of the session. What is taught is data (`lessons.toml`), what was typed is held against
it by the names of commands and responses, so that a step can be done in one's own way.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from conformance.shell.bench import Bench
from conformance.shell.typed import TypedError
from conformance.shell.watch import Watch
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Ending, Session

_WIDTH: Final = 100
LESSONS: Final = Path(__file__).with_name("lessons.toml")

OWN: Final[dict[str, tuple[str, str]]] = {
    "/hint": ("", "lines that do what the step asks for"),
    "/skip": ("", "go on to the next step"),
    "/lesson": ("[N]", "the step again, or lesson N from its beginning"),
    "/lessons": ("", "what is taught"),
}
"""What the tutor adds to the commands of the shell."""


@dataclass(frozen=True, slots=True)
class LessonStep:
    """Something to say, and the command that is waited for.

    `command` and `answer` are patterns for a name and a status, `arguments` one for what follows
    the name, `sees` one that an untagged response has to match; `lines` do what is asked for.
    """

    text: str
    then: str
    command: re.Pattern[str]
    lines: tuple[str, ...]
    arguments: re.Pattern[bytes] = re.compile(b".*", re.DOTALL)
    answer: re.Pattern[str] = re.compile("OK")
    sees: re.Pattern[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """Steps under a title; `mailbox` is the fixture of a new `{mailbox}`, "" for none."""

    title: str
    section: str
    steps: tuple[LessonStep, ...]
    mailbox: str = ""


def load_lessons(path: Path = LESSONS) -> tuple[Lesson, ...]:
    """Read the lessons."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["lesson"]
    return tuple(
        Lesson(
            each["title"], each["section"], tuple(map(_step, each["step"])), each.get("mailbox", "")
        )
        for each in listed
    )


def _step(said: Mapping[str, Any]) -> LessonStep:
    return LessonStep(
        said["text"].strip(),
        said["then"].strip(),
        re.compile(said["command"]),
        tuple(said["try"]),
        re.compile(said.get("with", ".*").encode(), re.DOTALL | re.IGNORECASE),
        re.compile(said.get("answer", "OK")),
        re.compile(said["sees"].encode(), re.IGNORECASE) if "sees" in said else None,
    )


@dataclass(slots=True)
class Tutor:
    """One walk through the lessons."""

    watch: Watch
    bench: Bench
    lessons: Sequence[Lesson] = field(default_factory=load_lessons)
    _lesson: int = 0
    _step: int = 0
    _command: Command | None = None
    _untagged: list[bytes] = field(default_factory=list)
    _done: bool = False

    # -- what the shell asks for -------------------------------------------------------

    def begin(self) -> None:
        """Say what the first lesson is about."""
        self.watch.say(f"{len(self.lessons)} lessons; /hint shows what to type, /quit ends", "bold")
        self._open()

    def look(self) -> None:
        """After each line: go on where the step is done."""
        if not self._done:
            return
        self._done = False
        self._say(self._now.then)
        self._go_on()

    def hint(self, _rest: str) -> None:
        """Show lines that do what the step asks for."""
        if self._is_over:
            raise TypedError("there is no step left: /lessons shows where to go back to")
        for line in self._now.lines:
            self.watch.say(f"  {line}")

    def skip(self, _rest: str) -> None:
        """Go on to the next step."""
        if self._is_over:
            raise TypedError("there is no step left: /lessons shows where to go back to")
        self._go_on()

    def lesson(self, rest: str) -> None:
        """Say the step again, or begin a lesson by its number."""
        if rest:
            if not (rest.isdecimal() and 1 <= int(rest) <= len(self.lessons)):
                raise TypedError(f"/lesson takes a number from 1 to {len(self.lessons)}")
            self._lesson, self._step = int(rest) - 1, 0
            self._open()
        elif self._is_over:
            raise TypedError("there is no step left: /lessons shows where to go back to")
        else:
            self._say(self._now.text)

    def list_lessons(self, _rest: str) -> None:
        """List what is taught."""
        for number, lesson in enumerate(self.lessons, 1):
            here = ">" if number == self._lesson + 1 else " "
            self.watch.say(f"{here}{number:3} {lesson.title} ({lesson.section})")

    # -- what a session tells ----------------------------------------------------------

    def command(self, _session: Session, command: Command) -> None:
        """See `wire.session.Observer`."""
        self._command = command
        self._untagged.clear()

    def arrival(self, _session: Session, arrival: Arrival) -> None:
        """See `wire.session.Observer`."""
        if arrival.answers is None or arrival.answers is not self._command:
            self._untagged.append(arrival.frame.text)
            return
        if not self._is_over:
            self._done = self._done or self._does(arrival.answers, arrival.status)

    def ended(self, _session: Session, _ending: Ending) -> None:
        """See `wire.session.Observer`."""

    def _does(self, command: Command, status: str) -> bool:
        step = self._now
        return (
            step.command.fullmatch(command.name) is not None
            and step.arguments.fullmatch(command.arguments) is not None
            and step.answer.fullmatch(status) is not None
            and (step.sees is None or any(step.sees.search(each) for each in self._untagged))
        )

    # -- where it stands ---------------------------------------------------------------

    @property
    def _is_over(self) -> bool:
        return self._lesson >= len(self.lessons)

    @property
    def _now(self) -> LessonStep:
        return self.lessons[self._lesson].steps[self._step]

    def _go_on(self) -> None:
        self._step += 1
        if self._step < len(self.lessons[self._lesson].steps):
            self._say(self._now.text)
            return
        self._lesson, self._step = self._lesson + 1, 0
        if not self._is_over:
            self._open()

    def _open(self) -> None:
        lesson = self.lessons[self._lesson]
        self.watch.say(f"{self._lesson + 1}. {lesson.title}  ({lesson.section})", "bold")
        if lesson.mailbox:
            self.bench.make(lesson.mailbox)
        self._say(self._now.text)

    def _say(self, text: str) -> None:
        width = min(self.watch.console.width, _WIDTH) - len("-- ")
        for line in textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False):
            self.watch.say(line, "cyan")
