"""Servers and the browser that tests of every layer use, each started once for the whole run.

How the tests are shared out over processes is in `sharing`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from conformance.play.connections import Connections, Way
from conformance.play.workspace import Workspace
from conformance.targets import Target
from conformance.targets.courier import CourierTarget
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.errors import ServerMissing
from conformance.targets.pymap import PymapTarget

pytest_plugins = ["sharing"]


@pytest.fixture(scope="session")
def pymap_target() -> Iterator[PymapTarget]:
    """The embedded server, shared: tests make mailboxes of their own."""
    with PymapTarget() as target:
        yield target


@pytest.fixture
def connections(pymap_target: PymapTarget) -> Connections:
    return Connections(
        pymap_target.endpoint, pymap_target.accounts, disposable=True, way=Way(timeout=5)
    )


@pytest.fixture
def workspace(connections: Connections) -> Iterator[Workspace]:
    with connections.survey() as session:
        workspace = Workspace(session)
        yield workspace
        workspace.end()


def need(target: Target) -> None:
    """Skip without the server; fail instead where CI is set, so that CI can not lose it unseen."""
    try:
        with target:
            pass
    except ServerMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI is set and {missing}", pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def dovecot_installed() -> None:
    """Dovecot is there, or the test is skipped."""
    need(DovecotTarget())


@pytest.fixture(scope="session")
def dovecot_target(dovecot_installed: None) -> Iterator[DovecotTarget]:  # noqa: ARG001
    """A private Dovecot, shared: tests make mailboxes of their own and never restart it."""
    with DovecotTarget() as target:
        yield target


@pytest.fixture(scope="session")
def dovecot24_installed() -> None:
    """Dovecot 2.4 is there and may be started, or the test is skipped."""
    need(DovecotTarget("dovecot24"))


@pytest.fixture(scope="session")
def dovecot24_target(dovecot24_installed: None) -> Iterator[DovecotTarget]:  # noqa: ARG001
    """A private Dovecot 2.4, shared as the other one is."""
    with DovecotTarget("dovecot24") as target:
        yield target


@pytest.fixture(scope="session")
def courier_installed() -> None:
    """Courier is there and may be started, or the test is skipped."""
    need(CourierTarget())


@pytest.fixture(scope="session")
def courier_target(courier_installed: None) -> Iterator[CourierTarget]:  # noqa: ARG001
    """A private Courier, shared: tests make mailboxes of their own and never restart it."""
    with CourierTarget() as target:
        yield target


@pytest.fixture(scope="session")
def cyrus_installed() -> None:
    """Cyrus is there and may be started, or the test is skipped."""
    need(CyrusTarget())


@pytest.fixture(scope="session")
def cyrus_target(cyrus_installed: None) -> Iterator[CyrusTarget]:  # noqa: ARG001
    """A private Cyrus, shared: tests make mailboxes of their own and never restart it."""
    with CyrusTarget() as target:
        yield target


@pytest.fixture(scope="session")
def cyrus310_installed() -> None:
    """Cyrus 3.10 is there and may be started, or the test is skipped."""
    need(CyrusTarget("cyrus310"))


@pytest.fixture(scope="session")
def cyrus310_target(cyrus310_installed: None) -> Iterator[CyrusTarget]:  # noqa: ARG001
    """A private Cyrus 3.10, shared as the other one is."""
    with CyrusTarget("cyrus310") as target:
        yield target


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium of this machine, or the test is skipped; where CI is set it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and Chromium is not installed", pytrace=False)
        pytest.skip("Chromium is not installed")
    # Without its sandbox: root, who runs CI, can not have it, and the pages are our own.
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
