"""Strategies for names: of mailboxes (RFC 3501 section 5.1), keywords and flags (2.3.2)."""

from __future__ import annotations

import string

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from imapclient.imap_utf7 import encode

_PLAIN = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_"
_LETTERS = "éßÅж日本ﾃ€"
"""Beyond ASCII, of several scripts."""

_WILD_LETTERS = "𝄞😀"
"""Beyond 16 bits: a pair of surrogates each, which some servers refuse in a name."""

_WILD = "\"\\(){}'`!$&+,:;<=>?@[]^|~# "
"""What IMAP gives a meaning elsewhere, or a shell does; a name may hold it inside."""

_LEVELS = 3
_LONGEST = 24  # characters in one level: with prefix and suffix, names of files are no matter
_SYSTEM_FLAGS = (b"\\Seen", b"\\Answered", b"\\Flagged", b"\\Deleted", b"\\Draft")
_KEYWORD = string.ascii_letters + string.digits + "$-_.!+&'"


def mailbox_names(delimiter: bytes | None, *, tame: bool = True) -> SearchStrategy[bytes]:
    """Draw the name of a mailbox, as octets in modified UTF-7 (RFC 3501 section 5.1.3).

    Up to three levels with `delimiter` between them; one if it is None. Levels are ASCII first,
    then Unicode. `tame`: letters, digits, `-`, `_`, and nothing a server might refuse for its file
    system's sake; otherwise also what needs quoting. No level is INBOX, empty, or has wildcards,
    `/`, `.` or the delimiter in it.
    """
    between = (delimiter or b"").decode("ascii")
    wild = [c for c in _WILD if c != between]
    plain = st.sampled_from([c for c in _PLAIN if c != between])
    first = st.sampled_from(string.ascii_lowercase)
    inside = plain if tame else plain | st.sampled_from(wild)
    ascii_only = st.builds(_level, first, st.lists(inside, max_size=_LONGEST), plain)
    letters = st.sampled_from(_LETTERS if tame else _LETTERS + _WILD_LETTERS)
    unicode = st.builds(_level, first | letters, st.lists(inside | letters, max_size=8), plain)
    level = st.one_of(first, ascii_only, unicode).filter(lambda text: text.upper() != "INBOX")
    most = _LEVELS if between else 1
    return st.lists(level, min_size=1, max_size=most).map(lambda found: encode(between.join(found)))


def keywords() -> SearchStrategy[bytes]:
    """Draw a keyword: an atom that does not begin with a backslash (RFC 3501 section 2.3.2)."""
    letters = st.lists(st.sampled_from(_KEYWORD), max_size=15).map("".join)
    return st.builds(
        lambda a, b: (a + b).encode(), st.sampled_from(string.ascii_lowercase), letters
    )


def flags() -> SearchStrategy[bytes]:
    """Draw a flag that a client may set: of the system's, then keywords."""
    return st.sampled_from(_SYSTEM_FLAGS) | keywords()


def _level(first: str, inside: list[str], last: str) -> str:
    return first + "".join(inside) + last
