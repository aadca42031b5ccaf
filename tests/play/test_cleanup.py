"""Mailboxes of the suite's own are found and removed however a server shows them, or are told."""

from __future__ import annotations

import pytest
from play_odd import FIXTURES, Odd, odd

from conformance.casefile.fixtures import Fixture
from conformance.flaws.acts import answer, command, drop, remembering, replace, send_as, whole
from conformance.flaws.flaw import Act
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.play import ownership
from conformance.play.errors import Blocked
from conformance.targets.pymap import PymapTarget

NAMES = "CREATE, DELETE, APPEND, SELECT, EXAMINE, STATUS, SUBSCRIBE, UNSUBSCRIBE, COPY"
UPPER = send_as(rb"imapconf-[0-9a-z-]+", lambda m: m[0].upper(), count=0, name=NAMES)
NO_LIST = whole(lambda _t, _r, said: said[-1:], name="LIST, LSUB", where=rb'(LIST|LSUB) "" "?[^"]')
ONE = FIXTURES["one"]


def make(here: Odd, fixture: Fixture = ONE) -> list[bytes]:
    """Make a mailbox, two levels below it and a subscription; return what there is to remove."""
    name, _ = here.fill(fixture)
    case = here.workspace.new_case()
    made = [name]
    for path in ("one", "one/two"):
        child = here.workspace.name(case, "", path)
        assert child is not None
        here.workspace.fill(child, ONE)
        made.append(child)
    with here.connections.connect("subscribes", "auth") as session:
        assert session.command(b"SUBSCRIBE " + name).ok
    return made


def listed_by(where: bytes) -> Act:
    """LIST and LSUB refuse patterns like this."""
    return answer(b"{tag} BAD no such pattern\r\n", name="LIST, LSUB", where=where)


@pytest.mark.parametrize(
    ("acts", "facts", "shown"),
    [
        ((), set(), True),
        ((listed_by(rb"imapconf"),), {"list-pattern"}, True),
        ((listed_by(rb'imapconf|"\*"'),), {"list-pattern"}, True),
        ((UPPER,), {"list-pattern", "list-spelling"}, True),
        ((UPPER, listed_by(rb"imapconf")), {"list-pattern", "list-spelling"}, True),
        ((drop(only="LIST LSUB", where=rb"imapconf"),), {"list-pattern"}, True),
        ((NO_LIST,), {"list-pattern"}, False),
    ],
    ids=["as usual", "no pattern", "a star alone", "capitals", "both", "nothing", "no LIST"],
)
def test_what_was_made_is_found_and_removed(
    acts: tuple[Act, ...], facts: set[str], shown: bool, pymap_target: PymapTarget
) -> None:
    with odd(pymap_target, *acts) as here:
        made = make(here)
        assert len(here.own()) >= 3
        assert here.workspace.end() == ()
        assert here.own() == []
        assert here.broken_facts() == facts
        assert here.workspace.shown is shown
        with here.connections.connect("subscribed", "auth") as session:
            reply = session.command(b'LSUB "" *')
        names = [a.response.mailbox or b"" for a in reply.untagged if a.response.name == "LSUB"]
        assert not [name for name in names if name in made]


def _stubborn(until: str) -> tuple[Act, ...]:
    """DELETE is refused until another command has named the mailbox."""
    ready: set[bytes] = set()

    def name(request: Request) -> bytes:
        return request.octets.split(b" ")[2].strip().strip(b'"')

    def remember(_talk: Talk, request: Request) -> None:
        ready.add(name(request))

    def refuse(talk: Talk, request: Request) -> bytes | None:
        if name(request) in ready:
            return None
        talk.say(request.octets.split(b" ")[0] + b" NO not yet\r\n")
        return b""

    return remembering(remember, name=until), command(refuse, name="DELETE")


