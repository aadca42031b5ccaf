r"""The words that flaws are written in: each returns an `Act` for a row of a table.

Acts on what the server says: `replace`, `number`, `payload`, `drop`, `twice`, `before`, `after`,
`instead`, `hold`, `late`, `hang_up`, `pieces`, `alter`. Which responses they act on:

* `only`: names of responses, `"FETCH EXISTS"`; `code`: name of a response code, `"UIDNEXT"`
* `status`: `"OK NO"`; `kind`: `greeting`, `untagged`, `tagged` or `continuation`
* `to`: names of commands, `"SELECT, UID FETCH"`: it answers one, or comes while one is in flight
* `where`: a regular expression to be found in that command, payloads included

Acts on what the client says: `send_as`, `answer`, `hang_up_on`, `ask_first`, `ask_then`, `whole`,
`remembering`, `command`, `under_tls` and `negotiating`. Which commands they act on:

* `name`: `"FETCH, UID FETCH"`; without it every one, and `"+"` for lines of AUTHENTICATE and IDLE
* `where`: a regular expression to be found in the command, payloads included
* `early=True`: on the first line alone, before a literal has been asked for; what is sent on in
  its place is that line, and the literal goes its way

Both: `state` (`"selected"`, several by commas), `mailbox` (of what is selected), `tls`, and how
often: `nth=2` the second time only, `since=2` from then on; counted on each connection.

Texts may hold `{tag}`, `{line}` (the command without tag and CRLF), `{first}` (its first argument
decoded) and `{mailbox}`. Patterns ignore the letter case; `\A` and `\Z` are the ends of a response.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypedDict, Unpack

from conformance.flaws.flaw import Act, Saying
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.commands import Command, first_string
from conformance.wire.dialogue import Arrival
from conformance.wire.tls import Handshake, restrict


class WhichResponses(TypedDict, total=False):
    """Which responses; see the module."""

    only: str
    code: str
    status: str
    kind: str
    to: str
    where: bytes
    state: str
    mailbox: bytes
    tls: bool
    nth: int
    since: int


class WhichCommands(TypedDict, total=False):
    """Which commands; see the module."""

    name: str
    where: bytes
    state: str
    mailbox: bytes
    tls: bool
    nth: int
    since: int
    early: bool


Replacement = bytes | Callable[[re.Match[bytes]], bytes]

_MARKER = re.compile(rb"\{(\d+)\}\r\n")
_KINDS = {
    "greeting": ("greeting",),
    "untagged": ("response_data",),
    "tagged": ("response_tagged",),
    "continuation": ("continue_req", "continue_req_base64"),
}


def commas(names: str) -> frozenset[str]:
    """Take apart names that stand between commas."""
    return frozenset(name.strip() for name in names.split(",") if name.strip())


# -- which ---------------------------------------------------------------------------------


def _found(pattern: bytes, command: Command) -> bool:
    text = b" ".join((command.text, *command.literals))
    return re.search(pattern, text, re.IGNORECASE) is not None


def _concerned(arrival: Arrival) -> tuple[Command, ...]:
    if arrival.start == "response_tagged":
        return (arrival.answers,) if arrival.answers else ()
    return arrival.in_flight


def _around(talk: Talk, when: WhichResponses | WhichCommands) -> bool:
    """Whether the connection is as wanted."""
    return (
        ("state" not in when or talk.state.value in commas(when["state"]))
        and ("mailbox" not in when or talk.mailbox == when["mailbox"])
        and ("tls" not in when or talk.tls is when["tls"])
    )


def _timely(talk: Talk, key: object, when: WhichResponses | WhichCommands) -> bool:
    """Count once more, and say whether this time is meant."""
    count = talk.memory[key] = talk.memory.get(key, 0) + 1
    return bool(count == when.get("nth", count) and count >= when.get("since", 1))


def _said(when: WhichResponses) -> Callable[[Talk, Arrival], bool]:
    names = when.get("only", "").split()
    statuses = when.get("status", "").split()
    to = commas(when.get("to", ""))
    key = object()

    def meant(talk: Talk, arrival: Arrival) -> bool:
        if names and arrival.response.name not in names:
            return False
        if statuses and arrival.status not in statuses:
            return False
        if "kind" in when and arrival.start not in _KINDS[when["kind"]]:
            return False
        if "code" in when:
            code = arrival.response.code
            if code is None or code.name != when["code"]:
                return False
        commands = [c for c in _concerned(arrival) if not to or c.name in to]
        if "where" in when:
            commands = [c for c in commands if _found(when["where"], c)]
        if (to or "where" in when) and not commands:
            return False
        return _around(talk, when) and _timely(talk, key, when)

    return meant


def _asked(when: WhichCommands) -> Callable[[Talk, Request], bool]:
    key = object()

    def meant(talk: Talk, request: Request) -> bool:
        if "where" in when and not re.search(when["where"], request.octets, re.IGNORECASE):
            return False
        return _around(talk, when) and _timely(talk, key, when)

    return meant


def fill(text: bytes, talk: Talk, command: Command | Request | None) -> bytes:
    """Put the values of `{tag}`, `{line}`, `{first}` and `{mailbox}` into a text."""
    if isinstance(command, Request):
        command = command.command
    text = text.replace(b"{mailbox}", talk.mailbox)
    if command is None:
        return text.replace(b"{tag}", b"*")
    line = command.text.removesuffix(b"\r\n").partition(b" ")[2]
    first = first_string(command.arguments, command.literals) or b""
    text = text.replace(b"{line}", line).replace(b"{tag}", command.tag)
    return text.replace(b"{first}", first)


# -- what the server says ------------------------------------------------------------------


def alter(function: Saying, **when: Unpack[WhichResponses]) -> Act:
    """Let `function(talk, arrival, octets)` say what is sent instead."""
    meant = _said(when)

    def response(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        return function(talk, arrival, octets) if meant(talk, arrival) else octets

    return Act(response=response)


def replace(
    pattern: bytes, replacement: Replacement, *, count: int = 1, **when: Unpack[WhichResponses]
) -> Act:
    """Replace the first `count` places (0: all) where `pattern` matches in a response."""
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return alter(lambda _t, _a, octets: compiled.sub(replacement, octets, count=count), **when)


def number(
    pattern: bytes, change: Callable[[int], int], *, count: int = 1, **when: Unpack[WhichResponses]
) -> Act:
    """Change the number that is the last group of `pattern`."""

    def changed(found: re.Match[bytes]) -> bytes:
        last = found.re.groups
        head, tail = found.start(last) - found.start(), found.end(last) - found.start()
        return found[0][:head] + b"%d" % change(int(found[last])) + found[0][tail:]

    return replace(pattern, changed, count=count, **when)


def payload(
    change: Callable[[bytes], bytes],
    *,
    item: bytes = b"",
    recount: bool = True,
    **when: Unpack[WhichResponses],
) -> Act:
    """Change the payloads of literals that stand right behind `item`, a pattern.

    `recount` False leaves the counts as they were.
    """
    behind = re.compile(item + rb" ?\Z", re.IGNORECASE)

    def function(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
        out, rest = b"", octets
        while marker := _MARKER.search(rest):
            head, end = rest[: marker.start()], marker.end() + int(marker[1])
            content = rest[marker.end() : end]
            if not item or behind.search(head):
                content = change(content)
            size = len(content) if recount else int(marker[1])
            out += b"%s{%d}\r\n%s" % (head, size, content)
            rest = rest[end:]
        return out + rest

    return alter(function, **when)


def drop(**when: Unpack[WhichResponses]) -> Act:
    """Leave a response out."""
    return alter(lambda _t, _a, _o: b"", **when)


def twice(**when: Unpack[WhichResponses]) -> Act:
    """Send a response two times."""
    return alter(lambda _t, _a, octets: octets * 2, **when)


def _text(text: bytes, place: Callable[[bytes, bytes], bytes], when: WhichResponses) -> Act:
    def function(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        command = next(iter(_concerned(arrival)), None)
        return place(fill(text, talk, command), octets)

    return alter(function, **when)


def before(text: bytes, **when: Unpack[WhichResponses]) -> Act:
    """Send a text before a response."""
    return _text(text, lambda text, octets: text + octets, when)


def after(text: bytes, **when: Unpack[WhichResponses]) -> Act:
    """Send a text after a response."""
    return _text(text, lambda text, octets: octets + text, when)


def instead(text: bytes, **when: Unpack[WhichResponses]) -> Act:
    """Send a text in place of a response."""
    return _text(text, lambda text, _: text, when)


def hold(until: WhichResponses, **when: Unpack[WhichResponses]) -> Act:
    """Keep a response back, and send it after the next one that `until` describes."""
    held, released = _said(when), _said(until)
    key = object()

    def response(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        if held(talk, arrival):
            talk.memory[key] = talk.memory.get(key, b"") + octets
            return b""
        if talk.memory.get(key) and released(talk, arrival):
            octets += talk.memory.pop(key)
        return octets

    return Act(response=response)


def late(seconds: float, **when: Unpack[WhichResponses]) -> Act:
    """Send a response so much later; everything behind it waits as well."""

    def function(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
        talk.rest(seconds)
        return octets

    return alter(function, **when)


def hang_up(text: bytes = b"", **when: Unpack[WhichResponses]) -> Act:
    """Close the connection in place of a response, after a last text if any."""

    def function(talk: Talk, arrival: Arrival, _octets: bytes) -> bytes:
        talk.say(fill(text, talk, next(iter(_concerned(arrival)), None)))
        talk.close()
        return b""

    return alter(function, **when)


def pieces(octets: int, seconds: float = 0.0) -> Act:
    """Send everything in pieces of so many octets, with so many seconds between them."""
    return Act(chunk=octets, pause=seconds)


# -- what the client says ------------------------------------------------------------------


def command(
    function: Callable[[Talk, Request], bytes | None], **when: Unpack[WhichCommands]
) -> Act:
    """Let `function(talk, request)` say what is sent to the server instead; see `Asking`."""
    meant = _asked(when)

    def asking(talk: Talk, request: Request) -> bytes | None:
        return function(talk, request) if meant(talk, request) else None

    names = commas(when.get("name", ""))
    return Act(command=asking, names=names, early=when.get("early", False))


def send_as(
    pattern: bytes, replacement: Replacement, *, count: int = 1, **when: Unpack[WhichCommands]
) -> Act:
    """Give the server another command than the client's: `pattern` is replaced in it.

    The pattern sees all of the command, from its tag to its CRLF; the tag must stay.
    """
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return command(lambda _, r: compiled.sub(replacement, r.octets, count=count), **when)


def answer(text: bytes, **when: Unpack[WhichCommands]) -> Act:
    """Answer a command without the server; with an empty text it is never answered."""

    def function(talk: Talk, request: Request) -> bytes:
        talk.say(fill(text, talk, request))
        return b""

    return command(function, **when)


def hang_up_on(text: bytes = b"", **when: Unpack[WhichCommands]) -> Act:
    """Close the connection on a command, after a last text if any."""

    def function(talk: Talk, request: Request) -> bytes:
        talk.say(fill(text, talk, request))
        talk.close()
        return b""

    return command(function, **when)


def ask_first(question: bytes, shown: str = "none", **when: Unpack[WhichCommands]) -> Act:
    """Put another command to the server before the client's; `shown` as for `Talk.ask`."""

    def function(talk: Talk, request: Request) -> None:
        talk.ask(fill(question, talk, request), shown)

    return command(function, **when)


