"""Mixes: what users do, as data. The file says it all; nothing here knows a command of IMAP.

    title = "..."            one line for people
    mailboxes = 2            that all users share
    messages = 20            in each of them before the first user comes
    session = 40             steps after which a user logs out and in again
    pause = [0.0, 0.2]       seconds between two steps, from and to
    enter = ["SELECT {mailbox}", "FETCH {fresh} (UID FLAGS)"]

    [[step]]
    weight = 10              how often, beside the other steps
    needs = "MOVE"           a capability, without which the step is left out
    commands = ["UID MOVE {uid} {elsewhere}"]

What stands in braces is listed in `steps`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from conformance.extending.offered import offers
from conformance.load.steps import check
from conformance.run.errors import OptionError

_FOLDER = files("conformance.load").joinpath("mixes")
BUILT_IN = tuple(
    sorted(each.name.removesuffix(".toml") for each in _FOLDER.iterdir() if each.is_file())
)
"""Names of the mixes that come with the suite."""


@dataclass(frozen=True, slots=True)
class MixStep:
    """Commands that a user sends one after the other, and how often, beside other steps."""

    commands: tuple[str, ...]
    weight: float = 1.0
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Mix:
    """A file of the form above."""

    name: str
    title: str
    steps: tuple[MixStep, ...]
    enter: tuple[str, ...]
    mailboxes: int = 1
    messages: int = 0
    session: int = 50
    pause: tuple[float, float] = (0.0, 0.0)

    def offered(self, capabilities: frozenset[str]) -> tuple[MixStep, ...]:
        """Return the steps that a server with these capabilities can be asked for."""
        return tuple(step for step in self.steps if offers(capabilities, step.needs))


def load_mix(name: str) -> tuple[str, str]:
    """Return the name of a mix and its text: one of `BUILT_IN`, or a file.

    Raises:
        OptionError: there is none of this name, or the file can not be read.
    """
    if name in BUILT_IN:
        return name, _FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    path = Path(name)
    if path.suffix != ".toml":
        raise OptionError(f"no mix is called {name!r}: {', '.join(BUILT_IN)}, or a file NAME.toml")
    try:
        return path.stem, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def parse_mix(name: str, text: str) -> Mix:
    """Read the text of a mix.

    Raises:
        OptionError: what is wrong with it.
    """
    try:
        return _mix(name, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise OptionError(f"mix {name}: {said}") from None


def _mix(name: str, data: Mapping[str, Any]) -> Mix:
    _known(data, ("title", "mailboxes", "messages", "session", "pause", "enter", "step"))
    least, most = map(float, data.get("pause", (0.0, 0.0)))
    mix = Mix(
        name=name,
        title=str(data["title"]),
        steps=tuple(map(_step, data["step"])),
        enter=_commands(data["enter"]),
        mailboxes=int(data.get("mailboxes", 1)),
        messages=int(data.get("messages", 0)),
        session=int(data.get("session", 50)),
        pause=(least, most),
    )
    if not 0 <= least <= most:
        raise ValueError("pause: two numbers of seconds, the smaller one first")
    if mix.mailboxes < 1 or mix.session < 1 or mix.messages < 0:
        raise ValueError("mailboxes and session are at least 1, messages at least 0")
    if not any(not step.needs for step in mix.steps):
        raise ValueError("some step has to need no capability")
    return mix


def _step(data: Mapping[str, Any]) -> MixStep:
    _known(data, ("weight", "needs", "commands"))
    step = MixStep(
        _commands(data["commands"]), float(data.get("weight", 1.0)), str(data.get("needs", ""))
    )
    if step.weight <= 0:
        raise ValueError("weight: a positive number")
    return step


def _commands(lines: Any) -> tuple[str, ...]:
    if not isinstance(lines, list) or not lines or not all(isinstance(x, str) for x in lines):
        raise ValueError("commands and enter are lists of lines, at least one")
    for line in lines:
        check(line)
    return tuple(lines)


def _known(data: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if strange := sorted(data.keys() - set(names)):
        raise ValueError(f"{strange[0]}: not one of {', '.join(names)}")
