"""Which answers to single commands are right: what may be refused, and what next to it may not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from conformance.fuzz.commands import JUDGED
from conformance.fuzz.domain import FREE, HOME, OTHER
from conformance.fuzz.judged import GeneratedCommand
from conformance.syntax.grammar import load


@dataclass(frozen=True)
class Written(GeneratedCommand):
    """A command of which only the parts are given that the answers look at."""

    parts: dict[str, list[bytes]] = field(default_factory=dict)

    def holds(self, rule: str) -> list[bytes]:
        return self.parts.get(rule, [])

    @property
    def in_range(self) -> bool:
        return True


def answers(verb: str, start: str, **parts: list[bytes]) -> set[str]:
    return JUDGED[verb].answer(Written(None, start, 1, parts))


@pytest.mark.parametrize("verb", ["delete", "rename", "status"])
@pytest.mark.parametrize(
    ("start", "selected", "other"), [("full", HOME, OTHER), ("empty", OTHER, HOME)]
)
def test_only_a_mailbox_that_is_selected_may_be_spared(
    verb: str, start: str, selected: bytes, other: bytes
) -> None:
    assert answers(verb, start, mailbox=[selected, FREE]) == {"OK", "NO"}
    assert answers(verb, start, mailbox=[other, FREE]) == {"OK"}
    assert answers(verb, "auth", mailbox=[selected, FREE]) == {"OK"}


@pytest.mark.parametrize("verb", ["append", "store"])
def test_a_keyword_may_be_refused_and_a_system_flag_not(verb: str) -> None:
    assert answers(verb, "full", mailbox=[HOME], flag_keyword=[b"kw"]) == {"OK", "NO"}
    assert answers(verb, "full", mailbox=[HOME], flag=[b"\\Seen"]) == {"OK"}


@pytest.mark.parametrize("section", [b"2", b"2.2.1", b"1.MIME", b"1.1"])
def test_a_part_that_need_not_be_there_may_be_refused(section: bytes) -> None:
    assert answers("fetch", "full", section_spec=[section]) == {"OK", "NO"}


@pytest.mark.parametrize("section", [b"1", b"HEADER", b"TEXT", b"HEADER.FIELDS (Subject)"])
def test_a_part_that_every_message_has_is_not_refused(section: bytes) -> None:
    assert answers("fetch", "full", section_spec=[section]) == {"OK"}


@pytest.mark.parametrize(
    ("charset", "right"),
    [
        (b"US-ASCII", {"OK"}),
        (b'"US-ASCII"', {"OK"}),
        (b"X-NONE", {"NO", "BAD"}),
        (b"{8}\r\n", {"OK", "NO", "BAD"}),
    ],
)
def test_the_name_of_a_charset_need_not_be_taken_as_a_literal(
    charset: bytes, right: set[str]
) -> None:
    asked = load().derivation("command", b"t1 SEARCH CHARSET %s ALL\r\n" % charset)
    assert asked is not None
    assert JUDGED["search"].answer(GeneratedCommand(asked, "full", 1)) == right
