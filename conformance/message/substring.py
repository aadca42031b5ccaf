"""Whether a string is in a text, by what RFC 3501 section 6.4.4 says and leaves unsaid.

It says substring and case-insensitive. It does not say which letters beyond ASCII differ in case
only, what a line end within a text is, or whether white space has to be the same, and servers with
an index go by words of their own. So there are three answers: True where every reading has the
string, False where none has, None between.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Contained: TypeAlias = bool | None

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Texts:
    """The readings of one text: `strict` ones all of which are right, `loose` all that may be.

    `unknown`: there may be more to it than could be read.
    """

    strict: tuple[str, ...]
    loose: tuple[str, ...] = ()
    unknown: bool = False

    def contain(self, key: str) -> Contained:
        """Say whether `key` is a substring."""
        wanted = key.translate(_ASCII_LOWER)
        if self.strict and all(wanted in text.translate(_ASCII_LOWER) for text in self.strict):
            return True
        bare = _loosest(key)
        if self.unknown or any(bare in _loosest(t) for t in (*self.strict, *self.loose)):
            return None
        return False


def any_of(answers: Iterable[Contained]) -> Contained:
    """Join by OR."""
    found = set(answers)
    return True if True in found else None if None in found else False


def all_of(answers: Iterable[Contained]) -> Contained:
    """Join by AND."""
    found = set(answers)
    return False if False in found else None if None in found else True


def none_of(answer: Contained) -> Contained:
    """Turn around."""
    return None if answer is None else not answer


def _loosest(text: str) -> str:
    """Fold all that some server might: case, accents, compatibility forms, white space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _SPACE.sub("", "".join(c for c in plain if not unicodedata.combining(c)))
