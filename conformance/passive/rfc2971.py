"""ID (RFC 2971): the rules for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc2971 import excesses
from conformance.passive.client_rules import ClientCheck, Said

FIELD_LENGTH = Rule(
    "2971-3.3-client-field-length", "MUST", "3.3", "A field of ID has 30 octets at most."
)
VALUE_LENGTH = Rule(
    "2971-3.3-client-value-length", "MUST", "3.3", "A value of ID has 1024 octets at most."
)
PAIRS = Rule("2971-3.3-client-pairs", "MUST", "3.3", "A client sends 30 fields at most with ID.")
TWICE = Rule("2971-3.3-client-twice", "MUST", "3.3", "No field stands twice in an ID.")

_RULES = {"field": FIELD_LENGTH, "value": VALUE_LENGTH, "pairs": PAIRS, "twice": TWICE}
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|\{(\d+)\+?\}\r\n|(NIL)', re.IGNORECASE)
_ESCAPE = re.compile(rb"\\(.)")


def modest(said: Said) -> Iterator[Fault]:
    """Report an ID that says too much, or the same twice."""
    if said.command.name != "ID" or not said.command.arguments.startswith(b"("):
        return
    literals = iter(said.command.literals)
    words: list[bytes | None] = []
    for token in _TOKEN.finditer(said.command.arguments):
        if token[3] is not None:
            words.append(None)
        elif token[2] is not None:
            words.append(bytes(next(literals, b"")))
        else:
            words.append(_ESCAPE.sub(rb"\1", token[1]))
    fields = [word for word in words[::2] if word is not None]
    values = [word for word in words[1::2] if word is not None]
    for excess in excesses(fields, values):
        yield Fault(_RULES[excess.limit], excess.message, excess.expected)


CHECKS = (ClientCheck("complete", modest, tuple(_RULES.values())),)
