from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from grammar_corpus import ACCEPTED, ENVELOPE, REJECTED
from mutants_corpus import corpus

from conformance.syntax import grammar
from conformance.syntax.grammar import Placed, SyntaxFault
from conformance.syntax.mutants import mutants

GRAMMAR = grammar.load()
SERVER = ("response_data", "response_tagged", "greeting")

PART = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)'

LINES: dict[bytes, tuple[str, ...]] = {
    rb"* FLAGS (\Recent [Gmail]/All)": (r"flag: \Recent", 'flag-list: "]" for ")" or SP'),
    rb"* FLAGS (a[ b] c d)": ('flag-list: "]" for ")" or SP',),
    rb'* FLAGS (\Recent "x")': (r"flag: \Recent", "flag: quoted string"),
    rb'* FLAGS (a \Recent b "x" \*)': (
        r"flag: \Recent",
        "flag: quoted string",
        r"flag-perm: \*",
    ),
    rb"* 1 FETCH (FLAGS (\Seen ) UID 0 MODSEQ (5) RFC822.SIZE 5)": (
        'flag-fetch: ")"',
        "nz-number: zero",
        "msg-att: MODSEQ",
    ),
    rb'* 1 FETCH (INTERNALDATE "x y" UID 4294967296)': (
        "date-time: word for date-day-fixed",
        "nz-number: large number",
    ),
    b"* LIST (\\Noselect \\Marked) x caf\xe9": (
        r'mbx-list-sflag: \Marked for flag-extension or "\Noinferiors"',
        "mailbox-list: word for DQUOTE QUOTED-CHAR DQUOTE or nil",
        "astring: 8-bit for ASTRING-CHAR",
    ),
    b"* STATUS x (MESSAGES -1 FOO 3 UIDNEXT 1)": (
        'status-att-list: "-" for number',
        "status-att: FOO",
    ),
    b"* OK [UIDNEXT 0] b\xe9 c\xe9": ("nz-number: zero", "text: 8-bit for TEXT-CHAR"),
    b"* SEARCH 1  2 x 0 ": (
        "mailbox-data: space for nz-number",
        "mailbox-data: word for nz-number",
        "nz-number: zero",
        "mailbox-data: CRLF for nz-number",
    ),
    b"* SEARCH" + b" 0" * 9: ("nz-number: zero",) * 9,
    (
        b'* 1 FETCH (BODYSTRUCTURE (("text" "plain" NIL NIL NIL "7BIT" 90 4 NIL "inline" NIL NIL)'
        b' "alternative" ("boundary" "lang") "inline" "en" "http://www.example.com/both"))'
    ): ('body-fld-dsp: quoted string for nil or "("',) * 2,
    b'* 1 FETCH (ENVELOPE ("d" "s" ((NIL NIL "a" "b")) () "" "" "" NIL NIL NIL) UID 0)': (
        'address: ")" for "("',
        *('addresses: quoted string for nil or "("',) * 3,
        "nz-number: zero",
    ),
    b'* 1 FETCH (ENVELOPE ("d" "s" NIL NIL NIL "" NIL "" NIL NIL) UID 0)': (
        *('addresses: quoted string for nil or "("',) * 2,
        "nz-number: zero",
    ),
    b"* 1 FETCH (BODY (NIL NIL NIL NIL NIL NIL 182) UID 0)": (
        "body: NIL",
        "media-subtype: NIL for literal or quoted",
        "body-fld-enc: NIL for literal or quoted",
        "nz-number: zero",
    ),
    b"* FROBNICATE 1": ("response-data: FROBNICATE",),
    b"* frobnicate what (was) that": ("response-data: word",),
    b"*  6 EXISTS": ("response-data: space",),
    b"* OK": ("resp-cond-state: CRLF for SP",),
    b"* 1 FETCH (UID 1FLAGS (a))": ('msg-att: FLAGS for ")" or SP',),
    b"* 1 FETCH (ENVELOPE %s UID x)" % ENVELOPE.replace(b")(NIL", b") (NIL"): (
        'addresses: space for "(" or ")"',
        "uniqueid: word for nz-number",
    ),
    # An empty list for NIL is one value, and what follows it stands where it should.
    b"* 1 FETCH (BODYSTRUCTURE (%s))"
    % (PART.replace(b'NIL NIL NIL "7BIT"', b'() "<p@x>" NIL NIL') * 2 + b' "mixed"'): (
        'body-fld-param: ")" for literal or quoted',
        "body-fld-enc: NIL for literal or quoted",
    )
    * 2,
    b"* 1 FETCH (ENVELOPE (NIL NIL NIL () NIL NIL NIL NIL NIL NIL) UID x)": (
        'address: ")" for "("',
        "uniqueid: word for nz-number",
    ),
    # A space between parts, extension data in the midst, a part described as another kind.
    b'* 1 FETCH (BODYSTRUCTURE (%s (%s %s "mixed") %s "mixed" NIL NIL))'
    % (PART, PART, PART, PART): ('media-subtype: "(" for literal or quoted',) * 3,
    b'* 1 FETCH (BODY (%s "a" ("b" "c")) UID 0)'
    % (b"(%s " % PART * 3 + PART + b' "a" ("b" "c"))' * 3): (
        *('media-subtype: "(" for literal or quoted',) * 3,
        *('body-ext-mpart: space for ")"',) * 4,
        "nz-number: zero",
    ),
    b'* 1 FETCH (BODYSTRUCTURE (("MESSAGE" "X" %s 113 %s %s 6 NIL)%s "MIXED") UID 0)'
    % (b'NIL NIL NIL "7BIT"', ENVELOPE, PART, PART): ('body-fld-md5: "("', "nz-number: zero"),
    b'* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" %s 1 2 NIL ("x") (("en") "de") NIL) UID 0)'
    % b'NIL NIL NIL "7BIT"': (
        'body-fld-dsp: ")" for SP',
        'body-fld-lang: "(" for literal or quoted',
        "nz-number: zero",
    ),
    # A group that is closed too early is over: what follows is no part of it.
    b'* 1 FETCH (BODYSTRUCTURE (%s("message" "rfc822" NIL NIL NIL "8bit" 161) "mixed") UID 0)'
    % PART: ('body-type-msg: ")" for SP', "nz-number: zero"),
    b"* 1 FETCH (ENVELOPE (NIL) UID 0)": ('envelope: ")" for SP', "nz-number: zero"),
    b'* 1 FETCH (ENVELOPE (NIL "x" ((NIL NIL "a")) NIL NIL NIL NIL NIL NIL NIL) UID 0)': (
        'address: ")" for SP',
        "nz-number: zero",
    ),
    b"* 1 FETCH (BODY (%s%s) UID 0)" % (PART, PART): (
        'body-type-mpart: ")" for "(" or SP',
        "nz-number: zero",
    ),
    b'* 1 FETCH (ENVELOPE (NIL ("a" "b") NIL NIL NIL NIL NIL NIL NIL NIL) UID 0)': (
        'env-subject: "("',
        "nz-number: zero",
    ),
}


