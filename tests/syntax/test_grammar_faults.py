from __future__ import annotations

import pytest
from grammar_corpus import ENVELOPE, REJECTED, envelope, structure

from conformance.syntax import grammar
from conformance.syntax.grammar import SyntaxFault


def fault_of(line: bytes, literals: tuple[bytes, ...] = (), start: str = "") -> SyntaxFault:
    fault = grammar.load().check(start or "response_data", line + b"\r\n", literals)
    assert fault is not None
    return fault


def test_space_between_addresses() -> None:
    fault = fault_of(envelope(b'"d"', b'"s"', b'(("" NIL "a" "b") ("" NIL "c" "d"))'))
    assert fault.requirement == "3501-9-env-from"
    assert fault.column == 1 + len(b'* 1 FETCH (ENVELOPE ("d" "s" (("" NIL "a" "b")')
    assert fault.offset == fault.column - 1
    assert fault.found == "SP"
    assert fault.expected == ('"("', '")"')
    assert fault.inside == (
        "response-data",
        "message-data",
        "msg-att",
        "msg-att-static",
        "envelope",
    )


PLACES: list[tuple[bytes, str, int, str, tuple[str, ...]]] = [
    (b"* SEARCH 1 2 ", "mailbox-data", 14, "CRLF", ("nz-number",)),
    (b"* CAPABILITY IMAP4 IDLE", "capability-data", 24, "CRLF", ("SP",)),
    (b"* OK", "resp-cond-state", 5, "CRLF", ("SP",)),
    (b"* OK caf\xc3\xa9", "text", 9, "octet 0xC3", ("TEXT-CHAR",)),
    (b'* LIST () "/" caf\xc3\xa9', "astring", 18, "octet 0xC3", ("ASTRING-CHAR",)),
    (b'* LIST () "/" "caf\xe9"', "quoted", 19, "octet 0xE9", ("QUOTED-CHAR", "DQUOTE")),
    (b"* LIST () x x", "mailbox-list", 11, '"x"', ("DQUOTE QUOTED-CHAR DQUOTE", "nil")),
    (b"* 0 FETCH (UID 1)", "nz-number", 3, '"0"', ("nz-number",)),
    (b"* 4294967296 EXISTS", "number", 3, '"4294967296"', ("number",)),
    (b"* 1 FETCH (RFC822 \x07)", "msg-att-static", 19, "octet 0x07", ("literal", "quoted", "nil")),
    (
        structure(b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" "30" 2)'),
        "body-fld-octets",
        62,
        '"30"',
        ("number",),
    ),
]


@pytest.mark.parametrize(("line", "rule", "column", "found", "expected"), PLACES)
def test_place(line: bytes, rule: str, column: int, found: str, expected: tuple[str, ...]) -> None:
    fault = fault_of(line)
    assert (fault.rule, fault.column, fault.found, fault.expected) == (
        rule,
        column,
        found,
        expected,
    )


def test_double_space_lists_what_may_follow() -> None:
    fault = fault_of(b"*  OK hi")
    assert (fault.requirement, fault.column, fault.found) == ("3501-9-response-data", 3, "SP")
    assert {"number", "nz-number", '"OK"', '"CAPABILITY"', '"BYE"'} < set(fault.expected)
    assert '"PREAUTH"' not in fault.expected
    assert fault.inside == ()


def test_server_does_not_send_non_synchronizing_literals() -> None:
    fault = grammar.load(["LITERAL+"]).check(
        "response_data", b"* 1 FETCH (BODY[] {5+}\r\n)\r\n", (b"hello",)
    )
    assert fault is not None
    assert (fault.requirement, fault.column) == ("3501-9-literal", 21)
    assert fault.expected == ('"}"',)


def test_column_counts_payloads() -> None:
    line = b"* 1 FETCH (BODY[1] {5}\r\n BODY[2] {3}\r\n X)"
    fault = fault_of(line, (b"hello", b"abc"))
    assert fault.offset == line.index(b"X")
    assert fault.column == line.index(b"X") + 1 + 5 + 3


def test_column_of_a_nul_in_a_payload() -> None:
    line = b"* 1 FETCH (BODY[1] {1}\r\n BODY[2] {5}\r\n)"
    fault = fault_of(line, (b"x", b"he\0lo"))
    assert fault.rule == "CHAR8"
    assert fault.column == line.index(b"{5}") + 1 + len(b"x") + len(b"{5}\r\n") + 2
    assert fault.inside[-1] == "msg-att-static"


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview])
def test_any_buffer_can_be_a_payload(wrap: type) -> None:
    strict = grammar.load()
    line = b"* 1 FETCH (BODY[] {2}\r\n)\r\n"
    assert strict.check("response_data", line, (wrap(b"ok"),)) is None
    assert strict.check("response_data", line, (wrap(b"\0k"),)) is not None


