"""The search evaluator: what each key finds, does not find, and leaves open."""

from __future__ import annotations

import pytest

from conformance.message.criteria import read_criteria
from conformance.message.expected import Numbers
from conformance.message.parts import read_message
from conformance.message.search import KeptMessage, found
from conformance.syntax import grammar

GRAMMAR = grammar.load()
ENCODED = b"""\
From: =?UTF-8?Q?J=C3=BCrgen?= <jurgen@example.com>
Subject: =?UTF-8?B?R3LDvMOf?= =?ISO-8859-1?Q?e_aus?= Ulm
Date: Thu, 1 Feb 2024 23:59:59 -1200
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

K=C3=B6ln am Wald=
rand
"""
PLAIN = b"""\
From: "A \\"B\\" C" <d.e@example.org>
To: Group: x@y;, z@y
Subject: one
 two
Date: 2 Feb 2024 00:00 +1400
X-Empty:
X-Two: a
X-Two: b

Plain words over
two lines.
"""
PARTS = b"""\
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

preamble
--b
Content-Type: application/x

binary
--b
Content-Type: text/html

<p>mark<b>up</b></p>
--b
Content-Type: message/rfc822

Subject: nested

inside
--b--
"""
MAILBOX = [
    KeptMessage(read_message(octets.replace(b"\n", b"\r\n")), number, 10 * number, flags, date)
    for number, (octets, flags, date) in enumerate(
        [
            (ENCODED, frozenset({b"\\SEEN", b"\\RECENT"}), b"01-Feb-2024 11:00:00 +0000"),
            (PLAIN, frozenset({b"\\RECENT", b"WORD"}), b"02-Feb-2024 00:30:00 +0100"),
            (PARTS, frozenset({b"\\SEEN", b"\\DELETED"}), b"03-Feb-2024 12:00:00 +0000"),
        ],
        1,
    )
]

CASES = {
    # flags, numbers, sizes
    "SEEN": ({1, 3}, set()),
    "UNSEEN": ({2}, set()),
    "NEW": ({2}, set()),
    "OLD": ({3}, set()),
    "KEYWORD word": ({2}, set()),
    "UNKEYWORD word": ({1, 3}, set()),
    "2": ({2}, set()),
    "*:2": ({2, 3}, set()),
    "UID 20,99": ({2}, set()),
    "UID 99:*": ({3}, set()),
    "LARGER 0 SMALLER 4000000000": ({1, 2, 3}, set()),
    # dates: the second one is another day in UTC
    "ON 2-Feb-2024": (set(), {2}),
    "SINCE 1-Feb-2024": ({1, 2, 3}, set()),
    "BEFORE 2-Feb-2024": ({1}, {2}),
    "SENTON 1-Feb-2024": ({1}, {3}),
    "SENTON 2-Feb-2024": ({2}, {3}),
    "SENTSINCE 3-Feb-2024": (set(), {3}),
    # keys of keys
    "NOT SEEN": ({2}, set()),
    "NOT ON 2-Feb-2024": ({1, 3}, {2}),
    "OR SEEN ON 2-Feb-2024": ({1, 3}, {2}),
    "OR UNSEEN (SEEN DELETED)": ({2, 3}, set()),
    "SEEN DELETED": ({3}, set()),
    # strings
    "SUBJECT ULM": ({1}, set()),
    'SUBJECT "e aus"': (set(), {1}),
    'SUBJECT "UTF-8"': (set(), {1}),
    'SUBJECT "one two"': ({2}, set()),
    'SUBJECT "onetwo"': (set(), {2}),
    "SUBJECT nested": (set(), set()),
    "FROM jurgen": ({1}, set()),
    'FROM "example.org"': ({2}, set()),
    'FROM "d.e@example.org"': (set(), {2}),
    r'FROM "A \"B\" C"': (set(), {2}),
    "TO group": ({2}, set()),
    "CC x": (set(), set()),
    'HEADER X-Empty ""': ({2}, set()),
    "HEADER x-two b": ({2}, set()),
    "HEADER X-Tw b": (set(), set()),
    "BODY words": ({2}, set()),
    'BODY "over two"': (set(), {2}),
    "BODY waldrand": (set(), {1}),
    "BODY binary": (set(), {3}),
    "BODY mark": ({3}, set()),
    "BODY markup": (set(), {3}),
    "BODY inside": ({3}, set()),
    "BODY nested": (set(), {3}),
    "BODY preamble": (set(), {3}),
    "BODY parts": (set(), set()),
    "TEXT parts": ({3}, set()),
    "TEXT words": ({2}, set()),
    "TEXT nowhere": (set(), set()),
    # in another charset what is meant counts
    "CHARSET UTF-8 SUBJECT aus": ({1}, set()),
    'CHARSET UTF-8 SUBJECT "UTF-8"': (set(), {1}),
    "CHARSET UTF-8 BODY waldrand": ({1}, set()),
}


def search(text: bytes) -> Numbers:
    return found(read_criteria(b"a SEARCH " + text + b"\r\n", GRAMMAR), MAILBOX)


@pytest.mark.parametrize("text", CASES)
def test_finds(text: str) -> None:
    must, may = CASES[text]
    assert search(text.encode()) == Numbers(frozenset(must), frozenset(may))


@pytest.mark.parametrize(
    ("word", "must", "may"),
    [("Grüße aus Ulm", {1}, {}), ("GRÜSSE", {}, {1}), ("Grusse", {}, {1}), ("Größe", {}, {})],
)
def test_letters_beyond_ascii(word: str, must: set[int], may: set[int]) -> None:
    octets = word.encode()
    answer = search(b"CHARSET UTF-8 SUBJECT {%d+}\r\n%s" % (len(octets), octets))
    assert answer == Numbers(frozenset(must), frozenset(may))


def test_uid_search_is_answered_in_unique_identifiers() -> None:
    criteria = read_criteria(b"a uid search 1,3\r\n", GRAMMAR)
    assert found(criteria, MAILBOX) == Numbers(frozenset({10, 30}))


@pytest.mark.parametrize("text", [b"SENTON today", b"CHARSET X-NONE ALL"])
def test_what_can_not_be_evaluated(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"grammar knows|charset"):
        search(text)


def test_a_local_part_without_its_quoting_may_be_found() -> None:
    message = read_message(b'To: "a\\"b"@c.d\r\n\r\n')
    criteria = read_criteria(b'a SEARCH TO "a\\"b"\r\n', GRAMMAR)
    assert found(criteria, [KeptMessage(message, 1)]) == Numbers(frozenset(), frozenset({1}))


def test_what_is_not_known_is_left_open() -> None:
    unknown = [KeptMessage(MAILBOX[0].message, 1)]
    for text in (b"SEEN", b"NOT NEW", b"KEYWORD x", b"UID 1", b"ON 1-Feb-2024"):
        criteria = read_criteria(b"a SEARCH " + text + b"\r\n", GRAMMAR)
        assert found(criteria, unknown) == Numbers(frozenset(), frozenset({1}))
