"""Recorded sessions of POP3 are judged on both sides; who keeps to RFC 1939 is not accused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.casefile.suite import Suite
from conformance.checks.finding import Rule
from conformance.cli.main import main
from conformance.passive import pop3_rules
from conformance.passive.pop3 import WatchedPop3
from conformance.passive.recording import Place
from conformance.passive.watch import Seen, SessionsJudge

GREETED = "S: +OK ready\n"
LOGIN = GREETED + "C: USER fred\nS: +OK\nC: PASS hunter22\nS: +OK in\n"
TWO = LOGIN + "C: STAT\nS: +OK 2 320\n"
GONE = TWO + "C: DELE 1\nS: +OK\n"

GOOD = {
    "sample": """\
S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
S: +OK mrose's maildrop has 2 messages (320 octets)
C: STAT
S: +OK 2 320
C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .
C: RETR 1
S: +OK 120 octets
S: <the server sends message 1>
S: .
C: DELE 1
S: +OK message 1 deleted
C: LIST
S: +OK
S: 2 200
S: .
C: RSET
S: +OK maildrop has 2 messages (320 octets)
C: RETR 1
S: -ERR not now
C: QUIT
S: +OK dewey POP3 server signing off
""",
    "refused": LOGIN + "C: RETR 9\nS: -ERR no such message\nC: LAST\nS: -ERR what?\n",
    "uidl": TWO + "C: UIDL\nS: +OK\nS: 1 a\nS: 2 b\nS: .\nC: UIDL 2\nS: +OK 2 b\n",
    "capa": GREETED + "C: CAPA\nS: +OK\nS: TOP\nS: SASL PLAIN LOGIN\nS: .\nC: QUIT\nS: +OK\n",
    "stuffed": TWO
    + "C: RETR 1\nS: +OK\nS: Subject: x\nS:\nS: ..\nS: ..OK\nS: .\nC: NOOP\nS: +OK\n",
    "auth": GREETED + "C: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: ZnJlZA==\nS: + UGFzc3dvcmQ6\n"
    "C: aHVudGVy\nS: +OK\nC: STAT\nS: +OK 0 0\n",
    "piped": GREETED + "C: USER fred\nC: PASS hunter22\nC: STAT\nS: +OK\nS: +OK\nS: +OK 0 0\n",
    "cut short": TWO + "C: RETR 1\nS: +OK\nS: Subject: x\nS: ...\nC: DELE 1\nS: +OK\n",
    "listing cut": TWO + "C: LIST\nS: +OK\nS: 1 120\nS: ...\nS: .\nC: NOOP\nS: +OK\n",
    "in the middle": "S: +OK 2 320\nC: RETR 1\nS: +OK\nS: x\nS: .\nC: DELE 1\nS: +OK\n",
    "UTF-8": GREETED + "C: USER Grüße\nS: +OK\n",
    "STLS": GREETED + "C: STLS\nS: +OK\nS: nonsense\nC: nonsense\n",
}

BAD = {
    "1939-3-upper-case": GREETED + "C: QUIT\nS: +ok\n",
    "1939-3-length": GREETED + "C: QUIT\nS: +OK " + "x" * 507 + "\n",
    "1939-3-wrong-state": GREETED + "C: USER fred\nS: +OK\nC: STAT\nS: +OK 0 0\n",
    "1939-3-unknown": TWO + "C: DELE\nS: +OK\n",
    "1939-5-stat": LOGIN + "C: STAT\nS: +OK 2  320\n",
    "1939-5-list": TWO + "C: LIST\nS: +OK\nS: 1 120\nS: .\n",
    "1939-5-list-deleted": GONE + "C: LIST\nS: +OK\nS: 1 120\nS: .\n",
    "1939-5-dele-referenced": GONE + "C: RETR 1\nS: +OK\nS: x\nS: .\n",
    "1939-5-noop": LOGIN + "C: NOOP\nS: -ERR no\n",
    "1939-7-uidl": TWO + "C: UIDL 1\nS: +OK 01 a\n",
    "1939-7-uidl-form": TWO + "C: UIDL 1\nS: +OK 1 " + "x" * 71 + "\n",
    "1939-7-uidl-persists": TWO + "C: UIDL 1\nS: +OK 1 a\nC: UIDL 1\nS: +OK 1 b\n",
    "1939-7-uidl-deleted": GONE + "C: UIDL\nS: +OK\nS: 1 a\nS: 2 b\nS: .\n",
    "2449-5-capability": GREETED + "C: CAPA\nS: +OK\nS: TOP \nS: .\n",
    "1939-3-client-form": LOGIN + "C: TOP 1\nS: -ERR\n",
    "1939-5-client-state": GREETED + "C: USER fred\nS: +OK\nC: STAT\nS: -ERR\n",
    "1939-5-client-deleted": GONE + "C: TOP 1 0\nS: -ERR\n",
    "1939-7-client-pass": GREETED + "C: PASS hunter22\nS: -ERR\n",
}


def findings(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    path = tmp_path / "session.txt"
    path.write_text(text, encoding="utf-8")
    code = main(["lint", "--json", str(path)])
    said = json.loads(capsys.readouterr().out)
    assert code == said["exit_code"]
    found: list[dict[str, Any]] = said["findings"]
    assert "hunter22" not in json.dumps(found)
    return found


@pytest.mark.parametrize("name", GOOD)
def test_who_keeps_to_the_rules_is_accused_of_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not findings(tmp_path, GOOD[name], capsys)


@pytest.mark.parametrize("rule", BAD)
def test_each_breach_is_found(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = [
        each["requirement"]
        for each in findings(tmp_path, BAD[rule], capsys)
        if ("client" in rule) == (each["side"] == "client")
    ]
    assert servers == [rule]


def test_the_rules_for_servers_are_in_the_catalogue() -> None:
    rules = {rule.requirement for rule in vars(pop3_rules).values() if isinstance(rule, Rule)}
    own = {rule.requirement for rule in (*pop3_rules.CLIENT_RULES, pop3_rules.CAPABILITY)}
    assert rules - own <= set(Suite().catalogue)
    assert rules == {*BAD, pop3_rules.CRLF.requirement}


def test_a_session_of_each_protocol_is_judged_by_its_own_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        *("main S: * OK hi", "main C: a1 LOGOUT", "main S: * BYE now", "main S: a1 OK out"),
        *("pop S: +OK hi", "pop C: QUIT", "pop S: +OK bye"),
    ]
    assert not findings(tmp_path, "\n".join(lines) + "\n", capsys)


def test_a_line_that_ends_in_lf_alone_is_told() -> None:
    seen: list[Seen] = []
    watched = WatchedPop3(SessionsJudge(seen.append), "main")
    place = Place("", "octet", 0)
    watched.server(b"+OK rea", 0.0, place)
    assert watched.unfinished
    watched.server(b"dy\r\n", 0.0, place)
    watched.client(b"CAPA\r\n", 0.0, place)
    watched.server(b"+OK\r\nTOP\n.\r\n", 0.0, place)
    assert [each.finding.requirement for each in seen] == ["1939-3-crlf"]
    assert (watched.commands, watched.responses) == (1, 2)


def test_passwords_are_hidden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "session.txt"
    path.write_text(LOGIN + "C: STAT\nS: +OK hunter22\n")
    assert main(["lint", str(path)]) == 1
    assert "hunter22" not in capsys.readouterr().out
