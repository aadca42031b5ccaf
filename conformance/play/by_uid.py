"""Commands that name messages by UID where a case names them by number (RFC 3501 section 6.4.8).

What a server does must not depend on it. What has no translation stays as it is: sets that are
broken on purpose or name no message, searches that say how to RETURN what they find, and commands
whose end is in a later window. How values are
written is in `spelling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.play.received import Received
from conformance.syntax.arguments import Argument, read_command
from conformance.syntax.grammar import Grammar
from conformance.syntax.responses import read_response
from conformance.wire.session import Session
from conformance.wire.states import State

_COMMANDS = ("fetch", "store", "copy", "search")


@dataclass(frozen=True, slots=True)
class ByUid:
    """One command by UID instead of by number: what is sent, and how to read what comes."""

    octets: bytes
    seen: tuple[Received, ...]
    """What the server said unasked when it was asked for the UIDs."""
    read: Callable[[Received], Received]


def by_uid(session: Session, octets: bytes, grammar: Grammar) -> ByUid | None:
    """Say a FETCH, STORE, COPY or SEARCH by UID; None where that can not be done.

    The server is asked for the UIDs first, by FETCH, during which no message goes away (section
    7.4.1): so the numbers are those that the case means.
    """
    if session.dialogue.state is not State.SELECTED:
        return None
    if b"\r\n" in octets[:-2] or octets.endswith(b"}\r\n"):  # more than one line, or more to come
        return None
    try:
        command = read_command(grammar, octets)
    except ValueError:
        return None
    told = command.part(*_COMMANDS)
    if told is None or command.by_uid or command.part("search-return-opts", "seq-last-command"):
        return None
    uids: dict[int, int] = {}
    seen: list[Received] = []
    for arrival in session.command(b"FETCH 1:* (UID)").untagged:
        response = arrival.response
        uid = response.item(b"UID") if response.name == "FETCH" else None
        if uid is not None:
            uids[response.count or 0] = uid.number or 0
        if uid is None or len(response.items.entries) > 1:
            seen.append(Received(response, arrival.frame.text, arrival.frame.literals))
    try:
        said = _translated(octets, told, uids)
    except KeyError:  # names a message that is not there
        return ByUid(octets, tuple(seen), lambda received: received)
    numbers = {uid: number for number, uid in uids.items()}
    return ByUid(said, tuple(seen), lambda received: _as_numbers(received, numbers))


def _translated(octets: bytes, command: Argument, uids: Mapping[int, int]) -> bytes:
    """Return the command by UID.

    Raises:
        KeyError: a number that is no message's, or there are no messages.
    """
    if not uids:
        raise KeyError
    edits = [(command.start, command.start, b"UID ")]
    for messages in _numbered(command):
        if command.rule == "search":
            edits.append((messages.start, messages.start, b"UID "))
        edits += [
            (number.start, number.end, b"%d" % uids[int(number.octets)])
            for number in messages.parts("nz-number")
        ]
    said, done = b"", 0
    for start, end, instead in edits:
        said += octets[done:start] + instead
        done = end
    return said + octets[done:]


def _numbered(part: Argument) -> Iterator[Argument]:
    """Return the sets in a command that name messages by number, in order."""
    for each in part.parts("sequence-set", "search-key"):
        if each.rule == "search-key":
            yield from _numbered(each)
        elif part.words[:1] != (b"UID",):
            yield each


def _as_numbers(received: Received, numbers: Mapping[int, int]) -> Received:
    """Read the UIDs of a SEARCH response as the message numbers that they stand for."""
    response = received.response
    if response.name != "SEARCH":
        return received
    said = [numbers.get(leaf.number or 0, leaf.number or 0) for leaf in response.leaves]
    text = b"".join([b"* SEARCH", *(b" %d" % number for number in said), b"\r\n"])
    return Received(read_response(text), text)
