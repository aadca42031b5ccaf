from __future__ import annotations

import pytest
from checks_talk import Talk, converse, logged_in, select, selected

CAPS = "S: * OK [CAPABILITY IMAP4rev1 UIDPLUS ACL CONDSTORE] caps"


def test_a_syntax_fault_names_the_rule() -> None:
    talk = Talk().say(*logged_in(), *select(), "S: *  6 EXISTS")
    (finding,) = talk.findings
    assert finding.source == "syntax"
    assert finding.requirement.startswith("3501-9-")
    assert finding.level == "MUST"
    assert finding.section == "9"
    assert finding.offending == b"*  6 EXISTS\r\n"
    assert finding.received == "*  6 EXISTS"


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("S~ * 6 EXISTS\n", "3501-2.2-crlf"),
        ("S~ * OK a\rb\r\n", "3501-2.2-crlf"),
        ("S~ * OK a\0b\r\n", "3501-9-nul"),
        ("S~ * 1 FETCH (BODY[] {3}\r\nhello)\r\n", "3501-4.3-count"),
    ],
)
def test_a_framing_fault_is_one_finding(line: str, requirement: str) -> None:
    talk = Talk().say(*logged_in(), *select(), line, "C: a1 NOOP", "S: a1 OK done")
    (finding,) = talk.findings
    assert finding.source == "framing"
    assert finding.requirement == requirement
    assert finding.section == requirement.split("-")[1]


