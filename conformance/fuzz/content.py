"""Asks a server about a message that it holds, and compares the answers with the right ones.

`conformance.message` says what is right; where it leaves a choice each is accepted. What is
asked comes from `questions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from conformance.fuzz.questions import ContentQuestion
from conformance.fuzz.revised import GONE, searched, speaks
from conformance.message.criteria import read_criteria
from conformance.message.expected import Items
from conformance.message.fetching import expected, read_items
from conformance.message.parts import read_message
from conformance.message.search import KeptMessage, found
from conformance.syntax import grammar
from conformance.syntax.values import Group, Leaf, Mapping, Value, instant
from conformance.wire.exchange import Literal, Reply
from conformance.wire.session import Session
from conformance.wire.transcript import escape

_RULES = grammar.load()
_PLACES = {
    "date": "3501-7.4.2-envelope-date",
    "subject": "3501-7.4.2-envelope-subject",
    **dict.fromkeys(("name", "route", "mailbox", "host"), "3501-7.4.2-address"),
    "octets": "3501-7.4.2-body-octets",
    "lines": "3501-7.4.2-body-lines",
    **dict.fromkeys(("MD5", "disposition", "language", "location"), "3501-7.4.2-extension-values"),
}
"""By the last word of a place in an envelope or structure: the rule for what stands there."""


@dataclass(frozen=True, slots=True)
class ContentDisagreement:
    """An answer that differs from what the message says.

    `asked` is the command without its tag, `difference` says where and what was expected and
    received; both are escaped for people. `received` holds the octets of the answer.
    """

    requirement: str
    asked: str
    difference: str
    received: bytes = b""
    command: bytes = b""
    """The command as it was sent, without its tag."""
    status: str = "OK"
    """How the command was completed; empty where it was not."""
    late: bool = False
    """Whether all that is wrong is that no answer came in time."""


def check_message(
    session: Session,
    uid: int,
    octets: bytes,
    questions: Iterable[ContentQuestion],
    *,
    date: bytes | None = None,
) -> list[ContentDisagreement]:
    """Ask the questions about the message `uid` of the selected mailbox, which holds `octets`.

    `date` is the internal date that it was appended with; without it INTERNALDATE is not judged.
    A server may answer NO where the charset of a search is not US-ASCII (RFC 3501 section 6.4.4).
    Once the connection has ended, or no answer comes in time, nothing more is asked. Where a server
    has ended a last line that had no end, that is one disagreement (a SHOULD), and the rest is
    judged by the message with that line end.

    Raises:
        ValueError: a question that the message or RFC 3501 does not have.
    """
    gone = GONE if speaks(session) else ()
    asked = [each for each in questions if not any(part in gone for part in each.parts)]
    conversation = _ContentConversation(session, uid)
    items = [question for question in asked if question.verb == "FETCH"]
    if items:
        conversation.fetch(items)
    for question in asked:
        if question.verb == "SEARCH":
            conversation.search(question)
    return _judged(conversation.answers, octets, uid, date)


def _judged(
    answers: Sequence[_Answer], octets: bytes, uid: int, date: bytes | None
) -> list[ContentDisagreement]:
    """Compare the answers with the message, or with the message as a store of lines has it."""
    found = _Judge(octets, uid, date).disagreements(answers)
    if not found or octets.endswith(b"\r\n"):
        return found
    ended = _Judge(octets + b"\r\n", uid, date).disagreements(answers)
    gone = [disagreement for disagreement in found if disagreement not in ended]
    if len(ended) >= len(found) or not gone:
        return found
    return [replace(gone[0], requirement="3501-6.3.11-no-line-end"), *ended]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one question: the command that asks nothing else, and the reply."""

    question: ContentQuestion
    command: bytes
    reply: Reply
    revised: bool
    """Whether it was said in a session of IMAP4rev2."""


