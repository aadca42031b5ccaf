"""Real clients, led through the proxy to real servers: they conform, but for what is recorded.

`recorded/` has what each was found to do on each server. Every entry is read against its clause in
`reports/clients/README.md`; a finding about a client that is not recorded fails, for it is rather
a fault of ours. `RECORD=1 pytest tests/clients` records anew.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from clients_driver import is_there, lead
from clients_table import CLIENTS, Client

from conformance.targets import Target
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.dovecot import DovecotTarget

pytestmark = pytest.mark.slow

RECORDED = Path(__file__).parent / "recorded"
README = Path(__file__).parents[2] / "reports" / "clients" / "README.md"
NAMES = [client.name for client in CLIENTS]


@pytest.fixture(params=CLIENTS, ids=NAMES)
def client(request: pytest.FixtureRequest) -> Client:
    """A client that is on this machine; where CI is set, all are, but for what needs npm."""
    client: Client = request.param
    if not is_there(client):
        lacking = client.package.startswith("npm") and shutil.which("npm") is None
        if os.environ.get("CI") and not lacking:
            pytest.fail(f"CI is set and {client.name} ({client.package}) is missing", pytrace=False)
        pytest.skip(f"{client.name} ({client.package}) is not installed")
    return client


@pytest.mark.dovecot
def test_a_client_of_dovecot(client: Client, dovecot_target: DovecotTarget, tmp_path: Path) -> None:
    compare(client, dovecot_target, "dovecot", tmp_path)


@pytest.mark.cyrus
def test_a_client_of_cyrus(client: Client, cyrus_target: CyrusTarget, tmp_path: Path) -> None:
    compare(client, cyrus_target, "cyrus", tmp_path)


def compare(client: Client, target: Target, server: str, folder: Path) -> None:
    """See that a client does what it is for, and that what is found is what is recorded."""
    path = RECORDED / f"{client.name}-{server}.json"
    led = lead(client, target, folder / "one").to_json()
    if os.environ.get("RECORD"):
        again = lead(client, target, folder / "two").to_json()
        assert again["findings"] == led["findings"]
        # What is sent now and then, as time allows, is not recorded.
        led["commands"] = sorted({*led["commands"]} & {*again["commands"]})
        path.write_text(json.dumps(led, indent=1) + "\n", encoding="ascii")
        return
    wanted = read(path)
    assert led["findings"] == wanted["findings"]
    assert {*wanted["commands"]} <= {*led["commands"]}


def read(path: Path) -> dict[str, Any]:
    """Read what is recorded of a client on a server."""
    recorded: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    return recorded


def test_there_are_twelve_and_each_is_recorded_on_both_servers() -> None:
    assert len(NAMES) == len({*NAMES}) == 12
    names = sorted(f"{name}-{server}.json" for name in NAMES for server in ("cyrus", "dovecot"))
    assert sorted(path.name for path in RECORDED.iterdir()) == names


def test_each_has_done_something() -> None:
    for path in RECORDED.iterdir():
        sent = {name.removeprefix("UID ") for name in read(path)["commands"]}
        assert {"FETCH"} <= sent, path.name
        assert {"SELECT", "EXAMINE"} & sent, path.name


def test_no_client_breaks_a_must_and_what_is_found_is_published() -> None:
    published = README.read_text(encoding="utf-8")
    for path in RECORDED.iterdir():
        name = path.stem.rpartition("-")[0]
        for side, rule, level in read(path)["findings"]:
            assert (side, level) != ("client", "MUST"), path.name
            lines = [line for line in published.splitlines() if rule in line]
            assert any(name in line for line in lines), f"{path.name}: {rule}"
