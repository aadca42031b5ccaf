r"""What extensions let servers and clients send, and what comes close to it and is not that.

One file an RFC in `corpus/`: below the capabilities that are announced, and those enabled, a line
each that conforms (+) or does not (-): S untagged data, T a tagged response, C a command. The
payloads of literals stand behind `<-`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from conformance.extending.documents import folder_of
from conformance.syntax import grammar, modules

CORPUS = Path(__file__).parent / "corpus"
STARTS = {"S": "response_data", "T": "response_tagged", "C": "command"}


class Row(NamedTuple):
    announced: tuple[str, ...]
    enabled: tuple[str, ...]
    conforms: bool
    start: str
    text: bytes
    literals: tuple[bytes, ...]


def octets(text: str) -> bytes:
    for written, meant in ((r"\r\n", "\r\n"), (r"\0", "\0")):
        text = text.replace(written, meant)
    head, *coded = text.split(r"\x")
    return head.encode() + b"".join(bytes.fromhex(c[:2]) + c[2:].encode() for c in coded)


def rows(path: Path) -> Iterator[Row]:
    announced: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("announced: "):
            announced, enabled = tuple(line.split()[1:]), ()
        elif line.startswith("enabled: "):
            enabled = tuple(line.split()[1:])
        elif line:
            text, *payloads = line[4:].split(" <- ")
            literals = tuple(map(octets, payloads))
            start = STARTS[line[2]]
            yield Row(announced, enabled, line[0] == "+", start, octets(text) + b"\r\n", literals)


ROWS = [
    pytest.param(row, id=f"{path.stem} {row.text!r}")
    for path in sorted(CORPUS.glob("*.txt"))
    for row in rows(path)
]


@pytest.mark.parametrize("row", ROWS)
def test_what_the_grammar_of_an_extension_takes(row: Row) -> None:
    strict = grammar.load(row.announced, row.enabled)
    fault = strict.check(row.start, row.text, row.literals)
    assert (fault is None) is row.conforms, fault.message if fault else "taken"


@pytest.mark.parametrize("row", [each for each in ROWS if each.values[0].conforms])  # type: ignore[union-attr]
def test_what_conforms_has_a_derivation(row: Row) -> None:
    strict = grammar.load(row.announced, row.enabled)
    derivation = strict.derivation(row.start, row.text)
    assert derivation is not None
    assert derivation.spoken().text == row.text


@pytest.mark.parametrize(
    ("announced", "item", "rule"),
    [
        ("CONDSTORE", "HIGHESTMODSEQ NIL", "7162-7-status-att-highestmodseq"),
        ("APPENDLIMIT", "APPENDLIMIT x", "7889-5-status-att-appendlimit"),
        ("STATUS=SIZE", "SIZE NIL", "8438-4-status-att-size"),
        ("OBJECTID", "MAILBOXID NIL", "8474-7-status-att-mailboxid"),
        ("CONDSTORE", "MESSAGES NIL", "4466-3-status-att-val"),
    ],
)
def test_an_item_of_status_is_blamed_on_the_rfc_that_has_it(
    announced: str, item: str, rule: str
) -> None:
    strict = grammar.load(["IMAP4REV1", announced])
    fault = strict.check("response_data", f"* STATUS x ({item})\r\n".encode(), ())
    assert fault is not None
    assert fault.requirement == rule


def test_every_rfc_with_a_capability_has_a_corpus() -> None:
    wanted = {
        folder_of(m.rfc) for m in modules.available() if m.brought_by and m.name != modules.BASE
    }
    kept = {path.stem for path in CORPUS.glob("*.txt")}
    assert wanted - kept == {
        "rfc2177",
        "rfc4466",
        "rfc8457",
    }  # tested with those that they belong to
