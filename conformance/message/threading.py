"""The answer to a THREAD (RFC 5256 section 3), by ORDEREDSUBJECT, REFERENCES or REFS.

Where a message may be read in several ways, each has its threads, and all of them are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from typing import TypeAlias

from conformance.message.collation import casemap
from conformance.message.criteria import Criteria, criteria_of
from conformance.message.expected import Numbers
from conformance.message.message_ids import message_ids
from conformance.message.references import by_references, by_refs
from conformance.message.search import KeptMessage, found
from conformance.message.sent_date import sent_dates
from conformance.message.sort_keys import subjects
from conformance.message.threads import Thread, ThreadedMessage, read_threads, written
from conformance.syntax.arguments import read_command
from conformance.syntax.grammar import Grammar
from conformance.syntax.values import Group, Value, instant

_MOST_READINGS = 64
Algorithm: TypeAlias = Callable[[Sequence[ThreadedMessage]], list[tuple[Thread, ...]]]


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of which one of several readings is right; the first is the usual one."""

    numbers: Numbers
    options: tuple[tuple[Thread, ...], ...]

    @property
    def open(self) -> bool:
        """Something can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare message by message, order and all."""
        items = got.items if isinstance(got, Group) else (got,)
        threads = read_threads(items)
        if threads in self.options:
            return None
        received = "what is no list of threads" if threads is None else written(threads)
        return f"{where}: expected {self}, received {received or 'nothing'}"

    def __str__(self) -> str:
        return " or ".join(written(threads) or "nothing" for threads in self.options[:3])


def thread_criteria(command: bytes, grammar: Grammar) -> tuple[str, Criteria]:
    """Read a THREAD or UID THREAD: its algorithm in capitals, and what it finds.

    Raises:
        ValueError: it is none, or says how to return what it finds.
    """
    read = read_command(grammar, command)
    [algorithm] = read.named("thread").parts("thread-alg")
    [program] = read.parts("search-criteria")
    return algorithm.octets.decode("ascii").upper(), criteria_of(read, program)


def threaded_by(command: bytes, grammar: Grammar, mailbox: Sequence[KeptMessage]) -> Threads:
    """Return what a THREAD has to answer.

    Raises:
        ValueError: the command is none, or what it asks for is not known or left open.
    """
    name, criteria = thread_criteria(command, grammar)
    if name not in _ALGORITHMS:
        raise ValueError(f"the suite does not know how {name} threads")
    numbers = found(criteria, mailbox)
    if numbers.may:
        raise ValueError("the RFC leaves open which messages are found")
    shown = [(kept.uid if criteria.uids else kept.number, kept) for kept in mailbox]
    chosen = [(number, kept) for number, kept in shown if number in numbers.must]
    readings = [list(_readings(number or 0, kept)) for number, kept in chosen]
    total = 1
    for each in readings:
        total *= len(each)
    if not 0 < total <= _MOST_READINGS:
        raise ValueError("the RFC leaves open by what a message is threaded")
    options: list[tuple[Thread, ...]] = []
    for messages in product(*readings):
        options += [each for each in _ALGORITHMS[name](messages) if each not in options]
    return Threads(numbers, tuple(options))


def by_ordered_subject(messages: Sequence[ThreadedMessage]) -> list[tuple[Thread, ...]]:
    """Thread by ORDEREDSUBJECT; an empty base subject is one like others."""
    ordered = sorted(messages, key=lambda message: (message.subject, message.age))
    threads = []
    for _, group in groupby(ordered, key=lambda message: message.subject):
        first, *others = group
        threads.append((first.age, Thread(first.number, tuple(Thread(m.number) for m in others))))
    return [tuple(thread for _, thread in sorted(threads, key=lambda each: each[0]))]


def _readings(number: int, kept: KeptMessage) -> Iterator[ThreadedMessage]:
    header = kept.message.header
    own, references, replied = (
        message_ids(header, name) for name in (b"MESSAGE-ID", b"REFERENCES", b"IN-REPLY-TO")
    )
    if own is None or references is None or replied is None:
        return
    parents = references or replied[:1]
    texts = {(casemap(subject.text), subject.answers) for subject in subjects(kept.message)}
    dates = sent_dates(header, kept.date)
    arrived = instant(kept.date or b"")
    for (subject, answers), date in product(sorted(texts), sorted(dates)):
        identity = own[0] if own else None
        yield ThreadedMessage(
            number, kept.number, date, subject, answers, identity, parents, arrived
        )


_ALGORITHMS: dict[str, Algorithm] = {
    "ORDEREDSUBJECT": by_ordered_subject,
    "REFERENCES": by_references,
    "REFS": by_refs,
}
