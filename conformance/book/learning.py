"""The pages that teach: each idea in words, a recorded session to play, and exercises with answers.

What is said and what was recorded is in `learning`; the answers are judged while the book is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.book.frame import Page
from conformance.book.places import Places
from conformance.learning.ideas import Exercise, Idea, Recorded, ideas, recordings
from conformance.learning.judge import VerdictReason, judged
from conformance.results.annotate import annotate
from conformance.results.diagram import wire
from conformance.results.markup import Html, join, tag
from conformance.results.records import RecordedLine
from conformance.syntax.grammar import Grammar, load
from conformance.wire.announced import announced

FIRST = f"learn-{ideas()[0].id}.html"
"""Where learning begins."""
_LINE = Html("\n")


def learning_pages(places: Places) -> tuple[Page, ...]:
    """Return the pages in their order."""
    return tuple(
        Page(file_of_idea(idea), idea.title, _body(idea, places), True) for idea in ideas()
    )


def file_of_idea(idea: Idea) -> str:
    """Return the page of an idea."""
    return f"learn-{idea.id}.html"


def outline() -> Html:
    """Return the list of the ideas, each a link."""
    links = (tag("a", idea.title, href=file_of_idea(idea)) for idea in ideas())
    return tag("ol", *(tag("li", link) for link in links))


def _body(idea: Idea, places: Places) -> Html:
    return join(
        tag("h1", idea.title),
        tag("p", idea.sections, class_="t"),
        tag("div", *(tag("p", each) for each in idea.text), class_="prose"),
        *(_played(case, recordings()[case], places) for case in idea.cases),
        *(_exercise(each, number, idea, places) for number, each in enumerate(idea.exercises, 1)),
    )


# -- a session to play ---------------------------------------------------------------------


def _played(case: str, recorded: Recorded, places: Places) -> Html:
    """Return a recorded session: its script makes it one to step through."""
    how = (
        f"What {recorded.server} said, step by step: with the buttons, or with the arrow keys left "
        "and right in the session. Beside the lines stands what the client knows of the mailbox: "
        "a box for each message, with its number, and its UID and flags once they were told."
    )
    notes = annotate(recorded.lines, _grammar(recorded.lines))
    return tag(
        "section",
        tag("h2", "Play it: ", places.case(case)),
        tag("p", how, class_="prose"),
        tag("div", wire(recorded.lines, notes), class_="ic-play"),
    )


def _grammar(lines: Sequence[RecordedLine]) -> Grammar:
    """Return the grammar of everything that the server has announced."""
    names: frozenset[str] = frozenset()
    for line in lines:
        if line.direction == "S":
            names |= announced(line.text.encode() + b"\r\n") or frozenset()
    return load(names)


# -- exercises -----------------------------------------------------------------------------


def _exercise(exercise: Exercise, number: int, idea: Idea, places: Places) -> Html:
    several = f" {number}" if len(idea.exercises) > 1 else ""
    lines = (*exercise.said, f"C: {exercise.asks}")
    said = (tag("span", line, class_=line[:1].lower()) for line in lines)
    return tag(
        "section",
        tag("h2", f"Exercise{several}", id=exercise.id),
        tag("p", exercise.question, class_="prose"),
        tag("pre", join(*said, by=_LINE), tabindex="0", role="group", aria_label="Until now"),
        tag("p", "Choose an answer, and open it to see whether a server may give it:"),
        *(_draft(exercise, draft, places) for draft in exercise.drafts),
        tag(
            "p",
            "Or type your own: ",
            tag("code", "imap-conformance explain --web"),
            " has these exercises, and judges what you write.",
        ),
        class_="example",
    )


def _draft(exercise: Exercise, lines: Sequence[str], places: Places) -> Html:
    shown = join(*(tag("code", line) for line in lines), by=tag("br"))
    return tag(
        "details",
        tag("summary", tag("span", shown, class_="answer")),
        *_judgement(judged(exercise, lines), places),
        class_="draft",
    )


def _judgement(reasons: Sequence[VerdictReason], places: Places) -> Iterator[Html]:
    if not reasons:
        yield tag("p", tag("b", "Right.", class_="v-pass"), " A server may say this.")
        return
    yield tag("p", tag("b", "Wrong.", class_="v-fail"))
    items = (
        join(each.says, *((" (", places.rule(each.rule), f", {each.clause})") if each.rule else ()))
        for each in reasons
    )
    yield tag("ul", *(tag("li", item) for item in items))
