"""What a server announces, and whether it is there; nothing is said that was not seen."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import data
from conformance.capabilities.asked import ProbeAnswer, ask
from conformance.capabilities.mailbox import own_mailbox
from conformance.capabilities.probes import load_probes
from conformance.capabilities.show import meaning_of, rows
from conformance.capabilities.unregistered import OF_NO_RFC
from conformance.casefile.suite import Suite
from conformance.cli.main import main
from conformance.flaws.acts import answer, hang_up_on, replace
from conformance.flaws.flaw import Flaw, flaw
from conformance.flaws.proxy import FlawedServer
from conformance.play.connections import Connections
from conformance.syntax.grammar import everything
from conformance.targets.pymap import PymapTarget
from conformance.wire.framing import Frame, Framer


@pytest.fixture(scope="module")
def pymap() -> Iterator[PymapTarget]:
    with PymapTarget() as started:
        yield started


def asked(target: PymapTarget, behaviour: Flaw) -> dict[str, ProbeAnswer]:
    with FlawedServer(target.endpoint, behaviour) as server:
        connections = Connections(server.endpoint, target.accounts)
        connections.survey().logout()
        return {each.capability: each for each in ask(connections)}


def test_what_is_announced_and_not_there_is_broken(pymap: PymapTarget) -> None:
    liar = flaw("liar", "t", "", "", replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 NAMESPACE"))
    answers = asked(pymap, liar)
    assert [name for name, each in answers.items() if each.broken] == ["NAMESPACE"]
    assert answers["NAMESPACE"].came == "BAD"


def test_what_is_there_and_not_announced_is_told(pymap: PymapTarget) -> None:
    quiet = flaw("quiet", "t", "", "", replace(rb" OBJECTID(?=[ \]\r])", b""))
    answers = asked(pymap, quiet)
    assert [name for name, each in answers.items() if each.unannounced] == ["OBJECTID"]
    assert not any(each.broken for each in answers.values())


def test_ok_without_the_data_is_not_the_extension(pymap: PymapTarget) -> None:
    empty = flaw("empty", "t", "", "", answer(b"{tag} OK done\r\n", name="ID"))
    answers = asked(pymap, empty)
    assert answers["ID"].came == "without data"
    assert answers["ID"].doubtful
    assert not answers["ID"].broken


def test_a_server_that_ends_the_connection_is_asked_on(pymap: PymapTarget) -> None:
    rude = flaw("rude", "t", "", "", hang_up_on(b"* BYE no\r\n", name="ID"))
    answers = asked(pymap, rude)
    assert answers["ID"].came == "ended"
    assert answers["ID"].broken
    assert answers["IDLE"].came == "works"


def test_a_mailbox_of_its_own_is_open_for_writing_and_removed(pymap: PymapTarget) -> None:
    connections = Connections(pymap.endpoint, pymap.accounts)
    with own_mailbox(connections, tidy=True) as mailbox:
        answers = {each.capability: each for each in ask(connections, mailbox.name)}
    assert mailbox.name
    assert not mailbox.left
    assert answers["UIDPLUS"].came == answers["MOVE"].came == "works"
    with connections.survey() as session:
        listed = session.command(b'LIST "" "*"').untagged
    assert not any(mailbox.name in each.frame.text for each in listed)


def test_where_no_mailbox_can_be_made_nobody_is_blamed_for_a_mailbox_read_only(
    pymap: PymapTarget,
) -> None:
    stubborn = flaw("stubborn", "t", "", "", answer(b"{tag} NO never\r\n", name="CREATE"))
    with FlawedServer(pymap.endpoint, stubborn) as server:
        connections = Connections(server.endpoint, pymap.accounts)
        with own_mailbox(connections, tidy=True) as mailbox:
            answers = {each.capability: each for each in ask(connections, mailbox.name)}
    assert not mailbox.name
    assert answers["UIDPLUS"].came == answers["MOVE"].came == "not asked"
    assert answers["IDLE"].came == "works"


def test_a_capability_is_shown_as_it_was_announced(pymap: PymapTarget) -> None:
    fancy = flaw(
        "fancy", "t", "", "", replace(rb"CAPABILITY IMAP4rev1", rb"\g<0> RIGHTS=texk Sort=uid")
    )
    with FlawedServer(pymap.endpoint, fancy) as server:
        connections = Connections(server.endpoint, pymap.accounts)
        connections.survey().logout()
    found = {row.capability: row for row in rows(connections.announced, (), Suite())}
    assert found["RIGHTS=TEXK"].spelt == "RIGHTS=texk"
    assert found["RIGHTS=TEXK"].says.startswith("RFC 4314")
    assert found["SORT=UID"].says == "of no RFC: Cyrus sorts by UID, too"
    assert not found["SORT=UID"].cases


def test_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capabilities", "--server", "pymap"]) == 0
    out = capsys.readouterr().out
    assert "Announced before login and after login" in out
    line = next(line for line in out.splitlines() if line.startswith("  MOVE"))
    assert "works" in line
    assert "RFC 6851: MOVE copies and removes in one step" in line


def test_the_verb_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capabilities", "--server", "pymap", "--json"]) == 0
    rows = {each["capability"]: each for each in json.loads(capsys.readouterr().out)["announced"]}
    assert rows["ID"]["came"] == "works"
    assert rows["ID"]["told"] == ["before login", "after login"]
    assert rows["AUTH=PLAIN"]["rfc"] == "3501"


def test_one_server_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capabilities", "imap://a@x", "imap://b@x"]) == 2
    assert "one server at a time" in capsys.readouterr().err


@pytest.mark.parametrize("name", list(load_probes()))
def test_a_question_conforms_and_says_what_it_asks_about(name: str) -> None:
    framer = Framer("client")
    framer.feed(b"a1 " + load_probes()[name].send + b"\r\n")
    frame = framer.next_frame()
    assert isinstance(frame, Frame)
    if name not in ("UIDBATCHES",):  # of which no RFC has a grammar
        assert everything().check("command", frame.text, frame.literals) is None
        assert meaning_of(name) is not None or name in OF_NO_RFC


def test_the_questions_are_in_order() -> None:
    names = list(tomllib.loads((Path(data.CASES) / "capabilities.toml").read_text("utf-8")))
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("name", "rfc"),
    [
        ("THREAD=X-ODD", "5256"),
        ("THREAD=REFS", ""),
        ("SORT=UID", ""),
        ("AUTH=X-ODD", "3501"),
        ("PREVIEW=FUZZY", "8970"),
        ("X-FROB", ""),
    ],
)
def test_a_value_means_what_stands_before_it(name: str, rfc: str) -> None:
    meaning = meaning_of(name)
    assert (meaning.rfc if meaning else "") == rfc
