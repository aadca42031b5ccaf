"""The help of every verb ends with examples, and each of them works as it stands there.

What the README and the pages in docs/ have you type is at least understood.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_process import call

import conformance
from conformance.cli import main as cli

PROGRAM = "imap-conformance"
ROOT = Path(conformance.__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FEW = "rfc3501/6.1.2-noop/noop-succeeds"
"""What is played where an example plays the whole suite: each example costs one case."""

PARSED_ONLY = {
    f"{PROGRAM} selfcheck": "plays every flaw",
    f"{PROGRAM} selfcheck --server cyrus --jobs 2": "plays every flaw that Cyrus serves",
    f"{PROGRAM} selfcheck --attribution --jobs 2": "plays all cases for each flaw",
    f"{PROGRAM} selfcheck --hostile --jobs 2": "takes a quarter of an hour",
    f"{PROGRAM} load --server dovecot --users 10 --count 5000": "wants Locust, as tests/load do",
    f"{PROGRAM} diff dovecot dovecot24 rfc3501/6.4.4 -o search.html": "wants two Dovecots",
    f"{PROGRAM} proxy --pop3 mail.example.org:995": "serves a server elsewhere, until Ctrl-C",
    f"{PROGRAM} lint --json capture.pcapng": "wants a capture; tests/judge has some",
}
"""Examples that are only read, beside those that name a server elsewhere."""

SESSION = """\
S: * OK [CAPABILITY IMAP4rev1] ready
C: a1 NOOP
S: a1 OK done
"""


def _verbs() -> dict[str, argparse.ArgumentParser]:
    return {name: _parser(name) for name in cli.VERBS}


def _parser(verb: str) -> argparse.ArgumentParser:
    parser = cli.make_parser(verb)
    (verbs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    found = verbs.choices[verb]
    assert isinstance(found, argparse.ArgumentParser)
    return found


VERBS = _verbs()


def examples(text: str) -> Iterator[str]:
    """The commands of a help text, without what is said about them behind them."""
    for found in re.finditer(rf"^ *(?:.*?\| *|examples?: *)?({PROGRAM} .+)$", text, re.M):
        command = re.split(r" {2,}", found[1])[0]
        if "usage:" not in found[0]:
            for each in command.split(" && "):
                yield each.partition(" | ")[0].partition(" > ")[0].partition(" || ")[0]


def _of(verb: str) -> list[str]:
    return list(examples(VERBS[verb].epilog or ""))


EXAMPLES = [(verb, example) for verb in VERBS for example in _of(verb)]


def test_commands_are_told_from_what_is_said_of_them() -> None:
    text = f"examples:\n  {PROGRAM} run --server pymap    the embedded server\n"
    text += f"  printf 'x' | {PROGRAM} explain -\n\nNo {PROGRAM} here.\n"
    text += f"  {PROGRAM} book && {PROGRAM} run --json | head\n"
    commands = ["run --server pymap", "explain -", "book", "run --json"]
    assert list(examples(text)) == [f"{PROGRAM} {command}" for command in commands]


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


def _typed(page: Path) -> Iterator[str]:
    """The commands in the code blocks of a page that can be typed as they stand."""
    blocks = re.findall(
        r"^ *```(?:sh|text)\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.M | re.S
    )
    for line in "".join(blocks).splitlines():
        found = re.match(rf" *(?:\$ +|[\w./]*/)?({PROGRAM} [^#]*?) *(?:#.*)?$", line)
        if found and "[...]" not in found[1]:
            yield found[1].partition(" > ")[0].removesuffix("...").strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_has_you_type_is_understood(page: Path) -> None:
    for command in _typed(page):
        options = cli.parse(shlex.split(command)[1:])
        assert callable(options.verb), command


def test_the_readme_shows_every_verb_at_work() -> None:
    assert {command.split()[1] for command in _typed(ROOT / "README.md")} >= set(VERBS)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples take for granted: records, recordings, case files."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "cases").symlink_to(ROOT / "cases")
    shutil.copytree(ROOT / "reports", folder / "reports")
    (folder / "session.txt").write_text(SESSION, encoding="ascii")
    entry = '[[deviation]]\n{} = "3501-9-flag"\n{}verdict = "fail"\nreason = "why"\n'
    (folder / "old.toml").write_text(entry.format("id", ""), encoding="ascii")
    new = entry.format("deviation", 'rule = "3501-9-flag"\n')
    (folder / "known.toml").write_text(new, encoding="ascii")
    _try(f"{PROGRAM} fuzz --server pymap", folder)
    _try(f"{PROGRAM} run --server pymap", folder)
    for name in ("one", "two", "old", "new"):
        shutil.copytree(folder / "imap-conformance-report", folder / name)
    return folder


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
@pytest.mark.parametrize("verb", VERBS)
def test_the_examples_of_a_verb_work(verb: str, stage: Path) -> None:
    for example in _of(verb):
        if "://" not in example and example not in PARSED_ONLY:
            _try(example, stage)


def _words(example: str, folder: Path) -> list[str]:
    """The words of an example as a shell gives them to the tool, and no longer than need be."""
    words: list[str] = []
    for word in shlex.split(example)[1:]:
        found = sorted(folder.glob(word)) if "/*" in word else []
        # A slash at the end asks for folders, which Python 3.11 does not heed.
        words += [str(one) for one in found if one.is_dir() or word[-1] != "/"] or [word]
    options = cli.parse(words)
    if words[0] in ("run", "book") and options.server:
        words = [word for word in words if word not in options.words] + [FEW]
    if "--sample" in words:
        words[words.index("--sample") + 1] = "5"
    if words[0] == "fuzz":
        words += ["--budget", "4"]
    return words


def _try(example: str, folder: Path) -> None:
    words = _words(example, folder)
    serves = {
        "flawed": "--list" not in words,
        "hostile": len(words) > 1,
        "explain": "--web" in words,
    }
    if serves.get(words[0]):
        code, said = _serve(words, folder)
    else:
        ran = call(*words, cwd=folder)
        code, said = ran.returncode, ran.stdout + ran.stderr
    assert code in (0, 1), f"{example}\n{said}"
    assert "Traceback" not in said, example


def _serve(words: list[str], folder: Path) -> tuple[int, str]:
    """Start what serves until Ctrl-C, read its introduction, and end it so."""
    started = subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(300, started.kill)
    too_long.start()
    with started:
        said = _introduction(started)
        started.send_signal(signal.SIGINT)
        said += started.communicate()[0]
    too_long.cancel()
    return started.returncode, said


def _introduction(served: subprocess.Popen[str]) -> str:
    """Read what a served server says of itself, until it says how to log in or how it ends."""
    assert served.stdout is not None
    said = ""
    while not re.search("Log in|Ctrl-C ends", said) and (line := served.stdout.readline()):
        said += line
    return said
