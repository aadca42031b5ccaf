"""What acts do to the things that a client says: the stream and the tags stay in step."""

from __future__ import annotations

import pytest
from flaws_fake_server import place

from conformance.flaws.acts import (
    answer,
    ask_first,
    ask_then,
    command,
    hang_up_on,
    remembering,
    send_as,
    whole,
)
from conformance.flaws.flaw import Act

DONE = b"a1 OK done\r\n"
STORE = send_as(rb"(STORE \S+ )FLAGS", rb"\1+FLAGS", name="STORE, UID STORE")
NO_FLAGS = rb"(APPEND \S+) \([^)]*\)"


@pytest.mark.parametrize(
    "octets",
    [
        b"a1 NOOP\r\n",
        b"a1 LOGIN \xff\xfe x\r\n",
        b"a1 NOOP\na2 NOOP\r\n",
        b"a1 \0 NOOP\r\n",
        b"\r\na1 NOOP\r\n",
        b"a1 LIST {5+}\r\n1\r\n45 {0+}\r\n\r\n",
        b"a1 " + b"x" * 100_000 + b"\r\n",
    ],
)
@pytest.mark.parametrize("acts", [(), (STORE,)], ids=["no act", "an act"])
def test_octets_go_on_as_they_came(octets: bytes, acts: tuple[Act, ...]) -> None:
    with place(*acts) as here:
        client = here.client()
        client.send(octets + b"z9 NOOP\r\n")
        client.until(b"z9 OK done\r\n")
        assert here.server.octets == octets + b"z9 NOOP\r\n"


def test_octets_one_by_one() -> None:
    with place(STORE) as here:
        client = here.client()
        for octet in b"a1 STORE 1 FLAGS (x)\r\na2 APPEND b {2+}\r\n\r\n\r\nz9 NOOP\r\n":
            client.send(bytes([octet]))
        client.until(b"z9 OK done\r\n")
        assert here.server.heard[:2] == [
            b"a1 STORE 1 +FLAGS (x)\r\n",
            b"a2 APPEND b {2+}\r\n\r\n\r\n",
        ]


def test_a_line_without_its_end_goes_on_at_once() -> None:
    with place() as here:
        client = here.client()
        client.send(b"a1 NO")
        client.send(b"OP\r\n")
        assert client.until(b"\r\n") == DONE


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("literal", [b"{5}", b"{5+}"])
def test_a_command_with_a_literal_is_rewritten(literal: bytes, early: bool) -> None:
    with place(send_as(NO_FLAGS, rb"\1", name="APPEND", early=early)) as here:
        client = here.client()
        client.send(b"a1 APPEND box (\\Seen) " + literal + b"\r\n")
        if b"+" not in literal:
            assert client.until(b"\r\n").startswith(b"+ ")
        client.send(b"he\r\no\r\n")
        assert client.until(b"\r\n") == DONE
        assert here.server.heard == [b"a1 APPEND box " + literal + b"\r\nhe\r\no\r\n"]
        assert client.ask(b"NOOP", b"a2") == b"a2 OK done\r\n"


def test_a_payload_is_rewritten_with_its_count() -> None:
    def longer(_talk, request):  # type: ignore[no-untyped-def]
        return request.sub(rb"\{2\}\r\nhi", b"{5}\r\nhello")

    with place(command(longer, name="APPEND")) as here:
        client = here.client()
        client.send(b"a1 APPEND box {2}\r\n")
        client.until(b"\r\n")
        client.send(b"hi\r\n")
        assert client.until(b"\r\n") == DONE
        assert here.server.heard == [b"a1 APPEND box {5}\r\nhello\r\n"]


@pytest.mark.parametrize("acts", [(), (send_as(b"q", b"y", name="APPEND", early=True),)])
def test_a_literal_that_the_server_refuses(acts: tuple[Act, ...]) -> None:
    with place(*acts, answers={"APPEND": b"{tag} NO\r\n"}, refuses=("APPEND",)) as here:
        client = here.client()
        assert client.ask(b"APPEND box {5}") == b"a1 NO\r\n"
        assert client.ask(b"NOOP", b"a2") == b"a2 OK done\r\n"


def test_a_gathered_literal_that_the_server_refuses() -> None:
    answers = {"APPEND": b"{tag} NO\r\n"}
    with place(send_as(b"q", b"y", name="APPEND"), answers=answers, refuses=("APPEND",)) as here:
        client = here.client()
        client.send(b"a1 APPEND box {5}\r\n")
        client.until(b"+ OK\r\n")
        client.send(b"hello\r\n")
        assert client.until(b"\r\n") == b"a1 NO\r\n"
        assert client.ask(b"NOOP", b"a2") == b"a2 OK done\r\n"
        assert here.server.heard == [b"a1 APPEND box {5}\r\n", b"a2 NOOP\r\n"]


