"""Options that stand in a file of the folder."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from test_bad_input import refused, tool

from conformance.cli.configuration import FILE, apply, read_configuration
from conformance.cli.main import parse
from conformance.run.errors import OptionError


def options(folder: Path, *words: str) -> argparse.Namespace:
    """Return the options of `run WORDS` in a folder."""
    made = parse(["run", *words])
    apply(made, read_configuration(folder))
    return made


def write(folder: Path, text: str, name: str = FILE) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_the_command_line_leaves_open_is_filled_in(tmp_path: Path) -> None:
    write(tmp_path, 'target = "imap://u@h"\ntimeout = 3\nknown = "known.toml"\ninsecure = true\n')
    made = options(tmp_path, "rfc3501/6.1.2")
    assert made.words == ["imap://u@h", "rfc3501/6.1.2"]
    assert made.timeout == 3.0
    assert made.known == tmp_path / "known.toml"
    assert made.insecure is True


def test_the_command_line_comes_first(tmp_path: Path) -> None:
    write(tmp_path, 'target = "imap://u@h"\ntimeout = 3\n')
    made = options(tmp_path, "imap://other@h", "--timeout", "5")
    assert made.words == ["imap://other@h"]
    assert made.timeout == 5.0
    made = options(tmp_path, "--server", "pymap")
    assert made.words == []
    write(tmp_path, 'server = "pymap"\n')
    assert options(tmp_path, "imap://other@h").server is None
    assert options(tmp_path, "rfc3501/6").server == "pymap"


def test_lists_are_taken_where_the_command_line_has_commas(tmp_path: Path) -> None:
    write(tmp_path, 'rfc = [3501, "RFC 2177"]\nlevel = "must"\n')
    made = options(tmp_path)
    assert (made.rfc, made.level) == ("3501,2177", "MUST")


def test_a_project_may_have_a_table_of_ours(tmp_path: Path) -> None:
    write(tmp_path, "[tool.imap-conformance]\ntimeout = 4\n", "pyproject.toml")
    assert options(tmp_path).timeout == 4.0
    write(tmp_path, "timeout = 6\n")  # a file of our own comes first
    assert options(tmp_path).timeout == 6.0


@pytest.mark.parametrize(
    "text", ["", "[project]\nname = 'x'\n", "[tool]\n", "tool = 3\n", "not = toml = at all"]
)
def test_a_project_without_one_is_none_of_our_business(tmp_path: Path, text: str) -> None:
    write(tmp_path, text, "pyproject.toml")
    assert read_configuration(tmp_path).path is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("timeuot = 3\n", "imap-conformance.toml: there is no option 'timeuot': timeout"),
        ("timeout = -3\n", "timeout: a positive number of seconds"),
        ("timeout = true\n", "timeout has to be text or a number"),
        ("insecure = 'yes'\n", "insecure has to be true or false"),
        ("known = { a = 1 }\n", "known has to be text or a number"),
        ("target = 3\n", "there is no option 'target'"),
        ("timeout = \n", "imap-conformance.toml: "),
        ("target = 'imap://u@h'\nserver = 'pymap'\n", "give target or server, not both"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(OptionError, match=FILE) as raised:
        read_configuration(write(tmp_path, text))
    assert says in str(raised.value)


def test_what_is_in_force_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, 'server = "pymap"\ntimeout = 3\n'))
    code, out, _ = tool("run", "--show-config", "--seed", "4")
    assert code == 0
    assert "server = pymap  # imap-conformance.toml" in out
    assert "seed = 4  # command line" in out
    monkeypatch.chdir(write(tmp_path, "nonsense = 1\n"))
    refused("run", "--show-config", says="there is no option 'nonsense'")
