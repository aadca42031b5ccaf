"""What single commands return: several responses for one message, and what is missing in them."""

from __future__ import annotations

import pytest
from model_talk import executor_of

from conformance.fuzz.answers import fetched
from conformance.fuzz.judged import CommandResult
from conformance.message.search import KeptMessage
from conformance.model.view import Disagreement
from conformance.syntax import grammar

TEXT = "RFC822 {20}\nSubject: a\n\nText\n"


def judged(*responses: str, item: bytes = b"RFC822") -> None:
    executor = executor_of(2, {"one": ["\n".join([*responses, "TAG OK done"])]})
    said = executor.say("one", b"FETCH 1 " + item, applies=False)
    messages = enumerate(executor.fixture.messages, 1)
    kept = {number: KeptMessage(message.parsed, number) for number, message in messages}
    command = b"t FETCH 1 " + item + b"\r\n"
    fetched(CommandResult(command, said, kept, grammar.load()))


@pytest.mark.parametrize(
    "responses",
    [
        [f"* 1 FETCH ({TEXT})"],
        [f"* 1 FETCH ({TEXT})", "* 1 FETCH (FLAGS (\\Seen))"],
        [f"* 1 FETCH ({TEXT})", "* 2 FETCH (FLAGS (\\Seen))"],
        ["* 1 FETCH (FLAGS (\\Seen))", f"* 1 FETCH ({TEXT} FLAGS (\\Seen))"],
    ],
)
def test_flags_may_come_in_a_response_of_their_own(responses: list[str]) -> None:
    judged(*responses)


def test_flags_alone_are_not_what_was_asked() -> None:
    with pytest.raises(Disagreement, match="RFC822 did not come"):
        judged("* 1 FETCH (FLAGS (\\Seen))")


def test_each_response_has_to_be_right() -> None:
    with pytest.raises(Disagreement, match="RFC822: expected"):
        judged(f"* 1 FETCH ({TEXT})", f"* 1 FETCH ({TEXT.replace('Text', 'Texx')})")


FIELDS = "* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)] {14}\nSubject: a\n\n)"


def test_a_field_that_is_named_twice_may_come_back_once() -> None:
    judged(FIELDS, item=b"BODY[HEADER.FIELDS (Subject Subject)]")


def test_fields_that_were_asked_for_do_not_stay_away() -> None:
    with pytest.raises(Disagreement, match="did not come"):
        judged(FIELDS, item=b"BODY[HEADER.FIELDS (Subject From)]")
