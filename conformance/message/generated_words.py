"""Strategies for the words that messages are generated from: text, folds, encoded-words, quoting.

What a field or a body makes of them is in `generated_headers` and `generated_bodies`. Everything is
octets, and the first choice of each strategy is the simplest, because examples shrink towards it.
"""

from __future__ import annotations

import base64
import string
from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

CHARSETS = ("utf-8", "iso-8859-1")
"""Charsets that a server may be expected to know, both able to write `LETTERS`."""

LETTERS = "aéßñÅx "
"""Letters beyond ASCII whose upper and lower case forms no search is asked about."""

_ATEXT = "abcdexyzABXZ0189!#$&'*+-/^_`{|}~"  # RFC 5322 section 3.2.3, without % ? and =
_PRINTABLE = [c for c in string.printable[:94] if c not in "=?"]  # nothing like an encoded-word
_QUOTABLE = [*"ab X.,:;<>@()[]'", '\\"', "\\\\", "\\a"]
_WORDS_IN_ONE = 18  # characters; with a charset and in hexadecimal that is less than 75 octets
_GAPS = (b" ", b"  ", b"\r\n ", b"\r\n\t", b" \r\n  ")


def characters(alphabet: Sequence[str], most: int, least: int = 1) -> SearchStrategy[bytes]:
    """Draw ASCII text; `least` and `most` count members of the alphabet."""
    generated = st.lists(st.sampled_from(alphabet), min_size=least, max_size=most)
    return generated.map(lambda found: "".join(found).encode("ascii"))


@cache
def atoms() -> SearchStrategy[bytes]:
    """Draw an atom (RFC 5322 section 3.2.3)."""
    return characters(string.ascii_lowercase, 6) | characters(_ATEXT, 10)


@cache
def tokens() -> SearchStrategy[bytes]:
    """Draw a token of MIME (RFC 2045 section 5.1) that RFC 2231 gives no meaning."""
    return characters("abcxyz019-_+.", 8)


@cache
def quoted() -> SearchStrategy[bytes]:
    """Draw a quoted string, quotes included, with something in it that is no space."""
    inside = characters(_QUOTABLE, 12).filter(lambda text: text.strip(b" ") == text != b"")
    return inside.map(lambda text: b'"' + text + b'"')


@cache
def comments() -> SearchStrategy[bytes]:
    """Draw a comment, parentheses included."""
    return st.sampled_from([b"(a)", b"(two words)", b"(a (nested) one)", rb"(a \) inside)"])


@cache
def gaps() -> SearchStrategy[bytes]:
    """Draw white space between two words: a space first, then more, and folds."""
    return st.sampled_from(_GAPS)


@cache
def unstructured() -> SearchStrategy[bytes]:
    """Draw the words of a text field, without white space around them."""
    word = characters(string.ascii_lowercase, 8) | characters(_PRINTABLE, 12) | encoded_words()
    return joined(word, most=6)


def joined(words: SearchStrategy[bytes], most: int) -> SearchStrategy[bytes]:
    """Draw up to `most` words with gaps between them."""
    pairs = st.lists(st.tuples(gaps(), words), min_size=1, max_size=most)
    return pairs.map(lambda found: found[0][1] + b"".join(g + w for g, w in found[1:]))


@cache
def encoded_words() -> SearchStrategy[bytes]:
    """Draw one encoded-word (RFC 2047 section 2)."""
    text = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=_WORDS_IN_ONE).map("".join)
    return st.builds(_encoded, text, st.sampled_from(CHARSETS), st.booleans())


def _encoded(text: str, charset: str, in_base64: bool) -> bytes:
    octets = text.encode(charset)
    if in_base64:
        return b"=?%s?B?%s?=" % (charset.encode(), base64.b64encode(octets))
    hexed = b"".join(
        bytes((octet,)) if chr(octet).isascii() and chr(octet).isalnum() else b"=%02X" % octet
        for octet in octets
    )
    return b"=?%s?Q?%s?=" % (charset.encode(), hexed)