@pytest.mark.parametrize("until", ["UNSUBSCRIBE", "SELECT"])
def test_a_mailbox_that_resists_is_unsubscribed_and_emptied(
    until: str, pymap_target: PymapTarget
) -> None:
    with odd(pymap_target, *_stubborn(until)) as here:
        make(here)
        assert here.workspace.end() == ()
        assert here.own() == []


def test_rights_that_a_case_has_given_away_are_taken_again(pymap_target: PymapTarget) -> None:
    acts = (
        replace(rb" IMAP4rev1", b" IMAP4rev1 ACL", count=0),
        *_stubborn("SETACL"),
        answer(b"{tag} OK they are yours\r\n", name="SETACL"),
    )
    with odd(pymap_target, *acts) as here:
        make(here)
        assert here.workspace.end() == ()
        assert here.own() == []


def test_what_can_not_be_removed_is_told_by_name(pymap_target: PymapTarget) -> None:
    with odd(pymap_target, answer(b"{tag} NO never\r\n", name="DELETE")) as here:
        made = make(here)
        left = here.workspace.end()
        assert set(made) <= set(left)
        assert sorted(left) == sorted(here.own())
        assert "delete" in here.broken_facts()


def test_what_can_not_be_removed_nor_seen_is_told_by_name(pymap_target: PymapTarget) -> None:
    acts = (
        answer(b"{tag} NO never\r\n", name="DELETE"),
        NO_LIST,
    )
    with odd(pymap_target, *acts) as here:
        made = make(here)
        left = here.workspace.end()
        assert set(made) <= set(left)
        assert not here.workspace.shown


def test_what_piles_up_is_removed_in_the_middle_of_a_run(pymap_target: PymapTarget) -> None:
    with odd(pymap_target) as here:
        for _ in range(130):
            here.fill(FIXTURES["empty"])
        assert len(here.own()) < 70


def test_a_lost_connection_leaves_what_was_made_and_says_so(pymap_target: PymapTarget) -> None:
    with odd(pymap_target) as here:
        made = make(here)
        here.workspace._line.session.close()
        assert set(made) <= set(here.workspace.end())


def test_mailboxes_of_earlier_runs_serve_again_where_none_can_be_created(
    pymap_target: PymapTarget,
) -> None:
    with odd(pymap_target) as before:
        names = [before.fill(FIXTURES["five"])[0] for _ in range(3)]
        ownership.end_run(before.workspace.run)
        with odd(pymap_target, answer(b"{tag} NO forbidden\r\n", name="CREATE")) as here:
            for fixture in (FIXTURES["flagged"], FIXTURES["one"]):
                name, made = here.fill(fixture)
                assert name in names
                assert made == fixture
                assert here.seen(name).exists == len(fixture.messages)
            assert "create" in here.broken_facts()
            case = here.workspace.new_case()
            two = {here.workspace.name(case), here.workspace.name(case, "other")}
            assert two < set(names)


def test_without_any_mailbox_only_cases_are_blocked_that_need_one(
    pymap_target: PymapTarget,
) -> None:
    refusal = pytest.raises(Blocked, match=r"lets no mailbox be created: .*NO forbidden")
    with odd(pymap_target, answer(b"{tag} NO forbidden\r\n", name="CREATE")) as here, refusal:
        here.fill(ONE)


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str])
def test_a_name_is_known_in_any_letters(change: object) -> None:
    run = ownership.new_run()
    assert callable(change)
    for name in (f"{run}-7", f"Inbox/{run}-7-child", f"INBOX.{run}"):
        assert ownership.run_of(change(name)) == run
    ownership.end_run(run)


def test_children_of_an_inbox_in_other_letters_are_found(pymap_target: PymapTarget) -> None:
    other = replace(rb'" INBOX/', b'" Inbox/', only="LIST")
    with odd(pymap_target, other) as here:
        name = here.workspace.below_inbox(here.workspace.new_case(), "child")
        assert name is not None
        here.workspace.fill(name, ONE)
        assert here.workspace.end() == ()
        assert here.own() == []
