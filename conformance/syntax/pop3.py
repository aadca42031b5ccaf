"""The strict grammar of POP3: `grammar/rfc1939.lark` and what extends it.

It is a grammar of its own, for a line of POP3 is none of IMAP, though `LIST` is a command of both.
"""

from __future__ import annotations

from functools import lru_cache

from conformance.syntax.grammar import Grammar
from conformance.syntax.modules import available


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """Load the grammar of POP3 with all extensions that are known."""
    return Grammar(available("POP3"))
