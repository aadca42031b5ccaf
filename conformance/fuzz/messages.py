"""Generated messages as the engine has them: appended, asked about, compared.

What is generated is in `message.strategies`, what is asked in `questions`, what is right in
`content`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from conformance.casefile.compose import ComposedPiece, Exchange, Payload
from conformance.casefile.fixtures import Fixture, FixtureMessage
from conformance.fuzz.answers import RULE_OF_KEY
from conformance.fuzz.content import ContentDisagreement as Difference
from conformance.fuzz.content import check_message
from conformance.fuzz.deviation import of_search, of_value
from conformance.fuzz.example import ExampleRunner, shape_of
from conformance.fuzz.executor import Executor, ProgramOver
from conformance.fuzz.failure import Failure
from conformance.fuzz.questions import ContentQuestion, questions
from conformance.message.strategies import messages
from conformance.model.view import Disagreement
from conformance.syntax.arguments import cut_literals

PHASE = "content"
_DATE = "17-Jul-1996 02:44:25 -0700"
_WHO = "main"
_FETCH = re.compile(rb"UID FETCH \d+ \((.*)\)", re.DOTALL)
_SEARCH = re.compile(rb"UID SEARCH ((?:CHARSET \S+ )?)UID \d+ (.*)", re.DOTALL)
_KEY = re.compile(rb"UID SEARCH (?:CHARSET \S+ )?UID \d+ (?:NOT )?([A-Z]+)")
_MARKER = re.compile(rb"\{(\d+)\}\r\n")


@dataclass(frozen=True, slots=True)
class GeneratedMessage:
    """A message, and what is asked about it."""

    octets: bytes
    asked: tuple[ContentQuestion, ...]


@st.composite
def generated(draw: st.DrawFn) -> GeneratedMessage:
    """Draw a message and questions that fit it."""
    octets = draw(messages())
    return GeneratedMessage(octets, draw(questions(octets)))


def play(runner: ExampleRunner, message: GeneratedMessage) -> Failure | None:
    """Append a message, ask about it, and compare."""
    digest = hashlib.sha256(message.octets).hexdigest()[:8]
    fixture = Fixture(
        f"generated-{digest}.eml",
        "A generated message",
        (FixtureMessage(message.octets, (), _DATE),),
    )
    failure = runner.run(
        lambda executor: _have(executor, message.asked, runner.known), fixture=fixture, phase=PHASE
    )
    if failure is None:
        return None
    return replace(failure, messages={fixture.name: message.octets})


def _have(executor: Executor, asked: Sequence[ContentQuestion], known: Container[str]) -> None:
    said = executor.say(_WHO, b"SELECT ", executor.name("home"), applies=False)
    executor.await_status(said, {"OK"}, "3501-6.3.1-selected")
    said = executor.say(_WHO, b"FETCH 1 (UID FLAGS INTERNALDATE)", applies=False)
    executor.await_status(said, {"OK"}, "3501-6.4.5-forms")
    uids = [a.response.item(b"UID") for a in said.of("FETCH")]
    uid = next((leaf.number for leaf in uids if leaf and leaf.number), None)
    if uid is None:
        raise ProgramOver("no UID of the message came")
    octets = executor.fixture.messages[0].octets
    session = executor.connect(_WHO)
    for difference in check_message(session, uid, octets, asked, date=_DATE.encode()):
        exchange = _exchange(difference)
        if shape_of(difference.requirement, exchange) in known:
            continue  # one that is known must not hide another
        executor.exchanges.append(exchange)
        raise Disagreement(
            difference.requirement,
            f"{difference.asked}: {difference.difference}",
            expected=executor.exchanges[-1].expects,
            received=difference.received.decode("latin-1")[:400],
            late=difference.late,
            deviation=_deviation(difference),
        )
    if session.ending is not None:
        executor.exchanges.append(Exchange(_WHO, (b"NOOP",), [": TAG OK"]))
        raise Disagreement(
            "3501-2.2.2-one-completion",
            "the server closed the connection while it was asked about a message",
            expected=[": TAG OK"],
            deviation="the connection ends",
        )


def _deviation(difference: Difference) -> str:
    if difference.status != "OK":
        return difference.status or "no completion"
    if key := _KEY.match(difference.command):
        rule = RULE_OF_KEY.get(key[1].decode("ascii").upper(), difference.requirement)
        missing = difference.difference.startswith("no SEARCH")
        return "no untagged SEARCH" if missing else of_search(rule)
    return of_value(difference.difference)


def _exchange(difference: Difference) -> Exchange:
    """Write a question about the only message of a mailbox, with what the suite computes."""
    command = difference.command
    if found := _FETCH.fullmatch(command):
        pieces = (b"FETCH 1 (", *_pieces(found[1]), b")")
        return Exchange(_WHO, pieces, [": * 1 FETCH {fetched}", ": TAG OK"])
    if found := _SEARCH.fullmatch(command):
        pieces = (b"SEARCH " + found[1], *_pieces(found[2]))
        return Exchange(_WHO, pieces, [": * SEARCH {found}", ": TAG OK"])
    return Exchange(_WHO, (command,), [": TAG OK"])


def _pieces(octets: bytes) -> list[ComposedPiece]:
    """Cut a command at its literals."""
    skeleton, literals = cut_literals(octets)
    pieces: list[ComposedPiece] = []
    for text, literal in zip(_MARKER.split(skeleton)[::2], [*literals, None], strict=False):
        pieces += [text] if text else []
        pieces += [Payload(literal)] if literal is not None else []
    return pieces
