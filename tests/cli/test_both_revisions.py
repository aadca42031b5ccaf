"""One run about IMAP4rev1 and IMAP4rev2: one record, in which the two are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_bad_input import refused
from test_ways_in_run import flawed, playing

from conformance.casefile.suite import Suite
from conformance.flaws.acts import answer, replace
from conformance.flaws.flaw import Act, Flaw, flaw
from conformance.results.matrix import matrix
from conformance.results.records import Verdict
from conformance.targets import Target

NOOP, CHECK, NEW = "rfc3501/6.1.2-noop", "rfc3501/6.4.1-check", "rfc9051/6.4.2-unselect"
BOTH = replace(rb"IMAP4rev1", b"IMAP4rev1 IMAP4rev2")
ENABLED = answer(b"* ENABLED IMAP4rev2\r\n{tag} OK\r\n", name="ENABLE")


def announces_both(*acts: Act) -> Flaw:
    return flaw("both", "Both revisions are announced", "", "", BOTH, *acts)


def test_each_result_and_finding_says_under_which_it_came_about(
    pymap_target: Target, tmp_path: Path
) -> None:
    noop = answer(b"{tag} NO\r\n", name="NOOP", state="selected")
    with flawed(pymap_target, announces_both(ENABLED, noop)) as served:
        place = f"127.0.0.1:{served.port}"
        code, out, recording = playing(tmp_path, place, NOOP, CHECK, NEW)
    assert code == 1
    cases = [result for result in recording.results if result.kind == "case"]
    under = {
        protocol: {r.id for r in cases if r.protocol == protocol} for protocol in ("rev1", "rev2")
    }
    played = {name for name in under["rev1"] if name.startswith(NOOP)}
    assert played
    assert played <= under["rev2"]
    assert {name for name in under["rev1"] if name.startswith(CHECK)}  # CHECK is gone, and
    assert not {name for name in under["rev2"] if name.startswith(CHECK)}
    assert not {name for name in under["rev1"] if name.startswith("rfc9051/")}
    assert {name for name in under["rev2"] if name.startswith(NEW)}
    order = [result.protocol for result in cases]
    assert order == sorted(order)
    assert {(f.protocol, f.rfc) for f in recording.findings if "NOOP" in f.deviation} == {
        ("rev1", "3501"),
        ("rev2", "9051"),
    }
    for result in cases:
        assert f"--protocol {result.protocol}" in result.repeat
    assert "--protocol rev2" in out
    columns = matrix([recording]).columns
    assert [column.label.rpartition(" ")[2] for column in columns] == ["IMAP4rev1", "IMAP4rev2"]


def test_a_server_that_does_not_enable_what_it_announces_is_tested_as_far_as_it_goes(
    pymap_target: Target, tmp_path: Path
) -> None:
    refuses = answer(b"{tag} NO\r\n", name="ENABLE")
    with flawed(pymap_target, announces_both(refuses)) as served:
        _, _, recording = playing(tmp_path, f"127.0.0.1:{served.port}", NOOP)
    verdicts = {"rev1": set[Verdict](), "rev2": set[Verdict]()}
    for result in recording.results:
        if result.kind == "case":
            verdicts[result.protocol].add(result.verdict)
    assert Verdict.PASS in verdicts["rev1"]
    assert Verdict.BLOCKED not in verdicts["rev1"]
    assert verdicts["rev2"] == {Verdict.BLOCKED}


def test_both_are_told_to_be_wanting_where_one_is_not_announced(
    pymap_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAP_CONFORMANCE_PASSWORD", "pass1")
    endpoint = pymap_target.endpoint
    place = f"imap://user1@{endpoint.host}:{endpoint.port}"
    refused("run", place, "--protocol", "both", says="does not announce IMAP4rev2")


def test_what_imap4rev2_includes_need_not_be_announced(
    pymap_target: Target, tmp_path: Path
) -> None:
    alone = flaw(
        "alone",
        "IMAP4rev2 alone is announced, and no extension",
        "",
        "",
        replace(rb"IMAP4rev1[^]\r]*", b"IMAP4rev2 AUTH=PLAIN STARTTLS"),
    )
    names = ("rfc3691/2-", "rfc7888/5-", "rfc3516/", "rfc3501/6.2.2-authenticate/without")
    with flawed(pymap_target, alone) as served:
        _, _, recording = playing(tmp_path, f"127.0.0.1:{served.port}", *names)
    cases = [result for result in recording.results if result.kind == "case"]
    assert {result.protocol for result in cases} == {"rev2"}
    skipped = {result.id for result in cases if "announced" in result.reason}
    included = [r for r in cases if r.id.startswith(("rfc3691/", "rfc3516/")) and r.rfc == "9051"]
    assert included
    assert not skipped & {result.id for result in included}
    others = {result.id for result in cases} - {result.id for result in included}
    assert {name for name in others if name.startswith("rfc3516/")} <= skipped, "APPEND"
    literals = {name for name in others if name.startswith("rfc7888/") and "waited" not in name}
    assert literals <= skipped, "LITERAL+"
    assert {name for name in others if name.startswith("rfc3501/")} <= skipped, "not SASL-IR"


def test_what_became_of_a_rule_stands_beside_it(pymap_target: Target, tmp_path: Path) -> None:
    with flawed(pymap_target, announces_both(ENABLED)) as served:
        _, _, recording = playing(tmp_path, f"127.0.0.1:{served.port}", NOOP)
    rows = {row.id: row for row in matrix([recording], Suite().catalogue).rules}
    first, second = rows["3501-6.1.2-ok"].cells
    assert first.cases
    assert second.cases
    assert "9051-6.1.2-ok" not in rows
