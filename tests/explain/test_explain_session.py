"""Which extensions count for a line: those that the session announces, else those that would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.explain.explained import Explained
from conformance.explain.session import explain_all
from conformance.explain.source import read

SMOKE = Path(__file__).parent / "every_extension.txt"


def explained(session: str, *capabilities: str, all_of_them: bool = False) -> list[Explained]:
    said = read(session.encode("utf-8"))
    return list(explain_all(said, capabilities, all_of_them=all_of_them))


@pytest.mark.parametrize("whole", [True, False])
def test_a_session_with_commands_of_every_extension_has_no_wrong_word(
    whole: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *(["--all"] if whole else []), str(SMOKE)]) == 0, (
        capsys.readouterr().out
    )


def test_lint_has_no_wrong_word_on_it_either(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(SMOKE)]) == 0, capsys.readouterr().out


def test_what_is_not_announced_is_a_fault_and_what_would_allow_it_is_told() -> None:
    said = explained("S: * CAPABILITY IMAP4rev1 IDLE\nC: a1 SORT (DATE) UTF-8 ALL\nC: a2 IDLE\n")
    assert [each.conforms for each in said] == [True, False, True]
    assert said[1].allowed_with[0] == "SORT"


def test_what_is_announced_later_counts_for_the_lines_before() -> None:
    (move, _) = explained("C: a1 MOVE 1 x\nS: a1 OK [CAPABILITY IMAP4rev1 MOVE] done\n")
    assert move.conforms


def test_where_nothing_is_known_the_extension_that_does_is_named() -> None:
    (said,) = explained("S: * 1 FETCH (MODSEQ (12) FLAGS ())\n")
    assert said.conforms
    assert said.tree is not None
    assert said.allowed_with == ("CONDSTORE", "QRESYNC")


def test_several_extensions_that_only_do_together_are_named() -> None:
    (said,) = explained("S: * 1 FETCH (MODSEQ (12) EMAILID (M1))\n")
    assert said.conforms
    assert said.allowed_with == ("(CONDSTORE or QRESYNC) and OBJECTID",)


def test_what_no_extension_allows_is_a_fault_all_the_same() -> None:
    (said,) = explained("S: * 1 FETCH (MODSEQ 12 FLAGS ())\n")
    assert not said.conforms


def test_what_enabled_turns_on_counts_from_the_next_line_on_its_connection() -> None:
    dialog = (
        "S: * OK [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT] hi\n"
        'S: * LIST () "/" "f\u00fcr"\nS: * ENABLED UTF8=ACCEPT\nS: * LIST () "/" "f\u00fcr"\n'
    )
    assert [each.conforms for each in explained(dialog)] == [True, False, True, True]


def test_a_capability_given_counts_besides_those_announced() -> None:
    session = "S: * CAPABILITY IMAP4rev1 IDLE\nC: a1 MOVE 1 x\nC: a2 IDLE\n"
    assert all(each.conforms for each in explained(session, "move"))
