"""Windows of POP3 on scripted servers, each verdict both ways."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from play_pop3 import pop3_server

from conformance.casefile.bindings import Bound, verbatim
from conformance.casefile.labels import read_labels
from conformance.casefile.plan import grammar_of, make_plan
from conformance.casefile.script import read_script
from conformance.play.errors import Skip
from conformance.play.pop3.entry import enter
from conformance.play.pop3.player import Pop3Player
from conformance.play.tracker import Unmet
from conformance.secrecy.secrets import Secrets
from conformance.wire import sasl
from conformance.wire.account import Account
from conformance.wire.errors import LoginRefused, NoGreeting
from conformance.wire.pop3.session import Pop3Session

MESSAGE = b"Subject: dots\r\n\r\n.\r\nlast\r\n"
STAMP = b"<1896.697170952@dbc.mtview.ca.us>"
GIVEN = {
    "user": verbatim(b"mrose"),
    "password": verbatim(b"tanstaaf"),
    "msg.1.octets": verbatim(MESSAGE),
    "msg.1.size": verbatim(b"26"),
}
LIST = (
    "pop C: LIST\npop S: +OK\npop S| 1 {msg.1.size}\npop S| ...\npop S| .\npop C: NOOP\npop S: +OK"
)
RETR = "pop C: RETR 1\npop S: +OK\npop S| {msg.1.octets}\npop S| ."
OTHER = """\
pop C: UIDL 1
pop S: +OK 1 {id:unique_id}
pop C: UIDL 2
pop S: +OK 2 {:unique_id}
pop S! +OK 2 {id}"""

ROWS = [
    ("", [b"+OK\r\n"], "pop C: NOOP\npop S: +OK"),
    ("", [b"+OK 2 320 and more\r\n"], "pop C: STAT\npop S: +OK 2 {:number}"),
    ("", [b"-ERR gone\r\n"], "pop C: STAT\npop S: +OK\npop S/ -ERR"),
    ("-ERR instead of +OK", [b"-ERR gone\r\n"], "pop C: NOOP\npop S: +OK"),
    ("+OK instead of -ERR", [b"+OK\r\n"], "pop C: XYZZY\npop S: -ERR"),
    ("no indicator instead of +OK", [b"+ok\r\n"], "pop C: NOOP\npop S: +OK"),
    ("the status line is another", [b"+OK 3 320\r\n"], "pop C: STAT\npop S: +OK 2 {:number}"),
    ("the status line is another", [b"+OK 2 big\r\n"], "pop C: STAT\npop S: +OK 2 {:number}"),
    ("the status line is another", [b"+OK 1 a b\r\n"], "pop C: UIDL 1\npop S= +OK 1 {:unique_id}"),
    ("", [b"+OK 1 a\r\n"], "pop C: UIDL 1\npop S= +OK 1 {:unique_id}"),
    ("", [b"+OK\r\n1 26\r\n.\r\n", b"+OK\r\n"], LIST),
    ("", [b"+OK\r\n1 26\r\n2 30\r\n.\r\n", b"+OK\r\n"], LIST),
    ("the lines of the reply are others", [b"+OK\r\n1 27\r\n.\r\n", b"+OK\r\n"], LIST),
    ("the lines of the reply are others", [b"+OK\r\n.\r\n", b"+OK\r\n"], LIST),
    ("", [b"+OK\r\n1 26 more\r\n.\r\n"], LIST.replace("size}", "size} ...").rsplit("\n", 2)[0]),
    ("", [b"+OK\r\n" + MESSAGE.replace(b"\n.", b"\n..") + b".\r\n"], RETR),
    ("the lines of the reply are others", [b"+OK\r\n" + MESSAGE + b".\r\n"], RETR),
    ("", [b"+OK 1 a\r\n", b"+OK 1 a\r\n"],
     "pop C: UIDL 1\npop S: +OK 1 {id:unique_id}\npop C: UIDL 1\npop S: +OK 1 {id}"),
    ("the status line is another", [b"+OK 1 a\r\n", b"+OK 1 b\r\n"],
     "pop C: UIDL 1\npop S: +OK 1 {id:unique_id}\npop C: UIDL 1\npop S: +OK 1 {id}"),
    ("a reply that must not come", [b"+OK 1 a\r\n", b"+OK 2 a\r\n"], OTHER),
    ("", [b"+OK 1 a\r\n", b"+OK 2 b\r\n"], OTHER),
    ("", [b"+OK\r\n", b"+OK 2 320\r\n"], "pop C: NOOP\npop C: STAT\npop S: +OK\npop S: +OK 2 320"),
    ("", [b"+OK bye\r\n", b""], "pop C: QUIT\npop S: +OK\npop S: {close}"),
    ("the connection is not closed", [b"+OK bye\r\n+OK\r\n", b""],
     "pop C: QUIT\npop S: +OK\npop S: {close}"),
    ("the connection was closed", [b""], "pop C: NOOP\npop S: +OK"),
    ("no answer", [], "pop C: NOOP\npop S: +OK"),
]  # fmt: skip
"""What differs (nothing: the case is met), the replies to each command, and the block."""


def play(block: str, replies: Sequence[bytes], names: dict[str, Bound] | None = None) -> None:
    lines = list(enumerate(block.splitlines(), 1))
    steps = make_plan(read_script(lines), grammar_of(read_labels("`MUST` `1939-5-noop`")))
    with pop3_server(replies) as endpoint:
        session = Pop3Session(endpoint, timeout=5 if replies else 0.3)
        with session:
            enter(session, "authorization", "", "")
            for step in steps:
                Pop3Player(GIVEN, {} if names is None else names).play(session, step)


@pytest.mark.parametrize(("differs", "replies", "block"), ROWS)
def test_verdict(differs: str, replies: list[bytes], block: str) -> None:
    names: dict[str, Bound] = {}
    if not differs:
        play(block, replies, names)
        return
    with pytest.raises(Unmet, match="^" + differs.replace("+", r"\+") + "$"):
        play(block, replies, names)


def test_a_condition_that_does_not_hold_skips() -> None:
    with pytest.raises(Skip, match="does not hold here"):
        play("pop C: TOP 1 0\npop S- +OK", [b"-ERR no TOP\r\n"])


def test_what_differs_is_shown_with_its_line() -> None:
    block = "pop C: LIST\npop S: +OK\npop S| 1 26\npop S| 2 30\npop S| ."
    with pytest.raises(Unmet) as unmet:
        play(block, [b"+OK\r\n1 26\r\n2 31\r\n.\r\n"])
    assert unmet.value.received == "+OK, and as line 2: 2 31"
    assert unmet.value.line == 2


def test_digests_and_passwords_are_hidden() -> None:
    secrets = Secrets([("tanstaaf", "mrose")])
    digest = b"c4c9334bac560ecc979e58001b3e22fb"
    client = sasl.SaslClient(Account("mrose", "tanstaaf"), "localhost", "")
    assert sasl.message("apop", client, STAMP) == digest  # the example of RFC 1939 section 7
    given = {**GIVEN, f"sasl.apop:{STAMP.decode()}": verbatim(digest)}
    block = "pop C: APOP {user} {sasl.apop:stamp}\npop S: +OK\npop C: PASS {password}\npop S: +OK"
    windows = read_script([(0, "pop S: +OK {stamp:timestamp}"), *enumerate(block.splitlines(), 1)])
    steps = make_plan(windows, grammar_of(read_labels("`MUST` `1939-7-apop`")))
    replies = [b"+OK " + digest + b"\r\n", b"+OK\r\n"]
    with (
        pop3_server(replies, b"+OK " + STAMP + b"\r\n") as endpoint,
        Pop3Session(endpoint, timeout=5, secrets=secrets) as session,
    ):
        enter(session, "raw", "", "")
        player = Pop3Player(given, {})
        for step in steps:
            player.play(session, step)
        shown = [f"{line.direction}: {line.text}" for line in session.transcript.lines()]
    assert shown == [
        f"S: +OK {STAMP.decode()}",
        "C: APOP mrose [hidden]",
        "S: +OK [hidden]",
        "C: PASS [hidden]",
        "S: +OK",
    ]


def test_a_login_that_is_refused_is_tried_again() -> None:
    replies = [b"+OK\r\n", b"-ERR locked\r\n", b"+OK\r\n", b"+OK\r\n"]
    with pop3_server(replies) as endpoint, Pop3Session(endpoint, timeout=5) as session:
        enter(session, "transaction", "mrose", "tanstaaf")


def test_a_login_that_stays_refused_is_said() -> None:
    replies = [b"-ERR never heard of mrose\r\n"] * 1000
    with (
        pop3_server(replies) as endpoint,
        Pop3Session(endpoint, timeout=5) as session,
        pytest.raises(LoginRefused, match="USER: -ERR never heard of mrose"),
    ):
        enter(session, "transaction", "mrose", "tanstaaf")


def test_what_greets_otherwise_is_no_pop3() -> None:
    with (
        pop3_server([], b"* OK ready\r\n") as endpoint,
        Pop3Session(endpoint, timeout=5) as session,
        pytest.raises(NoGreeting, match=r"no greeting of POP3: \* OK ready"),
    ):
        enter(session, "authorization", "", "")
