from __future__ import annotations

import pytest
from checks_talk import Talk, logged_in, select, selected

from conformance.checks.ledger import Bounded, Ledger
from conformance.checks.monitor import EXCERPT
from conformance.checks.selection import POSITIONS, Positions
from conformance.checks.view import key_of

SHRINK = ["C: a1 NOOP", "S: * 4 EXISTS", "S: a1 OK done"]


def test_a_finding_says_where_and_what() -> None:
    talk = Talk()
    talk.monitor.begin("rfc3501/5.2/case")
    talk.say(*logged_in("left"), *select(name="left"), *(f"left {line}" for line in SHRINK))
    (finding,) = talk.findings
    assert finding.label == "rfc3501/5.2/case"
    assert finding.session == "left"
    assert finding.source == "ambient"
    assert finding.expected == "at least 5 EXISTS"
    assert finding.received == "* 4 EXISTS"
    assert [line.text for line in finding.excerpt[-3:]] == [
        "s0 OK [READ-WRITE] selected",
        "a1 NOOP",
        "* 4 EXISTS",
    ]


def test_an_empty_line_is_not_called_the_end_of_the_connection() -> None:
    talk = Talk().say(*logged_in(), "C: a1 NOOP", "S: ", "S: a1 OK done")
    assert [finding.received for finding in talk.findings] == ["an empty line"]


def test_only_the_first_of_a_shape_has_an_excerpt_in_each_case() -> None:
    talk = Talk()
    for case in ("one", "two"):
        talk.monitor.begin(case)
        talk.say("S: zz OK done", "S: zz OK done")
        talk.monitor.end()
    assert [bool(finding.excerpt) for finding in talk.findings if "2.2.2" in finding.requirement]
    assert [bool(f.excerpt) for f in talk.findings if f.requirement == "3501-2.2.2-tag"] == [
        True,
        False,
        True,
        False,
    ]


def test_an_excerpt_is_bounded_and_ends_at_the_offence() -> None:
    news = [f"* {count} EXISTS" for count in range(6, 60)]
    talk = Talk().say(*logged_in(), *select())
    talk.say("S: " + "\r\n".join([*news, "* 1 EXPUNGE", *news[-4:]]))
    excerpt = talk.findings[0].excerpt
    assert len(excerpt) == EXCERPT
    assert excerpt[-3].text == "* 1 EXPUNGE"


@pytest.mark.parametrize("allowed", ["exists-shrinks", "3501-5.2-exists-shrinks"])
def test_allowed_checks_are_silent_for_one_case(allowed: str) -> None:
    talk = Talk()
    talk.monitor.begin("case", allow=[allowed])
    talk.say(*logged_in(), *select(), *SHRINK)
    assert talk.ids == []
    talk.monitor.end()
    talk.say(*logged_in("two"), *select(name="two"), *(f"two {line}" for line in SHRINK))
    assert talk.ids == ["3501-5.2-exists-shrinks"]


@pytest.mark.parametrize("allowed", ["syntax", "framing"])
def test_form_can_be_allowed(allowed: str) -> None:
    talk = Talk()
    talk.monitor.begin("case", allow=[allowed])
    talk.say(*logged_in(), "S: *  OK x", "S~ * OK x\n")
    assert {finding.source for finding in talk.findings} == {"syntax", "framing"} - {allowed}


def test_an_unknown_check_can_not_be_allowed() -> None:
    with pytest.raises(ValueError, match="no such ambient check: nonsense"):
        Talk().monitor.begin("case", allow=["nonsense"])


def test_a_doubt_that_nothing_settles_is_dropped() -> None:
    assert selected("S: * 9 FETCH (FLAGS ())", "S/ local") == []


def test_a_session_seen_from_its_middle_is_not_misjudged() -> None:
    talk = Talk().say(*logged_in(), *select(), "C: a1 SEARCH ALL")
    talk.monitor.end()
    talk.say("S: * 9 RECENT", "S: * 9 FETCH (UID 3 FLAGS (x))", "S: a1 NO no")
    talk.say("C: a2 LOGOUT", "S: * BYE out", "S: a2 OK done", "S/ closed")
    assert talk.ids == []


def test_static_data_is_compared_over_cases() -> None:
    talk = Talk()
    for name, size in (("one", 5), ("two", 6)):
        talk.monitor.begin(name)
        talk.say(
            *logged_in(name),
            *select(name=name),
            f"{name} C: a1 FETCH 1 (UID RFC822.SIZE)",
            f"{name} S: * 1 FETCH (UID 20 RFC822.SIZE {size})",
            f"{name} S: a1 OK done",
        )
        talk.monitor.end()
    assert talk.ids == ["3501-2.3.1.1-immutable"]


BY_LITERAL = ["S: * OK hi", "C: l0 LOGIN {4}", "S: + go", "C: fred x", "S: l0 OK in"]
# "\0fred\0secret"
BY_SASL = ["S: * OK hi", "C: l0 AUTHENTICATE PLAIN", "S: + ", "C: AGZyZWQAc2VjcmV0", "S: l0 OK in"]
BY_OTHER_SASL = [line.replace("PLAIN", "XOAUTH") for line in BY_SASL]


