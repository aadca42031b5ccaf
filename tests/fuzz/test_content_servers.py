"""Generated messages on real servers that are right about them, and on one that is flawed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from conformance.flaws.catalogue import FLAWS
from conformance.flaws.proxy import FlawedServer
from conformance.fuzz.content import ContentDisagreement, check_message
from conformance.fuzz.questions import ContentQuestion, questions
from conformance.message.strategies import messages
from conformance.play.connections import Connections
from conformance.targets import Target
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.dovecot import DovecotTarget
from conformance.wire.account import Account
from conformance.wire.session import Endpoint, Literal, Session

bounded = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # of the machine, not of the strategies
)
DATE = b"17-Jul-1996 02:44:25 -0700"
GENERATE = [Phase.generate]
DRAWN = messages().flatmap(lambda octets: st.tuples(st.just(octets), questions(octets)))


@dataclass
class Held:
    """A session with a mailbox of its own selected, to which messages are appended."""

    session: Session
    mailbox: bytes

    def disagreements(
        self, generated: tuple[bytes, tuple[ContentQuestion, ...]]
    ) -> list[ContentDisagreement]:
        octets, asked = generated
        head = b"APPEND " + self.mailbox + b' "' + DATE + b'" '
        assert self.session.command(head, Literal(octets)).ok
        self.session.command(b"NOOP")
        reply = self.session.command(b"UID FETCH * (UID)")
        uids = [arrival.response.item(b"UID") for arrival in reply.untagged]
        uid = max(each.number or 0 for each in uids if each)
        return check_message(self.session, uid, octets, asked, date=DATE)


@contextmanager
def holding(endpoint: Endpoint, account: Account, mailbox: bytes) -> Iterator[Held]:
    with Connections(endpoint, [account]).survey() as session:
        assert session.command(b"CREATE " + mailbox).ok
        assert session.command(b"SELECT " + mailbox).ok
        yield Held(session, mailbox)


@pytest.mark.dovecot
def test_dovecot_agrees_with_the_oracle(dovecot_target: DovecotTarget) -> None:
    # White space in subjects and names becomes one space; apostrophes in names are not found.
    known = ("7.4.2-envelope-subject", "7.4.2-address", "6.4.4-address-keys", "6.4.4-not")
    _agrees(dovecot_target, known)


@pytest.mark.cyrus
def test_cyrus_agrees_with_the_oracle(cyrus_target: CyrusTarget) -> None:
    # SEARCH misses some charsets, last lines without an end, quotes and comments.
    known = ("6.4.4-body", "6.4.4-text", "6.4.4-header", "6.4.4-header-present", "6.4.4-not")
    _agrees(cyrus_target, known)


def _agrees(target: Target, known: tuple[str, ...]) -> None:
    with holding(target.endpoint, target.accounts[0], b"generated-content") as held:

        @bounded
        @given(DRAWN)
        def agree(generated: tuple[bytes, tuple[ContentQuestion, ...]]) -> None:
            found = held.disagreements(generated)
            assert not [d for d in found if d.requirement.removeprefix("3501-") not in known]

        agree()


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("flaw", "requirement"),
    [
        ("address-name-and-mailbox-swapped", "3501-7.4.2-address"),
        ("whole-message-cut", "3501-6.4.5-whole"),
        ("larger-includes-equal", "3501-6.4.4-size"),
    ],
)
def test_a_flaw_is_found(
    flaw: str, requirement: str, dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    flawed = FLAWS[flaw]
    server = FlawedServer(dovecot_target.endpoint, flawed, certificates=tmp_path)
    account = dovecot_target.accounts[0]
    with server, holding(server.endpoint, account, b"generated-" + flaw.encode()) as held:

        def seen(generated: tuple[bytes, tuple[ContentQuestion, ...]]) -> bool:
            return any(found.requirement == requirement for found in held.disagreements(generated))

        # Without shrinking, which may take minutes.
        assert find(DRAWN, seen, settings=settings(bounded, max_examples=200, phases=GENERATE))
