"""The help of every verb ends with examples, and each of them works as it stands there."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
from conformance import cli

PROGRAM = "imap-conformance"
FEW = "rfc3501/6.1.2-noop/noop-succeeds"
"""What is played where an example plays the whole suite: each example costs one case."""

PARSED_ONLY = {
    f"{PROGRAM} selfcheck": "plays every flaw",
    f"{PROGRAM} selfcheck --server cyrus --jobs 2": "plays every flaw that Cyrus serves",
}
"""Examples that take too long for a test, beside those that name a server elsewhere."""


def _verbs() -> dict[str, argparse.ArgumentParser]:
    parser = cli.make_parser()
    (verbs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(verbs.choices)


VERBS = _verbs()


def examples(text: str) -> Iterator[str]:
    """The commands of a help text, without what is said about them behind them."""
    for found in re.finditer(rf"^ *(?:.*?\| *|examples?: *)?({PROGRAM} .+)$", text, re.M):
        command = re.split(r" {2,}", found[1])[0]
        if "usage:" not in found[0]:
            yield command.partition(" | ")[0].partition(" > ")[0]


def _of(verb: str) -> list[str]:
    return list(examples(VERBS[verb].epilog or ""))


EXAMPLES = [(verb, example) for verb in VERBS for example in _of(verb)]


def test_commands_are_told_from_what_is_said_of_them() -> None:
    text = f"examples:\n  {PROGRAM} run --server pymap    the embedded server\n"
    text += f"  printf 'x' | {PROGRAM} explain -\n\nNo {PROGRAM} here.\n"
    assert list(examples(text)) == [f"{PROGRAM} run --server pymap", f"{PROGRAM} explain -"]


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_ends_with_examples(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([verb, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    of_verb = [example for example in examples(shown) if example.split()[1:2] == [verb]]
    assert of_verb
    assert set(_of(verb)) <= set(examples(shown)), "the help does not keep the lines as they are"


def test_the_help_of_the_tool_has_an_example() -> None:
    assert list(examples(cli.make_parser().epilog or "")) == [f"{PROGRAM} run --server pymap"]


@pytest.mark.parametrize(("verb", "example"), EXAMPLES, ids=str)
def test_an_example_is_understood(verb: str, example: str) -> None:
    words = shlex.split(example)
    assert words[1] in VERBS
    options = cli.parse(words[1:])
    assert callable(options.verb), verb


def test_an_example_that_is_not_understood_would_be_seen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.parse(["requirements", "--no-such-option"])
    assert "--no-such-option" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
@pytest.mark.parametrize("verb", ["run", "requirements", "flawed", "selfcheck", "book"])
def test_the_examples_of_a_verb_work(verb: str, tmp_path: Path) -> None:
    for example in _of(verb):
        if "://" in example or example in PARSED_ONLY:
            continue
        _try(example, tmp_path)


def _try(example: str, folder: Path) -> None:
    words = shlex.split(example)[1:]
    options = cli.parse(words)
    if words[0] in ("run", "book") and options.server and not options.words:
        words.append(FEW)
    serves = words[0] == "flawed" and "--list" not in words
    started = subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(conformance.__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(120, started.kill)
    too_long.start()
    with started:
        said = ""
        if serves:
            said = _introduction(started)
            started.send_signal(signal.SIGINT)
        said += started.communicate()[0]
    too_long.cancel()
    assert started.returncode in (0, 1), f"{example}\n{said}"
    assert "Traceback" not in said, example


def _introduction(served: subprocess.Popen[str]) -> str:
    """Read what a flawed server says of itself, until it says how to log in."""
    assert served.stdout is not None
    said = ""
    while "Log in" not in said and (line := served.stdout.readline()):
        said += line
    return said
