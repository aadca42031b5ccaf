"""THREAD: the steps of its algorithms by hand, and that every message comes once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.message.message_ids import message_ids
from conformance.message.parts import read_message
from conformance.message.search import KeptMessage
from conformance.message.threading import Threads, threaded_by
from conformance.message.threads import Thread, read_threads, written
from conformance.syntax import grammar
from conformance.syntax.responses import read_response
from conformance.syntax.values import Group

GRAMMAR = grammar.load(("THREAD=REFERENCES",))
RFC = ("(2)(3 6 (4 23)(44 7 96))", "((3)(5))", "(166)(196 (197)(198))((170)(179))")


def mailbox(*messages: tuple[str, str, str]) -> list[KeptMessage]:
    """Make messages a minute apart: subject, Message-ID and references, in words."""
    found = []
    for number, (subject, identity, references) in enumerate(messages, 1):
        fields = [f"Date: Mon, 4 Mar 2024 10:{number:02}:00 +0000", f"Subject: {subject}"]
        fields += [f"Message-ID: <{identity}@x>"] if identity else []
        parents = " ".join(f"<{each}@x>" for each in references.split())
        fields += [f"References: {parents}"] if references else []
        message = read_message(("\r\n".join(fields) + "\r\n\r\ntext\r\n").encode())
        found.append(KeptMessage(message, number, uid=number + 10, flags=frozenset(), date=b""))
    return found


def threads(
    messages: Sequence[KeptMessage], algorithm: str = "REFERENCES", criteria: str = "ALL"
) -> Threads:
    return threaded_by(f"a THREAD {algorithm} UTF-8 {criteria}\r\n".encode(), GRAMMAR, messages)


def of(values: str) -> tuple[Thread, ...] | None:
    response = read_response(f"* THREAD {values}\r\n".encode(), ())
    return read_threads(response.values)


@pytest.mark.parametrize("text", RFC)
def test_responses_of_the_rfc_are_read_and_written(text: str) -> None:
    read = of(text)
    assert read is not None
    assert written(read) == text


def test_what_the_first_example_means() -> None:
    branches = (
        Thread(4, (Thread(23),)),
        Thread(44, (Thread(7, (Thread(96),)),)),
    )
    assert of(RFC[0]) == (Thread(2), Thread(3, (Thread(6, branches),)))


REFERENCES = {
    "a chain": ([("s", "a", ""), ("Re: s", "b", "a"), ("Re: s", "c", "a b")], "(1 2 3)"),
    "two answers": ([("s", "a", ""), ("Re: s", "b", "a"), ("Re: s", "c", "a")], "(1 (2)(3))"),
    "the middle is not there": ([("s", "a", ""), ("Re: s", "c", "a b")], "(1 2)"),
    "the parent is not there": ([("s", "b", "a"), ("t", "c", "a")], "((1)(2))"),
    "one parent is not there": ([("s", "b", "a"), ("t", "c", "")], "(1)(2)"),
    "the youngest first": ([("Re: s", "b", "a"), ("s", "a", "")], "(2 1)"),
    "no references, one subject": ([("s", "a", ""), ("Re: s", "b", "")], "(1 2)"),
    "no reply, one subject": ([("s", "a", ""), ("s", "b", "")], "((1)(2))"),
    "the reply is older": ([("Re: s", "a", ""), ("s", "b", "")], "(2 1)"),
    "two replies": ([("Re: s", "a", ""), ("Re: s", "b", "")], "((1)(2))"),
    "no subjects": ([("", "a", ""), ("Re:", "b", "")], "(1)(2)"),
    "a dummy and a message": ([("s", "b", "a"), ("s", "c", "a"), ("s", "d", "")], "((1)(2)(3))"),
    "two dummies": (
        [("s", "b", "a"), ("s", "c", "a"), ("s", "e", "d"), ("s", "f", "d")],
        "((1)(2)(3)(4))",
    ),
    "an identifier twice": ([("s", "a", ""), ("t", "a", ""), ("Re: s", "b", "a")], "(1 3)(2)"),
    "itself": ([("s", "a", "a")], "(1)"),
    "each other": ([("s", "a", "b"), ("t", "b", "a")], ""),
    "letter case": ([("s", "a", ""), ("t", "b", "A")], "(1)(2)"),
    "without identifiers": ([("s", "", ""), ("Re: s", "", "")], "(1 2)"),
}


@pytest.mark.parametrize(("messages", "wanted"), REFERENCES.values(), ids=REFERENCES.keys())
def test_references(messages: list[tuple[str, str, str]], wanted: str) -> None:
    found = [written(each) for each in threads(mailbox(*messages)).options]
    assert found == [wanted] if wanted else len(found) == 2


APART = [("s", "a", ""), ("t", "b", "")]
BRANCHES = [("s", "a", ""), ("t", "b", "a"), ("u", "c", "a")]
ORPHANS = [("s", "b", "a"), ("t", "c", ""), ("u", "d", "a")]
REFS = {
    "a chain": ([("s", "a", ""), ("Re: s", "b", "a"), ("Re: s", "c", "a b")], "123", "(1 2 3)"),
    "one subject": ([("s", "a", ""), ("Re: s", "b", "")], "12", "(1)(2)"),
    "the last to arrive": (APART, "21", "(2)(1)"),
    "the last to grow": ([*APART, ("u", "c", "a")], "123", "(2)(1 3)"),
    "siblings by sent date": (BRANCHES, "132", "(1 (2)(3))"),
    "the parent is not there": (ORPHANS, "123", "(2)((1)(3))"),
    "one parent is not there": (ORPHANS[:2], "12", "(1)(2)"),
}


def arrived(messages: Sequence[KeptMessage], hours: str) -> list[KeptMessage]:
    """Say when each message has arrived, by the hour."""
    dates = (f" 4-Mar-2024 0{hour}:00:00 +0000".encode() for hour in hours)
    return [replace(kept, date=date) for kept, date in zip(messages, dates, strict=True)]


@pytest.mark.parametrize(("messages", "hours", "wanted"), REFS.values(), ids=REFS.keys())
def test_refs(messages: list[tuple[str, str, str]], hours: str, wanted: str) -> None:
    assert str(threads(arrived(mailbox(*messages), hours), "REFS")) == wanted


def test_refs_needs_to_know_when_messages_arrived() -> None:
    apart = mailbox(*APART)
    with pytest.raises(ValueError, match="internal date of a message is not known"):
        threads(apart, "REFS")
    with pytest.raises(ValueError, match="leaves open in which order"):
        threads(arrived(apart, "11"), "REFS")


ORDERED = {
    "one subject": (["a", "Re: a", "A"], "(1 (2)(3))"),
    "two of each": (["b", "a", "b (fwd)", "[x] a"], "(1 3)(2 4)"),
    "no subject is one": (["", "a", "Re:"], "(1 3)(2)"),
}


@pytest.mark.parametrize(("subjects", "wanted"), ORDERED.values(), ids=ORDERED.keys())
def test_ordered_subject(subjects: list[str], wanted: str) -> None:
    messages = mailbox(*((subject, "", "") for subject in subjects))
    assert str(threads(messages, "ORDEREDSUBJECT")) == wanted


def test_quoting_of_message_ids_does_not_count() -> None:
    header = read_message(b'References: <"a.b"@x> (c) <a.b@x> <"a b"@x>\r\n\r\n').header
    assert message_ids(header, b"REFERENCES") in (None, (b"a.b@x", b"a.b@x", b"a b@x"))
    header = read_message(b'References: <"a.b"@x>\r\n <a.b@x> <"a\\"b"@[1.2]>\r\n\r\n').header
    assert message_ids(header, b"REFERENCES") == (b"a.b@x", b"a.b@x", b'a"b@[1.2]')
    header = read_message(b"References: <a b@x>\r\n\r\n").header
    assert message_ids(header, b"REFERENCES") is None


def test_what_came_is_compared() -> None:
    wanted = threads(mailbox(("s", "a", ""), ("Re: s", "b", "a")))
    for text, same in (("(1 2)", True), ("(2 1)", False), ("(1)(2)", False), ("(1 2 2)", False)):
        response = read_response(f"* THREAD {text}\r\n".encode(), ())
        assert (wanted.differs(Group(response.values), "THREAD") is None) is same


def test_only_what_is_found_is_threaded() -> None:
    messages = mailbox(("s", "a", ""), ("Re: s", "b", "a"), ("Re: s", "c", "a"))
    assert str(threads(messages, criteria="2:3")) == "((2)(3))"
    assert str(threads(messages, criteria="NOT ALL")) == "nothing"


def numbers(found: Sequence[Thread]) -> Iterator[int]:
    for thread in found:
        if thread.number is not None:
            yield thread.number
        yield from numbers(thread.children)


IDS = st.sampled_from("abcdef")
MESSAGE = st.tuples(
    st.sampled_from(("", "s", "Re: s", "t", "Re: t")),
    IDS,
    st.lists(IDS, max_size=4).map(" ".join),
)


@settings(deadline=None)
@given(st.lists(MESSAGE, max_size=7))
def test_every_message_comes_once(messages: list[tuple[str, str, str]]) -> None:
    for found in threads(mailbox(*messages)).options:
        assert sorted(numbers(found)) == list(range(1, len(messages) + 1))
        assert of(written(found)) == found
        grammar_takes = not found or GRAMMAR.matches(
            "thread_data", b"THREAD " + written(found).encode(), ()
        )
        assert grammar_takes