@pytest.mark.parametrize("line", LINES)
def test_every_fault_of_a_line_is_told(line: bytes) -> None:
    found = GRAMMAR.faults("response_data", line + b"\r\n")
    assert tuple(fault.deviation.removeprefix("syntax ") for fault in found) == LINES[line]
    assert [fault.column for fault in found] == sorted(fault.column for fault in found)


def test_columns_are_those_of_the_octets_as_sent() -> None:
    text = b"* 1 FETCH (BODY[1] {5}\r\n UID 0 FLAGS (\\Recent[ a] b) BODY[2] {2}\r\n UID x)\r\n"
    found = GRAMMAR.faults("response_data", text, (b"hello", b"hi"))
    assert [fault.rule for fault in found] == ["nz-number", "msg-att-dynamic", "uniqueid"]
    sent = text.replace(b"{5}\r\n", b"{5}\r\nhello").replace(b"{2}\r\n", b"{2}\r\nhi")
    assert [sent[fault.column - 1 : fault.column] for fault in found] == [b"0", b"]", b"x"]


def test_a_nul_in_a_payload_is_told_behind_a_fault() -> None:
    text = b"* 1 FETCH (UID 0 BODY[1] {5}\r\n BODY[2] {1}\r\n)\r\n"
    found = GRAMMAR.faults("response_data", text, (b"he\0lo", b"\0"))
    assert [fault.rule for fault in found] == ["nz-number", "CHAR8", "CHAR8"]


def test_nothing_is_guessed_where_parentheses_do_not_match() -> None:
    line = b"* 1 FETCH (FLAGS (\\Seen UID 0 RFC822.SIZE x ENVELOPE (NIL))\r\n"
    assert len(GRAMMAR.faults("response_data", line)) == 1