def test_a_command_is_answered_here() -> None:
    with place(answer(b"{tag} NO {first}, {line}\r\n", name="CREATE")) as here:
        client = here.client()
        assert client.ask(b'CREATE "a b"') == b'a1 NO a b, CREATE "a b"\r\n'
        client.send(b"a2 CREATE {3}\r\n")
        client.until(b"+ OK\r\n")
        client.send(b"x y\r\n")
        assert client.until(b"{3}\r\n\r\n") == b"a2 NO x y, CREATE {3}\r\n\r\n"
        assert client.ask(b"NOOP", b"a3") == b"a3 OK done\r\n"
        assert here.server.heard == [b"a3 NOOP\r\n"]


def test_a_command_is_refused_before_its_literal() -> None:
    with place(answer(b"{tag} NO\r\n", name="APPEND", early=True)) as here:
        client = here.client()
        assert client.ask(b"APPEND box {3}") == b"a1 NO\r\n"
        assert client.ask(b"NOOP", b"a2") == b"a2 OK done\r\n"


def test_a_command_is_never_answered() -> None:
    with place(answer(b"", name="CHECK")) as here:
        client = here.client()
        client.send(b"a1 CHECK\r\n")
        assert client.ask(b"NOOP", b"a2") == b"a2 OK done\r\n"


def test_pipelined_commands_are_answered_in_order() -> None:
    with place(answer(b"{tag} NO\r\n", name="CHECK")) as here:
        client = here.client()
        client.send(b"a1 NOOP\r\na2 CHECK\r\na3 NOOP\r\n")
        assert client.until(b"a3 OK done\r\n") == DONE + b"a2 NO\r\na3 OK done\r\n"


def test_a_connection_is_closed_on_a_command() -> None:
    with place(hang_up_on(b"* BYE no\r\n", name="SEARCH", where=rb"ZEBRA")) as here:
        client = here.client()
        assert client.ask(b"SEARCH ALL") == DONE
        client.send(b"a2 SEARCH ZEBRA\r\n")
        assert client.rest() == b"* BYE no\r\n"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("all", b"* 2 EXPUNGE\r\n* FLAGS ()\r\n"),
        ("news", b"* 2 EXPUNGE\r\n"),
        ("none", b""),
    ],
)
@pytest.mark.parametrize("asks", [ask_first, ask_then])
def test_the_server_is_asked_besides(asks, shown, expected) -> None:  # type: ignore[no-untyped-def]
    answers = {"NOOP": b"* 2 EXPUNGE\r\n* FLAGS ()\r\n"}
    with place(asks(b"NOOP {first}", shown, name="FETCH"), answers=answers) as here:
        assert here.client().ask(b"FETCH 1 UID") == expected + DONE
        assert sorted(line.split(b" ", 1)[1] for line in here.server.heard) == [
            b"FETCH 1 UID\r\n",
            b"NOOP 1\r\n",
        ]


def test_a_whole_answer_is_rewritten() -> None:
    turned = whole(lambda _t, _r, lines: [*reversed(lines[:-1]), lines[-1]], name="FETCH")
    with place(turned, answers={"FETCH": b"* 1 EXISTS\r\n* 2 EXISTS\r\n"}) as here:
        assert here.client().ask(b"FETCH 1 UID") == b"* 2 EXISTS\r\n* 1 EXISTS\r\n" + DONE


def test_a_command_is_remembered_and_left_alone() -> None:
    seen: list[bytes] = []
    with place(remembering(lambda _, request: seen.append(request.first))) as here:
        assert here.client().ask(b"SELECT {4+}\r\nx yz") == DONE
        assert seen == [b"x yz"]


def test_lines_of_authenticate() -> None:
    answers = {"AUTHENTICATE": b"{tag}", "AGEAYg==": b"a1 OK {tag}\r\n"}
    act = send_as(b"AGEAYg==", b"AGEAYw==", name="+")
    with place(act, answers=answers) as here:
        client = here.client()
        client.send(b"a1 AUTHENTICATE PLAIN\r\nAGEAYg==\r\na2 NOOP\r\n")
        client.until(b"a2 OK done\r\n")
        assert here.server.heard[1] == b"AGEAYw==\r\n"


def test_an_exchange_of_our_own() -> None:
    def prompts(talk, request):  # type: ignore[no-untyped-def]
        talk.say(b"+ more\r\n")
        talk.say(request.tag + b" OK " + talk.read_line())
        return b""

    with place(command(prompts, name="AUTHENTICATE")) as here:
        client = here.client()
        client.send(b"a1 AUTHENTICATE X\r\n")
        client.until(b"+ more\r\n")
        client.send(b"word\r\n")
        assert client.until(b"\r\n") == b"a1 OK word\r\n"
