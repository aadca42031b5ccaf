"""Servers that the tests of every layer talk to, each started once for the whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from conformance.targets.cyrus import CyrusTarget
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.errors import ServerMissing
from conformance.targets.pymap import PymapTarget


@pytest.fixture(scope="session")
def pymap_target() -> Iterator[PymapTarget]:
    """The embedded server, shared: tests make mailboxes of their own."""
    with PymapTarget() as target:
        yield target


@pytest.fixture(scope="session")
def dovecot_installed() -> None:
    """Skip without a Dovecot; fail instead where CI is set, so that CI can not lose it unseen."""
    try:
        with DovecotTarget():
            pass
    except ServerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI is set and {missing}", pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def dovecot_target(dovecot_installed: None) -> Iterator[DovecotTarget]:  # noqa: ARG001
    """A private Dovecot, shared: tests make mailboxes of their own and never restart it."""
    with DovecotTarget() as target:
        yield target


@pytest.fixture(scope="session")
def cyrus_installed() -> None:
    """Skip without a Cyrus; fail instead where CI is set, as for Dovecot."""
    try:
        with CyrusTarget():
            pass
    except ServerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI is set and {missing}", pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def cyrus_target(cyrus_installed: None) -> Iterator[CyrusTarget]:  # noqa: ARG001
    """A private Cyrus, shared: tests make mailboxes of their own and never restart it."""
    with CyrusTarget() as target:
        yield target
