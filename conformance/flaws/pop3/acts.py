"""The words that flaws of POP3 are written in: each returns a `Pop3Act`.

`names` are keywords of commands in one text, `"LIST UIDL"`; none means every command, and
`"GREETING"` the greeting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.flaws.pop3.act import Pop3Act, Pop3Asking, Pop3Talk, Replying, Rewriting
from conformance.wire.pop3.framing import CRLF, Pop3Reply


def _names(names: str) -> frozenset[bytes]:
    return frozenset(names.encode().split())


def on_reply(change: Replying, names: str = "") -> Pop3Act:
    """Send what `change` makes of the replies to these commands."""
    return Pop3Act(reply=change, names=_names(names))


def on_status(change: Callable[[bytes], bytes], names: str = "") -> Pop3Act:
    """Change the status lines, given and returned without their line ends."""

    def changed(_talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
        return replace(reply, status=change(reply.status)).octets()

    return on_reply(changed, names)


def on_lines(change: Callable[[Pop3Talk, list[bytes]], list[bytes]], names: str) -> Pop3Act:
    """Change the lines of positive replies, given and returned without their line ends."""

    def changed(talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
        if reply.body is None:
            return reply.octets()
        lines = change(talk, list(reply.lines))
        return replace(reply, body=b"".join(line + CRLF for line in lines)).octets()

    return on_reply(changed, names)


def on_listings(change: Callable[[bytes], bytes], names: str) -> Pop3Act:
    """Change each scan or unique-id listing, in a reply of one line and in one of several."""

    def changed(_talk: Pop3Talk, _command: bytes, reply: Pop3Reply) -> bytes:
        if not reply.positive:
            return reply.octets()
        if reply.body is None:
            indicator, _, listing = reply.status.partition(b" ")
            return indicator + b" " + change(listing) + CRLF
        body = b"".join(change(line) + CRLF for line in reply.lines)
        return replace(reply, body=body).octets()

    return on_reply(changed, names)


def answer(octets: bytes, names: str = "") -> Pop3Act:
    """Answer these commands, and tell the server nothing of them."""
    return on_command(lambda _talk, _command: octets, names)


def on_command(act: Pop3Asking, names: str = "") -> Pop3Act:
    """Have `act` see these commands first."""
    return Pop3Act(command=act, names=_names(names))


def send_as(change: Rewriting, names: str = "") -> Pop3Act:
    """Send these commands on as `change` makes them."""
    return Pop3Act(rewrite=change, names=_names(names))


def when_dropped(command: bytes) -> Pop3Act:
    """Send the server a command of our own where the client has gone without QUIT."""
    return Pop3Act(dropped=command)


def stay() -> Pop3Act:
    """Keep the connection open after QUIT."""
    return Pop3Act(stays=True)
