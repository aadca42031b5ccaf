"""The exercises of the book, with answers that somebody types: their list, and the page of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.learning.ideas import Exercise, Idea, ideas
from conformance.learning.judge import VerdictReason, judged
from conformance.results.markup import Html, join, tag
from conformance.web.lines import LINE
from conformance.web.page import framed

_TITLE = "What does the server have to say now?"


def listed() -> str:
    """Return the page with all exercises, by idea."""
    return framed(
        _TITLE,
        tag("h1", _TITLE),
        tag("p", "You are the server. The formal syntax, the rules for every response and a model"
            " of the mailbox judge what you type. The ideas behind the exercises, with sessions"
            " to play, are in the book: ",
            tag("code", "imap-conformance book"), "."),
        tag("ol", *(tag("li", link) for idea in ideas() for link in _links(idea))),
        tag("p", tag("a", "Explain a session", href="/")),
        forms=False,
    )  # fmt: skip


def shown(exercise: Exercise, typed: str | None = None) -> str:
    """Return the page of one exercise; `typed` is an answer to judge."""
    idea = next(idea for idea in ideas() if exercise in idea.exercises)
    lines = (*exercise.said, f"C: {exercise.asks}")
    return framed(
        f"{idea.title}: {_TITLE}",
        tag("h1", idea.title),
        tag("p", exercise.question),
        tag("pre", join(*lines, by=LINE), tabindex="0", role="group", aria_label="Until now"),
        *(_verdict(exercise, typed) if typed is not None else ()),
        _form(exercise, typed or ""),
        tag("nav", *_beside(exercise), aria_label="Exercises"),
        forms=True,
    )


def _links(idea: Idea) -> Iterator[Html]:
    for exercise in idea.exercises:
        link = tag("a", idea.title, href=_address(exercise))
        yield join(link, f": {exercise.question}")


def _address(exercise: Exercise) -> str:
    return f"/exercise/{exercise.id}"


def _form(exercise: Exercise, typed: str) -> Html:
    return tag(
        "form",
        tag("label", "The lines of the server, as they go over the wire", for_="answer"),
        tag("textarea", Html("\n"), *_kept(typed), id="answer", name="answer", rows="6",
            spellcheck="false"),
        tag("button", "Judge", type="submit"),
        method="post",
        action=_address(exercise),
        enctype="multipart/form-data",
    )  # fmt: skip


def _kept(typed: str) -> Iterator[object]:
    """Return what was typed, line by line: markup spells out line ends elsewhere."""
    yield join(*(line.rstrip("\r") or Html("") for line in typed.split("\n")), by=LINE)


def _verdict(exercise: Exercise, typed: str) -> Iterator[Html]:
    reasons = judged(exercise, typed.rstrip("\r\n").split("\n"))
    if not reasons:
        yield tag("p", "Right: a server may say this.", class_="verdict good", role="status")
        return
    yield tag("p", "Wrong: a server may not say this.", class_="verdict bad", role="status")
    yield tag("ul", *(tag("li", _reason(each)) for each in _distinct(reasons)))
    yield tag(
        "details",
        tag("summary", "Show an answer that is right"),
        tag("pre", join(*exercise.right[0], by=LINE), tabindex="0"),
    )


def _distinct(reasons: Sequence[VerdictReason]) -> Sequence[VerdictReason]:
    return tuple(dict.fromkeys(reasons))


def _reason(reason: VerdictReason) -> Html:
    where = f" ({reason.rule}, {reason.clause})" if reason.rule else ""
    return join(reason.says, tag("small", where))


def _beside(exercise: Exercise) -> Iterator[Html]:
    """Return links to the list and to the next exercise."""
    every = [each for idea in ideas() for each in idea.exercises]
    yield tag("a", "All exercises", href="/exercises")
    for following in every[every.index(exercise) + 1 :][:1]:
        yield join(" ", tag("a", "The next one", href=_address(following)))
