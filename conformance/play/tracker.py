"""Which lines of a window have matched, as responses arrive one by one.

What a window is, and when it ends, is described in `cases/README.md` under "Lines".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.casefile.bindings import Bound
from conformance.casefile.plan import Expectation, Step
from conformance.play.computed import ShownMailbox
from conformance.play.errors import Skip
from conformance.play.match import AnotherMessage, Matcher
from conformance.play.match_values import Differs
from conformance.play.received import Fetched, Received
from conformance.play.wording import (
    absent,
    brief,
    inapplicable,
    line_of,
    misspelt,
    said,
    without_names,
    wrong_status,
)
from conformance.syntax.grammar import Grammar
from conformance.syntax.names import folded
from conformance.syntax.responses import Response

Cause: TypeAlias = Literal["missing", "mismatch", "unexpected", "closed", "timeout", "flood"]


class Unmet(Exception):
    """The server did not do what the case describes."""

    def __init__(
        self,
        cause: Cause,
        line: int,
        expected: str,
        received: str,
        reason: str,
        got: Received | None = None,
    ) -> None:
        super().__init__(reason)
        self.cause: Cause = cause
        self.line, self.expected, self.received, self.reason = line, expected, received, reason
        self.got = got
        """The response that was held against the line, if one was."""


@dataclass(slots=True)
class _Line:
    expectation: Expectation
    matched_at: int = 0
    """Number of the response that matched, 0 while none has."""
    nearest: Received | None = None
    reason: str = ""
    before: tuple[Received | None, str] = (None, "")
    """What was the nearest before, and its reason."""


@dataclass(slots=True)
class Tracker:
    """The state of one window."""

    step: Step
    grammar: Grammar
    names: dict[str, Bound]
    given: Mapping[str, Bound]
    shown: ShownMailbox
    strict: bool = False
    flags: frozenset[bytes] = frozenset()
    """Flags that the case has named, in capitals."""
    exact_base64: bool = False
    _lines: list[_Line] = field(init=False)
    passed_over: list[Received] = field(default_factory=list)
    """Untagged responses that no line took, in order."""
    _others: list[Received] = field(default_factory=list)
    """All responses that no line took, in order."""
    _arrived: int = 0
    _bad: Received | None = None
    _fetched: dict[int, Fetched] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lines = [_Line(expectation) for expectation in self.step.expects]

    @property
    def answered(self) -> bool:
        """Whether the window has tagged lines and all of them have matched."""
        tagged = [line for line in self._lines if line.expectation.tagged]
        return bool(tagged) and all(line.matched_at for line in tagged)

    @property
    def given_up(self) -> bool:
        """Whether an untagged BAD came, which may stand for the completion that is awaited."""
        return self._bad is not None

    @property
    def asked(self) -> bool:
        """Whether the server asked for more where nothing of the kind was awaited."""
        return any(other.response.kind == "continuation" for other in self._others)

    @property
    def waits_for_tag(self) -> bool:
        """Whether the window has tagged lines."""
        return any(line.expectation.tagged for line in self._lines)

    @property
    def complete(self) -> bool:
        """Whether every required line has matched."""
        return all(line.matched_at for line in self._lines if line.expectation.required)

    @property
    def only_listens(self) -> bool:
        """Whether nothing is required, so that the window ends after a quiet time."""
        return not any(line.expectation.required for line in self._lines)

    def again(self) -> None:
        """Await the tagged lines anew: the command was repeated."""
        for line in self._lines:
            if line.expectation.tagged:
                line.matched_at = 0

    def take(self, received: Received) -> None:
        """Hold one response against the lines.

        Raises:
            Unmet: it must not have arrived, or completes a command otherwise than expected.
        """
        self._arrived += 1
        response = received.response
        self.shown.take(response)
        fetched = self._merge(received)
        if response.kind == "status" and response.name == "BAD":
            self._bad = received
        matched = False
        for index, line in enumerate(self._lines):
            kind = line.expectation.kind
            if kind == "never":
                self._refuse(line, received)
                continue
            if line.matched_at and not (self.strict and kind == "may"):
                continue
            if matched and response.name != "FETCH" and response.kind != "tagged":
                continue
            if kind == "later" and not 0 < self._lines[index - 1].matched_at < self._arrived:
                continue
            if self._try(line, received, fetched):
                line.matched_at = self._arrived
                matched = True
        if matched:
            self._forget(received)
            return
        self._others.append(received)
        if self._completes(response):
            raise self._wrong_completion(received)
        if response.kind != "continuation":
            self.passed_over.append(received)
        if self.strict and self._answers(response) and self._is_well_formed(received):
            raise Unmet(
                "unexpected",
                self._last_line,
                f"no other {response.name}",
                line_of(received),
                f"this untagged {response.name} is not right here, or one too many",
                received,
            )

    def closed(self) -> bool:
        """Note that the server closed the connection; say whether a line awaited that."""
        self._arrived += 1
        for line in self._lines:
            awaits = any(pattern.closes for pattern in line.expectation.patterns)
            if awaits and not line.matched_at and line.expectation.kind != "never":
                line.matched_at = self._arrived
                return True
        return False

    def unmet(self, cause: Cause) -> Unmet:
        """Return the failure for the first required line that has not matched.

        Where an untagged BAD came for the completion, that is what there is to say.
        """
        lines = [each for each in self._lines if each.expectation.required and not each.matched_at]
        if cause == "timeout" and self._bad:
            lines.sort(key=lambda line: not line.expectation.tagged)
        for line in lines:
            return self._unmet(line, cause)
        return Unmet(cause, self._last_line, "an answer", self._came(cause), _ENDS[cause])

    def lacking(self) -> list[Unmet]:
        """Return the failures of all required lines, where the command was completed as it should.

        None where the command was not, or where one of the lines was to keep a value.
        """
        lines = [each for each in self._lines if each.expectation.required and not each.matched_at]
        patterns = (pattern for line in lines for pattern in line.expectation.patterns)
        kept = [placeholder for pattern in patterns for placeholder in pattern.captures()]
        return [] if kept or not self.answered else [self._unmet(each, "missing") for each in lines]

    def _unmet(self, line: _Line, cause: Cause) -> Unmet:
        expectation = line.expectation
        nearest = (line.nearest, line.reason) if line.nearest else None
        prompts = expectation.text.startswith("+")
        if nearest is None or (expectation.tagged and self._bad):
            nearest = misspelt(expectation, self._others) or nearest
        if nearest is None and prompts and self._bad and cause == "timeout":
            nearest = self._bad, f"an untagged BAD: {absent(expectation)}"
        if expectation.kind == "given":
            raise Skip(inapplicable(expectation, nearest[0] if nearest else None))
        if nearest is None:
            absence = absent(expectation, polled=self.step.polls)
            reason = f"{_ENDS[cause]}: {absence}" if _ENDS[cause] else absence
            return Unmet(cause, expectation.line, expectation.text, self._came(cause), reason)
        received, reason = line_of(nearest[0]), without_names(nearest[1])
        if cause == "missing" or (
            cause in ("closed", "timeout") and _is_value(expectation, reason)
        ):
            cause = "mismatch"  # which came first, however it ended then
        got = nearest[0]
        return Unmet(cause, expectation.line, expectation.text, received, reason, got)

    def _came(self, cause: Cause) -> str:
        """Say what came in the place of a line to which nothing comes near."""
        if self._arrived and not self._others and cause != "closed":
            return "nothing else"
        return said(self._others, closed=cause == "closed")

    @property
    def _last_line(self) -> int:
        return self._lines[-1].expectation.line if self._lines else 0

    def _merge(self, received: Received) -> Fetched | None:
        response = received.response
        if response.name == "EXPUNGE":
            self._fetched.clear()  # the numbers mean other messages now
        if response.name != "FETCH" or response.count is None:
            return None
        fetched = self._fetched.setdefault(response.count, Fetched({}))
        fetched.add(received)
        return fetched

    def _answers(self, response: Response) -> bool:
        """Whether a response is of a kind that the window asks for, and about what is the case's.

        Everything else a server may send at any time (RFC 3501 sections 2.2.2 and 7).
        """
        asked = {
            pattern.response.name
            for line in self._lines
            for pattern in line.expectation.patterns
            if pattern.response is not None and pattern.response.kind == "data"
        }
        if response.kind != "data" or response.name not in asked:
            return False
        own = folded(self.given["name.mailbox"].octets)
        return response.mailbox is None or own in folded(response.mailbox)

    def _completes(self, response: Response) -> bool:
        """Whether a response completes a command; a line of another text is no response at all."""
        awaited = (pattern.tag for line in self._lines for pattern in line.expectation.patterns)
        return response.kind == "tagged" and (
            response.name in _STATUS or bool(response.tag and response.tag in awaited)
        )

    def _is_well_formed(self, received: Received) -> bool:
        """Whether a response can be read; of one that can not nobody knows what it says."""
        return self.grammar.conforms("response_data", received.text, received.literals)

    def _matcher(self) -> Matcher:
        return Matcher(
            self.grammar,
            self.names,
            self.given,
            flags=self.flags,
            exact_base64=self.exact_base64,
        )

    def _forget(self, received: Received) -> None:
        """Take a response that is right for one line from those that it came near to.

        One FETCH may be the answer to several lines about its message.
        """
        for line in self._lines:
            if line.nearest is received and received.response.name != "FETCH":
                line.nearest, line.reason = line.before

    def _try(self, line: _Line, received: Received, fetched: Fetched | None) -> bool:
        for pattern in line.expectation.patterns:
            try:
                kept = self._matcher().match(pattern, received, fetched)
            except AnotherMessage:
                continue
            except Differs as differs:
                alike = pattern.response and _alike(pattern.response, received.response)
                if alike and line.nearest is not received:  # the first alternative is the usual one
                    line.before = (line.nearest, line.reason)
                    line.nearest, line.reason = received, str(differs)
                continue
            self.names.update(kept)
            return True
        return False

    def _refuse(self, line: _Line, received: Received) -> None:
        for pattern in line.expectation.patterns:
            try:
                self._matcher().match(pattern, received)
            except Differs:
                continue
            raise Unmet(
                "unexpected",
                line.expectation.line,
                f"not {pattern.text}",
                line_of(received),
                f"this {brief(received)} must not come here",
                received,
            )

    def _wrong_completion(self, received: Received) -> Unmet:
        open_lines = [line for line in self._lines if not line.matched_at]
        for line in open_lines:
            expectation = line.expectation
            if any(pattern.tag == received.response.tag for pattern in expectation.patterns):
                if expectation.kind == "given":
                    raise Skip(inapplicable(expectation, received))
                own = line.nearest is received
                reason = line.reason if own else wrong_status(expectation, received.response)
                return self._instead("mismatch", expectation, received, line_of(received), reason)
        completions = [other for other in self._others if other.response.kind in _COMPLETING]
        # A command that no line completes here is one that waits to be asked for more.
        for line in sorted(open_lines, key=lambda line: not line.expectation.text.startswith("+")):
            expectation = line.expectation
            if expectation.required:
                if expectation.kind == "given":
                    raise Skip(inapplicable(expectation, received))
                near = misspelt(expectation, [received])
                early = f"answered {received.response.name}: {absent(expectation)}"
                reason = near[1] if near else early
                return self._instead("unexpected", expectation, received, said(completions), reason)
        return Unmet(
            "unexpected",
            self._last_line,
            "no further completion",
            line_of(received),
            f"this {brief(received)} completes no command that was sent",
            received,
        )

    @staticmethod
    def _instead(
        cause: Cause, expectation: Expectation, got: Received, received: str, reason: str
    ) -> Unmet:
        reason = without_names(reason)
        return Unmet(cause, expectation.line, expectation.text, received, reason, got)


_COMPLETING = frozenset({"tagged", "status"})
_STATUS = frozenset({"OK", "NO", "BAD"})
_ENDS: dict[Cause, str] = {
    "missing": "",
    "mismatch": "",
    "unexpected": "",
    "closed": "the server closed the connection",
    "timeout": "no answer in time",
    "flood": "the answer does not come to an end",
}


def _is_value(expectation: Expectation, reason: str) -> bool:
    """Whether an untagged response was the one that is awaited, with another value in it."""
    return expectation.text.startswith("* ") and ": expected " in reason


def _alike(wanted: Response, got: Response) -> bool:
    """Whether a response that does not match is worth showing as what came instead."""
    if (wanted.name, wanted.kind) != (got.name, got.kind):
        return False
    return wanted.code is None or (got.code is not None and wanted.code.name == got.code.name)
