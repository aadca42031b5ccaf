"""Asks a server about a message that it holds, and compares the answers with the right ones.

`conformance.message` says what is right; where it leaves a choice each is accepted. What is
asked comes from `questions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.fuzz.questions import Question
from conformance.message.criteria import read_criteria
from conformance.message.expected import Items
from conformance.message.fetching import expected, read_items
from conformance.message.parts import Part, read_message
from conformance.message.search import Kept, found
from conformance.syntax import grammar
from conformance.syntax.values import Group, Leaf, Mapping, Value, instant
from conformance.wire.exchange import Literal, Reply
from conformance.wire.session import Session
from conformance.wire.transcript import escape

_RULES = grammar.load()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An answer that differs from what the message says.

    `asked` is the command without its tag, `difference` says where and what was expected and
    received; both are escaped for people. `received` holds the octets of the answer.
    """

    requirement: str
    asked: str
    difference: str
    received: bytes = b""


def check_message(
    session: Session,
    uid: int,
    octets: bytes,
    questions: Iterable[Question],
    *,
    date: bytes | None = None,
) -> list[Disagreement]:
    """Ask the questions about the message `uid` of the selected mailbox, which holds `octets`.

    `date` is the internal date that it was appended with; without it INTERNALDATE is not judged.
    A server may answer NO where the charset of a search is not US-ASCII (RFC 3501 section 6.4.4).
    Once the connection has ended, or no answer comes in time, nothing more is asked.

    Raises:
        ValueError: a question that the message or RFC 3501 does not have.
    """
    asked = list(questions)
    check = _Check(session, uid, read_message(octets), date)
    items = [question for question in asked if question.verb == "FETCH"]
    if items:
        check.fetch(items)
    for question in asked:
        if question.verb == "SEARCH":
            check.search(question)
    return check.disagreements


class _Check:
    def __init__(self, session: Session, uid: int, message: Part, date: bytes | None) -> None:
        self._session = session
        self._uid = uid
        self._message = message
        self._date = date
        self._over = False
        self.disagreements: list[Disagreement] = []

    def fetch(self, questions: Sequence[Question]) -> None:
        """Ask for all items at once; one by one if the server does not like that."""
        parts = [_joined(question.parts) for question in questions]
        command = b"UID FETCH %d (%s)" % (self._uid, b" ".join(parts))
        reply = self._ask((command,))
        if reply is None:
            return
        if not reply.ok and not self._over and len(questions) > 1:
            for question in questions:
                self.fetch([question])
            return
        if not reply.ok:
            self._note(questions[0].requirement, command, f"expected OK, received {reply}", reply)
            return
        received = self._items(reply)
        for question, part in zip(questions, parts, strict=True):
            alone = b"UID FETCH %d (%s)" % (self._uid, part)
            if difference := self._difference(b"c1 " + alone + b"\r\n", received):
                self._note(question.requirement, alone, difference, reply)

    def search(self, question: Question) -> None:
        """Ask whether the message is found."""
        charset = b"CHARSET %s " % question.charset if question.charset else b""
        front = b"UID SEARCH %sUID %d " % (charset, self._uid)
        reply = self._ask((front, *question.parts))
        if reply is None or (reply.status == "NO" and question.charset):
            return
        command = front + _joined(question.parts)
        if not reply.ok:
            self._note(question.requirement, command, f"expected OK, received {reply}", reply)
            return
        answers = [a.response.leaves for a in reply.untagged if a.response.name == "SEARCH"]
        if not answers:
            self._note("3501-6.4.4-response", command, "no SEARCH response", reply)
            return
        kept = Kept(self._message, 1, uid=self._uid, date=self._date)
        wanted = found(read_criteria(b"c1 " + command + b"\r\n", _RULES), [kept])
        numbers = Group(tuple(leaf for leaves in answers for leaf in leaves))
        if difference := wanted.differs(numbers, "SEARCH"):
            self._note(question.requirement, command, difference, reply)

    def _ask(self, parts: tuple[bytes | Literal, ...]) -> Reply | None:
        """Send a command; None once there is nobody to ask any more."""
        if self._over:
            return None
        reply = self._session.command(*parts)
        self._over = bool(reply.ended)
        return reply

    def _items(self, reply: Reply) -> Mapping:
        """Put together what the responses say of our message: there may be several."""
        entries: list[tuple[bytes, Value]] = []
        for arrival in reply.untagged:
            uid = arrival.response.item(b"UID")
            if arrival.response.name == "FETCH" and uid and uid.number == self._uid:
                entries += arrival.response.items.entries
        return Mapping(tuple(entries))

    def _difference(self, command: bytes, received: Mapping) -> str | None:
        items = {item.key: expected(self._message, item) for item in read_items(command)}
        if b"INTERNALDATE" in items and (difference := self._other_date(received)):
            return difference
        return Items(items).differs(received, "")

    def _other_date(self, received: Mapping) -> str | None:
        """Say how an internal date differs from the one of APPEND, None if it does not."""
        shown = received.get(b"INTERNALDATE")
        if self._date is None or not isinstance(shown, Leaf):
            return None
        octets = bytes(shown.octets)
        if instant(octets) == instant(self._date):
            return None
        return f"INTERNALDATE: expected {self._date!r}, received {octets!r}"

    def _note(self, requirement: str, command: bytes, difference: str, reply: Reply) -> None:
        received = b"".join(arrival.frame.octets for arrival in reply.untagged)
        difference = escape(difference.encode("utf-8", "backslashreplace"))
        self.disagreements.append(Disagreement(requirement, escape(command), difference, received))


def _joined(parts: tuple[bytes | Literal, ...]) -> bytes:
    """Write a command with its literals in one piece."""
    return b"".join(
        part if isinstance(part, bytes) else b"{%d}\r\n%s" % (len(part.data), part.data)
        for part in parts
    )
