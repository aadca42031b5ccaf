from __future__ import annotations

import pytest

from conformance.load.keeper import read_store
from conformance.syntax import grammar
from conformance.syntax.arguments import read_arguments

RULES = grammar.load(frozenset({"IMAP4REV1", "CONDSTORE"}))


@pytest.mark.parametrize("by_uid", [b"", b"UID "])
@pytest.mark.parametrize("numbers", [b"1", b"*", b"1:3,5:*"])
@pytest.mark.parametrize("condition", [b"", b"(UNCHANGEDSINCE 12) "])
@pytest.mark.parametrize(
    "what",
    [
        rb"FLAGS (\Deleted)",
        rb"+FLAGS.SILENT (\Deleted $Junk)",
        rb"-flags \Seen work",
        rb"FLAGS ()",
        rb"+FLAGS \Flagged",
    ],
)
def test_store_is_read_as_the_grammar_reads_it(
    by_uid: bytes, numbers: bytes, condition: bytes, what: bytes
) -> None:
    arguments = numbers + b" " + condition + what
    tree = read_arguments(RULES, b"a1 " + by_uid + b"STORE " + arguments + b"\r\n").named("store")
    told, change = tree.part("sequence-set"), tree.part("store-att-flags")
    assert told is not None
    assert change is not None
    read = read_store(arguments)
    assert read is not None
    assert read.numbers == told.octets
    assert read.sign == change.words[0].removesuffix(b"FLAGS").removesuffix(b"FLAGS.SILENT")
    assert read.flags == [flag.octets.upper() for flag in change.parts("flag")]
    assert read.conditional == (tree.part("store-modifiers") is not None)


def test_what_is_no_store_is_not_read() -> None:
    assert read_store(b"1 +LABELS (one)") is None
