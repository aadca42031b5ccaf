"""The tree says which rule covers which octets, payloads of literals included."""

from __future__ import annotations

import pytest

from conformance.explain.explained import Explained, explain
from conformance.explain.source import read
from conformance.syntax.grammar import load
from conformance.syntax.tree import LONGEST, Node, TooLong, make_tree

PLAIN = load()


def of(line: bytes, *capabilities: str) -> Explained:
    (spoken,) = read(line)
    return explain(load(capabilities), spoken)


def tree(line: bytes) -> Node:
    made = of(line).tree
    assert made is not None
    return made


def covered(node: Node, name: str) -> list[bytes]:
    return [each.octets for each in node.walk() if each.name == name]


def test_each_rule_covers_its_octets() -> None:
    root = tree(b'* LIST (\\Noselect \\X) "/" "a b"')
    assert root.name == "response-data"
    assert root.octets == b'* LIST (\\Noselect \\X) "/" "a b"\r\n'
    assert covered(root, "mbx-list-sflag") == [b"\\Noselect"]
    assert covered(root, "flag-extension") == [b"\\X"]
    assert covered(root, "mailbox") == [b'"a b"']
    assert covered(root, "quoted") == [b'"a b"']


def test_offsets_bound_what_is_covered() -> None:
    root = tree(b"* 12 FETCH (UID 7 FLAGS (\\Seen))")
    text = b"* 12 FETCH (UID 7 FLAGS (\\Seen))\r\n"
    for node in root.walk():
        assert text[node.start : node.end] == node.octets
        assert all(node.start <= child.start <= child.end <= node.end for child in node.children)


def test_a_keyword_is_no_rule_of_the_same_name() -> None:
    root = tree(b"a1 LIST a b")
    keywords = [node for node in root.walk() if node.octets == b"LIST"]
    assert [node.name for node in keywords] == [""]
    assert len(covered(root, "list")) == 1


def test_payloads_stand_in_what_covers_them() -> None:
    root = tree(b"a1 LOGIN {4}\r\nfred {2}\r\nxy")
    assert covered(root, "userid") == [b"{4}\r\nfred"]
    assert covered(root, "password") == [b"{2}\r\nxy"]
    assert root.octets == b"a1 LOGIN {4}\r\nfred {2}\r\nxy\r\n"


def test_text_that_looks_like_a_literal_is_none() -> None:
    assert covered(tree(b"* OK see {4}"), "text") == [b"see {4}"]


def test_an_empty_rule_covers_nothing_at_its_place() -> None:
    (spoken,) = read(b"+ ")
    root = make_tree(PLAIN, "continue_req_base64", spoken.frame.text)
    (empty,) = [node for node in root.walk() if node.name == "base64"]
    assert (empty.start, empty.end, empty.octets) == (2, 2, b"")


def test_origins_are_those_of_the_module() -> None:
    explained = of(b"* OK [COPYUID 1 2 3] done", "UIDPLUS")
    assert explained.tree is not None
    rule = next(node for node in explained.tree.walk() if node.name == "resp-code-copy")
    assert (rule.rfc, rule.section) == ("4315", "4")


def test_meanings_go_by_the_place() -> None:
    assert [m.reference for m in of(b"a1 FETCH 1 FLAGS").meanings] == ["RFC 3501 section 6.4.5"]
    assert [m.reference for m in of(b"* 1 FETCH (UID 1)").meanings] == ["RFC 3501 section 7.4.2"]
    assert [m.word for m in of(b"* OK [READ-ONLY] x").meanings] == ["OK", "READ-ONLY"]
    assert [m.word for m in of(b"a1 UID COPY 1 b").meanings] == ["UID", "COPY"]
    assert [m.word for m in of(b"+ go").meanings] == ["continue-req"]


def test_a_code_that_no_grammar_covers_is_explained_all_the_same() -> None:
    assert [m.word for m in of(b"* OK [APPENDUID 1 2] x").meanings] == ["OK", "APPENDUID"]


def test_a_line_that_breaks_the_grammar_has_a_fault_and_no_tree() -> None:
    explained = of(b"a1 FETCH 1 (FLAGS UID")
    assert explained.tree is None
    assert not explained.conforms
    assert explained.faults
    assert (explained.faults[0].rule, explained.faults[0].column) == ("fetch", 22)
    assert explained.faults[0].expected == ('")"', "SP")


def test_the_capability_that_would_allow_a_line_is_named() -> None:
    assert of(b"a1 IDLE").allowed_with == ("IDLE",)
    assert of(b"DONE").allowed_with == ("IDLE",)
    assert of(b"a1 LOGIN {1+}\na b").allowed_with == ("LITERAL+", "LITERAL-")
    assert of(b"a1 FROB").allowed_with == ()
    assert of(b"a1 IDLE", "IDLE").conforms


def test_debatable_places_are_remarks_and_no_faults() -> None:
    explained = of(b"* OK [READ-ONLY]")
    assert explained.conforms
    assert [remark.rule for remark in explained.remarks] == ["resp-text"]


def test_a_line_that_is_cut_short_does_not_conform() -> None:
    explained = of(b"* 1 FETCH (BODY[] {99}\nabc\n")
    assert not explained.conforms
    assert not explained.faults
    assert explained.tree is None


def test_nesting_without_end_is_no_error() -> None:
    deep = b"(" * 3000
    closing = b")" * 3000
    root = tree(b"a1 SEARCH " + deep + b"ALL" + closing)
    assert len(covered(root, "search-key")) == 3001


def test_a_line_that_is_too_long_has_no_tree() -> None:
    with pytest.raises(TooLong, match="too long for a tree"):
        make_tree(PLAIN, "response_data", b"x" * (LONGEST + 1))


def test_nesting_and_literals_without_end_take_no_time_without_end() -> None:
    deep = b"(" * 60_000
    assert of(b"a1 SEARCH " + deep + b"ALL" + b")" * 60_000).conforms
    many = b" ".join([b'"" {0}\r\n'] * 5_000)
    assert of(b'* 1 FETCH (BODY ("A" "B" (' + many + b') NIL NIL "7BIT" 1))').conforms
