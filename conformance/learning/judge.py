"""Whether a server may say this now: an answer to an exercise, judged, with the reasons.

First as `lint` judges recordings, by the formal syntax and the rules for every response; then,
where nothing is wrong so far, by the model: what the mailbox holds, and what the command has done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.extending.documents import document_in, place_of
from conformance.fuzz.executor import Answered
from conformance.learning.ideas import Exercise, bare
from conformance.learning.modelled import Classroom, suite
from conformance.model.view import Disagreement
from conformance.passive.lint import judge as judge_recording
from conformance.passive.recording import Chunk, Place, Recording, ServerSessions
from conformance.passive.verdicts import Verdicts
from conformance.results.text import visible
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.exchange import Reply
from conformance.wire.transcript import Direction

LONGEST = 64 * 1024
"""Octets of an answer that are judged."""


@dataclass(frozen=True, slots=True)
class VerdictReason:
    """One thing that is wrong with an answer.

    `rule` is its id in the catalogue and `clause` where it stands; both are empty for what needs
    no rule, such as an answer without a word.
    """

    says: str
    rule: str = ""
    clause: str = ""


def judged(exercise: Exercise, lines: Sequence[str]) -> tuple[VerdictReason, ...]:
    """Return what is wrong with an answer; nothing where a server may say it."""
    answer = _octets(bare(lines))
    if not answer.strip():
        return (VerdictReason("The server says nothing: the client waits."),)
    if len(answer) > LONGEST:
        return (VerdictReason(f"More than {LONGEST >> 10} KiB is more than an exercise takes."),)
    found = tuple(_by_rules(exercise, answer))
    return found or tuple(_by_model(exercise, answer))


def _octets(lines: Sequence[str]) -> bytes:
    return b"".join(line.encode("utf-8", "replace") + b"\r\n" for line in lines)


def _by_rules(exercise: Exercise, answer: bytes) -> Iterator[VerdictReason]:
    """Judge the whole conversation as a recording; what is found in the answer counts."""
    group = ServerSessions()
    group.session("main")
    pieces = [*_spoken(exercise), ("S", answer)]
    for number, (side, octets) in enumerate(pieces, 1):
        group.chunks.append(Chunk("main", side, octets, float(number), Place("", "line", number)))
    verdicts = Verdicts(("S",))
    judge_recording(Recording("", "text", [group]), verdicts)
    for entry in verdicts.entries:
        if entry.decides and entry.seen.place.number == len(pieces):
            finding = entry.seen.finding
            clause = place_of(entry.rfc, finding.section)
            yield VerdictReason(visible(finding.message), finding.requirement, clause)


def _spoken(exercise: Exercise) -> Iterator[tuple[Direction, bytes]]:
    for line in (*exercise.said, f"C: {exercise.asks}"):
        yield "C" if line.startswith("C: ") else "S", line[3:].encode() + b"\r\n"


def _by_model(exercise: Exercise, answer: bytes) -> Iterator[VerdictReason]:
    """Hold an answer that breaks no rule by itself against what is so."""
    dialogue, reply = Dialogue(), Reply(b"")
    classroom = Classroom(exercise)
    for side, octets in _spoken(exercise):
        if side == "C":
            for command in dialogue.sent(octets, 0.0):
                reply.command = command.tag
        else:
            dialogue.received(octets)
            for arrival in _arrivals(dialogue):
                classroom.knows(arrival)
    dialogue.received(answer)
    for arrival in _arrivals(dialogue):
        if reply.tagged is not None:
            yield VerdictReason("More is said behind the tagged line that ends the answer.")
            return
        if arrival.answers is not None:
            reply.tagged = arrival
        elif arrival.frame.text.startswith(b"+"):
            reply.continuations.append(arrival)
        else:
            reply.untagged.append(arrival)
    if dialogue.unread:
        yield VerdictReason(
            "The answer breaks off within a literal: fewer octets come than it announces."
        )
        return
    wrong = _ending(exercise, reply)
    if wrong:
        yield wrong
        return
    try:
        classroom.answered(Answered(reply))
    except Disagreement as disagreement:
        yield _reason(disagreement)


def _arrivals(dialogue: Dialogue) -> Iterator[Arrival]:
    while isinstance(arrival := dialogue.next_arrival(0.0), Arrival):
        yield arrival


def _ending(exercise: Exercise, reply: Reply) -> VerdictReason | None:
    """Say what is wrong with how an answer ends."""
    status = reply.status or ("+" if reply.continuations else "")
    if status in exercise.ends:
        return None
    wanted = " or ".join(sorted(exercise.ends, reverse=True))
    if not status:
        tag = reply.command.decode("ascii", "replace")
        return _ruled(
            f"No line begins with the tag {tag}: the client does not know that this is all.",
            "3501-2.2.2-one-completion",
        )
    return _ruled(f"The answer ends with {status}; here it has to be {wanted}.", exercise.rule)


def _reason(disagreement: Disagreement) -> VerdictReason:
    return _ruled(visible(disagreement.message), disagreement.requirement)


def _ruled(says: str, rule: str) -> VerdictReason:
    known = suite().catalogue
    section = known[rule].section if rule in known else ""
    said = f"{says[:1].upper()}{says[1:]}"
    said = said if said.endswith(".") else f"{said}."
    return VerdictReason(said, rule, place_of(document_in(rule), section) if section else "")
