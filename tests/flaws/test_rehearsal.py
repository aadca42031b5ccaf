"""Whether a flaw does something in what was said to a server without it."""

from __future__ import annotations

import pytest

from conformance.flaws.acts import alter, answer, drop, late, number, pieces, remembering, send_as
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.rehearsal import RecordedMoment, does_something
from conformance.wire.commands import begin
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.states import State


def said(*lines: str) -> list[RecordedMoment]:
    """Read a conversation of one connection, from behind its login."""
    dialogue = Dialogue()
    dialogue.join(State.AUTHENTICATED)
    moments = []
    for line in lines:
        octets = line[3:].encode() + b"\r\n"
        now = (1, dialogue.state, dialogue.mailbox or b"", False, dialogue.read_only)
        if line.startswith("C: "):
            alone = not dialogue.in_flight
            (command,) = dialogue.sent(octets, 0.0)
            moments.append(RecordedMoment(*now, command=command, alone=alone))
        else:
            dialogue.received(octets)
            arrival = dialogue.next_arrival(0.0)
            assert isinstance(arrival, Arrival)
            moments.append(RecordedMoment(*now, arrival=arrival, octets=octets))
    return moments


SEARCHED = said(
    "C: a1 SELECT box",
    "S: * 2 EXISTS",
    "S: a1 OK done",
    "C: a2 SEARCH ALL",
    "S: * SEARCH 1 2",
    "S: a2 OK done",
)


@pytest.mark.parametrize(
    ("act", "does"),
    [
        (drop(only="SEARCH"), True),
        (drop(only="LIST"), False),
        (number(rb"\* (\d+)", lambda count: count + 1, only="EXISTS"), True),
        (number(rb"\* (\d+)", lambda count: count, only="EXISTS"), False),
        (answer(b"{tag} BAD no\r\n", name="SEARCH"), True),
        (answer(b"{tag} BAD no\r\n", name="SEARCH", where=b"UNSEEN"), False),
        (answer(b"{tag} BAD no\r\n", name="SEARCH", mailbox=b"box"), True),
        (answer(b"{tag} BAD no\r\n", name="SEARCH", mailbox=b"other"), False),
        (send_as(b"ALL", b"UNDELETED", name="SEARCH"), True),
        (send_as(b"UNSEEN", b"SEEN", name="SEARCH"), False),
        (remembering(lambda talk, _: talk.memory.update(seen=True)), False),
        (remembering(lambda talk, _: talk.say(b"* OK hi\r\n")), True),
        (late(0.1, only="SEARCH"), True),
        (late(0.1, only="LIST"), False),
        (pieces(1), True),
    ],
)
def test_an_act_is_seen_in_what_was_said(act: Act, *, does: bool) -> None:
    assert does_something(flaw("x", "X", "", "", act), SEARCHED) is does


def test_acts_see_what_earlier_ones_remember() -> None:
    def remember(talk: object, _request: object) -> None:
        talk.memory["searched"] = True  # type: ignore[attr-defined]  # a talk, or what stands for one

    acts = (
        remembering(remember, name="SEARCH"),
        alter(lambda talk, _, octets: b"" if "searched" in talk.memory else octets, kind="tagged"),
    )
    assert does_something(flaw("x", "X", "", "", *acts), SEARCHED)
    assert not does_something(flaw("x", "X", "", "", *acts), SEARCHED[:3])


def test_a_command_behind_one_that_is_not_answered_yet_can_not_be_judged() -> None:
    sent = said("C: a1 NOOP", "C: a2 SEARCH ALL")
    idle = flaw("x", "X", "", "", answer(b"{tag} BAD no\r\n", name="SEARCH", where=b"UNSEEN"))
    assert does_something(idle, sent)
    assert not does_something(idle, sent[:1])


def test_a_command_of_which_not_everything_is_known_can_not_be_judged() -> None:
    command = begin(b"a1 SEARCH SUBJECT {4}\r\n", 0.0, 1)
    command.sending = True
    moment = RecordedMoment(1, State.SELECTED, b"box", tls=False, read_only=False, command=command)
    answers = flaw("x", "X", "", "", answer(b"{tag} BAD no\r\n", name="SEARCH", where=b"UNSEEN"))
    assert does_something(answers, [moment])
    command.sending = False
    command.text += b" UNDELETED\r\n"
    command.literals = (b"tree",)
    assert not does_something(answers, [moment])
    command.literals = (b"UNSEEN",)
    assert does_something(answers, [moment])
