"""The grammar of POP3: lines that it takes, and lines that it does not."""

from __future__ import annotations

import pytest

from conformance.syntax.modules import available
from conformance.syntax.pop3 import grammar

DIGEST = b"c4c9334bac560ecc979e58001b3e22fb"

TAKEN = [
    ("greeting", b"+OK"),
    ("greeting", b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>"),
    ("status_line", b"-ERR"),
    ("status_line", b"-ERR [IN-USE] locked"),
    ("drop_listing_reply", b"+OK 2 320"),
    ("drop_listing_reply", b"+OK 0 0 and more"),
    ("drop_listing_reply", b"-ERR not now"),
    ("scan_listing_reply", b"+OK 2 200"),
    ("scan_listing", b"2 200 extra"),
    ("unique_id_listing_reply", b"+OK 2 QhdPYR:00WBw1Ph7x7"),
    ("unique_id_listing", b"1 " + b"~" * 70),
    ("unique_id_listing", b"1 1"),
    ("termination", b"."),
    ("capability", b"SASL PLAIN CRAM-MD5"),
    ("capability", b"UIDL"),
    ("command", b"USER mrose"),
    ("command", b"pass with a space"),
    ("command", b"APOP mrose " + DIGEST),
    ("command", b"stat"),
    ("command", b"LIST"),
    ("command", b"LIST 1"),
    ("command", b"Retr 1"),
    ("command", b"DELE 10"),
    ("command", b"TOP 1 0"),
    ("command", b"UIDL"),
    ("command", b"UIDL 2"),
    ("command", b"RSET"),
    ("command", b"NOOP"),
    ("command", b"QUIT"),
    ("command", b"CAPA"),
    ("command", b"STLS"),
]

REFUSED = [
    ("greeting", b"-ERR busy"),
    ("greeting", b"* OK ready"),
    ("status_line", b"+ok"),
    ("status_line", b"+OKAY"),
    ("status_line", b"OK"),
    ("status_line", b"+OK " + b"x" * 507),
    ("drop_listing_reply", b"+OK"),
    ("drop_listing_reply", b"+OK 2"),
    ("drop_listing_reply", b"+OK 2  320"),
    ("drop_listing_reply", b"+OK two 320"),
    ("scan_listing", b"0 120"),
    ("scan_listing", b"1"),
    ("scan_listing", b"1 -1"),
    ("unique_id_listing", b"1"),
    ("unique_id_listing", b"1 a b"),
    ("unique_id_listing", b"1 " + b"~" * 71),
    ("unique_id_listing", b"1 \xe4"),
    ("termination", b".."),
    ("capability", b".UIDL"),
    ("capability", b"UIDL "),
    ("command", b"USER"),
    ("command", b"USER two words"),
    ("command", b"APOP mrose " + DIGEST.upper()),
    ("command", b"APOP mrose"),
    ("command", b"STAT 1"),
    ("command", b"RETR"),
    ("command", b"RETR 0"),
    ("command", b"RETR  1"),
    ("command", b"TOP 1"),
    ("command", b"LAST"),
    ("command", b"a1 LIST"),
]


@pytest.mark.parametrize(("start", "line"), TAKEN)
def test_taken(start: str, line: bytes) -> None:
    fault = grammar().check(start, line + b"\r\n")
    assert fault is None, fault


@pytest.mark.parametrize(("start", "line"), REFUSED)
def test_refused(start: str, line: bytes) -> None:
    assert grammar().check(start, line + b"\r\n") is not None


@pytest.mark.parametrize(("start", "line"), TAKEN)
def test_a_line_ends_in_crlf(start: str, line: bytes) -> None:
    assert not grammar().conforms(start, line + b"\n")


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("timestamp", b"<1896.697170952@dbc.mtview.ca.us>", b"<1896.697170952>"),
        ("unique-id", b"000000016b0c4311", b"a b"),
        ("number", b"0", b"1k"),
        ("message-number", b"1", b"01"),
        ("digest", DIGEST, DIGEST[1:]),
    ],
)
def test_values_of_cases(rule: str, right: bytes, wrong: bytes) -> None:
    assert grammar().matches(rule, right)
    assert not grammar().matches(rule, wrong)


def test_no_file_is_of_both_protocols() -> None:
    pop3 = {module.name for module in available("POP3")}
    assert {"rfc1939", "rfc2449"} == pop3
    assert pop3.isdisjoint(module.name for module in available())
