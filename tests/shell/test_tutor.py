"""The lessons can be learnt: each step is done by the lines of its hint, and by nothing less."""

from __future__ import annotations

import re

import pytest
from shell_harness import Piping, scripted

from conformance.shell.tutor import load_lessons
from conformance.targets import Target

LESSONS = load_lessons()


def told(out: str) -> str:
    """What the tutor has said, lines joined."""
    return " ".join(line.removeprefix("-- ") for line in out.splitlines() if line.startswith("-- "))


def joined(text: str) -> str:
    return " ".join(text.split("\n"))


def test_who_types_what_the_hints_say_comes_to_the_end(
    piping: Piping, pymap_target: Target
) -> None:
    lines = [line for lesson in LESSONS for step in lesson.steps for line in step.lines]
    said = piping.target(pymap_target, *lines, options=("--tutor",))
    heard = told(said.out)
    for number, lesson in enumerate(LESSONS, 1):
        assert f"{number}. {lesson.title}  ({lesson.section})" in heard
        for step in lesson.steps:
            assert joined(step.text) in heard
            assert joined(step.then) in heard, (step.lines, said.out)
    assert "unknown" not in heard


@pytest.mark.parametrize(
    ("lines", "done"),
    [
        (("NOOP",), True),
        (("noop",), True),
        (("CAPABILITY",), False),  # another command
        (("!NOOP now",), False),  # refused
        (("/skip",), True),
        (("/lesson 4", "/lesson 1"), False),
        (("NOOP", "CAPABILITY", "!SELECT INBOX", "!SELECT INBOX"), True),
    ],
)
def test_a_step_is_done_by_its_command_and_the_answer_to_it(
    piping: Piping, pymap_target: Target, lines: tuple[str, ...], done: bool
) -> None:
    said = piping.target(pymap_target, *lines, options=("--tutor",))
    after = joined(LESSONS[0].steps[1].text)
    assert (after in told(said.out)) is done, said.out


def test_what_an_untagged_response_has_to_show_is_waited_for(piping: Piping) -> None:
    with scripted({b"NOOP": b"TAG OK done\r\n", b"CAPABILITY": b"TAG OK done\r\n"}) as url:
        said = piping.url(url, "NOOP", "CAPABILITY", options=("--tutor",))
    assert joined(LESSONS[0].steps[1].text) in told(said.out)
    assert joined(LESSONS[0].steps[1].then) not in told(said.out)


def test_help_lists_what_the_tutor_adds(piping: Piping, pymap_target: Target) -> None:
    said = piping.target(pymap_target, "/help", "/lessons", options=("--tutor",))
    assert "/hint" in said.out
    assert ">  1 A conversation in lines" in said.out
    assert "/hint" not in piping.target(pymap_target, "/help").out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/lesson 99", f"a number from 1 to {len(LESSONS)}"),
        ("/lesson x", f"a number from 1 to {len(LESSONS)}"),
        *((line, "no step left") for line in ("/hint", "/skip", "/lesson")),
    ],
)
def test_what_can_not_be_is_said(
    piping: Piping, pymap_target: Target, line: str, message: str
) -> None:
    past = ["/skip"] * len(LESSONS[-1].steps)
    said = piping.target(pymap_target, f"/lesson {len(LESSONS)}", *past, line, options=("--tutor",))
    assert message in said.out


def test_sections_are_those_of_an_rfc() -> None:
    for lesson in LESSONS:
        assert re.fullmatch(r"RFC \d+( sections? [\d., and]+)?(, RFC \d+)?", lesson.section)
