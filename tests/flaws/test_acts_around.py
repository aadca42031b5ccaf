"""Acts that keep what happens on other connections, and those about the letter case of names."""

from __future__ import annotations

import pytest
from flaws_fake_server import place

from conformance.flaws.acts import command
from conformance.flaws.folding import names_in_capitals
from conformance.flaws.following import (
    COUNTING,
    PRESENT,
    connections,
    in_set,
    messages,
    others_there,
    removed_elsewhere,
    set_of,
)
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

ANSWERS = {
    "SELECT": b"* 5 EXISTS\r\n",
    "EXPUNGE": b"* 2 EXPUNGE\r\n* 3 EXPUNGE\r\n",
    "LIST": b'* LIST (\\HasNoChildren) "/" "Caf&AOk-/x"\r\n* LIST () "/" INBOX\r\n',
    "STATUS": b"* STATUS box&AOk- (MESSAGES 3)\r\n",
}


def _tell(talk: Talk, request: Request) -> bytes:
    told = (
        len(connections(talk)),
        len(others_there(talk)),
        messages(talk),
        removed_elsewhere(talk),
        in_set(talk, set_of(request.arguments)),
    )
    talk.say(request.tag + b" OK %s\r\n" % repr(told).encode())
    return b""


def test_what_others_have_removed_is_known() -> None:
    acts = (*PRESENT, *COUNTING, command(_tell, name="FETCH"))
    with place(*acts, answers=ANSWERS) as here:
        one, two, three = here.client(), here.client(), here.client()
        for client in (one, two, three):
            client.ask(b"LOGIN a b")
        for client in (one, two):
            client.ask(b"SELECT box")
        three.ask(b"SELECT another")
        assert one.ask(b"FETCH 2,4:* FLAGS") == b"a1 OK (3, 1, 5, [], [2, 4, 5])\r\n"
        one.ask(b"EXPUNGE")
        assert one.ask(b"FETCH 1 FLAGS") == b"a1 OK (3, 1, 3, [], [1])\r\n"
        assert two.ask(b"FETCH 1:4 FLAGS") == b"a1 OK (3, 1, 5, [2, 4], [1, 2, 3, 4])\r\n"
        assert three.ask(b"FETCH 1 FLAGS") == b"a1 OK (3, 0, 5, [], [1])\r\n"
        two.ask(b"SELECT box")
        assert two.ask(b"FETCH x FLAGS") == b"a1 OK (3, 1, 5, [], [])\r\n"


def test_a_connection_that_has_ended_is_not_there() -> None:
    with place(*PRESENT, command(_tell, name="FETCH")) as here:
        one, two = here.client(), here.client()
        assert two.ask(b"FETCH x").startswith(b"a1 OK (2,")
        one.close()
        while not two.ask(b"FETCH x").startswith(b"a1 OK (1,"):
            pass


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        (b"SELECT Caf&AOk-", b"SELECT caf&AOk-"),
        (b'STATUS "Box" (MESSAGES UNSEEN)', b'STATUS "box" (MESSAGES UNSEEN)'),
        (b"CREATE {4+}\r\nA Bc", b"CREATE {4+}\r\na bc"),
        (b"RENAME Inbox Old", b"RENAME INBOX old"),
        (b"CREATE inbox/Sub", b"CREATE INBOX/sub"),
        (b'LIST "" "IM*"', b'LIST "" "im*"'),
        (b"COPY 1:* Target", b"COPY 1:* target"),
        (b"APPEND Box (\\Seen) {2+}\r\nHi", b"APPEND box (\\Seen) {2+}\r\nHi"),
        (b"APPEND {3+}\r\nBox {2+}\r\nHi", b"APPEND {3+}\r\nbox {2+}\r\nHi"),
        (b"RENAME {3+}\r\nBox Old", b"RENAME {3+}\r\nbox old"),
        (b"SEARCH SUBJECT Box", b"SEARCH SUBJECT Box"),
    ],
)
def test_names_are_small_for_the_server(sent: bytes, heard: bytes) -> None:
    with place(*names_in_capitals()) as here:
        here.client().ask(sent)
        assert here.server.heard == [b"a1 " + heard + b"\r\n"]


@pytest.mark.parametrize(
    ("base64_too", "cafe", "box"),
    [
        (False, b"CAF&AOk-/X", b"BOX&AOk-"),
        (True, b"CAF&AOK-/X", b"BOX&AOK-"),
    ],
)
def test_names_are_in_capitals_for_the_client(base64_too: bool, cafe: bytes, box: bytes) -> None:
    with place(*names_in_capitals(base64_too=base64_too), answers=ANSWERS) as here:
        client = here.client()
        listed = client.ask(b'LIST "" *')
        assert listed.startswith(b'* LIST (\\HasNoChildren) "/" "%s"\r\n* LIST () ' % cafe)
        assert client.ask(b"STATUS x (MESSAGES)").startswith(b"* STATUS %s (MESSAGES" % box)
