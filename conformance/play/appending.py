"""APPEND in whichever form a server takes: with and without flag list, date and Date field.

RFC 3501 section 6.3.11 lets a client leave out flags and date. Which form is refused is learnt
once: another one was then taken for the same message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, Literal, TypeAlias

from conformance.casefile.bindings import astring
from conformance.casefile.fixtures import FixtureMessage
from conformance.play.errors import Blocked
from conformance.play.facts import Facts
from conformance.play.line import CommandLine
from conformance.wire.session import Literal as Payload

FlagsForm: TypeAlias = Literal["listed", "empty", "none"]
Date: TypeAlias = Literal["given", "present", "none"]

_TIMES = 2
"""How often a form has to be refused, or to end the connection, before another is taken."""

_NOW: Final = b'"01-Jun-2024 12:00:00 +0000"'
_FIELD: Final = b"Date: Sat, 01 Jun 2024 12:00:00 +0000\r\n"


@dataclass(frozen=True, slots=True)
class AppendForm:
    """One way to write APPEND; `field`: the message has a Date field."""

    flags: FlagsForm
    date: Date
    field: bool

    def differs(self, other: AppendForm) -> Iterator[str]:
        """Name the facts that do not hold when this was refused and `other` taken."""
        if self.flags != other.flags:
            yield _FLAG_FACTS[self.flags]
        if self.date != other.date:
            yield "append-date" if self.date != "none" else "append-undated"
        if self.field != other.field:
            yield "append-no-date-field"

    def shows(self) -> Iterator[str]:
        """Name the facts that hold when this was taken."""
        yield _FLAG_FACTS[self.flags]
        yield "append-date" if self.date != "none" else "append-undated"
        if not self.field:
            yield "append-no-date-field"


_FLAG_FACTS: Final = {"listed": "append-flags", "empty": "append-empty", "none": "append-plain"}


class AppendRefused(Blocked):
    """No form of APPEND with a flag list is taken; without a list one may be."""


class Unanswered(Blocked):
    """APPEND was not answered, so that other forms are not to be tried over this connection."""


class Appending:
    """Appends messages over one connection, and remembers what was refused."""

    def __init__(self, line: CommandLine, facts: Facts) -> None:
        self._line, self._facts = line, facts
        self._refused: set[AppendForm] = set()
        self._ended: dict[AppendForm, int] = {}

    def append(self, mailbox: bytes, message: FixtureMessage, *, flags: bool) -> FixtureMessage:
        """Append a message, with its flags or without any; return it as it was sent.

        Raises:
            AppendRefused, Unanswered, Blocked: no form of the command is taken; says what was
                answered to the plainest. What was never answered in any form is not tried again.
        """
        forms = sorted(_forms(message, flags=flags), key=lambda form: form in self._refused)
        if all(self._ended.get(form, 0) >= _TIMES for form in forms):
            raise Blocked("the server answers APPEND in none of its forms", "APPEND: no answer")
        refused: dict[AppendForm, str] = {}
        for form in forms:
            sent = _sent(message, form)
            said = self._try(mailbox, sent, form, known=form in self._refused)
            if not said:
                self._took(form, refused, plainest=_forms(message, flags=flags)[0])
                return sent
            refused[form] = said
        first, said = next(iter(refused.items()))
        reason = f"the server refuses {_words(first)} for the suite's mailbox: {said}"
        raise AppendRefused(reason) if first.flags == "listed" else Blocked(reason)

    def _try(
        self, mailbox: bytes, message: FixtureMessage, form: AppendForm, *, known: bool
    ) -> str:
        """Send one form, again where it is refused for the first time; return what was said."""
        reply = None
        for _ in range(1 if known else _TIMES):
            reply = self._line.ask(*_command(mailbox, message, form))
            if reply.ok:
                return ""
            if reply.tagged is None:  # there is no going on over this connection
                self._ended[form] = self._ended.get(form, 0) + 1
                if self._ended[form] >= _TIMES:
                    self._refused.add(form)
                raise Unanswered(f"the server does not answer {_words(form)}: {reply}")
        return str(reply)

    def _took(self, form: AppendForm, refused: dict[AppendForm, str], plainest: AppendForm) -> None:
        self._refused.update(refused)
        if plainest in refused:  # what the others were refused for is not known
            for name in plainest.differs(form):
                self._facts.learn(name, False, refused[plainest])
        for name in form.shows():
            self._facts.learn(name, True)


def _forms(message: FixtureMessage, *, flags: bool) -> list[AppendForm]:
    """Return the forms for a message, those first that leave most as it is."""
    lists: tuple[FlagsForm, ...] = ("listed",) if flags and message.flags else ("none", "empty")
    dates: tuple[Date, ...] = ("given", "none") if message.date else ("none", "present")
    fields = (True,) if has_date_field(message.octets) else (False, True)
    ways = [range(len(of)) for of in (lists, dates, fields)]
    order = sorted(product(*ways), key=sum)
    return [AppendForm(lists[a], dates[b], fields[c]) for a, b, c in order]


def _sent(message: FixtureMessage, form: AppendForm) -> FixtureMessage:
    """Return a message as a form sends it."""
    sent = message if form.date == "given" else replace(message, date="")
    if form.field and not has_date_field(message.octets):
        sent = replace(sent, octets=_FIELD + message.octets)
    return sent


def has_date_field(octets: bytes) -> bool:
    """Whether the header of a message has a Date field (RFC 5322 section 3.6.1)."""
    header = b"\r\n" + octets.partition(b"\r\n\r\n")[0]
    return b"\r\ndate:" in header.lower()


def _command(mailbox: bytes, message: FixtureMessage, form: AppendForm) -> tuple[bytes, Payload]:
    head = b"APPEND " + astring(mailbox).spelling + b" "
    if form.flags == "listed":
        head += b"(" + " ".join(message.flags).encode() + b") "
    elif form.flags == "empty":
        head += b"() "
    if form.date == "given":
        head += b'"' + message.date.encode() + b'" '
    elif form.date == "present":
        head += _NOW + b" "
    return head, Payload(message.octets)


def _words(form: AppendForm) -> str:
    flags = {"listed": "a flag list", "empty": "an empty flag list", "none": "no flag list"}
    date = "no date" if form.date == "none" else "a date"
    return f"APPEND with {flags[form.flags]} and {date}"
