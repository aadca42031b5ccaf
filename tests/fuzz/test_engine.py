"""The search itself: what it finds, how small, how often, when it stops. It needs no server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from conformance.casefile.compose import Exchange
from conformance.fuzz.engine import AGAIN, Clock, Engine
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.failure import Failure
from conformance.fuzz.machine import Program

LISTS = st.lists(st.integers(0, 50), max_size=12)
Wrong = Callable[[list[int]], str]
"""The shape of what is wrong with a list, empty where nothing is."""


class Search:
    """A search in lists of numbers, each number one command."""

    def __init__(
        self, wrong: Wrong, *, database: ExampleDatabase | None = None, shrinks: int = 300
    ) -> None:
        self.wrong = wrong
        self.tried: list[list[int]] = []
        self.environment = SimpleNamespace(gone="")
        runner = SimpleNamespace(tried=0, environment=self.environment)
        self.runner = runner
        self.engine = Engine(cast(ExampleRunner, runner), database=database, shrinks=shrinks)

    def play(self, generated: list[int]) -> Failure | None:
        self.runner.tried += 1
        self.tried.append(generated)
        shape = self.wrong(generated)
        return failure(shape, generated) if shape and shape not in self.engine.shapes else None

    def draw(self, *, examples: int = 300, number: int = 1, clock: Clock | None = None) -> None:
        self.engine.draw(
            "lists",
            LISTS,
            self.play,
            examples=examples,
            number=number,
            clock=clock or Clock(),
        )

    @property
    def found(self) -> dict[str, list[str]]:
        return {f.shape: [each.shown for each in f.exchanges] for f in self.engine.failures}


def failure(shape: str, generated: list[int]) -> Failure:
    exchanges = tuple(Exchange("main", (b"%d" % number,)) for number in generated)
    return Failure("3501-2.2.1-tag", "wrong", shape, "programs", exchanges, "empty")


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    search = Search(lambda _generated: "")
    search.draw()
    assert search.found == {}
    assert 200 <= len(search.tried) <= 300


def test_what_is_found_is_shrunk_to_the_least_that_shows_it() -> None:
    search = Search(lambda generated: "thirty" if any(n >= 30 for n in generated) else "")
    search.draw()
    assert search.found == {"thirty": ["30"]}


def test_each_cause_is_named_once_and_every_cause_is() -> None:
    def wrong(generated: list[int]) -> str:
        return "many" if len(generated) > 4 else "forty" if any(n > 40 for n in generated) else ""

    search = Search(wrong)
    search.draw(examples=1000)
    assert search.found == {"many": ["0"] * 5, "forty": ["41"]}


def test_nothing_is_tried_twice_but_to_have_it_again() -> None:
    search = Search(lambda generated: "seven" if 7 in generated else "")
    search.draw()
    (found,) = search.engine.failures
    again = [generated for generated in search.tried if generated == [7]]
    assert len(again) >= AGAIN
    others = [tuple(generated) for generated in search.tried if generated != [7]]
    # A second search, once the cause is known, may draw what the first has generated.
    assert max(map(others.count, others)) <= 2
    assert (found.seen, found.tries, found.repeatable) == (AGAIN, AGAIN, True)


@pytest.mark.parametrize("shown", range(1, 4))
def test_what_can_not_always_be_had_again_is_graded_so(shown: int) -> None:
    # The second time it is looked at for something else that is wrong.
    times = iter([True, True, *[True] * (shown - 1), *[False] * 1000])
    search = Search(lambda generated: "now and then" if generated == [] and next(times) else "")
    search.draw()
    (found,) = search.engine.failures
    assert (found.seen, found.tries) == (shown - 1, AGAIN)
    assert not found.repeatable


def test_another_cause_does_not_confirm_the_first() -> None:
    shapes = iter(["first", "second", "second", "second"])
    search = Search(lambda generated: next(shapes, "") if generated == [] else "")
    search.draw()
    first = search.engine.failures[0]
    assert (first.shape, first.seen) == ("first", 0)


# -- when it ends --------------------------------------------------------------------------


def test_no_time_no_try() -> None:
    search = Search(lambda _generated: "anything")
    search.draw(clock=Clock(0))
    assert search.tried == []


def test_it_stops_when_the_time_is_up() -> None:
    clock = Clock(10)

    def wrong(_generated: list[int]) -> str:
        clock.started -= 1
        return ""

    search = Search(wrong)
    search.draw(clock=clock)
    assert 9 <= len(search.tried) <= 10


def test_what_was_found_before_the_time_was_up_is_told() -> None:
    clock = Clock(40)

    def wrong(generated: list[int]) -> str:
        clock.started -= 1
        return "long" if len(generated) > 2 else ""

    search = Search(wrong)
    search.draw(clock=clock)
    assert search.found == {"long": ["0"] * 3}  # it is shrunk all the same


@pytest.mark.parametrize("shrinks", [0, 5])
def test_as_many_smaller_things_are_tried_as_were_asked_for(shrinks: int) -> None:
    search = Search(lambda generated: "long" if sum(generated) > 20 else "", shrinks=shrinks)
    search.draw(examples=40)
    assert set(search.found) == {"long"}
    plain = Search(lambda _generated: "")
    plain.draw(examples=40)
    first = next(generated for generated in plain.tried if sum(generated) > 20)
    # Once more to see whether something else is wrong with it, and to have it again.
    assert len(search.tried) == len(plain.tried) + 1 + shrinks + AGAIN
    if not shrinks:
        assert search.found["long"] == list(map(str, first))


def test_what_is_found_changes_nothing_of_what_is_tried() -> None:
    plain = Search(lambda _generated: "")
    plain.draw()

    def wrong(generated: list[int]) -> str:
        return "many" if len(generated) > 4 else "thirty" if any(n > 30 for n in generated) else ""

    search = Search(wrong, shrinks=0)
    search.draw()
    tried = [
        generated for at, generated in enumerate(search.tried) if generated not in search.tried[:at]
    ]
    assert tried == plain.tried


def test_another_fault_of_the_same_example_is_found_too() -> None:
    def wrong(generated: list[int]) -> str:
        shapes = [f"beyond {limit}" for limit in (10, 20, 30) if any(n > limit for n in generated)]
        return next((shape for shape in shapes if shape not in search.engine.shapes), "")

    search = Search(wrong)
    search.draw(examples=5, number=3)
    assert search.found == {"beyond 10": ["11"], "beyond 20": ["21"], "beyond 30": ["31"]}


def test_how_much_was_cut_off_is_known() -> None:
    clock = Clock(10)

    def wrong(_generated: list[int]) -> str:
        clock.started -= 1
        return ""

    search = Search(wrong)
    search.draw(examples=50, clock=clock)
    assert (search.engine.cut, search.engine.planned) == (True, 50)
    assert search.engine.done < 15
    whole = Search(lambda _generated: "")
    whole.draw(examples=50, clock=Clock(1e9))
    assert (whole.engine.cut, whole.engine.planned, whole.engine.done) == (False, 50, 50)


def test_it_stops_when_the_server_is_gone() -> None:
    def wrong(_generated: list[int]) -> str:
        if len(search.tried) == 5:
            search.environment.gone = "it did not come back"
            return "the last"
        return ""

    search = Search(wrong)
    search.draw()
    assert len(search.tried) == 5
    assert [(f.shape, f.seen) for f in search.engine.failures] == [("the last", 0)]


def test_it_stops_when_as_many_were_tried_as_were_asked_for() -> None:
    search = Search(lambda _generated: "")
    search.draw(examples=20)
    assert search.engine.done == 20
    assert 15 <= len(search.tried) <= 20  # the same is not tried twice


def test_who_has_had_enough_is_told_what_there_is() -> None:
    def wrong(generated: list[int]) -> str:
        if len(search.tried) == 60:
            raise KeyboardInterrupt
        return "long" if len(generated) > 2 else ""

    search = Search(wrong)
    with pytest.raises(KeyboardInterrupt):
        search.draw(examples=10_000)
    assert set(search.found) == {"long"}


def test_a_fault_of_our_own_is_no_finding() -> None:
    def wrong(_generated: list[int]) -> str:
        raise RuntimeError("a defect here")

    search = Search(wrong)
    with pytest.raises(RuntimeError, match="a defect here"):
        search.draw()
    assert search.found == {}


# -- in order, and again -------------------------------------------------------------------


def test_everything_is_tried_in_order_and_kept_once() -> None:
    search = Search(lambda generated: "odd" if generated[0] % 2 else "")
    count = search.engine.every([[n] for n in range(6)], search.play, Clock())
    assert count == 6
    assert search.found == {"odd": ["1"]}
    assert [generated for generated in search.tried if generated != [1]] == [
        [0],
        [2],
        [3],
        [4],
        [5],
    ]


def test_in_order_ends_with_the_time_and_with_the_server() -> None:
    search = Search(lambda _generated: "")
    assert search.engine.every([[1]], search.play, Clock(0)) == 0
    search.environment.gone = "gone"
    assert search.engine.every([[1]], search.play, Clock()) == 0


def test_the_same_seed_tries_the_same_and_another_one_another() -> None:
    tried = []
    for number in (3, 3, 4):
        search = Search(lambda _generated: "")
        search.draw(examples=50, number=number)
        tried.append(search.tried)
    assert tried[0] == tried[1] != tried[2]


def test_a_shrunk_example_is_the_first_that_the_next_run_tries(tmp_path: Path) -> None:
    database = DirectoryBasedExampleDatabase(tmp_path)
    for number in (1, 2):
        search = Search(lambda generated: "sum" if sum(generated) >= 120 else "", database=database)
        search.draw(examples=400, number=number)
        assert set(search.found) == {"sum"}
        if number == 2:
            assert sum(search.tried[0]) >= 120


# -- programs ------------------------------------------------------------------------------


def programs(wrong: Callable[[Program], bool]) -> Failure:
    runner = SimpleNamespace(tried=0, environment=SimpleNamespace(gone=""))
    engine = Engine(cast(ExampleRunner, runner), shrinks=400)

    def play(program: Program) -> Failure | None:
        runner.tried += 1
        if engine.shapes or not wrong(program):
            return None
        exchanges = tuple(Exchange(s.who, (s.operation.encode(),)) for s in program.steps)
        return Failure("3501-2.2.1-tag", "wrong", "wrong", "programs", exchanges, program.fixture)

    engine.programs(play, examples=80, number=9, clock=Clock())  # a seed that meets all of them
    (found,) = engine.failures
    return found


def test_the_same_seed_writes_the_same_programs_to_the_letter() -> None:
    """The search knows what it has tried by how it is shown: no address may stand in it."""
    shown: list[list[str]] = [[], []]
    for programs_shown in shown:
        runner = SimpleNamespace(tried=0, environment=SimpleNamespace(gone=""))

        def play(program: Program, shown: list[str] = programs_shown) -> None:
            shown.append(repr(program))

        engine = Engine(cast(ExampleRunner, runner))
        engine.programs(play, examples=40, number=1, clock=Clock())
    assert shown[0] == shown[1]
    assert any("truths" not in each and "Key(" in each for each in shown[0])


def done(program: Program) -> list[str]:
    return [step.operation for step in program.steps]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "most"),
    [
        (lambda program: "expunge" in done(program), 2),
        (lambda program: len({step.who for step in program.steps}) == 3, 3),
        (lambda program: {"store", "check", "noop"} <= set(done(program)), 4),
    ],
)
def test_a_program_is_shrunk_to_the_steps_that_matter(
    wrong: Callable[[Program], bool], most: int
) -> None:
    found = programs(wrong)
    assert found.size <= most
    assert found.repeatable
    assert found.exchanges[0].shown == "select"
