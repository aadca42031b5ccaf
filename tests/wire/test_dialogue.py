"""Scripted conversations: which state, mailbox and commands surround each response."""

from __future__ import annotations

import pytest
from wire_scripts import OK, PREAUTH, SCRIPTS, C, S

from conformance.wire.dialogue import ENDED, NEED_DATA, Arrival, Dialogue, State
from conformance.wire.states import TRANSITIONS, after


def play(dialogue: Dialogue, script: list[C | S]) -> None:
    for number, step in enumerate(script):
        if isinstance(step, bytes):
            dialogue.sent(step, float(number))
            continue
        dialogue.received(step.data)
        arrival = dialogue.next_arrival(float(number))
        assert isinstance(arrival, Arrival)
        assert arrival.frame.text == step.data
        assert arrival.when == float(number)
        got = {
            "start": arrival.start,
            "answers": b"" if arrival.answers is None else arrival.answers.tag,
            "flight": ",".join(command.name for command in arrival.in_flight),
            "after": arrival.state_after.name,
            "mailbox": arrival.mailbox or b"",
            "left": ",".join(command.name for command in dialogue.in_flight),
        }
        for key, value in got.items():
            expected = getattr(step, key)
            if expected is not None:
                assert value == expected, f"{key} at {step.data!r}"
        assert dialogue.next_arrival(0.0) is NEED_DATA
        assert dialogue.state is arrival.state_after


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str):
    play(Dialogue(), SCRIPTS[name])


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation_with_the_client_octet_by_octet(name: str):
    script: list[C | S] = []
    for step in SCRIPTS[name]:
        if isinstance(step, bytes):
            script += [step[at : at + 1] for at in range(len(step))]
        else:
            script.append(step)
    dialogue = Dialogue()
    play(dialogue, script)


def greeted(greeting: bytes = PREAUTH) -> Dialogue:
    dialogue = Dialogue()
    play(dialogue, [S(greeting)])
    return dialogue


def test_commands_begun_are_returned_once():
    dialogue = greeted()
    assert dialogue.sent(b"a1 NO", 1.0) == []
    (first,) = dialogue.sent(b"OP\r\na2 LOGIN {2}\r\n", 2.0)[:1]
    assert (first.tag, first.name, first.arguments, first.sent_at) == (b"a1", "NOOP", b"", 2.0)
    assert dialogue.sent(b"me you\r\n", 3.0) == []
    second = dialogue.in_flight[1]
    assert (second.number, second.sending) == (2, False)
    assert second.text == b"a2 LOGIN {2}\r\n you\r\n"
    assert second.arguments == b"{2}\r\n you"
    assert second.literals == (b"me",)


def test_a_command_knows_what_was_sent_of_it_so_far():
    dialogue = greeted()
    (command,) = dialogue.sent(b"a1 UID SEARCH {2}\r\n", 1.0)
    assert command.sending
    assert command.name == "UID SEARCH"
    assert command.text == b"a1 UID SEARCH {2}\r\n"
    dialogue.sent(b"xx {3}\r\n", 1.0)
    assert command.text == b"a1 UID SEARCH {2}\r\n {3}\r\n"
    dialogue.sent(b"yyy\r\n", 1.0)
    assert not command.sending
    assert command.arguments == b"{2}\r\n {3}\r\n"


def test_a_literal_that_is_given_up_leaves_the_line_free():
    dialogue = greeted()
    dialogue.give_up()  # nothing to give up
    (begun,) = dialogue.sent(b"a( LOGIN {4}\r\n", 1.0)
    dialogue.give_up()
    assert begun.done
    assert not begun.sending
    play(dialogue, [b"b NOOP\r\n", S(b"b OK\r\n", answers=b"b", left="")])


def test_done_is_set_by_the_tagged_response():
    dialogue = greeted()
    (command,) = dialogue.sent(b"a1 NOOP\r\n", 1.0)
    play(dialogue, [S(b"* 1 EXISTS\r\n")])
    assert not command.done
    play(dialogue, [S(b"a1 OK x\r\n")])
    assert command.done


CAPABILITIES: list[tuple[str, list[C | S], set[str] | None]] = [
    ("none known", [S(OK)], None),
    ("in the greeting", [S(b"* OK [CAPABILITY IMAP4rev1 idle] hi\r\n")], {"IMAP4REV1", "IDLE"}),
    ("as data", [S(OK), S(b"* CAPABILITY IMAP4rev1 X\r\n")], {"IMAP4REV1", "X"}),
    (
        "in a tagged OK",
        [S(OK), b"a1 LOGIN a b\r\n", S(b"a1 OK [capability Y] in\r\n")],
        {"Y"},
    ),
    (
        "forgotten at STARTTLS",
        [S(b"* OK [CAPABILITY STARTTLS] x\r\n"), b"a1 STARTTLS\r\n", S(b"a1 OK go\r\n")],
        None,
    ),
    (
        "kept when STARTTLS is refused",
        [S(b"* OK [CAPABILITY A] x\r\n"), b"a1 STARTTLS\r\n", S(b"a1 BAD no\r\n")],
        {"A"},
    ),
    (
        "not from a code in the text",
        [S(OK), S(b"* OK hi [CAPABILITY A]\r\n")],
        None,
    ),
]


