"""A Dovecot that speaks IMAP4rev2: names in UTF-8, and what is said once it is enabled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.flaws.catalogue import FACADES
from conformance.flaws.proxy import FlawedServer
from conformance.flaws.rfc9051_names import quoted, spelt, told_as
from conformance.targets.dovecot import DovecotTarget
from conformance.wire.session import Session

SPELT = [
    (b'* LIST () "/" caf&AOk-\r\n', b'* LIST () "/" "caf\xc3\xa9"\r\n'),
    (b'* LIST (\\A) "/" "a b&-c" (x (1))\r\n', b'* LIST (\\A) "/" "a b&c" (x (1))\r\n'),
    (b"* STATUS &AOk- (UIDNEXT 1)\r\n", b'* STATUS "\xc3\xa9" (UIDNEXT 1)\r\n'),
    (b'* LIST () "/" plain\r\n', b'* LIST () "/" plain\r\n'),
]


@pytest.mark.parametrize(("said", "told"), SPELT)
def test_names_are_spelt_in_utf_8(said: bytes, told: bytes) -> None:
    assert spelt(said) == told


def test_both_names_are_told() -> None:
    assert quoted(rb'a"b\c') == rb'"a\"b\\c"'
    assert told_as(b"new", b"old") == b'* LIST () "/" "new" ("OLDNAME" ("old"))\r\n'


@contextmanager
def before(dovecot: DovecotTarget, facade: str) -> Iterator[Session]:
    account = dovecot.accounts[0]
    with (
        FlawedServer(dovecot.endpoint, FACADES[facade]) as served,
        Session(served.endpoint, timeout=60.0) as opened,
    ):
        opened.open()
        opened.login(account.user, account.password)
        yield opened


@pytest.fixture
def session(dovecot_target: DovecotTarget) -> Iterator[Session]:
    with before(dovecot_target, "rev2-facade") as opened:
        yield opened


@pytest.fixture
def strict(dovecot_target: DovecotTarget) -> Iterator[Session]:
    with before(dovecot_target, "rev2-strict-facade") as opened:
        yield opened


@pytest.fixture
def telling(dovecot_target: DovecotTarget) -> Iterator[Session]:
    with before(dovecot_target, "rev2-telling-facade") as opened:
        yield opened


def said(session: Session, command: bytes) -> bytes:
    reply = session.command(command)
    assert reply.tagged is not None
    return b"".join(arrival.frame.text for arrival in (*reply.untagged, reply.tagged))


@pytest.mark.dovecot
def test_what_is_said_once_imap4rev2_is_enabled(session: Session) -> None:
    assert b"* RECENT" not in said(session, b"NOOP")
    assert b"* ENABLED IMAP4rev2\r\n" in said(session, b"ENABLE IMAP4rev2 X-NO-SUCH")
    first = said(session, b"SELECT INBOX")
    assert re.search(rb"\* LIST \([^)]*\) \"/\" \"?INBOX", first)
    assert b" RECENT" not in first
    assert b"[CLOSED]" not in first
    assert said(session, b"SELECT INBOX").startswith(b"* OK [CLOSED]")
    assert b"* ESEARCH (TAG " in said(session, b"SEARCH ANSWERED NOT ANSWERED")
    assert b"DELETED 0" in said(session, b"STATUS INBOX (MESSAGES DELETED)")
    listed = said(session, b'LIST "" INBOX RETURN (STATUS (DELETED MESSAGES))')
    assert re.search(rb"\* STATUS \"?INBOX\"? \(.*DELETED 0", listed)


@pytest.mark.dovecot
def test_a_name_that_is_taken_apart_is_put_together(session: Session) -> None:
    said(session, b"ENABLE IMAP4rev2")
    try:
        made = said(session, b'CREATE "rev2-e\xcc\x81"')
        assert b'"rev2-\xc3\xa9" ("OLDNAME" ("rev2-e\xcc\x81"))' in made
        assert b'"rev2-\xc3\xa9"' in said(session, b'LIST "" "rev2-%"')
    finally:
        assert b" OK" in said(session, b'DELETE "rev2-\xc3\xa9"')


@pytest.mark.dovecot
def test_a_name_that_never_had_a_mailbox_is_subscribed(telling: Session) -> None:
    said(telling, b"ENABLE IMAP4rev2")
    try:
        assert b" OK" in said(telling, b"SUBSCRIBE rev2-never/was")
        listed = said(telling, b'LIST (SUBSCRIBED RECURSIVEMATCH) "" rev2-never')
        assert re.search(rb"NonExistent[^)]*\) \S+ \"?rev2-never\"? \(\"?CHILDINFO", listed)
    finally:
        said(telling, b"UNSUBSCRIBE rev2-never/was")


@pytest.mark.dovecot
def test_what_may_be_refused_is_refused(strict: Session) -> None:
    said(strict, b"ENABLE IMAP4rev2")
    assert b" BAD" in said(strict, b"NAMESPACE now")
    assert b" BAD" in said(strict, b"STATUS INBOX (RECENT)")
    try:
        said(strict, b"CREATE rev2-a/b/c")
        assert b" NO [NONEXISTENT]" in said(strict, b"EXAMINE rev2-a/b")
        said(strict, b"CREATE rev2-a/b")
        assert b" NO [HASCHILDREN]" in said(strict, b"DELETE rev2-a/b")
    finally:
        for name in (b"rev2-a/b/c", b"rev2-a/b", b"rev2-a"):
            said(strict, b"DELETE " + name)
    said(strict, b"EXAMINE INBOX")
    assert b" NO" in said(strict, b"EXPUNGE")
