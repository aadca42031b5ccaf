"""Programs drawn by Hypothesis's state machine: what up to three sessions do, in any interleaving.

The rules only write the program down; it is had when it is complete, against a server, by
`have`. So one program is always the same text, can be had again, and shrinks without a server in
between knowing. What a rule needs (somebody has selected something) is kept here as a plan, which
is what will be if the server does what it should.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from conformance.fuzz import on_additions, on_mailboxes, on_messages
from conformance.fuzz.conduct import HOME, NAMES, Conduct, Ended
from conformance.model.search import KEYS, Key, joined, negated

FIXTURES = ("empty", "one", "five", "flagged")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one session does."""

    who: str
    operation: str
    arguments: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """What is done, in order, on a mailbox that is filled with a fixture."""

    fixture: str
    steps: tuple[Step, ...]


OPERATIONS: dict[str, Callable[..., None]] = {
    "append": on_additions.append,
    "copy": on_additions.copy,
    "move": on_additions.move,
    "store": on_messages.store,
    "fetch": on_messages.fetch,
    "search": on_messages.search,
    "expunge": on_messages.expunge,
    "close": on_messages.close,
    "noop": on_messages.noop,
    "idle": lambda conduct, who: conduct.idle_if_offered(who),
    "select": on_mailboxes.select,
    "create": on_mailboxes.create,
    "delete": on_mailboxes.delete,
    "rename": on_mailboxes.rename,
    "subscribe": on_mailboxes.subscribe,
    "unsubscribe": on_mailboxes.unsubscribe,
    "list": on_mailboxes.list_,
    "list %": lambda conduct, who: on_mailboxes.list_(conduct, who, pattern="%"),
    "lsub": on_mailboxes.lsub,
    "status": on_mailboxes.status,
}


def have(conduct: Conduct, program: Program) -> None:
    """Have a program; raises what its operations raise."""
    for step in program.steps:
        if step.who not in conduct.ended:
            with contextlib.suppress(Ended):
                OPERATIONS[step.operation](conduct, step.who, **dict(step.arguments))


_who = st.sampled_from(NAMES)
_picks = st.lists(st.integers(0, 5), min_size=1, max_size=3)
_path = st.sampled_from(on_mailboxes.PATHS)
_home = st.sampled_from((HOME, HOME, "b"))
_keys = st.one_of(
    st.sampled_from(KEYS),
    st.sampled_from(KEYS).map(negated),
    st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from(("or", "and"))).map(
        lambda drawn: joined(drawn[:2], drawn[2])
    ),
)

Done: TypeAlias = Callable[[Program], None]


def _nothing(_program: Program) -> None:
    """What happens to a program when nobody has it."""


