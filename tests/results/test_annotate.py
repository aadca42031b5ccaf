"""Lines of a transcript get the names of their rules, and faults are only sought where marked."""

from __future__ import annotations

import pytest

from conformance.results.annotate import Note, annotate
from conformance.results.records import LineDirection, RecordedLine
from conformance.syntax import grammar

GRAMMAR = grammar.load(("IDLE", "UIDPLUS", "LITERAL+"))


def line(said: str, *, mark: bool = False, session: str = "main") -> RecordedLine:
    direction, text = said[0], said[3:]
    directions: dict[str, LineDirection] = {"C": "C", "S": "S"}
    return RecordedLine(0.0, session, directions.get(direction, "-"), text, mark)


def notes(*said: str | RecordedLine) -> list[Note | None]:
    return annotate([line(one) if isinstance(one, str) else one for one in said], GRAMMAR)


def name(note: Note | None) -> str:
    return note.rules[-1] if note else ""


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("S: * OK [UIDNEXT 4] hi", ("response-data", "resp-cond-state", "resp-text")),
        ("S: * PREAUTH hi", ("greeting", "resp-cond-auth", "resp-text")),
        ("S: * 3 EXISTS", ("response-data", "mailbox-data")),
        ("S: * 1 FETCH (UID 2)", ("response-data", "message-data", "msg-att")),
        ("S: a1 NO no", ("response-tagged", "resp-cond-state", "resp-text")),
        ("S: + go on", ("continue-req", "resp-text")),
        ("C: a1 SELECT box", ("command", "command-auth", "select")),
        ("C: a1 NOOP", ("command", "command-any")),
    ],
)
def test_a_line_is_named_after_the_rules_that_cover_it(said: str, rules: tuple[str, ...]) -> None:
    (note,) = notes(said)
    assert note is not None
    assert note.rules == rules
    assert note.fault is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("C: a1 SELECT box", "SELECT: opens a mailbox, to read and change what is in it"),
        ("S: * 3 EXISTS", "EXISTS: how many messages the mailbox holds now"),
        ("S: * SEARCH 1", "SEARCH: the messages that were found: "),
        ("S: a1 NO [TRYCREATE] no", "NO: with a tag: the command failed; without: a warning · TRY"),
        ("C: a1 UID FETCH 1 FLAGS", "UID: does what the next word says, "),
    ],
)
def test_a_line_says_in_plain_words_what_it_means(said: str, words: str) -> None:
    (note,) = notes(said)
    assert note is not None
    assert note.words.startswith(words)


def test_the_meaning_of_a_line_with_a_literal_is_told_on_its_first_line() -> None:
    first, payload = notes("C: a1 APPEND box {2}", "C: hi")
    assert first is not None
    assert first.words == "APPEND: puts a message, sent as a literal, into a mailbox"
    assert payload is not None
    assert payload.words == "octets of the literal"


def test_a_rule_is_placed_where_its_own_rfc_defines_it() -> None:
    (note,) = notes("C: a1 IDLE")
    assert note is not None
    assert note.rfc == "2177"


def test_the_octets_of_a_literal_are_no_lines_of_their_own() -> None:
    made = notes("S: * 1 FETCH (BODY[] {8}", "S: * NOPE", "S: )", "S: * 2 EXISTS")
    assert list(map(name, made)) == ["msg-att", "literal", "", "mailbox-data"]


def test_a_literal_may_end_within_a_line() -> None:
    made = notes("S: * 1 FETCH (BODY[] {3}", "S: abc UID 4)", "S: * 2 EXISTS")
    assert list(map(name, made)) == ["msg-att", "literal", "mailbox-data"]


def test_octets_that_were_not_kept_are_counted() -> None:
    made = notes("S: * 1 FETCH (BODY[] {5000}", "S: ab[... 4998 octets ...])", "S: * 2 EXISTS")
    assert list(map(name, made)) == ["msg-att", "literal", "mailbox-data"]


def test_an_empty_literal_goes_on_in_the_next_line() -> None:
    made = notes("C: a1 LOGIN {0}", "S: + go on", "C:  {1}", "S: + go on", "C: x")
    assert name(made[0]) == "login"


def test_sessions_are_read_apart() -> None:
    other = line("S: * 7 EXISTS", session="other")
    made = notes("S: * 1 FETCH (BODY[] {8}", other, "S: * NOPE", "S: )")
    assert list(map(name, made)) == ["msg-att", "mailbox-data", "literal", ""]


def test_a_gap_ends_what_was_begun() -> None:
    made = notes("S: * 1 FETCH (BODY[] {8}", "-: (5 lines left out)", "S: * 2 EXISTS")
    assert list(map(name, made)) == ["", "", "mailbox-data"]


def test_the_octets_at_fault_are_found_in_a_marked_line() -> None:
    text = r"* FLAGS (\Seen \Recent)"
    (note,) = notes(line(f"S: {text}", mark=True))
    assert note is not None
    assert note.fault is not None
    assert text[slice(*note.fault)] == r"\Recent"
    assert "flag does not allow" in note.words


def test_the_place_is_that_in_the_escaped_text() -> None:
    text = r"* OK caf\xe9 \x00 x"
    (note,) = notes(line(f"S: {text}", mark=True))
    assert note is not None
    assert note.fault is not None
    assert text[slice(*note.fault)] == r"\xe9"


@pytest.mark.parametrize(
    "said",
    [
        r"S: * FLAGS (\Seen \Recent)",  # not marked
        "S: half of a line that a server sent",
        "C: DONE",  # a part of a rule, without a name
        "C: a1 SELECT",  # clients of the suite break the grammar on purpose
        "-: (closed)",
    ],
)
def test_what_can_not_be_told_is_not_accused(said: str) -> None:
    assert notes(said) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "* LIST () [hidden] x y",  # what stood there is not known
        "the end of a literal {3",
        "* OK " + "x" * 990 + " [500 more]",
    ],
)
def test_nor_is_a_marked_line_whose_octets_are_not_known(text: str) -> None:
    assert notes(line(f"S: {text}", mark=True)) == [None]


def test_a_huge_number_of_octets_costs_nothing() -> None:
    said = ["S: * 1 FETCH (BODY[] {999999999}", "S: [... 999999999999999 octets ...]"] * 3
    assert len(notes(*said)) == 6
