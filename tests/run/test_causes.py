"""Which premise a case is blocked by, and what becomes of the facts."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.casefile.document import Case
from conformance.casefile.premises import Premise, Premises
from conformance.casefile.suite import Suite
from conformance.play.player import Outcome
from conformance.run.causes import Causes, _covers
from conformance.run.judging import stated_reason
from conformance.wire.errors import TargetError
from conformance.wire.transcript import Line


class Named:
    """As much of a case as is looked at here."""

    def __init__(self, name: str, mailbox: str) -> None:
        self.id = name
        self.labels = SimpleNamespace(mailbox=mailbox)


def case(name: str, mailbox: str = "empty") -> Case:
    return cast("Case", Named(name, mailbox))


def _form(case_id: str) -> str:
    """The form of the command that a premise is about, as the suite knows it."""
    return {"x/first/select": "SELECT", "x/first/status": "STATUS MESSAGES"}[case_id]


PREMISES = Premises(
    (
        Premise(
            "select", "x/first/select", "A mailbox can be selected", (re.compile("SELECT: .*"),)
        ),
        Premise("status", "x/first/status", "STATUS counts", (re.compile("(STATUS|SELECT): .*"),)),
    )
)
REFUSED = Outcome("fail", "mismatch", "answered NO", 3, "a1 OK", "a1 NO", (), "SELECT: NO")


def causes(came: dict[str, Outcome]) -> Causes:
    def have(name: str) -> None:
        one = case(name)
        made.learn(
            one, made.explained(one, came[name]) if came[name].deviation else came[name], 0.1
        )

    made = Causes(PREMISES, have, _form)
    return made


def test_a_case_is_blocked_by_the_premise_that_does_not_hold() -> None:
    made = causes({"x/first/select": REFUSED})
    outcome = made.explained(case("x/y/z"), Outcome("fail", deviation="SELECT: no answer"))
    assert (outcome.verdict, outcome.deviation) == ("blocked", "SELECT: NO")
    assert "needs that a mailbox can be selected" in outcome.reason


def test_a_premise_that_holds_explains_nothing_and_the_next_is_asked() -> None:
    made = causes({"x/first/select": Outcome("pass"), "x/first/status": Outcome("pass")})
    failed = Outcome("fail", reason="answered NO", deviation="SELECT: NO")
    assert made.explained(case("x/y/z"), failed) == failed
    assert [fact.holds for fact in made.facts(())] == [True, True]


def test_what_a_server_need_not_do_skips_what_needs_it() -> None:
    made = causes({"x/first/select": Outcome("skip", reason="only where ...")})
    outcome = made.explained(case("x/y/z"), Outcome("fail", deviation="SELECT: NO"))
    assert outcome.verdict == "skip"
    ((fact),) = made.facts(())
    assert (fact.holds, fact.said) == (False, "only where ...")


def test_a_premise_is_blocked_by_one_before_it_and_hands_its_cause_on() -> None:
    second = Outcome("fail", deviation="SELECT: NO")
    made = causes({"x/first/select": REFUSED, "x/first/status": second})
    outcome = made.explained(case("x/y/z"), Outcome("fail", deviation="STATUS: no answer"))
    assert (outcome.verdict, outcome.deviation) == ("blocked", "SELECT: NO")


def test_what_nothing_explains_stays_and_a_lead_says_that_it_is_one() -> None:
    made = causes({})
    proof = Outcome("fail", reason="answered NO", deviation="NOOP: NO")
    assert made.explained(case("x/y/z"), proof) == proof
    lead = Outcome("blocked", "mismatch", "answered NO", 3, "a1 OK", "a1 NO", (), "NOOP: NO")
    assert made.explained(case("x/y/z"), lead).reason.startswith("before what this case is about")


def test_premises_are_had_once() -> None:
    asked: list[str] = []

    def have(name: str) -> None:
        asked.append(name)
        made.learn(case(name), Outcome("pass"), 0.0)

    made = Causes(PREMISES, have, _form)
    for _ in range(2):
        made.explained(case("x/y/z"), Outcome("fail", deviation="SELECT: NO"))
    assert asked == ["x/first/select", "x/first/status"]


def test_a_server_that_goes_away_meanwhile_is_no_verdict() -> None:
    def have(name: str) -> None:
        raise TargetError(name)

    with pytest.raises(TargetError):
        Causes(PREMISES, have, _form).explained(
            case("x/y/z"), Outcome("fail", deviation="SELECT: NO")
        )


def test_a_refused_form_explains_that_a_longer_one_is_refused() -> None:
    came = {"x/first/status": Outcome("fail", deviation="STATUS MESSAGES: BAD instead of OK")}
    made = causes(came | {"x/first/select": Outcome("pass")})
    other = PREMISES.entries[1]
    assert not other.may_explain("LIST: no answer")
    longer = Outcome("fail", deviation="STATUS MESSAGES UNSEEN: NO instead of OK")
    assert made.explained(case("x/y/z"), longer).deviation == came["x/first/status"].deviation
    assert made.behind("STATUS UNSEEN MESSAGES: BAD instead of OK")


@pytest.mark.parametrize(
    ("form", "other", "covers"),
    [
        ("SEARCH ALL", "SEARCH SUBJECT", True),
        ("SEARCH ALL", "UID SEARCH SUBJECT", True),
        ("UID SEARCH ALL", "SEARCH SUBJECT", False),
        ("FETCH BODY.PEEK[", "UID FETCH RFC822.SIZE BODY.PEEK[", True),
        ("FETCH BODY.PEEK[", "FETCH BODY.PEEK[TEXT", False),
        ("APPEND (flags)", "APPEND date", False),
        ("LIST", "LSUB", False),
        ("", "LIST", False),
    ],
)
def test_a_form_covers_those_that_have_all_of_its_words(
    form: str, other: str, *, covers: bool
) -> None:
    assert _covers(form, other) is covers


def test_what_comes_behind_a_command_is_explained_by_the_premise_about_it() -> None:
    premise = Premise(
        "silent", "x/first/status", "SILENT stores", (re.compile(r".* behind STORE .*SILENT.*"),)
    )
    wrong = Outcome("fail", deviation="FETCH: other untagged FETCH FLAGS (silent)")
    made = Causes(Premises((premise,)), lambda _: None, _form)
    made.learn(case("x/first/status"), wrong, 0.0)
    lines = (
        Line(0.0, "C", r"a1 STORE 1 +FLAGS.SILENT (\Seen)"),
        Line(0.1, "S", "a1 OK"),
        Line(0.2, "C", "a2 SEARCH UNSEEN"),
    )
    failed = Outcome("fail", deviation="SEARCH: other untagged SEARCH (x)", transcript=lines)
    assert made.explained(case("x/y/z"), failed).deviation == wrong.deviation
    failed = Outcome("fail", deviation="SEARCH: other untagged SEARCH (x)", transcript=lines[2:])
    assert made.explained(case("x/y/z"), failed) == failed


def test_a_premise_of_some_mailboxes_explains_nothing_in_another_one() -> None:
    pattern = re.compile(r"syntax body-fld-\w+: .* in FETCH")
    premise = Premise("types", "x/first/status", "Types", (pattern,), frozenset({"report"}))
    made = Causes(Premises((premise,)), lambda _: None, _form)
    made.learn(case("x/first/status"), Outcome("fail", deviation="FETCH: other"), 0.0)
    fault = "syntax body-fld-dsp: quoted string for nil in FETCH"
    assert made.behind(fault) == made.behind(fault, mailbox="report") == "FETCH: other"
    assert made.behind(fault, mailbox="one") == ""


def test_when_a_run_is_over_no_premise_is_had_any_more() -> None:
    had: list[str] = []
    premise = Premise("noop", "x/first/noop", "NOOP works", (re.compile("NOOP: .*"),))
    made = Causes(Premises((premise,)), had.append, _form)
    made.end()
    assert made.behind("NOOP: BAD instead of OK") == ""
    assert had == []
    made.learn(case("x/first/noop"), Outcome("fail", deviation="NOOP: BAD instead of OK"), 0.0)
    assert made.behind("NOOP: BAD instead of OK") == "NOOP: BAD instead of OK"


def test_a_case_that_is_blocked_by_a_should_says_so() -> None:
    made = causes({"x/first/select": replace(REFUSED, verdict="warn")})
    outcome = made.explained(case("x/y/z"), Outcome("fail", deviation="SELECT: no answer"))
    assert (outcome.verdict, outcome.by_should) == ("blocked", True)
    made = causes({"x/first/select": REFUSED})
    outcome = made.explained(case("x/y/z"), Outcome("fail", deviation="SELECT: no answer"))
    assert (outcome.verdict, outcome.by_should) == ("blocked", False)


OCTETS = "FETCH: other untagged FETCH (3501-7.4.2-body-octets)"
RENAME = "RENAME imapconf-x imapconf-y"
NEIGHBOURS = [
    ("digest", "mime-digest", "", OCTETS, True),
    ("digest", "mime-mixed", "", OCTETS, False),
    ("message-types", "zoo-types.eml", "", OCTETS, True),
    ("message-types", "zoo-encodings.eml", "", OCTETS, False),
    ("rename-moves", "empty", RENAME, "STATUS MESSAGES: OK instead of NO", True),
    ("rename-moves", "empty", RENAME, "FETCH: other untagged FETCH BODY[] (x)", False),
    ("rename-moves", "empty", RENAME, "STATUS: other untagged STATUS X (3501-6.3.5-inbox)", True),
    ("rename-moves", "empty", RENAME, "STATUS: other untagged STATUS X (3501-6.3.10-x)", False),
    ("rename-moves", "empty", RENAME, "SEARCH: no answer", False),
    ("examine", "five", "EXAMINE imapconf-x", "FETCH FLAGS: BAD instead of OK", True),
    ("examine", "five", "EXAMINE imapconf-x", "FETCH: other untagged FETCH RFC822.SIZE (x)", False),
    ("examine", "five", "EXAMINE imapconf-x", "CLOSE: untagged EXPUNGE is sent (x)", False),
    ("flags-kept", "five", "STORE 1 +FLAGS (x)", "SEARCH: other untagged SEARCH (x)", True),
    ("flags-kept", "five", "STORE 1 +FLAGS (x)", "FETCH: other untagged FETCH UID FLAGS (x)", True),
    ("flags-kept", "five", "STORE 1 +FLAGS (x)", "FETCH: other untagged FETCH BODY[] (x)", False),
    ("flags-kept", "five", "STORE 1 +FLAGS (x)", "LIST: no untagged LIST", False),
    ("silent", "five", "STORE 1 FLAGS.SILENT (x)", "COPY: BAD instead of OK", False),
    ("told-by-noop", "five", "NOOP", "NOOP: no untagged EXPUNGE", True),
    ("told-by-noop", "five", "NOOP", "CHECK: no untagged EXPUNGE", False),
    ("asterisk", "five", "STORE 1:* FLAGS (x)", "FETCH: other untagged FETCH FLAGS (x)", True),
    ("asterisk", "five", "STORE 1:5 FLAGS (x)", "FETCH: other untagged FETCH FLAGS (x)", False),
    ("search-quoted", "five", "NOOP", "SEARCH NOT FROM (): BAD instead of OK", True),
    ("search-quoted", "five", "NOOP", "SEARCH HEADER: other untagged SEARCH (x)", False),
    ("search-quoted", "five", "NOOP", "SEARCH SINCE: BAD instead of OK", False),
    ("search-since", "five", "NOOP", "SEARCH OR SENTON FEB: BAD instead of OK", True),
    ("search-since", "five", "NOOP", "SEARCH DEC lower: BAD instead of OK", True),
    ("search-since", "five", "NOOP", "SEARCH FROM: BAD instead of OK", False),
    ("literal-name", "five", "NOOP", "STATUS MESSAGES literal: BAD instead of OK", False),
    ("list-whole", "one", "NOOP", "LIST: untagged LIST is sent (3501-6.3.5-renamed)", True),
    ("list-whole", "one", "NOOP", "LIST: untagged LIST is sent (3501-6.3.4-deleted)", False),
    ("list-level", "one", "NOOP", "LIST: untagged LIST is sent (3501-6.3.8-percent)", True),
    ("list-level", "one", "NOOP", "LIST: untagged LIST is sent (3501-6.3.8-match)", False),
    ("numbers-stand", "five", "NOOP", "FETCH: other untagged FETCH UID (3501-7.4.1-in-step)", True),
    ("numbers-stand", "five", "NOOP", "3501-7.4.1-in-step uid-order", True),
    ("numbers-stand", "five", "NOOP", "FETCH: untagged EXPUNGE is sent (3501-7.4.1-during)", False),
    ("examine-code", "one", "NOOP", "3501-6.3.2-read-only access-code", True),
    ("examine-code", "one", "NOOP", "FETCH: other untagged FETCH (3501-6.3.2-no-change)", False),
    ("copy-trycreate", "one", "NOOP", "COPY: BAD instead of NO (3501-7.1-trycreate)", True),
    ("copy-trycreate", "one", "NOOP", "COPY: NO instead of OK", False),
    ("list-whole", "one", 'LIST "" x', "other values (3501-6.3.5-renamed)", True),
    ("list-whole", "one", 'LSUB "" x', "other values (3501-6.3.5-renamed)", False),
    ("refused-by-tag", "one", "NOOP", "APPEND: no answer but an untagged BAD (x)", True),
    ("refused-by-tag", "one", "NOOP", "APPEND: no answer", False),
    ("uid-of-nobody", "five", "EXPUNGE", "UID FETCH UID: BAD instead of OK", True),
    ("uid-of-nobody", "five", "NOOP", "UID FETCH UID: BAD instead of OK", False),
    (
        "unknown-item",
        "one",
        "NOOP",
        "FETCH: untagged FETCH SAVEDATE is sent (8514-4.1-announced)",
        True,
    ),
    ("unknown-item", "one", "NOOP", 'syntax msg-att-static: "." for ">" in FETCH', False),
    ("unknown-status-item", "one", "NOOP", "syntax status-att-val: NONSENSE in STATUS", True),
    ("unknown-status-item", "one", "NOOP", "STATUS: other untagged STATUS MESSAGES (x)", False),
    ("uid-not-reused", "five", "NOOP", "3501-2.3.1.1-new-uid uid-order", True),
    (
        "uid-not-reused",
        "five",
        "NOOP",
        "STATUS: other untagged STATUS UIDNEXT (3501-6.3.3-uids)",
        False,
    ),
    ("levels", "one", "NOOP", "LIST: no untagged LIST (3501-7.2.2-separator)", True),
    ("levels", "one", "NOOP", "LIST: no untagged LIST (3501-6.3.8-star)", False),
    ("rename-inferiors", "one", "NOOP", "other values (3501-6.3.5-inferiors)", True),
    ("subscription-kept", "one", "DELETE x", "UNSUBSCRIBE: NO instead of OK", True),
    ("subscription-kept", "one", "NOOP", "UNSUBSCRIBE: NO instead of OK", False),
    ("move", "five", "NOOP", "UID MOVE: no tagged NO [TRYCREATE]", True),
    ("move", "five", "NOOP", "COPY: no tagged NO [TRYCREATE]", False),
    ("search-modseq", "five", "NOOP", "SEARCH NOT MODSEQ: NO instead of OK", True),
    ("search-modseq", "five", "NOOP", "SEARCH NOT: NO instead of OK", False),
    ("modseq-told", "five", "NOOP", "STORE: other untagged FETCH FLAGS MODSEQ (x)", True),
    ("modseq-told", "five", "NOOP", "STORE: other untagged FETCH FLAGS (x)", False),
    ("unchangedsince", "five", "NOOP", "UID STORE: no tagged OK [MODIFIED]", True),
    (
        "changedsince-modseq",
        "five",
        "NOOP",
        "FETCH: other untagged FETCH FLAGS MODSEQ (7162-3.1.4.1-changedsince)",
        True,
    ),
    (
        "changedsince-modseq",
        "five",
        "NOOP",
        "FETCH: other untagged FETCH FLAGS MODSEQ (7162-3.1-included)",
        False,
    ),
    ("modseq-first", "five", "NOOP", "STORE: none of several answers (7162-3.1-first)", True),
    ("modseq-first", "five", "NOOP", "STORE: none of several answers (x)", False),
    ("select-gives-up", "one", "NOOP", "UNSELECT: OK instead of NO (3501-6.3.1-deselect)", True),
    ("select-gives-up", "one", "NOOP", "UNSELECT: OK instead of NO (3501-3-wrong-state)", False),
    ("clear-discarded", "one", "STARTTLS", "NOOP: no answer", True),
    ("clear-discarded", "one", "STARTTLS", "FETCH FLAGS: a tagged response too much", True),
    ("clear-discarded", "one", "STARTTLS", "NOOP: BAD instead of OK", False),
    ("clear-discarded", "one", "NOOP", "NOOP: a tagged response too much", False),
    ("body-defaults", "one", "NOOP", "FETCH: another BODYSTRUCTURE type", True),
    ("body-defaults", "one", "NOOP", "FETCH: another BODYSTRUCTURE parameters", False),
    ("closed", "five", "NOOP", "7162-3.2.11-closed closed", True),
    ("closed", "five", "NOOP", "SELECT: no untagged OK [UIDNEXT]", False),
    ("enabled", "five", "NOOP", "5161-3.1-response enabled-came", True),
    ("header-kept", "five", "NOOP", "FETCH: another RFC822.SIZE", True),
    ("header-kept", "five", "NOOP", "FETCH: another BODYSTRUCTURE lines", False),
    ("uid-store-uid", "five", "NOOP", "3501-6.4.8-uid-item UID STORE", True),
    ("uid-store-uid", "five", "NOOP", "3501-6.4.8-uid-item UID FETCH", False),
]


SEARCHED = "SEARCH: other untagged SEARCH (3501-6.4.4-set)"
PIECES = "FETCH: other untagged FETCH (3501-6.4.5-partial)"
LAST = [
    ("asterisk", "SEARCH 6,* SEEN", SEARCHED, True),
    ("asterisk", "SEARCH 6 SEEN", SEARCHED, False),
    ("asterisk", "FETCH 5:* (UID)", "FETCH: no untagged FETCH", True),
    ("asterisk", "FETCH 5:* (UID)", "FETCH: untagged EXPUNGE is sent (x)", False),
    ("message-part", "FETCH 1 (BODY.PEEK[1.2.HEADER]<6.10>)", PIECES, True),
    ("message-part", "FETCH 1 (BODY.PEEK[3.HEADER.FIELDS (Subject)]<3.6>)", PIECES, True),
    ("message-part", "FETCH 1 (BODY.PEEK[HEADER]<6.10>)", PIECES, False),
    ("message-part", "FETCH 1 (BODY.PEEK[1.2]<6.10>)", PIECES, False),
    ("unchangedsince", "STORE 2 (UNCHANGEDSINCE 5) FLAGS (x)", "STORE: no untagged FETCH", False),
    (
        "unchangedsince-told",
        "UID STORE 2 (UNCHANGEDSINCE 5) FLAGS.SILENT (x)",
        "UID STORE: no untagged FETCH",
        True,
    ),
    ("unchangedsince-told", "STORE 2 FLAGS (x)", "STORE: no untagged FETCH", False),
]


@pytest.mark.parametrize(("name", "sent", "deviation", "explained"), LAST)
def test_a_premise_may_look_at_the_form_of_what_deviated(
    name: str, sent: str, deviation: str, explained: bool
) -> None:
    (premise,) = (each for each in Suite().premises.entries if each.name == name)
    made = Causes(Premises((premise,)), lambda _: None, Suite().form)
    made.learn(case(premise.case), Outcome("fail", deviation="what the premise is about"), 0.0)
    failed = Outcome("fail", deviation=deviation, transcript=(Line(0.0, "C", f"a1 {sent}"),))
    assert (made.explained(case("x/y/z"), failed).verdict == "blocked") is explained


@pytest.mark.parametrize(("name", "mailbox", "sent", "deviation", "explained"), NEIGHBOURS)
def test_a_premise_explains_what_it_is_about_and_hides_no_neighbour(
    name: str, mailbox: str, sent: str, deviation: str, explained: bool
) -> None:
    (premise,) = (each for each in Suite().premises.entries if each.name == name)
    made = Causes(Premises((premise,)), lambda _: None, Suite().form)
    made.learn(case(premise.case), Outcome("fail", deviation="what the premise is about"), 0.0)
    lines = (Line(0.0, "C", f"a1 {sent}"), Line(0.1, "S", "a1 OK"), Line(0.2, "C", "a2 X"))
    failed = Outcome("fail", deviation=deviation, transcript=lines)
    outcome = made.explained(case("x/y/z", mailbox), failed)
    assert (outcome.verdict == "blocked") is explained


def test_the_stated_reason_a_blocked_case_has_no_tags_and_that_of_a_failed_one_has() -> None:
    assert stated_reason(replace(REFUSED, verdict="blocked")) == "answered NO"
    assert stated_reason(REFUSED) == "answered NO: expected a1 OK, received a1 NO"
