"""INBOX after a case that may change it: there again, subscribed, without the suite's messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from play_odd import Odd, odd

from conformance.flaws.acts import answer, command
from conformance.flaws.flaw import Act
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.targets.pymap import PymapTarget
from conformance.wire.session import Literal

SENT = b"Subject: on the move\n\nHello.\n"
OTHER = b"Subject: to you\r\n\r\nHello.\r\n"


def say(here: Odd, *parts: bytes | Literal) -> bool:
    with here.connections.connect("says", "auth") as session:
        return session.command(*parts).ok


def append(here: Odd, octets: bytes) -> None:
    assert say(here, b"APPEND INBOX ", Literal(octets.replace(b"\n", b"\r\n")))


def subjects(here: Odd) -> list[bytes]:
    return [text.split(b"\r\n")[0] for text in here.seen(b"INBOX").texts]


@pytest.fixture
def target() -> Iterator[PymapTarget]:
    """A server for one test alone: INBOX is everybody's."""
    with PymapTarget() as started:
        yield started


def test_messages_of_the_case_are_removed_and_no_others(target: PymapTarget) -> None:
    with odd(target) as here:
        append(here, SENT)  # of the user's, though it looks like ours
        before = subjects(here)
        here.workspace.inbox.note()
        append(here, b"X-Added: by the server\n" + SENT)
        assert say(here, b"APPEND INBOX ", Literal(OTHER))
        append(here, SENT)
        here.workspace.inbox.put_back("a case", [SENT])
        assert subjects(here) == [*before, b"Subject: to you"]
        assert not here.workspace.inbox.broken
        assert here.workspace.inbox.left == 0


def test_without_uidplus_nothing_is_removed_that_others_have_marked(target: PymapTarget) -> None:
    with odd(target, answer(b"{tag} BAD no\r\n", name="UID EXPUNGE")) as here:
        assert say(here, b"APPEND INBOX (\\Deleted) ", Literal(OTHER))
        before = subjects(here)
        here.workspace.inbox.note()
        append(here, SENT)
        here.workspace.inbox.put_back("a case", [SENT])
        assert subjects(here) == [*before, b"Subject: on the move"]
        assert here.workspace.inbox.left == 1
        assert b"INBOX" in here.workspace.end()


def test_a_subscription_is_put_back(target: PymapTarget) -> None:
    with odd(target) as here:
        assert say(here, b"SUBSCRIBE INBOX")
        here.workspace.inbox.note()
        assert say(here, b"UNSUBSCRIBE INBOX")
        here.workspace.inbox.put_back("a case", [])
        with here.connections.connect("subscribed", "auth") as session:
            reply = session.command(b'LSUB "" INBOX')
        assert [a.response.mailbox for a in reply.untagged] == [b"INBOX"]


def mortal(*, returns: bool) -> tuple[Act, ...]:
    """INBOX is gone once somebody has deleted it, until it is created if that is possible."""
    gone: list[bool] = []

    def done(talk: Talk, request: Request, status: bytes) -> bytes:
        talk.say(request.octets.split(b" ")[0] + b" " + status + b" as you say\r\n")
        return b""

    def delete(talk: Talk, request: Request) -> bytes:
        gone.append(True)
        return done(talk, request, b"OK")

    def create(talk: Talk, request: Request) -> bytes:
        if returns:
            gone.clear()
        return done(talk, request, b"OK" if returns else b"NO")

    def ask(talk: Talk, request: Request) -> bytes | None:
        return done(talk, request, b"NO") if gone else None

    inbox = rb'\A\S+ \S+ "?INBOX"?\b(?![/.])'
    return (
        command(delete, name="DELETE", where=inbox),
        command(create, name="CREATE", where=inbox),
        command(ask, name="STATUS, SELECT", where=inbox),
    )


@pytest.mark.parametrize("returns", [True, False])
def test_an_inbox_that_was_deleted_is_made_again_or_what_needs_it_is_blocked(
    returns: bool, target: PymapTarget
) -> None:
    with odd(target, *mortal(returns=returns)) as here:
        inbox = here.workspace.inbox
        inbox.note()
        assert here.workspace._line.ask(b"DELETE INBOX").ok
        inbox.put_back("rfc3501/6.3.4-delete/a-case", [])
        if returns:
            assert not inbox.broken
        else:
            assert "gone since rfc3501/6.3.4-delete/a-case" in inbox.broken
            assert "inbox" in here.broken_facts()
