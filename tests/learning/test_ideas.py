"""The ideas that the book begins with: recorded as they are, exercises judged as they are meant."""

from __future__ import annotations

import pytest

from conformance.casefile.suite import Suite
from conformance.learning.ideas import Exercise, Idea, exercise, ideas, recordings
from conformance.learning.judge import LONGEST, judged
from conformance.passive.lint import judge
from conformance.passive.recording import Chunk, Place, Recording, ServerSessions
from conformance.passive.verdicts import Verdicts

EXERCISES = [each for idea in ideas() for each in idea.exercises]
DRAFTS = [
    pytest.param(each, draft, right, id=f"{each.id} {' / '.join(draft)}")
    for each in EXERCISES
    for drafts, right in ((each.right, True), (each.wrong, False))
    for draft in drafts
]


@pytest.mark.parametrize(("asked", "draft", "right"), DRAFTS)
def test_a_drafted_answer_is_what_it_is_called(
    asked: Exercise, draft: tuple[str, ...], right: bool
) -> None:
    reasons = judged(asked, draft)
    assert (reasons == ()) is right, reasons
    assert all(each.says and each.rule and each.clause.startswith("RFC ") for each in reasons)


@pytest.mark.parametrize("idea", ideas(), ids=lambda idea: idea.id)
def test_each_idea_has_words_a_session_and_an_exercise(idea: Idea) -> None:
    assert idea.text
    assert idea.exercises
    for case in idea.cases:
        assert recordings()[case].lines
    for each in idea.exercises:
        assert exercise(each.id) is each
        assert each.right
        assert len(each.wrong) > 1


def test_what_was_recorded_is_of_cases_that_there_are() -> None:
    suite = Suite()
    for case in recordings():
        assert suite.find(case)[0].id == case
    assert {case for idea in ideas() for case in idea.cases} == set(recordings())


@pytest.mark.parametrize("case", [case for case in recordings() if not case.startswith("pop3/")])
def test_nothing_that_a_server_was_recorded_to_say_breaks_a_must(case: str) -> None:
    group, verdicts = ServerSessions(), Verdicts(("S",))
    for number, line in enumerate(recordings()[case].lines, 1):
        group.session(line.session)
        said = line.text.replace("[hidden]", "secret").encode() + b"\r\n"
        if line.direction != "-":
            place = Place("", "line", number)
            group.chunks.append(Chunk(line.session, line.direction, said, line.t, place))
    judge(Recording("", "text", [group]), verdicts)
    assert [entry.seen.finding.message for entry in verdicts.entries if entry.decides] == []


def test_an_answer_may_be_typed_with_the_mark_of_its_side() -> None:
    asked = EXERCISES[0]
    assert judged(asked, [f"S: {line}" for line in asked.right[0]]) == ()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ([""], "says nothing"),
        (["* CAPABILITY IMAP4rev1", "a1 OK x", "* OK more"], "behind the tagged line"),
        (["* OK {5}"], ""),
        (["\udcff\x00"], ""),
        (["x" * (LONGEST + 1)], "more than an exercise takes"),
        (["* LIST () NIL {100}", "x"], ""),
    ],
)
def test_whatever_is_typed_is_judged(typed: list[str], says: str) -> None:
    reasons = judged(EXERCISES[0], typed)
    assert reasons
    assert says in reasons[0].says