def test_a_line_that_conforms_has_none() -> None:
    for start in SERVER:
        for row in ACCEPTED[start]:
            line, literals = row if isinstance(row, tuple) else (row, ())
            assert GRAMMAR.faults(start, line + b"\r\n", literals) == ()


# -- nothing follows from a fault ------------------------------------------------------------


def test_every_line_that_is_wrong_once_has_one_fault() -> None:
    for start, rows in REJECTED.items():
        for row in rows:
            literals = row[2] if len(row) > 2 else ()
            found = GRAMMAR.faults(start, row[0] + b"\r\n", literals)
            assert found == (GRAMMAR.check(start, row[0] + b"\r\n", literals),), row


def test_every_mutant_of_a_command_has_one_fault() -> None:
    for command in corpus():
        for mutant in mutants(command, GRAMMAR):
            frame = mutant.frames[0]
            found = GRAMMAR.faults("command", frame.text, frame.literals)
            first = GRAMMAR.check("command", frame.text, frame.literals)
            assert found == (first,), (mutant.name, frame.text)


_BREAKS = {
    "SP": (b"  ", b"", b"\t"),
    "CRLF": (b" \r\n", b" extra\r\n"),
    "": (b"", b"%x", b"-1", b"X-XY"),
}


def _broken(line: bytes, token: Placed) -> Iterator[bytes]:
    octets = line[token.start : token.end]
    if b"\r\n" in octets and token.terminal != "CRLF":
        return
    yield from _BREAKS.get(token.terminal, _BREAKS[""])
    if token.terminal not in _BREAKS:
        yield from (octets + b"\xe9", octets + b"\\", octets[:1] + b'"' + octets[1:])


def _of_server() -> Iterator[tuple[str, bytes, tuple[bytes, ...], list[Placed]]]:
    for start in SERVER:
        for row in ACCEPTED[start]:
            line, literals = row if isinstance(row, tuple) else (row, ())
            line += b"\r\n"
            yield start, line, literals, GRAMMAR.tokens(start, line)


def test_every_response_that_is_broken_at_one_token_has_one_fault() -> None:
    count = 0
    for start, line, literals, tokens in _of_server():
        for token in tokens:
            for octets in _broken(line, token):
                text = line[: token.start] + octets + line[token.end :]
                first = GRAMMAR.check(start, text, literals)
                if first is not None:
                    count += 1
                    assert GRAMMAR.faults(start, text, literals) == (first,), text
    assert count > 5000


_WRONG = (b"\x07", b"%x", b"-1", b"a\xe9")


def test_two_faults_of_one_response_are_two() -> None:
    chosen = random.Random(3)  # noqa: S311  # no secret
    both: list[bool] = []
    for start, line, literals, tokens in _of_server():
        # Behind a wrong name its value is not judged, and a date is one value.
        values = [
            t
            for t in tokens[4:]
            if t.terminal[0] != '"' and t.terminal not in _BREAKS and "date-time" not in t.rules
        ]
        single = [
            (token, octets)
            for token in values
            if b"\r\n" not in line[token.start : token.end]
            for octets in _WRONG
            if _is_there(
                GRAMMAR.check(start, line[: token.start] + octets + line[token.end :], literals),
                token,
            )
        ]
        pairs = [(a, b) for a in single for b in single if b[0].start > a[0].end + 1]
        for (one, first), (two, second) in chosen.sample(pairs, min(len(pairs), 20)):
            text = line[: one.start] + first + line[one.end : two.start] + second + line[two.end :]
            both.append(len(GRAMMAR.faults(start, text, literals)) == 2)
    assert len(both) > 200
    assert sum(both) >= len(both) * 0.9


def _is_there(fault: SyntaxFault | None, token: Placed) -> bool:
    return fault is not None and token.start <= fault.offset <= token.end + 1


@pytest.mark.parametrize(
    "line",
    [
        b"* FLAGS (" + b"(" * 16_000 + b")\r\n",
        b"* FLAGS (" + b"a] " * 5_000 + b")\r\n",
        b"* 1 FETCH (ENVELOPE (" + b'"' * 16_001 + b"\r\n",
        b"* SEARCH " + b"x " * 8_000 + b"\r\n",
        b"* LIST " + b"[" * 16_000 + b"\r\n",
        b"* OK [" + b"(" * 16_000 + b"\xe9\r\n",
    ],
)
def test_hostile_lines_are_told_few_faults(line: bytes) -> None:
    assert 1 <= len(GRAMMAR.faults("response_data", line)) <= 20