class _ContentConversation:
    """Asks, and keeps the answers."""

    def __init__(self, session: Session, uid: int) -> None:
        self._session = session
        self._uid = uid
        self._over = False
        self._revised = speaks(session)
        self.answers: list[_Answer] = []

    def fetch(self, questions: Sequence[ContentQuestion]) -> None:
        """Ask for all items at once; one by one if the server does not like that."""
        alone = [b"UID FETCH %d (%s)" % (self._uid, _joined(q.parts)) for q in questions]
        items = b" ".join(_joined(question.parts) for question in questions)
        reply = self._ask(b"UID FETCH %d (%s)" % (self._uid, items))
        if reply is None:
            return
        if not reply.ok and not self._over and len(questions) > 1:
            for question in questions:
                self.fetch([question])
            return
        self.answers += [
            _Answer(question, command, reply, self._revised)
            for question, command in zip(questions, alone, strict=True)
        ]

    def search(self, question: ContentQuestion) -> None:
        """Ask whether the message is found."""
        charset = b"CHARSET %s " % question.charset if question.charset else b""
        front = b"UID SEARCH %sUID %d " % (charset, self._uid)
        if reply := self._ask(front, *question.parts):
            command = front + _joined(question.parts)
            self.answers.append(_Answer(question, command, reply, self._revised))

    def _ask(self, *parts: bytes | Literal) -> Reply | None:
        """Send a command; None once there is nobody to ask any more."""
        if self._over:
            return None
        reply = self._session.command(*parts)
        self._over = bool(reply.ended)
        return reply


class _Judge:
    """Knows the message, and so what is right to say of it."""

    def __init__(self, octets: bytes, uid: int, date: bytes | None) -> None:
        self._message = read_message(octets)
        self._uid = uid
        self._date = date

    def disagreements(self, answers: Iterable[_Answer]) -> list[ContentDisagreement]:
        """Compare all answers; of a command that failed the first question counts."""
        found: list[ContentDisagreement] = []
        failed: list[Reply] = []
        for answer in answers:
            if answer.reply in failed:
                continue
            if not answer.reply.ok:
                failed.append(answer.reply)
            if difference := self._difference(answer):
                found.append(_disagreement(answer, difference))
        return found

    def _difference(self, answer: _Answer) -> str | None:
        reply, question = answer.reply, answer.question
        if not reply.ok:
            # Charsets beyond US-ASCII need not be known (section 6.4.4).
            unknown = reply.status == "NO" and question.charset
            return None if unknown else f"expected OK, received {reply}"
        if question.verb == "FETCH":
            return self._of_fetch(answer)
        return self._of_search(answer)

    def _of_fetch(self, answer: _Answer) -> str | None:
        items = read_items(b"c1 " + answer.command + b"\r\n", _RULES)
        received = self._items(answer.reply)
        if b"INTERNALDATE" in answer.question.parts and (other := self._other_date(received)):
            return other
        return Items({i.key: expected(self._message, i) for i in items}).differs(received, "")

    def _items(self, reply: Reply) -> Mapping:
        """Put together what the responses say of our message: there may be several."""
        entries: list[tuple[bytes, Value]] = []
        for arrival in reply.untagged:
            uid = arrival.response.item(b"UID")
            if arrival.response.name == "FETCH" and uid and uid.number == self._uid:
                entries += arrival.response.items.entries
        return Mapping(tuple(entries))

    def _other_date(self, received: Mapping) -> str | None:
        """Say how an internal date differs from the one of APPEND, None if it does not."""
        shown = received.get(b"INTERNALDATE")
        if self._date is None or not isinstance(shown, Leaf):
            return None
        octets = bytes(shown.octets)
        if instant(octets) == instant(self._date):
            return None
        return f"INTERNALDATE: expected {self._date!r}, received {octets!r}"

    def _of_search(self, answer: _Answer) -> str | None:
        came = answer.reply.untagged
        if answer.revised:
            came = searched(came)
        responses = [arrival.response for arrival in came if arrival.response.name == "SEARCH"]
        if not responses:
            return "no SEARCH response"
        kept = KeptMessage(self._message, 1, uid=self._uid, date=self._date)
        wanted = found(read_criteria(b"c1 " + answer.command + b"\r\n", _RULES), [kept])
        numbers = Group(tuple(leaf for response in responses for leaf in response.leaves))
        return wanted.differs(numbers, "SEARCH")


def _disagreement(answer: _Answer, difference: str) -> ContentDisagreement:
    where = difference.partition(":")[0].split(", ")
    in_structure = answer.question.verb == "FETCH" and len(where) > 1
    return ContentDisagreement(
        (in_structure and _PLACES.get(where[-1])) or answer.question.requirement,
        escape(answer.command),
        escape(difference.encode("utf-8", "backslashreplace")),
        b"".join(arrival.frame.octets for arrival in answer.reply.untagged),
        answer.command,
        answer.reply.status,
        answer.reply.ended == "timeout",
    )


def _joined(parts: tuple[bytes | Literal, ...]) -> bytes:
    """Write a command with its literals in one piece."""
    return b"".join(
        part if isinstance(part, bytes) else b"{%d}\r\n%s" % (len(part.data), part.data)
        for part in parts
    )