class Programs(RuleBasedStateMachine):
    """Writes one program; `done` gets it when it is complete."""

    done: ClassVar[Done] = staticmethod(_nothing)

    def __init__(self) -> None:
        super().__init__()
        self._fixture = "empty"
        self._steps: list[Step] = []
        self._selected: dict[str, bool] = {}
        """Sessions that have a mailbox selected, and whether they may change it."""

    def _step(self, who: str, operation: str, **arguments: Any) -> None:
        frozen = tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in arguments.items())
        self._steps.append(Step(who, operation, frozen))

    @initialize(fixture=st.sampled_from(FIXTURES), who=_who)
    def begin(self, fixture: str, who: str) -> None:
        """The mailbox that there is, and a first session that has it selected."""
        self._fixture = fixture
        self.select(who=who, path=HOME, examine=False)

    # -- what needs nothing ------------------------------------------------------------

    @rule(who=_who, path=_home, examine=st.booleans())
    def select(self, who: str, path: str, examine: bool) -> None:  # drawn
        """SELECT or EXAMINE."""
        self._step(who, "select", path=path, examine=examine)
        self._selected[who] = not examine

    @rule(who=_who, path=_home, text=st.integers(0, 2), flags=_picks, date=st.integers(0, 2))
    def append(self, who: str, path: str, text: int, flags: list[int], date: int) -> None:
        """APPEND."""
        self._step(who, "append", path=path, text=text, flags=flags, date=date)

    @rule(who=_who, path=_path)
    def create(self, who: str, path: str) -> None:
        """CREATE."""
        self._step(who, "create", path=path)

    @rule(who=_who, path=_path)
    def delete(self, who: str, path: str) -> None:
        """DELETE."""
        self._step(who, "delete", path=path)

    @rule(who=_who, path=_path, to=_path)
    def rename(self, who: str, path: str, to: str) -> None:
        """RENAME."""
        self._step(who, "rename", path=path, to=to)

    @rule(who=_who, path=_path, operation=st.sampled_from(("subscribe", "unsubscribe", "status")))
    def ask_of_name(self, who: str, path: str, operation: str) -> None:
        """SUBSCRIBE, UNSUBSCRIBE, STATUS."""
        self._step(who, operation, path=path)

    @rule(who=_who, operation=st.sampled_from(("noop", "list", "list %", "lsub", "idle")))
    def ask(self, who: str, operation: str) -> None:
        """NOOP, LIST, LSUB, IDLE."""
        self._step(who, operation)

    # -- what needs a selected mailbox ---------------------------------------------------

    def _anyone(self) -> bool:
        return bool(self._selected)

    def _of(self, pick: int) -> str:
        return sorted(self._selected)[pick % len(self._selected)]

    @precondition(_anyone)
    @rule(
        pick=st.integers(0, 2),
        picks=_picks,
        mode=st.sampled_from(tuple(on_messages.MODES)),
        flags=_picks,
        silent=st.booleans(),
        by_uid=st.booleans(),
    )
    def store(
        self,
        pick: int,
        picks: list[int],
        mode: str,
        flags: list[int],
        silent: bool,  # drawn
        by_uid: bool,  # drawn
    ) -> None:
        """STORE."""
        self._step(
            self._of(pick),
            "store",
            picks=picks,
            mode=mode,
            flags=flags,
            silent=silent,
            by_uid=by_uid,
        )

    @precondition(_anyone)
    @rule(pick=st.integers(0, 2), picks=_picks, items=_picks, by_uid=st.booleans())
    def fetch(self, pick: int, picks: list[int], items: list[int], by_uid: bool) -> None:  # drawn
        """FETCH."""
        self._step(self._of(pick), "fetch", picks=picks, items=items, by_uid=by_uid)

    @precondition(_anyone)
    @rule(pick=st.integers(0, 2), key=_keys, by_uid=st.booleans())
    def search(self, pick: int, key: Key, by_uid: bool) -> None:  # drawn
        """SEARCH."""
        self._step(self._of(pick), "search", key=key, by_uid=by_uid)

    @precondition(_anyone)
    @rule(
        pick=st.integers(0, 2),
        picks=_picks,
        path=_home,
        by_uid=st.booleans(),
        operation=st.sampled_from(("copy", "move")),
    )
    def copy(
        self, pick: int, picks: list[int], path: str, by_uid: bool, operation: str
    ) -> None:  # drawn
        """COPY and MOVE."""
        self._step(self._of(pick), operation, picks=picks, path=path, by_uid=by_uid)

    @precondition(_anyone)
    @rule(pick=st.integers(0, 2), picks=st.none() | _picks)
    def expunge(self, pick: int, picks: list[int] | None) -> None:
        """EXPUNGE and UID EXPUNGE."""
        self._step(self._of(pick), "expunge", picks=picks)

    @precondition(_anyone)
    @rule(pick=st.integers(0, 2))
    def close(self, pick: int) -> None:
        """CLOSE."""
        who = self._of(pick)
        self._step(who, "close")
        del self._selected[who]

    @precondition(_anyone)
    @rule(pick=st.integers(0, 2))
    def check(self, pick: int) -> None:
        """CHECK."""
        self._step(self._of(pick), "noop", verb="CHECK")

    def teardown(self) -> None:
        """Have the program."""
        if self._steps:
            type(self).done(Program(self._fixture, tuple(self._steps)))