def test_number_of_an_announced_literal_may_have_many_zeros() -> None:
    line = b"* 1 FETCH (BODY[] {%s5}\r\n)\r\n" % (b"0" * 5000)
    assert grammar.load().check("response_data", line, (b"hello",)) is None


def test_shape_carries_no_data() -> None:
    first = fault_of(b"* 12 FETCH (UID 1 X-ONE 1)")
    second = fault_of(b"* 7 FETCH (FLAGS () MODSEQ (5))")
    assert first.shape == second.shape
    assert first.column != second.column
    other = fault_of(b"* 12 FETCH (UID 1 )")
    assert other.shape != first.shape


def test_literal_counts_have_one_shape() -> None:
    first = fault_of(b"* 1 FETCH (BODY[] {5}\r\n)", (b"hell",))
    second = fault_of(b"* 1 FETCH (BODY[] {80}\r\n)", (b"x" * 79,))
    assert first.shape == second.shape
    assert first.found == "4 octets"


@pytest.mark.parametrize(
    ("start", "row"), [(start, row) for start, rows in REJECTED.items() for row in rows]
)
def test_every_fault_is_fit_to_print(
    start: str, row: tuple[bytes, str] | tuple[bytes, str, tuple[bytes, ...]]
) -> None:
    fault = fault_of(row[0], row[2] if len(row) > 2 else (), start)
    for text in (fault.message, fault.shape, fault.found, *fault.expected):
        assert text.isascii()
        assert text.isprintable()
        assert "__" not in text
    assert fault.rule in fault.message
    assert 0 <= fault.offset <= len(row[0]) + 2
    assert len(fault.found) < 40
    known = {origin.abnf for origin in grammar.load().rules.values()}
    assert {fault.rule, *fault.inside} <= known


def test_found_is_escaped_and_short() -> None:
    fault = fault_of(b"* 1 FETCH (RFC822 \x1b[31m)")
    assert fault.found == "octet 0x1B"
    fault = fault_of(b"* 1 FETCH (RFC822 %s)" % (b"a" * 300))
    assert fault.found == f'"{"a" * 24}..."'
    fault = fault_of(b'* 1 FETCH (FLAGS "a\x1b[31m\xff")')
    assert "\x1b" not in fault.found


def test_nesting_without_end_is_diagnosed() -> None:
    fault = fault_of(b"* 1 FETCH (BODYSTRUCTURE " + b"(" * 50_000)
    assert fault.rule == "body"
    assert fault.inside[:2] == ("response-data", "message-data")
    assert len(fault.inside) < 40


def test_nothing_at_all() -> None:
    fault = grammar.load().check("response_data", b"")
    assert fault is not None
    assert (fault.rule, fault.found, fault.column) == ("response-data", "the end", 1)


REMARKS = [
    (b"a1 OK [READ-ONLY]", "resp-text"),
    (b"a1 OK [READ-ONLY] ", "resp-text"),
    (b"* OK [half a code", "resp-text"),
    (b"+ [ALERT]", "resp-text"),
    (b"a1 NO [] x", "resp-text"),
    (b'* 1 FETCH (INTERNALDATE "30-Feb-2020 00:00:00 +0000")', "date-time"),
    (b'* 1 FETCH (INTERNALDATE "01-Feb-2020 24:00:00 +0000")', "date-time"),
    (b'* 1 FETCH (INTERNALDATE "01-Feb-2020 00:00:00 +0060")', "date-time"),
]


@pytest.mark.parametrize(("line", "rule"), REMARKS)
def test_debatable_lines_conform_and_are_remarked(line: bytes, rule: str) -> None:
    strict = grammar.load()
    start = {b"*": "response_data", b"+": "continue_req"}.get(line[:1], "response_tagged")
    assert strict.check(start, line + b"\r\n") is None
    (remark,) = strict.lint(line + b"\r\n")
    assert remark.rule == rule
    assert line[remark.offset : remark.offset + 1] in (b"[", b'"')


@pytest.mark.parametrize(
    "line",
    [
        b"a1 OK [READ-ONLY] done",
        b"* OK ready [x]",
        b"a1 BAD [Error offset=25]: expected ] for body section end",
        b"a1 NO [Error(25)] found ] where [ was",
        b"* 1 FETCH (ENVELOPE %s)" % ENVELOPE,
        b'* 1 FETCH (INTERNALDATE "31-Dec-2016 23:59:60 +0000")',
        b'* 1 FETCH (INTERNALDATE " 1-Dec-2016 00:00:00 -1200")',
        b'* 1 FETCH (INTERNALDATE "00-Jan-0000 00:00:00 +0000")',
    ],
)
def test_plain_lines_have_no_remarks(line: bytes) -> None:
    start = "response_data" if line.startswith(b"*") else "response_tagged"
    assert grammar.load().check(start, line + b"\r\n") is None
    assert grammar.load().lint(line + b"\r\n") == ()
