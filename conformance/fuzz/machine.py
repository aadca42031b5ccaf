"""Programs from Hypothesis's state machine: what up to three sessions do, in any interleaving.

The rules only write the program down; it is had when it is complete, against a server, by
`have`. So one program is always the same text, can be reproduced, and shrinks without a server in
between knowing. What a rule needs (somebody has selected something) is kept here as a plan, which
is what will be if the server does what it should. There is a rule for each operation that the
modules of RFCs register.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from conformance.extending import registry
from conformance.fuzz.executor import HOME, NAMES, Ended, Executor
from conformance.fuzz.operation import Operation

FIXTURES = ("empty", "one", "five", "flagged")


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """One thing that one session does."""

    who: str
    operation: str
    arguments: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """What is done, in order, on a mailbox that is filled with a fixture."""

    fixture: str
    steps: tuple[ProgramStep, ...]


OPERATIONS: Mapping[str, Operation] = registry.by_key(
    registry.rows(__name__, "OPERATIONS", Operation), lambda operation: operation.name
)
"""What is registered, by name."""


def have(executor: Executor, program: Program) -> None:
    """Have a program; raises what its operations raise. What the server does not offer is not."""
    for step in program.steps:
        operation = OPERATIONS[step.operation]
        if step.who not in executor.ended and executor.environment.features.offers(operation.needs):
            with contextlib.suppress(Ended):
                operation.run(executor, step.who, **_arguments(executor, step))


def _arguments(executor: Executor, step: ProgramStep) -> dict[str, Any]:
    """Return the arguments of a step; in a session without numbers it is had by UID (RFC 9586)."""
    arguments = dict(step.arguments)
    if step.who in executor.uid_only:
        ways = OPERATIONS[step.operation].arguments
        arguments |= {name: True for name in ways if name.endswith("by_uid")}
    return arguments


Done: TypeAlias = Callable[[Program], None]


def _nothing(_program: Program) -> None:
    """What happens to a program when nobody has it."""


_Early: TypeAlias = tuple[str, Operation, dict[str, Any]]
_EARLY: st.SearchStrategy[_Early | None] = st.one_of(
    st.none(),
    st.none(),
    *(
        st.tuples(
            st.sampled_from(NAMES),
            st.just(operation),
            st.fixed_dictionaries(dict(operation.arguments)),
        )
        for operation in OPERATIONS.values()
        if operation.early
    ),
)
"""What a session may do before all else: hardly any program would have it by chance."""


class ProgramMachine(RuleBasedStateMachine):
    """Writes one program; `done` gets it when it is complete."""

    done: ClassVar[Done] = staticmethod(_nothing)

    def __init__(self) -> None:
        super().__init__()
        self._fixture = "empty"
        self._steps: list[ProgramStep] = []
        self.selected: set[str] = set()
        """Sessions that have a mailbox selected."""

    @initialize(fixture=st.sampled_from(FIXTURES), who=st.sampled_from(NAMES), early=_EARLY)
    def begin(self, fixture: str, who: str, early: _Early | None) -> None:
        """The mailbox that there is, and a first session that has it selected."""
        self._fixture = fixture
        if early is not None:
            self.write(*early)
        self.write(who, OPERATIONS["select"], {"path": HOME, "examine": False})

    def write(self, who: str, operation: Operation, arguments: Mapping[str, Any]) -> None:
        """Write one more step."""
        frozen = tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in arguments.items())
        self._steps.append(ProgramStep(who, operation.name, frozen))
        if operation.then == "selected":
            self.selected.add(who)
        elif operation.then == "not selected":
            self.selected.discard(who)

    def teardown(self) -> None:
        """Have the program."""
        if self._steps:
            type(self).done(Program(self._fixture, tuple(self._steps)))


def _rule(operation: Operation) -> Any:
    """Make the rule that writes an operation."""

    def by_anybody(self: ProgramMachine, who: str, **generated: Any) -> None:
        self.write(who, operation, generated)

    def by_one_inside(self: ProgramMachine, pick: int, **generated: Any) -> None:
        self.write(sorted(self.selected)[pick % len(self.selected)], operation, generated)

    name = operation.name.replace(" ", "_").replace("%", "level")
    by_anybody.__name__ = by_one_inside.__name__ = name
    make: Any = rule  # which has no type for arguments that are not written out
    if not operation.selected:
        return make(who=st.sampled_from(NAMES), **operation.arguments)(by_anybody)
    inside = make(pick=st.integers(0, 2), **operation.arguments)(by_one_inside)
    return precondition(lambda self: bool(self.selected))(inside)


for _operation in OPERATIONS.values():
    setattr(ProgramMachine, f"have_{_operation.name}", _rule(_operation))