def test_a_repaired_line_is_still_looked_at() -> None:
    assert selected("S~ * 4 EXISTS\n") == ["3501-2.2-crlf", "3501-5.2-exists-shrinks"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_rest_of_a_line_that_was_broken_by_lf_is_no_response_of_its_own(end: str) -> None:
    trace = f"S~ * NO it failed\n    at search.js:431\n\tat (index.js) 5{end}"
    assert set(selected(trace, "S: * 6 EXISTS")) == {"3501-2.2-crlf"}


def test_what_follows_a_broken_line_and_is_a_response_is_judged() -> None:
    assert selected("S~ * 6 EXISTS\n", "S: *  6 EXISTS")[1:] == ["3501-9-response-data"]
    assert selected("S~ * 6 EXISTS\n", "S~ * 6 EXISTS\r\n    at\r\n")[1:] != []


def test_after_lost_octets_nothing_is_counted() -> None:
    lost = "S~ * 1 FETCH (BODY[] {3}\r\nhello)\r\n* 1 EXISTS\r\nzz OK done\r\n"
    assert selected("C: a1 FETCH 1 BODY[]", lost, "S: a1 OK done") == ["3501-4.3-count"]


LONG = 300 * 1024  # octets: more than is judged


@pytest.mark.parametrize(
    "line",
    [
        "S~ * FLAGS (" + "f " * (LONG // 2) + "f)\r\n",
        "S~ * 1 FETCH (" + "BODY[1] {1}\r\nx " * 10_001 + "UID 1)\r\n",
    ],
)
def test_a_response_that_is_too_large_is_told_as_such(line: str) -> None:
    talk = Talk().say(*logged_in(), *select(), line, "C: a1 NOOP", "S: a1 OK done")
    (finding,) = talk.findings
    assert (finding.requirement, finding.level) == ("3501-4-moderate", "SHOULD")
    assert len(finding.message) < 100
    assert len(finding.received) < 300


@pytest.mark.parametrize(
    "line",
    [
        "S~ * SEARCH" + " 1234567" * (LONG // 8) + "\r\n",
        "S~ * 1 FETCH (BODY[] {17000000}\r\n" + "x" * 17_000_000 + ")\r\n",
    ],
)
def test_what_a_large_mailbox_or_message_makes_long_is_not(line: str) -> None:
    assert selected("C: a1 NOOP", line, "S: a1 OK done") == []


def test_what_was_lost_is_not_missed() -> None:
    told = [line for line in select(tag="s1") if "* FLAGS" not in line]
    lost = "main S~ * FLAGS {3}\r\nhello\r\n"
    assert selected(told[0], lost, *told[1:]) == ["3501-4.3-count"]


def test_the_grammar_of_an_announced_extension_is_used() -> None:
    wrong = "S: * OK [APPENDUID 1 none] done"
    assert selected(wrong) == []
    assert selected(CAPS, wrong) == ["4315-4-uid-set"]


def test_what_one_session_was_told_counts_for_all() -> None:
    talk = Talk().say(*logged_in(), CAPS, *logged_in("two"))
    talk.say("two S: * OK [CAPABILITY IMAP4rev1 ID] others", "two S: * ACL box fred lr")
    assert talk.ids == []


def test_an_unknown_response_is_left_to_the_grammar() -> None:
    (found,) = selected(CAPS, "S: * FROBNICATE 1")
    assert found.startswith("3501-9-")


def test_a_broken_response_with_an_item_of_an_extension_is_not_judged() -> None:
    assert selected(CAPS, "S: * 1 FETCH (FLAGS () MODSEQ (1))") == []
    assert selected("S: * OK [CAPABILITY IMAP4rev1] c", "S: * 1 FETCH (MODSEQ (1))") == [
        "3501-7.2.1-conform"
    ]


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("* SEARCH <script>alert(1)</script>", "mailbox-data"),
        ("* SEARCH (1 2 3)", "mailbox-data"),
        ("* SEARCH 1 (TOTAL 3)", "mailbox-data"),
        ("* SEARCH (MODSEQ 5) 1", "mailbox-data"),
        ('* LIST () "/" "a" b', "response-data"),
        ('* LIST () "/" "a" NIL', "response-data"),
        ('* LIST () "/" "a" (b) c', "response-data"),
    ],
)
def test_what_only_looks_like_an_extension_is_a_fault_of_its_own_rule(
    line: str, broken: str
) -> None:
    caps = "S: * OK [CAPABILITY IMAP4rev1] c"
    assert selected(caps, f"S: {line}") == [f"3501-9-{broken}"]


@pytest.mark.parametrize(
    "line", ["* SEARCH 1 2 (MODSEQ 5)", "* SEARCH 1 (modseq", '* LIST () "/" "a" (b ("c"))']
)
def test_the_form_of_an_extension_that_was_not_announced_is_told_as_such(line: str) -> None:
    assert selected("S: * OK [CAPABILITY IMAP4rev1] c", f"S: {line}") == ["3501-7.2.1-conform"]


def test_greeting_is_checked() -> None:
    (found,) = converse("S: * HELLO")
    assert found.startswith("3501-9-")


@pytest.mark.parametrize(
    "name", ["two words", "a(b)", "50%", "a*", r"back\slash", "{5}", "x (MESSAGES 0)"]
)
def test_a_name_without_its_quotes_is_one_fault_however_the_rest_reads(name: str) -> None:
    quoted = name.replace("\\", "\\\\")
    lines = [f'C: a1 STATUS "{quoted}" (MESSAGES)', f"S: * STATUS {name} (MESSAGES 0)"]
    talk = Talk().say(*logged_in(), *lines, "S: a1 OK done")
    assert {finding.deviation for finding in talk.findings} == {
        "syntax mailbox: a name without its quotes in STATUS"
    }
    assert talk.ids == ["3501-9-mailbox-data"]


@pytest.mark.parametrize(
    "line",
    [
        "S: * STATUS box (MESSAGES 0 )",
        "S: * STATUS other (MESSAGES 0 )",
        'S: * STATUS "two words" (MESSAGES)',
    ],
)
def test_another_fault_of_a_status_response_is_told_as_it_is(line: str) -> None:
    talk = Talk().say(*logged_in(), 'C: a1 STATUS "two words" (MESSAGES)', line)
    assert [f.deviation for f in talk.findings if "without its quotes" in f.deviation] == []
    assert talk.findings


def test_line_ends_in_a_text_are_one_fault() -> None:
    lines = ["C: a1 SEARCH X", "S~ a1 NO Error: no such key\n    at search.js:431\n  at x\r\n"]
    assert set(selected(*lines)) == {"3501-2.2-crlf"}


def test_untagged_data_behind_a_bare_line_feed_is_judged() -> None:
    rules = selected("C: a1 NOOP", "S~ * OK text\n", "S: * 5 EXIST", "S: a1 OK done")
    assert len(rules) == 2


@pytest.mark.parametrize(
    "name", ["two words", "a(b)", "50%", "a*", r"back\\slash", "tab\tin", 'q"q']
)
@pytest.mark.parametrize("response", ["LIST", "LSUB"])
def test_a_listed_name_without_its_quotes_is_one_fault(response: str, name: str) -> None:
    lines = [f'C: a1 {response} "" *', rf'S: * {response} (\Marked) "/" {name}', "S: a1 OK done"]
    talk = Talk().say(*logged_in(), *lines)
    assert [f.deviation for f in talk.findings] == [
        f"syntax mailbox: a name without its quotes in {response}"
    ]
    assert talk.ids == ["3501-9-mailbox-list"]


def test_another_fault_of_a_listed_name_is_told_as_it_is() -> None:
    talk = Talk().say(*logged_in(), 'C: a1 LIST "" *', 'S: * LIST () "/"  box')
    assert talk.findings
    assert not [f for f in talk.findings if "without its quotes" in f.deviation]
