"""What a client's command says, read by the grammar that its session has come to."""

from __future__ import annotations

from conformance.passive.client_rules import Said
from conformance.syntax import grammar
from conformance.syntax.arguments import ReadCommand, read_arguments


def arguments_of(said: Said) -> ReadCommand | None:
    """Read a command; None for what breaks the formal syntax, which is reported elsewhere."""
    told, command = said.announced, said.command
    strict = grammar.everything() if told is None else grammar.load(told, said.enabled)
    try:
        return read_arguments(strict, command.text, command.literals)
    except ValueError:
        return None
