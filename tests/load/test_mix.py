"""Mixes: those that come with the suite, and what a file may get wrong."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from conformance.checks.selection import Selection
from conformance.load.letters import letter, token_of
from conformance.load.mix import BUILT_IN, load_mix, parse_mix
from conformance.load.steps import Around, Nothing, fill
from conformance.run.errors import OptionError
from conformance.syntax import grammar
from conformance.wire.session import Literal

GOOD = 'title = "t"\nenter = ["SELECT {mailbox}"]\n[[step]]\ncommands = ["NOOP"]\n'
WRONG = {
    "not TOML": ("title", "Expected '='"),
    "no title": (GOOD.replace('title = "t"', ""), "'title' is missing"),
    "strange key": (GOOD + "often = 3\n", "often: not one of"),
    "strange place": (GOOD.replace("NOOP", "NOOP {where}"), "{where}: not one of"),
    "no commands": (GOOD.replace('["NOOP"]', "[]"), "at least one"),
    "two lines": (GOOD.replace("NOOP", "NOOP\\r\\nNOOP"), "printable ASCII"),
    "no weight": (GOOD + "weight = 0\n", "weight: a positive number"),
    "all need": (GOOD + 'needs = "MOVE"\n', "need no capability"),
    "pause": ("pause = [2, 1]\n" + GOOD, "pause"),
    "no mailbox": ("mailboxes = 0\n" + GOOD, "at least 1"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_mix_is_said(text: str, said: str) -> None:
    with pytest.raises(OptionError) as error:
        parse_mix("own", text)
    assert said in str(error.value)
    assert str(error.value).startswith("mix own: ")


def test_a_mix_is_one_of_ours_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="ascii")
    assert load_mix(str(path)) == ("mine", GOOD)
    with pytest.raises(OptionError, match="churn, everyday, reading"):
        load_mix("strange")
    with pytest.raises(OptionError, match="No such file"):
        load_mix(str(tmp_path / "none.toml"))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_command_of_our_mixes_is_one_of_the_grammar(name: str) -> None:
    mix = parse_mix(*load_mix(name))
    rules = grammar.load(frozenset({"IMAP4REV1", "IDLE", "MOVE", "UIDPLUS"}))
    for line in (*mix.enter, *(line for step in mix.steps for line in step.commands)):
        text, literals = b"a1 ", []
        around = _around(5)
        around.selection.set_exists(6)
        for part in fill(line, around):
            if isinstance(part, Literal):
                literals.append(part.data)
                text += b"{%d}\r\n" % len(part.data)
            else:
                text += part
        fault = rules.check("command", text + b"\r\n", literals)
        assert fault is None, (line, fault)


def test_steps_that_need_what_is_not_announced_are_left_out() -> None:
    mix = parse_mix(*load_mix("churn"))
    needs = {step.needs for step in mix.offered(frozenset({"MOVE"}))}
    assert needs == {"", "MOVE"}


def test_a_name_has_one_value_in_a_step() -> None:
    around = _around(5)
    first, second = fill("UID FETCH {uid} FLAGS", around), fill("UID FETCH {uid} BODY[]", around)
    assert first[1] == second[1]


@pytest.mark.parametrize(
    "line", ["FETCH {number} FLAGS", "UID FETCH {uids} FLAGS", "FETCH {fresh}"]
)
def test_nothing_is_sent_about_an_empty_mailbox(line: str) -> None:
    with pytest.raises(Nothing):
        fill(line, _around(0))


def test_only_what_is_not_known_is_fresh() -> None:
    around = _around(5)
    around.selection.set_exists(8)
    assert fill("{fresh}", around) == [b"6:8"]


def test_a_letter_is_known_again() -> None:
    rng = Random(0)  # noqa: S311 - no secret
    letters = [letter(rng) for _ in range(50)]
    assert len({each.token for each in letters}) == len(letters)
    assert all(token_of(each.octets) == each.token for each in letters)
    assert token_of(b"Subject: x\r\n\r\nMessage-ID: <0123456789abcdef@elsewhere>\r\n") == ""


class Filled(Around):
    """What steps are filled in from, with a mailbox selected."""

    selection: Selection


def _around(messages: int) -> Filled:
    selection = Selection()
    selection.mailbox = b"one"
    selection.set_exists(messages)
    for number in range(1, messages + 1):
        selection.positions.put(number, 10 * number)
    rng = Random(1)  # noqa: S311 - no secret
    return Filled(rng, (b"one", b"two"), b"own", selection)
