"""Commands that name messages by UID where a case names them by number (RFC 3501 section 6.4.8).

What a server does must not depend on it. What has no translation stays as it is: sets that are
broken on purpose or name no message, searches that say how to RETURN what they find, and commands
whose end is in a later window. How values are
written is in `spelling`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.play.received import Received
from conformance.syntax.responses import read_response
from conformance.wire.session import Session
from conformance.wire.states import State

_NUMBER = rb"(?:[1-9][0-9]*|\*)"
_RANGE = rb"%s(?::%s)?" % (_NUMBER, _NUMBER)
_SET = rb"%s(?:,%s)*" % (_RANGE, _RANGE)
_COMMAND = re.compile(
    rb"(?P<tag>[^ ]+) (?:(?P<name>FETCH|STORE|COPY) (?P<set>%s)(?P<rest> .*)"
    rb"|SEARCH (?!RETURN )(?P<keys>.*))\r\n" % _SET,
    re.DOTALL | re.IGNORECASE,
)
_ARGUMENT = rb"""(?:"(?:[^"\\]|\\.)*"|[^ ()"]+)"""
_ONE_ARGUMENT = (
    rb"BCC|BEFORE|BODY|CC|CHARSET|FROM|KEYWORD|LARGER|ON|SENTBEFORE|SENTON|SENTSINCE|SINCE"
    rb"|SMALLER|SUBJECT|TEXT|TO|UID|UNKEYWORD"
)
_WORD = re.compile(
    rb"(?:HEADER %s|%s) %s|(?P<set>%s)(?=[ )]|$)|%s"
    % (_ARGUMENT, _ONE_ARGUMENT, _ARGUMENT, _SET, _ARGUMENT),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ByUid:
    """One command by UID instead of by number: what is sent, and how to read what comes."""

    octets: bytes
    seen: tuple[Received, ...]
    """What the server said unasked when it was asked for the UIDs."""
    read: Callable[[Received], Received]


def by_uid(session: Session, octets: bytes) -> ByUid | None:
    """Say a FETCH, STORE, COPY or SEARCH by UID; None where that can not be done.

    The server is asked for the UIDs first, by FETCH, during which no message goes away (section
    7.4.1): so the numbers are those that the case means.
    """
    found = _COMMAND.fullmatch(octets)
    if found is None or session.dialogue.state is not State.SELECTED:
        return None
    if b"\r\n" in octets[:-2] or octets.endswith(b"}\r\n"):  # more than one line, or more to come
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
        said = _translated(found, uids)
    except KeyError:  # names a message that is not there
        return ByUid(octets, tuple(seen), lambda received: received)
    numbers = {uid: number for number, uid in uids.items()}
    return ByUid(said, tuple(seen), lambda received: _as_numbers(received, numbers))


def _translated(found: re.Match[bytes], uids: Mapping[int, int]) -> bytes:
    """Return the command by UID.

    Raises:
        KeyError: a number that is no message's, or there are no messages.
    """

    def one(number: re.Match[bytes]) -> bytes:
        return b"%d" % uids[int(number[0])]

    def word(key: re.Match[bytes]) -> bytes:
        return b"UID " + re.sub(rb"[0-9]+", one, key["set"]) if key["set"] else key[0]

    if not uids:
        raise KeyError
    if found["keys"] is not None:
        return b"%s UID SEARCH %s\r\n" % (found["tag"], _WORD.sub(word, found["keys"]))
    messages = re.sub(rb"[0-9]+", one, found["set"])
    return b"%s UID %s %s%s\r\n" % (found["tag"], found["name"], messages, found["rest"])


def _as_numbers(received: Received, numbers: Mapping[int, int]) -> Received:
    """Read the UIDs of a SEARCH response as the message numbers that they stand for."""
    response = received.response
    if response.name != "SEARCH":
        return received
    said = [numbers.get(leaf.number or 0, leaf.number or 0) for leaf in response.leaves]
    text = b"".join([b"* SEARCH", *(b" %d" % number for number in said), b"\r\n"])
    return Received(read_response(text), text)
