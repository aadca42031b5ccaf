"""Answers to single commands, held against what was known of the messages and mailboxes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from conformance.fuzz.answers import stored
from conformance.fuzz.deviation import of_value
from conformance.fuzz.executor import Executor
from conformance.fuzz.judged import CommandResult
from conformance.message.search import KeptMessage
from conformance.model.view import Disagreement
from conformance.syntax import grammar
from conformance.syntax.arguments import read_command

KEPT = {
    1: cast("KeptMessage", SimpleNamespace(uid=5, flags=frozenset((b"\\RECENT", b"\\FLAGGED"))))
}


def stored_with(command: bytes, *shown: bytes) -> CommandResult:
    response = SimpleNamespace(count=1, flags=lambda: frozenset(shown))
    said = SimpleNamespace(of=lambda _: [SimpleNamespace(response=response)], reply="t OK")
    read = read_command(grammar.load(), command)
    return cast("CommandResult", SimpleNamespace(read=read, said=said, kept=KEPT))


@pytest.mark.parametrize(
    ("shown", "rule"),
    [
        ((b"\\SEEN",), "3501-6.4.6-recent"),
        ((b"\\RECENT",), "3501-6.4.6-replace"),
        ((), "3501-6.4.6-replace"),
        ((b"\\SEEN", b"\\RECENT"), ""),
    ],
)
def test_flags_that_replace_others_leave_recent_as_it_is_which_is_a_rule_of_its_own(
    shown: tuple[bytes, ...], rule: str
) -> None:
    came = stored_with(b"t STORE 1 FLAGS (\\Seen)\r\n", *shown)
    if not rule:
        stored(came)
        return
    with pytest.raises(Disagreement) as raised:
        stored(came)
    assert raised.value.requirement == rule


@pytest.mark.parametrize("octets", [b"own-b/x", b"OWN-B/X", b"Own-b/x"])
def test_a_mailbox_is_known_in_whatever_letters_it_is_shown(octets: bytes) -> None:
    def name(_case: int, label: str, rest: str | None) -> bytes:
        return b"/".join(each.encode() for each in (f"own-{label}", rest) if each)

    made = SimpleNamespace(
        named={"home", "b/x"},
        environment=SimpleNamespace(workspace=SimpleNamespace(name=name)),
        _number=1,
    )
    assert Executor.path_of(cast("Executor", made), octets) == "b/x"
    assert Executor.path_of(cast("Executor", made), octets + b"y") is None


def test_an_empty_string_for_nil_is_one_deviation_wherever_it_stands() -> None:
    assert of_value("ENVELOPE, subject: expected NIL, received ''") == "the empty string for NIL"
    assert of_value("ENVELOPE, subject: expected NIL, received 'x'") == "another ENVELOPE subject"