@pytest.mark.parametrize("login", [BY_LITERAL, BY_SASL], ids=["LOGIN", "AUTHENTICATE"])
def test_one_user_is_known_however_he_logs_in(login: list[str]) -> None:
    talk = Talk().say(*logged_in(), *select())
    talk.say(*(f"two {line}" for line in login), *select(uidnext=50, name="two"))
    assert talk.ids == ["3501-2.3.1.1-uidnext-falls"]


def test_an_unknown_user_shares_nothing() -> None:
    talk = Talk().say(*(f"main {line}" for line in BY_OTHER_SASL), *select())
    talk.say(*(f"two {line}" for line in BY_OTHER_SASL), *select(uidnext=50, name="two"))
    assert talk.ids == []


def test_preauthenticated_sessions_have_one_user() -> None:
    talk = Talk().say("main S: * PREAUTH hi", *select())
    talk.say("two S: * PREAUTH hi", *select(uidnext=50, name="two"))
    assert talk.ids == ["3501-2.3.1.1-uidnext-falls"]


def test_names_may_mean_other_mailboxes_in_the_next_case() -> None:
    talk = Talk().say(*logged_in(), *select())
    talk.monitor.end()
    talk.say(*logged_in("two"), *select(uidvalidity=6, name="two"))
    assert talk.ids == []


@pytest.mark.parametrize(
    "octets",
    [
        f"* {'9' * 5000} EXISTS",
        f"* {'9' * 5000} EXPUNGE",
        f"* 1 FETCH (UID {'9' * 5000} RFC822.SIZE {'9' * 5000})",
        f"* SEARCH {'9' * 5000}",
        f"* OK [UIDNEXT {'9' * 5000}] x",
        f"* OK [UIDVALIDITY {'9' * 5000}] x",
        f"* STATUS x (UIDNEXT {'9' * 5000} UIDVALIDITY {'9' * 5000})",
        "* 1 FETCH (BODY " + "(" * 5000 + ")" * 5000 + ")",
        "* 1 FETCH " + "(" * 5000,
        "* 1 FETCH",
        "* 1 FETCH ()",
        "* FETCH",
        "* FLAGS",
        "* STATUS",
        "* STATUS x",
        "* 4294967295 EXISTS",
        "* 4294967295 FETCH (UID 4294967295)",
        "*",
        "+",
        "",
        " ",
        "\xff\xfe",
        "s9",
        "s9 OK [",
        "* OK [UIDNEXT",
    ],
    ids=lambda octets: octets[:24],
)
def test_nothing_a_server_sends_stops_the_monitor(octets: str) -> None:
    lines = ["C: s9 SELECT box", f"S: {octets}", "S: s9 OK [READ-WRITE] done", f"S: {octets}"]
    Talk().say(*logged_in(), *select(), "C: a1 STATUS x (UIDNEXT)", *lines)


def test_the_ledger_is_bounded() -> None:
    ledger = Ledger(entries=100, boxes=10)
    for number in range(1000):
        box = ledger.box(b"fred", b"box%d" % number, 1)
        ledger.learn(box, number, b"RFC822.SIZE", b"%d" % number)
        ledger.learn_validity(b"fred", b"box%d" % number, 1, 0.0)
    assert len(ledger) <= 100
    assert ledger.fact(box, 999, b"RFC822.SIZE") == b"999"
    assert ledger.box(b"fred", b"box999", 1) is box


def test_bounded_keeps_the_newer_half() -> None:
    kept: Bounded[int, int] = Bounded(10)
    for number in range(23):
        kept.put(number, number)
    assert [number for number in range(23) if kept.get(number) is not None] == [*range(15, 23)]
    kept.put(16, 99)
    assert kept.get(16) == 99


def test_positions_are_bounded() -> None:
    positions = Positions()
    positions.put(POSITIONS + 1, 7)
    positions.put(4_000_000_000, 7)
    positions.expunge(4_000_000_000)
    positions.put(POSITIONS, 9)
    assert positions.get(POSITIONS + 1) == 0
    assert positions.get(POSITIONS) == 9
    assert positions.above(POSITIONS - 1) == 9
    assert positions.below(POSITIONS + 100) == 9


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (b"* 3 EXISTS\r\n", "EXISTS"),
        (b"*  3  EXISTS\r\n", "EXISTS"),
        (b"* ok hi\r\n", "OK"),
        (b"* ID NIL\r\n", "ID"),
        (b"+ go\r\n", "+"),
        (b"+\r\n", "+"),
        (b"a1 OK x\r\n", "tagged"),
        (b"* 3\r\n", ""),
        (b"\r\n", "tagged"),
    ],
)
def test_key_of(text: bytes, key: str) -> None:
    assert key_of(text) == key
