"""The manual page says all that the help of the verbs says."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest
from argparse_manpage.manpage import Manpage

from conformance.cli.main import VERBS, make_parser
from conformance.cli.manual import make_whole_parser


def page() -> str:
    return str(Manpage(make_whole_parser())).replace("\\-", "-")


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    (verbs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(verbs.choices)


def test_the_verbs_stand_in_the_order_of_the_help_and_once() -> None:
    listed = [
        line for line in page().splitlines() if line.startswith("\\fBimap-conformance\\fR \\fI")
    ]
    assert [line.split("\\,")[1].split("\\/")[0] for line in listed] == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_is_there_with_what_it_is_for(verb: str) -> None:
    _, _, own = page().partition(f"COMMAND \\fI\\,'imap-conformance {verb}'")
    own, _, _ = own.partition("\n.SH\nCOMMAND")
    shown = " ".join(own.split())
    for action in verbs_of(make_parser(verb))[verb]._actions:
        for option in action.option_strings:
            if option not in ("-h", "--help"):
                assert f"\\fB{option}\\fR" in shown
                assert (action.help or "").split(",")[0].replace("%%", "%")[:20] in shown


def test_the_formatter_of_manual_pages_has_nothing_to_object(tmp_path: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    file = tmp_path / "imap-conformance.1"
    file.write_text(str(Manpage(make_whole_parser())))
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-Wbreak", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
