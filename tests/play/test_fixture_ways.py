"""Fixtures on servers that refuse or forget part of what makes them: another way is found."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from play_odd import FIXTURES, flags_of, odd

from conformance.casefile.fixtures import Fixture
from conformance.flaws.acts import answer, send_as, whole
from conformance.flaws.acts import replace as said_otherwise
from conformance.flaws.flaw import Act
from conformance.play.errors import Blocked
from conformance.targets.pymap import PymapTarget

NO_LIST = rb"APPEND \S+ (?!\()"
NO_FLAGS = send_as(rb"(APPEND \S+) \([^)]*\)", rb"\1", name="APPEND")
NO_UNSELECT = answer(b"{tag} BAD no such command\r\n", name="UNSELECT")
WRITABLE = send_as(rb"EXAMINE", rb"SELECT", name="EXAMINE")


def refused(where: bytes, *, name: str = "APPEND", early: bool = True) -> Act:
    return answer(b"{tag} BAD not like this\r\n", name=name, where=where, early=early)


PLAIN = refused(NO_LIST)
LISTED = refused(rb"APPEND \S+ \(.")
ONLY_EMPTY = refused(rb"APPEND \S+ (?!\(\))")
DATED = refused(rb'APPEND \S+ (\([^)]*\) )?"')
UNDATED = refused(rb"APPEND \S+ (\([^)]*\) )?\{")
FIELDLESS = refused(rb"\A(?!.*\r\nDate:)", early=False)


@pytest.mark.parametrize(
    ("acts", "facts"),
    [
        ((), set()),
        ((PLAIN,), {"append-plain"}),
        ((LISTED,), {"append-flags"}),
        ((ONLY_EMPTY,), {"append-plain", "append-flags"}),
        ((NO_FLAGS,), {"append-keeps-flags"}),
        ((NO_FLAGS, PLAIN), {"append-keeps-flags", "append-plain"}),
        ((UNDATED,), {"append-undated"}),
        ((PLAIN, UNDATED), {"append-plain", "append-undated"}),
    ],
    ids=[
        "as-usual",
        "plain",
        "listed",
        "only-empty",
        "forgets",
        "forgets-and-plain",
        "undated",
        "two-things",
    ],
)
def test_flags_are_there_and_the_messages_are_recent(
    acts: tuple[Act, ...], facts: set[str], pymap_target: PymapTarget
) -> None:
    fixture = FIXTURES["flagged"]
    with odd(pymap_target, *acts) as here:
        for _ in range(2):  # while it is learnt, and once it is known
            name, made = here.fill(fixture)
            seen = here.seen(name)
            assert made == fixture
            assert (seen.exists, seen.recent) == (6, 6)
            assert seen.flags == flags_of(fixture)
            assert seen.texts == [message.octets for message in fixture.messages]
        assert here.broken_facts() == facts


def test_a_date_that_is_refused_is_left_out_and_told(pymap_target: PymapTarget) -> None:
    fixture = FIXTURES["dated"]
    with odd(pymap_target, DATED) as here:
        name, made = here.fill(fixture)
        assert here.seen(name).exists == 4
        assert [message.date for message in made.messages] == [""] * 4
        assert "append-date" in here.broken_facts()


def test_a_date_that_is_forgotten_is_told(pymap_target: PymapTarget) -> None:
    forgets = send_as(rb'(APPEND \S+ (?:\([^)]*\) )?)"[^"]*" ', rb"\1", name="APPEND")
    with odd(pymap_target, forgets) as here:
        _, made = here.fill(FIXTURES["dated"])
        assert {message.date for message in made.messages} == {""}
        assert "append-keeps-date" in here.broken_facts()


def test_a_message_gets_a_date_field_where_none_is_refused(pymap_target: PymapTarget) -> None:
    fixture = FIXTURES["zoo-no-header.eml"]
    with odd(pymap_target, FIELDLESS) as here:
        name, made = here.fill(fixture)
        assert made.messages[0].octets.startswith(b"Date: ")
        assert here.seen(name).texts == [made.messages[0].octets]
        assert here.broken_facts() == {"append-no-date-field"}
        name, made = here.fill(FIXTURES["search"])
        assert made == FIXTURES["search"]


@pytest.mark.parametrize("said", [b"{tag} BAD no such command\r\n", b"{tag} OK done\r\n"])
def test_messages_go_by_close_where_expunge_does_not_do_it(
    said: bytes, pymap_target: PymapTarget
) -> None:
    with odd(pymap_target, answer(said, name="EXPUNGE")) as here:
        name, _ = here.fill(FIXTURES["search-after-others"])
        seen = here.seen(name)
        assert (seen.exists, seen.recent) == (6, 6)
        assert "expunge" in here.broken_facts()


@pytest.mark.parametrize(
    "acts",
    [
        (WRITABLE, NO_UNSELECT),
        (WRITABLE, send_as(b"UNSELECT", b"CLOSE", name="UNSELECT")),
        (NO_UNSELECT, answer(b"{tag} BAD no\r\n", name="CLOSE")),
    ],
    ids=["close expunges after examine", "unselect expunges", "no close"],
)
@pytest.mark.parametrize("more", [(), (NO_FLAGS,)], ids=["", "flags by STORE"])
def test_no_mailbox_is_left_in_a_way_that_takes_messages_away(
    acts: tuple[Act, ...], more: tuple[Act, ...], pymap_target: PymapTarget
) -> None:
    fixture = FIXTURES["flagged"]
    with odd(pymap_target, *acts, *more) as here:
        for _ in range(2):
            name, _ = here.fill(fixture)
            assert here.seen(name).flags == flags_of(fixture)


def test_store_in_the_mailbox_itself_is_the_last_way(pymap_target: PymapTarget) -> None:
    refuses = answer(b"{tag} NO not here\r\n", name="COPY")
    fixture = FIXTURES["flagged"]
    with odd(pymap_target, NO_FLAGS, refuses) as here:
        name, _ = here.fill(fixture)
        assert here.seen(name).flags == flags_of(fixture)


def test_where_there_is_no_way_it_is_said_what_was_refused(pymap_target: PymapTarget) -> None:
    acts = (NO_FLAGS, answer(b"{tag} NO not today\r\n", name="STORE"))
    with odd(pymap_target, *acts) as here:
        with pytest.raises(Blocked) as blocked:
            here.fill(FIXTURES["flagged"])
        assert "APPEND does not give messages their flags: " in str(blocked.value)
        assert "\\Deleted" in str(blocked.value)
        assert "refuses STORE in the suite's mailbox: " in str(blocked.value)
        assert "not today" in str(blocked.value)
        name, _ = here.fill(FIXTURES["five"])  # what needs no flags is not held up
        assert here.seen(name).exists == 5
        assert {"append-keeps-flags", "store-sets"} <= here.broken_facts()


def test_append_that_is_refused_altogether_is_told_in_words(pymap_target: PymapTarget) -> None:
    refusal = pytest.raises(
        Blocked, match=r"refuses APPEND with no flag list and no date .*NO full"
    )
    full = answer(b"{tag} NO full\r\n", name="APPEND", early=True)
    with odd(pymap_target, full) as here, refusal:
        here.fill(FIXTURES["one"])


def test_a_refused_append_that_adds_all_the_same_is_seen(pymap_target: PymapTarget) -> None:
    def refuse(_talk: object, _request: object, said: list[bytes]) -> list[bytes]:
        return [*said[:-1], said[-1].split(b" ")[0] + b" BAD refused\r\n"]

    acts = whole(refuse, name="APPEND", where=NO_LIST)
    with odd(pymap_target, acts) as here:
        name, _ = here.fill(FIXTURES["five"])
        assert here.seen(name).exists == 5


def test_a_flag_that_the_server_sets_by_itself_is_taken_away(pymap_target: PymapTarget) -> None:
    acts = (
        send_as(rb"APPEND (\S+) (?!\()", rb"APPEND \1 (\\Seen) ", name="APPEND"),
        send_as(rb"APPEND (\S+) \((?!\\Seen\))", rb"APPEND \1 (\\Seen ", name="APPEND"),
    )
    with odd(pymap_target, *acts) as here:
        name, _ = here.fill(FIXTURES["select-unseen-third"])
        assert here.seen(name).flags == flags_of(FIXTURES["select-unseen-third"])
        assert here.broken_facts() == {"append-sets-no-flag"}


def test_keywords_that_can_not_be_had_are_left_out(pymap_target: PymapTarget) -> None:
    one = FIXTURES["one"].messages[0]
    fixture = Fixture("marked", "", (replace(one, flags=("\\Seen", "$Marked")),))
    acts = (refused(rb"\$Marked"), refused(rb"\$Marked", name="STORE", early=False))
    with odd(pymap_target, *acts) as here:
        name, made = here.fill(fixture)
        assert made.messages[0].flags == ("\\Seen",)
        assert here.seen(name).flags == [frozenset({b"\\SEEN"})]
        assert "keywords" in here.broken_facts()


ADDS_A_LINE = send_as(
    rb"\{(\d+)\}\r\n",
    lambda m: b"{%d}\r\nX-Server: was here\r\n" % (int(m[1]) + 20),
    name="APPEND",
)


def test_lines_that_the_server_adds_are_told_and_taken_for_the_messages(
    pymap_target: PymapTarget,
) -> None:
    with odd(pymap_target, ADDS_A_LINE) as here:
        _, made = here.fill(FIXTURES["five"])
        given = [b"X-Server: was here\r\n" + each.octets for each in FIXTURES["five"].messages]
        assert made.exact
        assert [each.octets for each in made.messages] == given
        assert here.broken_facts() == {"append-keeps-octets"}


def test_lines_that_are_added_and_not_shown_leave_the_messages_unknown(
    pymap_target: PymapTarget,
) -> None:
    silent = answer(b"{tag} NO not now\r\n", name="FETCH", where=rb"\(RFC822\.SIZE")
    with odd(pymap_target, ADDS_A_LINE, silent) as here:
        assert not here.fill(FIXTURES["five"])[1].exact


def test_messages_that_are_not_recent_any_more_are_told(pymap_target: PymapTarget) -> None:
    with odd(pymap_target, NO_FLAGS, answer(b"{tag} NO not here\r\n", name="COPY")) as here:
        assert not here.fill(FIXTURES["flagged"])[1].recent
        assert here.fill(FIXTURES["five"])[1].recent


def test_an_answer_that_can_not_be_read_says_nothing_of_flags(pymap_target: PymapTarget) -> None:
    garbage = said_otherwise(rb"FLAGS \([^)]*\)", b"FLAGS ((((", only="FETCH", count=0)
    with odd(pymap_target, garbage) as here:
        with contextlib.suppress(Blocked):
            here.fill(FIXTURES["flagged"])
        assert "append-keeps-flags" not in here.broken_facts()


@pytest.mark.parametrize("flags", [b"", b" (\x01\x02"])
def test_flags_that_can_not_be_read_are_not_taken_for_forgotten(
    flags: bytes, pymap_target: PymapTarget
) -> None:
    said = b"".join(b"* %d FETCH (FLAGS%b\r\n" % (number, flags) for number in range(1, 7))
    garbage = answer(said + b"{tag} OK done\r\n", name="FETCH, UID FETCH")
    finds_none = answer(b"* SEARCH\r\n{tag} OK done\r\n", name="SEARCH")
    with odd(pymap_target, garbage, finds_none) as here:
        with contextlib.suppress(Blocked):
            here.fill(FIXTURES["flagged"])
        assert "append-keeps-flags" not in here.broken_facts()
