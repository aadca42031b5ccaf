"""What may stand where the cursor is: commands of the state, keywords of the grammar, mailboxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from conformance.casefile.bindings import astring
from conformance.shell.typed import has_tag
from conformance.syntax.grammar import Grammar
from conformance.syntax.meanings import load_meanings
from conformance.wire.states import State

_WORD = re.compile(r"[^\s(\[]*\Z")
_KEYWORD = re.compile(r"[A-Za-z\\$*].*")
# Rules that hold a mailbox; a name can be completed where one of them is read.
_MAILBOXES = frozenset({"mailbox", "list-mailbox"})
_ANY = ("any",)
_STATES: dict[State, tuple[str, ...]] = {
    State.NOT_AUTHENTICATED: ("any", "not authenticated"),
    State.AUTHENTICATED: ("any", "authenticated"),
    State.SELECTED: ("any", "authenticated", "selected"),
}


def candidates(
    text: str, grammar: Grammar, state: State, mailboxes: Callable[[], Sequence[str]]
) -> tuple[str, list[str]]:
    """Return the word that `text` ends in, and what it may become, in the order of the alphabet.

    `mailboxes` is asked only where a mailbox may stand.
    """
    found = _WORD.search(text)
    word = found[0] if found else ""
    begin = text[: len(text) - len(word)]
    tagged = has_tag(text) or (bool(begin) and has_tag(begin + "NOOP"))
    prefix = begin if tagged and begin else "a1 " + begin
    expected = grammar.expected("command", prefix.encode("utf-8", "surrogateescape"))
    offered = [keyword for keyword in expected.keywords if _KEYWORD.fullmatch(keyword)]
    if "command" in expected.rules[-1:]:
        commands = load_meanings().of_kind("command")
        allowed = _STATES.get(state, _ANY)
        offered = [k for k in offered if k in commands and commands[k].state in allowed]
    if _MAILBOXES.intersection(expected.rules) or "INBOX" in expected.keywords:
        offered = [k for k in offered if k != "INBOX"]
        offered += (_spelt(name) for name in mailboxes())
    fits = {each for each in offered if each.upper().startswith(word.upper())}
    return word, sorted(fits)


def _spelt(name: str) -> str:
    return astring(name.encode("latin-1")).spelling.decode("latin-1")
