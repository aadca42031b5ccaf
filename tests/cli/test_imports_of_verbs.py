"""A verb imports what it needs: who asks for help, or has a line explained, waits for no more."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

import pytest

from conformance.cli.main import VERBS, make_parser

MEASURED = """\
import contextlib, io, sys
from conformance.cli.main import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*sys.modules)
"""
PLAYING = {"_pytest", "asyncio", "conformance.play", "conformance.run.campaign", "hypothesis"}
PLAYING |= {"imapclient", "jinja2", "pymap", "pytest", "xdist"}
"""What only verbs need that play cases or generate sessions."""

NOT_FOR = [
    (
        ["--help"],
        PLAYING | {"lark", "rich", "conformance.syntax.grammar", "conformance.run.options"},
    ),
    (
        ["--version"],
        PLAYING | {"lark", "rich", "conformance.syntax.grammar", "conformance.run.options"},
    ),
    (
        ["explain", "* 1 EXISTS"],
        PLAYING | {"conformance.message", "conformance.run.options", "railroad", "ssl"},
    ),
    (["requirements", "6.1.2"], PLAYING | {"conformance.run.options", "conformance.interop"}),
]


@pytest.mark.parametrize(
    ("words", "unwanted"), NOT_FOR, ids=["help", "version", "explain", "requirements"]
)
def test_a_verb_does_not_import_what_it_does_not_need(words: list[str], unwanted: set[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, check=True
    )
    imported = set(ran.stdout.split())
    assert "conformance.cli.main" in imported
    assert not imported & unwanted


def test_the_help_of_the_program_lists_every_verb() -> None:
    text = re.sub(r"\s+", " ", make_parser().format_help())
    for name, verb in VERBS.items():
        assert f" {name} {verb.help}" in text


@pytest.mark.parametrize("name", VERBS)
def test_the_module_of_a_verb_adds_it(name: str) -> None:
    (added,) = (
        action
        for action in make_parser(name)._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    assert name in added.choices
    assert {VERBS[other].module for other in added.choices} == {VERBS[name].module}


def test_a_verb_that_is_none_is_told_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        make_parser("strange").parse_args(["strange"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in VERBS)
