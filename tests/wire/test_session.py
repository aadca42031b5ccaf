"""Sessions against a scripted server: how they begin, work and end."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest
from wire_fake_server import GREETING, SHORT, WAIT, Diary, Peer, serve, shown, text_of

from conformance.wire.dialogue import Arrival, State
from conformance.wire.errors import (
    ConnectFailed,
    LoginRefused,
    NoGreeting,
    NotIMAP,
    Rejected,
    TargetError,
)
from conformance.wire.session import CLOSED, Ending, Endpoint, Literal, Reply, Session

# -- the good server -----------------------------------------------------------------------


def test_a_whole_session():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b'c1 LOGIN "me" "y\\"ou"\r\n'
        peer.say(b"c1 OK in\r\n")
        assert peer.line() == b"c2 APPEND INBOX {5}\r\n"
        peer.say(b"+ go\r\n")
        assert peer.octets(7) == b"hello\r\n"
        peer.say(b"* 1 EXISTS\r\nc2 OK done\r\n")
        assert peer.line() == b"c3 LOGOUT\r\n"
        peer.say(b"* BYE bye\r\nc3 OK bye\r\n")
        peer.gone()

    diary = Diary()
    with serve(script) as endpoint, Session(endpoint, observers=[diary], timeout=WAIT) as session:
        assert text_of(session.open()) == GREETING
        assert session.dialogue.capabilities == {"IMAP4REV1"}
        session.login("me", 'y"ou')
        reply = session.command(b"APPEND INBOX ", Literal(b"hello"))
        assert reply.ok
        assert reply.command == b"c2"
        assert [text_of(each) for each in reply.untagged] == [b"* 1 EXISTS\r\n"]
        assert [text_of(each) for each in reply.continuations] == [b"+ go\r\n"]
        assert str(reply) == "c2 OK done"
        session.logout()
        assert session.ending == Ending("local", after_bye=True)
        assert session.receive() is CLOSED
    assert diary.commands == [b"c1", b"c2", b"c3"]
    assert len(diary.arrivals) == 7
    assert diary.endings == [Ending("local", after_bye=True)]
    assert shown(session)[1:6] == [
        'C: c1 LOGIN "me" "[hidden]"',
        "S: c1 OK in",
        "C: c2 APPEND INBOX {5}",
        "S: + go",
        "C: hello",
    ]


def test_a_literal_that_is_refused_is_not_sent():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b"c1 APPEND INBOX {5}\r\n"
        peer.say(b"c1 NO [TRYCREATE] no\r\n")
        assert peer.line() == b"c2 NOOP\r\n"
        peer.say(b"c2 OK x\r\n")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        reply = session.command(b"APPEND INBOX ", Literal(b"hello"))
        assert (reply.status, reply.ended) == ("NO", "")
        assert session.command(b"NOOP").ok


def test_a_literal_without_waiting():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.octets(27) == b"c1 LOGIN {2+}\r\nme {3+}\r\nyou"
        assert peer.line() == b"\r\n"
        peer.say(b"c1 OK x\r\n")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        parts = (Literal(b"me", sync=False), b" ", Literal(b"you", sync=False))
        assert session.command(b"LOGIN ", *parts).ok


def test_login_where_only_plain_is_offered():
    def script(peer: Peer) -> None:
        peer.say(b"* OK [CAPABILITY LOGINDISABLED AUTH=PLAIN] x\r\n")
        assert peer.line() == b"c1 AUTHENTICATE PLAIN\r\n"
        peer.say(b"+ \r\n")
        assert peer.line() == b"AG1lAHlvdQ==\r\n"
        peer.say(b"c1 OK x\r\n")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.login(b"me", b"you").ok
        assert session.dialogue.state is State.AUTHENTICATED
        assert "C: [hidden]" in shown(session)


def test_a_password_that_can_not_be_quoted_goes_as_a_literal():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b'c1 LOGIN "me" {3}\r\n'
        peer.say(b"+ \r\n")
        assert peer.octets(5) == "é".encode() + b"x\r\n"
        peer.say(b"c1 OK x\r\n")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.login("me", "éx").ok


def test_writes_in_pieces():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b"c1 NOOP\r\n"
        peer.say(b"c1 OK x\r\n")

    with (
        serve(script) as endpoint,
        Session(endpoint, timeout=WAIT, chop=2, delay=0.001) as session,
    ):
        session.open()
        assert session.command(b"NOOP").ok
    sent = [entry.data for entry in session.transcript.entries() if entry.direction == "C"]
    assert sent == [b"c1", b" N", b"OO", b"P\r", b"\n"]


def test_responses_octet_by_octet():
    def script(peer: Peer) -> None:
        data = GREETING + b"* 1 FETCH (BODY[] {5}\r\nhello)\r\nx1 OK done\r\n"
        for at in range(len(data)):
            peer.say(data[at : at + 1])
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        fetch = session.receive()
        assert isinstance(fetch, Arrival)
        assert [bytes(each) for each in fetch.frame.literals] == [b"hello"]
        assert text_of(session.receive()) == b"x1 OK done\r\n"


# -- no session at all -----------------------------------------------------------------------


def failure(endpoint: Endpoint, timeout: float = WAIT) -> TargetError:
    session = Session(endpoint, timeout=timeout)
    with pytest.raises(TargetError) as caught:
        session.open()
    message = str(caught.value)
    assert message.startswith(f"{endpoint}: ")
    assert message.isprintable()
    assert session.receive() is CLOSED
    return caught.value


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(Endpoint("127.0.0.1", port))
    assert isinstance(error, ConnectFailed)
    assert "refused" in str(error)


def test_no_such_host():
    for host in ("host.invalid", "a" * 70 + ".invalid", "\x00"):
        assert isinstance(failure_of_host(host), ConnectFailed)


def failure_of_host(host: str) -> TargetError:
    with pytest.raises(TargetError) as caught:
        Session(Endpoint(host, 143), timeout=WAIT).open()
    return caught.value


def test_an_address_of_ipv6_is_shown_in_brackets():
    assert str(Endpoint("::1", 143)) == "[::1]:143"


def test_a_silent_server():
    with serve(Peer.gone) as endpoint:
        error = failure(endpoint, SHORT)
    assert isinstance(error, NoGreeting)
    assert "TLS" in str(error)


def test_a_greeting_without_an_end():
    def script(peer: Peer) -> None:
        peer.say(b"* OK hi\x1b")
        peer.gone()

    with serve(script) as endpoint:
        error = failure(endpoint, SHORT)
    assert isinstance(error, NoGreeting)
    assert "* OK hi\\x1b" in str(error)


def test_a_greeting_that_the_end_of_the_connection_cuts():
    with serve(lambda peer: peer.say(b"* OK rea")) as endpoint:
        error = failure(endpoint)
    assert isinstance(error, NoGreeting)
    assert "closed the connection in the middle of its greeting: * OK rea" in str(error)


def test_a_server_that_closes_at_once():
    with serve(lambda _: None) as endpoint:
        assert isinstance(failure(endpoint), NoGreeting)


@pytest.mark.parametrize(
    "said",
    [b"220 mail ESMTP\r\n", b"+OK pop\r\n", b"HTTP/1.1 400 no\r\n\r\n", b"\r\n", b"\0\xff\n"],
)
def test_no_imap(said: bytes):
    def script(peer: Peer) -> None:
        peer.say(said)
        peer.gone()

    with serve(script) as endpoint:
        assert isinstance(failure(endpoint), NotIMAP)


def test_turned_away():
    def script(peer: Peer) -> None:
        peer.say(b"* BYE too many\r\n")
        peer.gone()

    with serve(script) as endpoint:
        error = failure(endpoint)
    assert isinstance(error, Rejected)
    assert "too many" in str(error)


def test_login_refused():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        peer.say(b"c1 NO wrong\r\n")
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        with pytest.raises(LoginRefused, match="login as me did not succeed: c1 NO wrong"):
            session.login("me", "you")
        assert session.ending is None


def test_who_is_refused_for_want_of_tls_is_told_so():
    def script(peer: Peer) -> None:
        peer.say(b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi\r\n")
        peer.line()
        peer.say(b"c1 BAD TLS first\r\n")
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        with pytest.raises(LoginRefused, match=r"c1 BAD TLS first .*try imap\+starttls://"):
            session.login("me", "you")


# -- small things ----------------------------------------------------------------------------


def test_close_is_quiet():
    session = Session(Endpoint("127.0.0.1", 1))
    session.close()
    session.send(b"a NOOP\r\n")
    assert session.ending is None
    assert session.receive() is CLOSED


def test_ending_is_told_once():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.gone()

    diary = Diary()
    with serve(script) as endpoint:
        session = Session(endpoint, timeout=WAIT, observers=[diary])
        session.open()
        session.close()
        session.close()
        session.logout()
    assert diary.endings == [Ending("local", after_bye=False)]


def test_what_was_not_received_is_still_told_before_the_end():
    def script(peer: Peer) -> None:
        peer.say(GREETING + b"* 1 EXISTS\r\n* 2 EXI")
        peer.gone()

    diary = Diary()
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, observers=[diary]) as session:
        session.open()
        while not session.dialogue.buffered:
            session._pull(WAIT)
        session.close()
        assert session.receive() is CLOSED
    assert diary.arrivals == [GREETING, b"* 1 EXISTS\r\n"]


def test_nagle_is_off():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session._transport is not None
        option = session._transport._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert option


def test_times_of_the_transcript_begin_with_the_session():
    def script(peer: Peer) -> None:
        peer.say(GREETING)

    begun = time.monotonic()
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        passed = time.monotonic() - begun
    assert 0 <= session.transcript.entries()[0].when <= passed


def test_reply_without_an_answer():
    assert Reply(b"a").status == ""
    assert replace(Endpoint("a", 1), port=2).port == 2
