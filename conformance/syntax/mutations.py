"""The ways to break a command at one token: a table, one row for each kind of fault.

What a row does to the octets is here; where it applies in a command, whether the result is
wrong at all and how it is sent are in `mutants`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

OctetsChange: TypeAlias = Callable[[bytes, bytes], Iterator[bytes]]
"""From the octets of a token and the payload behind it, if it is a literal, to other octets."""
Reach: TypeAlias = Literal["token", "next", "rest", "group"]


@dataclass(frozen=True, slots=True)
class MutationKind:
    """One kind of fault."""

    name: str
    terminals: str
    """Regular expression for the terminals it applies to, as the ABNF writes them."""
    change: OctetsChange
    sentence: str
    """What is wrong then, for people; stands behind a colon."""
    reach: Reach = "token"
    """What is given to `change`: the token; it and the `next`; it and the `rest` of the line,
    without the last CRLF; the `group` from an opening parenthesis to its closing one."""
    within: str = ""
    """Regular expression for the innermost rule around the token; empty for any."""
    rescue: bytes = b"\r\n"
    """What ends the wait of a server that takes the line for unfinished."""
    framing: bool = False
    """The line itself is in doubt, so a server may have no tag to answer with."""
    refused: tuple[str, ...] = ("BAD",)
    """The completions that refuse it."""
    payload: Callable[[bytes], bytes] | None = None
    """What happens to the payload of a literal that stays."""
    foreign: bool = False
    """A name broken so does not begin as it did: a server that takes it has one more to remove."""
    unless: str = ""
    """Capability that gives the same octets a meaning."""


def _swap(*templates: bytes, of: bytes = rb".*") -> OctetsChange:
    """Write tokens that match `of` in other ways; a template may refer to its groups."""
    pattern = re.compile(of, re.DOTALL)

    def change(octets: bytes, _payload: bytes) -> Iterator[bytes]:
        found = pattern.fullmatch(octets)
        if found is not None:
            for template in templates:
                yield found.expand(template)

    return change


def _recount(by: int) -> OctetsChange:
    """Announce more or fewer octets than the payload has."""

    def change(_octets: bytes, payload: bytes) -> Iterator[bytes]:
        if len(payload) + by >= 0:
            yield b"{%d}\r\n" % (len(payload) + by)

    return change


def _inline(octets: bytes, payload: bytes) -> Iterator[bytes]:
    """Go on without the CRLF; a payload with lines of its own would be read as commands."""
    if b"\r" not in payload and b"\n" not in payload:
        yield octets.removesuffix(b"\r\n") + payload


def _with_nul(payload: bytes) -> bytes:
    return payload[:-1] + b"\0" if payload else payload


_NUMBERS = "nz-number|number|section-part"
_WORDS = r'"[A-Z\\.].*"'
_ATOMS = r"atom|astring|list-mailbox"
_TEXTS = rf'{_ATOMS}|quoted|tag|"INBOX"'
_SET = "seq-number"
_QUOTE_RESCUE = b'"\r\n'
_INTO = rb'(.+?)("?)'
"""A token and the quote at its end. Names are broken behind their beginning, by which whoever made
them knows them again should a server take them."""

KINDS: Final[tuple[MutationKind, ...]] = (
    # Spaces: one, and nothing else (section 9, note 1 of the ABNF).
    MutationKind("space-doubled", "SP", _swap(b"  "), "two spaces where one stands"),
    MutationKind("space-dropped", "SP", _swap(b""), "no space where one stands"),
    MutationKind("tab-for-space", "SP", _swap(b"\t"), "a TAB for a space"),
    MutationKind("space-trailing", "CRLF", _swap(b" \r\n"), "a space before the line end"),
    MutationKind(
        "space-inside", r'"[(\[]"', _swap(rb"\g<0> "), "a space behind an opening bracket"
    ),
    MutationKind("space-before", r'"[)\]]"', _swap(rb" \g<0>"), "a space before a closing bracket"),
    # Arguments.
    MutationKind("argument-extra", "CRLF", _swap(b" extra\r\n"), "an argument too many"),
    MutationKind("argument-missing", "SP", _swap(b""), "an argument left out", reach="next"),
    MutationKind("cut-short", "SP", _swap(b""), "the line ends before an argument", reach="rest"),
    MutationKind("argument-empty", "SP", _swap(b" "), "the line ends behind a space", reach="rest"),
    MutationKind(
        "token-dropped",
        r'(?!SP|CRLF|"[(\[)\]]"|tag|DQUOTE).*',
        _swap(b""),
        "something left out between its neighbours",
    ),
    # Words and atoms.
    MutationKind("word-misspelt", _WORDS, _swap(rb"\g<0>Q"), "a word that does not exist"),
    MutationKind(
        "word-quoted", _WORDS, _swap(rb'"\g<0>"', of=rb"[A-Z.]+"), "a word of the syntax quoted"
    ),
    MutationKind(
        "special-in-atom",
        _ATOMS,
        _swap(
            *(b"\\1" + c + b"\\2" for c in (b"(", b")", b"{", b"%", b"*", b'"', b"\\\\")),
            of=_INTO,
        ),
        "a special character in an atom",
    ),
    MutationKind(
        "control-in-atom",
        _ATOMS,
        _swap(b"\\1\x07\\2", b"\\1\x7f\\2", of=_INTO),
        "a control character in an atom",
    ),
    MutationKind("octet-8-bit", _TEXTS, _swap(b"\\1\xe9\\2", of=_INTO), "an 8-bit octet"),
    MutationKind("nul", _TEXTS, _swap(b"\\1\0\\2", of=_INTO), "a NUL", framing=True),
    # Tags.
    MutationKind("tag-plus", "tag", _swap(rb"+", rb"\g<0>+"), "a plus sign in the tag"),
    MutationKind("tag-empty", "tag", _swap(b""), "no tag before the space"),
    MutationKind(
        "tag-special", "tag", _swap(b"*", rb"\g<0>(", rb'"\g<0>"'), "a tag that is no tag"
    ),
    # Line ends.
    MutationKind("lf-for-crlf", "CRLF", _swap(b"\n"), "a LF alone for the line end", framing=True),
    MutationKind("cr-for-crlf", "CRLF", _swap(b"\r"), "a CR alone for the line end", framing=True),
    MutationKind("lf-for-space", "SP", _swap(b"\n"), "a LF alone inside the line", framing=True),
    MutationKind("cr-for-space", "SP", _swap(b"\r"), "a CR alone inside the line", framing=True),
    # Quoted strings.
    MutationKind(
        "quoted-escape",
        "quoted",
        _swap(rb'"\1\\a"', rb'"\1\\n"', of=rb'"(.*)"'),
        "a backslash before what needs none",
        rescue=_QUOTE_RESCUE,
    ),
    MutationKind(
        "quote-not-closed",
        "quoted|DQUOTE",
        _swap(rb"\1", of=rb'(".*)"'),
        "a quoted string that does not end",
        foreign=True,
        rescue=_QUOTE_RESCUE,
    ),
    MutationKind(
        "quote-not-opened", "quoted", _swap(rb'\1"', of=rb'"(.*)"'), "a quote that does not begin"
    ),
    MutationKind(
        "quoted-line-end",
        "quoted",
        _swap(b'"\\1\r\n"', b'"\\1\n"', b'"\\1\r"', of=rb'"(.*)"'),
        "a line end in a quoted string",
        rescue=_QUOTE_RESCUE,
        framing=True,
    ),
    MutationKind("quotes-adjacent", "quoted", _swap(rb"\g<0>x"), "text behind the closing quote"),
    # Literals (section 4.3).
    MutationKind("literal-short", "literal", _recount(-1), "a count one octet too small"),
    MutationKind("literal-long", "literal", _recount(1), "a count one octet too large"),
    MutationKind(
        "literal-count",
        "literal",
        _swap(b"{}", b"{-1}", b"{abc}", b"{1 }", b"{+1}", b"{1", b"{4294967296}"),
        "a count that is no number",
        foreign=True,
        reach="rest",
    ),
    MutationKind("literal-inline", "literal", _inline, "no line end behind a count", foreign=True),
    MutationKind(
        "literal-nul",
        "literal",
        _swap(rb"\g<0>"),
        "a NUL in a literal",
        # Section 4.3 forbids to send it; a server that has read it may find fault with the data.
        refused=("BAD", "NO"),
        payload=_with_nul,
        framing=True,
        unless="BINARY",
    ),
    # Parentheses and brackets.
    MutationKind("bracket-dropped", r'"[(\[)\]]"', _swap(b""), "a bracket without its fellow"),
    MutationKind("bracket-doubled", r'"[(\[)\]]"', _swap(rb"\g<0>\g<0>"), "a bracket too many"),
    MutationKind("list-empty", r'"\("', _swap(b"()"), "an empty list", reach="group"),
    MutationKind(
        "list-bare", r'"\("', _swap(rb"\1", of=rb"\((.*)\)"), "no parentheses", reach="group"
    ),
    # Numbers and sets.
    MutationKind("zero", "nz-number|section-part", _swap(b"0"), "zero where nz-number is"),
    MutationKind("leading-zero", "nz-number", _swap(rb"0\g<0>"), "nz-number with a leading zero"),
    MutationKind(
        "beyond-32-bits",
        _NUMBERS,
        _swap(b"4294967296"),
        "a number of more than 32 bits",
        unless="IMAP4REV2",
    ),
    MutationKind(
        "beyond-64-bits", _NUMBERS, _swap(b"18446744073709551617"), "a number of more than 64 bits"
    ),
    MutationKind("signed", _NUMBERS, _swap(rb"-\g<0>", rb"+\g<0>"), "a number with a sign"),
    MutationKind(
        "comma-dangling",
        "nz-number",
        _swap(rb"\g<0>,", rb",\g<0>"),
        "a comma with nothing beside it",
        within=_SET,
    ),
    MutationKind(
        "colon-dangling",
        "nz-number",
        _swap(rb"\g<0>:", rb":\g<0>"),
        "a colon with nothing beside it",
        within=_SET,
    ),
    MutationKind("range-of-three", '":"', _swap(b":1:"), "a range of three numbers"),
    MutationKind("asterisk-doubled", r'"\*"', _swap(b"**"), "two asterisks"),
    MutationKind("number-word", _NUMBERS, _swap(b"one"), "a word where a number is"),
    MutationKind(
        "section-dot",
        "section-part",
        _swap(rb"\g<0>.", rb".\g<0>", rb"\g<0>.0"),
        "a part number that breaks off",
    ),
    # Dates.
    MutationKind(
        "date-month", "date-month", _swap(b"Foo", b"01", b"January"), "a month that does not exist"
    ),
    MutationKind(
        "date-day",
        "date-day|date-day-fixed",
        _swap(b"", b"001", b"1", b"x1"),
        "a day of a wrong form",
    ),
    MutationKind(
        "date-year", "date-year", _swap(b"24", b"02024", b"year"), "a year of a wrong form"
    ),
    MutationKind(
        "date-time", "time", _swap(b"12:00", b"1:2:3", b"12.00.00"), "a time of a wrong form"
    ),
    MutationKind(
        "date-zone",
        "zone",
        _swap(b"0000", b"UTC", b"+000", b"+00:00", b"+00000"),
        "a zone of a wrong form",
    ),
    MutationKind(
        "date-separator",
        '"-"',
        _swap(b"/", b" ", b"--"),
        "another separator in a date",
        within="date-t.*",
    ),
)
"""Every kind of fault, in the order in which they are tried at a token."""
