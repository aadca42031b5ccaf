"""The strict grammar of POP3, `grammar/rfc1939.lark` and what extends it, and what its words mean.

It is a grammar of its own, for a line of POP3 is none of IMAP, though `LIST` is a command of both.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache

from conformance import data
from conformance.syntax.grammar import Grammar
from conformance.syntax.meanings import Meaning, Meanings
from conformance.syntax.modules import available


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """Load the grammar of POP3 with all extensions that are known."""
    return Grammar(available("POP3"))


@lru_cache(maxsize=1)
def _meanings() -> Meanings:
    with (data.GRAMMAR / "pop3.toml").open("rb") as file:
        return Meanings(tomllib.load(file))


def meaning_of(word: str, *, start: str) -> Meaning | None:
    """Return what a line means: a command by its keyword, a reply by its start symbol."""
    if start == "command":
        return _meanings().get("pop3-command", word)
    return _meanings().get("pop3-reply", start)
