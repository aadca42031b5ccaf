"""The labels line of a case: its level, what it proves, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from conformance.casefile.script import speaks_pop3
from conformance.catalogue.levels import LEVELS, Level
from conformance.extending.documents import parse_id

Start: TypeAlias = Literal["raw", "greeted", "auth", "selected"]
Pop3Start: TypeAlias = Literal["raw", "authorization", "transaction"]
"""States of RFC 1939 section 3; `raw`: connected, and the greeting not read."""

_TOKEN = re.compile(r"`([^`]+)`")
_WORDS = frozenset(
    {"plain", "implicit", "disposable", "strict", "as-written", "exact-base64", "last"}
)
_KEYS = frozenset({"state", "mailbox", "maildrop", "needs", "lacks", "allow"})
_PER_CONNECTION = frozenset({"state", "account"})


@dataclass(frozen=True, slots=True)
class Labels:
    """What the labels line says. `needs` is a conjunction of alternatives."""

    level: Level
    requirements: tuple[str, ...]
    state: Start = "auth"
    mailbox: str = "empty"
    needs: tuple[tuple[str, ...], ...] = ()
    lacks: tuple[str, ...] = ()
    allow: frozenset[str] = frozenset()
    plain: bool = False
    implicit: bool = False
    disposable: bool = False
    strict: bool = False
    as_written: bool = False
    exact_base64: bool = False
    last: bool = False
    """A server may not live through it, or be busy for good: it plays behind all else."""
    states: Mapping[str, Start] = field(default_factory=dict)
    """The state of single connections, by name."""
    pop3: Mapping[str, Pop3Start] = field(default_factory=dict)
    """The same of those that speak POP3."""
    maildrop: str = ""
    """What INBOX holds, which is the maildrop of POP3; "" where the case does not say."""
    second: frozenset[str] = frozenset()
    """The connections that use the second account."""

    def state_of(self, connection: str) -> Start:
        """Return how far `connection` is brought before the first line."""
        return self.states.get(connection, self.state)

    def pop3_state_of(self, connection: str) -> Pop3Start:
        """Return how far a connection that speaks POP3 is brought before its first line."""
        return self.pop3.get(connection, "transaction")


def read_labels(text: str) -> Labels:
    """Read a labels line.

    Raises:
        ValueError: a token that is no label, or a level or requirement that is missing.
    """
    if _TOKEN.sub("", text).strip():
        raise ValueError(
            "the first line of a case has to have labels (`MUST` `3501-...`), and nothing else"
        )
    levels: list[Level] = []
    requirements: list[str] = []
    words: set[str] = set()
    values: dict[str, str] = {}
    states: dict[str, Start] = {}
    pop3: dict[str, Pop3Start] = {}
    second: set[str] = set()
    for label in _TOKEN.findall(text):
        key, equals, value = label.partition("=")
        who, dot, what = key.rpartition(".")
        if label in LEVELS:
            levels.append(label)
        elif parse_id(label):
            requirements.append(label)
        elif label in _WORDS:
            words.add(label)
        elif equals and value and key in _KEYS and key not in values:
            values[key] = value
        elif equals and dot and what in _PER_CONNECTION:
            if what == "state" and speaks_pop3(who):
                pop3[who] = _pop3_start(value)
            elif what == "state":
                states[who] = _start(value)
            elif value == "2":
                second.add(who)
            else:
                raise ValueError(f"`{label}`: the only account that can be given is 2")
        else:
            raise ValueError(f"label `{label}` is unknown or occurs twice")
    if len(levels) != 1:
        raise ValueError("the labels line needs exactly one level (`MUST`, `SHOULD` or `MAY`)")
    if not requirements:
        raise ValueError("no requirement on the labels line")
    return Labels(
        level=levels[0],
        requirements=tuple(requirements),
        state=_start(values.get("state", "auth")),
        mailbox=values.get("mailbox", "empty"),
        maildrop=values.get("maildrop", ""),
        needs=tuple(tuple(part.split("|")) for part in values.get("needs", "").split(",") if part),
        lacks=tuple(part for part in values.get("lacks", "").split(",") if part),
        allow=frozenset(part for part in values.get("allow", "").split(",") if part),
        plain="plain" in words,
        implicit="implicit" in words,
        disposable="disposable" in words,
        strict="strict" in words,
        as_written="as-written" in words,
        exact_base64="exact-base64" in words,
        last="last" in words,
        states=states,
        pop3=pop3,
        second=frozenset(second),
    )


def _start(value: str) -> Start:
    for start in get_args(Start):
        if value == start:
            return start  # type: ignore[no-any-return]  # get_args is untyped
    raise ValueError(f"a state has to be one of {', '.join(get_args(Start))}, not {value!r}")


def _pop3_start(value: str) -> Pop3Start:
    for start in get_args(Pop3Start):
        if value == start:
            return start  # type: ignore[no-any-return]  # get_args is untyped
    states = ", ".join(get_args(Pop3Start))
    raise ValueError(f"a state of POP3 is one of {states}, not {value!r}")