@pytest.mark.parametrize(
    ("script", "expected"), [row[1:] for row in CAPABILITIES], ids=[row[0] for row in CAPABILITIES]
)
def test_capabilities(script: list[C | S], expected: set[str] | None):
    dialogue = Dialogue()
    play(dialogue, script)
    assert dialogue.capabilities == expected


ACCESS: list[tuple[list[C | S], bool]] = [
    ([b"a SELECT x\r\n", S(b"a OK [READ-WRITE] x\r\n")], False),
    ([b"a SELECT x\r\n", S(b"a OK [READ-ONLY] x\r\n")], True),
    ([b"a SELECT x\r\n", S(b"a OK x\r\n")], False),
    ([b"a EXAMINE x\r\n", S(b"a OK x\r\n")], True),
    ([b"a EXAMINE x\r\n", S(b"a OK [READ-WRITE] x\r\n")], True),
    ([b"a SELECT x\r\n", S(b"a OK x\r\n"), S(b"* OK [READ-ONLY] x\r\n")], True),
    ([b"a EXAMINE x\r\n", S(b"a OK x\r\n"), b"b CLOSE\r\n", S(b"b OK x\r\n")], False),
    ([b"a EXAMINE x\r\n", S(b"a NO x\r\n")], False),
]


@pytest.mark.parametrize(("script", "expected"), ACCESS)
def test_read_only(script: list[C | S], expected: bool):
    dialogue = greeted()
    play(dialogue, script)
    assert dialogue.read_only is expected


def test_a_truncated_response_completes_nothing():
    dialogue = greeted(OK)
    dialogue.sent(b"a1 LOGIN a b\r\n", 0.0)
    dialogue.received(b"a1 OK [CAPABILITY X] Log")
    dialogue.received(b"")
    arrival = dialogue.next_arrival(0.0)
    assert isinstance(arrival, Arrival)
    assert not arrival.frame.complete
    assert arrival.answers is None
    assert arrival.state_after is State.NOT_AUTHENTICATED
    assert dialogue.capabilities is None
    assert dialogue.next_arrival(0.0) is ENDED


def test_plaintext_behind_starttls_is_taken_out():
    dialogue = greeted(OK)
    dialogue.sent(b"a1 STARTTLS\r\n", 0.0)
    dialogue.received(b"a1 OK go\r\n* CAPABILITY EVIL\r\n* par")
    assert isinstance(dialogue.next_arrival(0.0), Arrival)
    arrival = dialogue.plaintext_after_ok(dialogue.take_unread() + b"tial", 1.0)
    assert arrival is not None
    assert arrival.frame.text == b"* CAPABILITY EVIL\r\n* partial"
    assert [fault.requirement for fault in arrival.frame.faults] == [
        "3501-6.2.1-plaintext-after-ok"
    ]
    assert not arrival.frame.complete
    assert dialogue.capabilities is None
    assert dialogue.plaintext_after_ok(dialogue.take_unread(), 1.0) is None


def test_status_of_an_arrival():
    dialogue = greeted()
    dialogue.received(b"* bye x\r\n* 1 EXISTS\r\nx NO\r\n")
    arrivals = [dialogue.next_arrival(0.0) for _ in range(3)]
    assert [a.status for a in arrivals if isinstance(a, Arrival)] == ["BYE", "", "NO"]


def test_large_literals_of_the_client_are_not_kept():
    dialogue = greeted()
    dialogue.sent(b"a1 APPEND INBOX {1000000+}\r\n" + b"x" * 1_000_000 + b"\r\n", 0.0)
    (command,) = dialogue.in_flight
    assert not command.sending
    assert len(command.literals[0]) == 64 * 1024


def test_the_table_holds_every_edge_of_the_figure_and_no_edge_twice():
    assert {row.edge for row in TRANSITIONS if row.rfc == "3501"} == set(range(1, 8))
    keys = [(row.state, row.event, row.status) for row in TRANSITIONS]
    assert len(keys) == len(set(keys))
    assert not any(row.state is State.LOGOUT for row in TRANSITIONS)


def test_what_is_in_no_row_changes_nothing():
    assert after(State.SELECTED, "SELECT", "BAD") is State.SELECTED
    assert after(State.LOGOUT, "LOGIN", "OK") is State.LOGOUT


def test_the_typed_response_is_read_once():
    dialogue = greeted()
    dialogue.received(b"* 23 EXISTS\r\n")
    arrival = dialogue.next_arrival(0.0)
    assert isinstance(arrival, Arrival)
    assert arrival.response.name == "EXISTS"
    assert arrival.response is arrival.response


def test_half_a_command_before_tls_does_not_go_on_under_it() -> None:
    dialogue = Dialogue()
    dialogue.received(b"* OK hi\r\n")
    assert dialogue.next_arrival(0.0)
    dialogue.sent(b"a1 STARTTLS\r\na2 CAPABILITY ", 0.0)
    dialogue.received(b"a1 OK begin\r\n")
    assert dialogue.next_arrival(0.0)
    dialogue.secured()
    (command,) = dialogue.sent(b"a3 NOOP\r\n", 1.0)
    assert (command.tag, command.name) == (b"a3", "NOOP")