def ask_then(question: bytes, shown: str = "none", **when: Unpack[WhichCommands]) -> Act:
    """Put another command to the server after the client's, before that is answered."""

    def function(talk: Talk, request: Request) -> bytes:
        *data, last = talk.exchange(request) or [b""]
        talk.say(b"".join(data))
        talk.ask(fill(question, talk, request), shown)
        talk.say(last)
        return b""

    return command(function, **when)


def whole(
    function: Callable[[Talk, Request, list[bytes]], Sequence[bytes]], **when: Unpack[WhichCommands]
) -> Act:
    """Let `function(talk, request, responses)` say what the whole answer to a command is."""

    def asking(talk: Talk, request: Request) -> bytes:
        talk.say(b"".join(function(talk, request, talk.exchange(request))))
        return b""

    return command(asking, **when)


def remembering(put: Callable[[Talk, Request], None], **when: Unpack[WhichCommands]) -> Act:
    """See a command, for `put` to remember something of it, and leave it alone."""

    def function(talk: Talk, request: Request) -> None:
        put(talk, request)

    return command(function, **when)


def negotiating(offer: Handshake) -> Act:
    """Take part in these handshakes of TLS only."""
    return Act(tls=partial(restrict, offer=offer))


def under_tls(function: Callable[[Talk, bytes], bytes]) -> Act:
    """Say what is to be read, under TLS, of what came in the clear behind STARTTLS."""
    return Act(secured=function)
