"""How the place where the parser stopped becomes a syntax fault.

No grammar is loaded here and nothing is decided: that a text does not conform is known before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from lark.lexer import PatternStr

from conformance.syntax.around import RulesAround, shortened
from conformance.syntax.fault import QUOTED_SO_FAR, SyntaxFault, column_of, describe
from conformance.syntax.limits import LimitBreach
from conformance.syntax.tables import ParseFailure

_QUOTED_CHAR = re.compile(rb'[\x01-\x09\x0b\x0c\x0e-!#-\[\]-\x7f]|\\["\\]')
_DIGITS = re.compile(rb"[0-9]+")
_OWN_WORD = re.compile(rb"[A-Z][A-Z0-9.-]{0,30}(?![^ ()\[\]\r\n])")
_GRAMMAR_WORD = re.compile(rb"(?:\\?[A-Za-z][A-Za-z0-9.-]*|\\\*)(?![^ ()\[\]\r\n])")
_KEYWORD = re.compile(r'"\\?[A-Z][A-Z0-9.-]*"', re.I)
_LARGEST = 0xFFFF_FFFF

# Prohibitions that stand in the comments of the ABNF and that the terminals obey: what was
# found where which terminal was expected, and the rule with the comment.
_COMMENTS = (
    ("FLAG_OTHER", re.compile(rb"\\Recent(?![^\s()\]])", re.I), "flag"),
    ("FLAG_OTHER", re.compile(rb"\\\*"), "flag-perm"),
    (
        "MBX_OFLAG_OTHER",
        re.compile(rb"\\(?:Noselect|Marked|Unmarked)(?![^\s()\]])", re.I),
        "mbx-list-sflag",
    ),
)
_FLAG_RULES = frozenset({"flag", "mbx-list-oflag"})


class Diagnosis:
    """Turns failures of one set of tables into faults."""

    def __init__(self, around: RulesAround) -> None:
        self.around = around
        values = (terminal.pattern for terminal in around.tables.terminals.values())
        fixed = [str(pattern.value) for pattern in values if isinstance(pattern, PatternStr)]
        self._vocabulary = {word.upper().encode("latin-1"): word for word in fixed}

    def fault(
        self,
        text: bytes,
        literals: Sequence[object],
        offset: int,
        rules: Sequence[str],
        expected: Sequence[str],
        found: tuple[str, str] | None = None,
    ) -> SyntaxFault:
        """Make the fault at `offset`, whose innermost rule is the last of `rules`."""
        rule = rules[-1]
        origin = self.around.rules[rule.lower().replace("-", "_")]
        words, kind = found or describe(text, offset)
        offender = kind if found else self._offender(text, offset, kind, expected)
        return SyntaxFault(
            rule=rule,
            rfc=origin.rfc,
            section=origin.section,
            offset=offset,
            column=column_of(text, offset, literals),
            found=words,
            expected=tuple(dict.fromkeys(expected)),
            inside=tuple(rules[:-1]),
            kind=kind,
            offender=offender,
        )

    def _offender(self, text: bytes, offset: int, kind: str, expected: Sequence[str]) -> str:
        """Say what stands at `offset` without what a server or user chose.

        A word of the grammar is told, and where only such words may stand what came for one.
        """
        word = _GRAMMAR_WORD.match(text, offset)
        if word and word.group().upper() in self._vocabulary:
            return self._vocabulary[word.group().upper()]
        fixed = [e for e in expected if e not in ("number", "nz-number")]
        if fixed and all(_KEYWORD.fullmatch(each) for each in fixed):
            own = _OWN_WORD.match(text, offset)
            if own:
                return own.group().decode("ascii")
        if kind == "digits":
            digits = _DIGITS.match(text, offset)
            number = digits.group().lstrip(b"0") if digits else b""
            if not number:
                return "zero"
            large = len(number) > len(str(_LARGEST)) or int(number) > _LARGEST
            return "large number" if large else "number"
        if kind == "atom":
            return "word" if text[offset : offset + 1] != b"\\" else '"\\"'
        return {"SP": "space", "control character": "CTL", "8-bit octet": "8-bit"}.get(kind, kind)

    def explain(
        self, start: str, text: bytes, literals: Sequence[object], failure: ParseFailure
    ) -> SyntaxFault:
        """Say what the failure is."""
        failure = replace(failure, stack=shortened(failure.stack))
        rules = self.around.rules_at(failure.stack) or (self.around.rule_name(start) or start,)
        expected = self.around.tables.expected(failure.stack)
        make = _Within(self, text, literals, failure, rules, expected)
        for special in (make.number, make.quoted, make.literal, make.comment, make.interrupted):
            fault = special()
            if fault is not None:
                return fault
        shown = [self.around.shown(terminal) for terminal in expected]
        if self.around.tables.ends(failure.stack, start):
            shown.append("the end")
        return self.fault(text, literals, failure.offset, rules, shown)

    def locate(
        self,
        pieces: Sequence[ParseFailure],
        text: bytes,
        literals: Sequence[object],
        breach: LimitBreach,
    ) -> SyntaxFault:
        """Say where in the rules a breach of a limit lies, by the tokens of the text."""
        before = [p for p in pieces if p.tokens and p.tokens[0].start < breach.offset]
        piece = before[-1] if before else pieces[0]
        count = sum(token.start < breach.offset for token in piece.tokens)
        inside = self.around.rules_at(shortened(self.around.tables.stack_before(piece, count)))
        if breach.rule in inside:
            inside = inside[: inside.index(breach.rule)]
        found = (breach.found, breach.kind)
        rules = (*inside, breach.rule)
        fault = self.fault(text, literals, breach.offset, rules, (breach.expected,), found)
        return replace(fault, column=fault.column + breach.beyond)

    def blamed(self, start: str, text: bytes, failure: ParseFailure) -> ParseFailure:
        """Say where the failure comes from.

        Go back to a number that had to be an nz-number, as a later word has shown.
        """
        for index in range(max(0, len(failure.tokens) - 2), len(failure.tokens)):
            token = failure.tokens[index]
            if token.terminal != "NUMBER":
                continue
            before = self.around.tables.stack_before(failure, index)
            if "NZ_NUMBER" not in self.around.tables.expected(before):
                continue
            behind = self.around.tables.stack_on(before, "NZ_NUMBER")
            mended = self.around.tables.resume(start, behind, text, token.end)
            if not isinstance(mended, ParseFailure) or mended.offset > failure.offset:
                return ParseFailure(before, token.start, failure.tokens[:index], failure.base)
        return failure


class _Within:
    """The failures that lie inside a lexical rule, where the tables see only its beginning."""

    def __init__(
        self,
        diagnosis: Diagnosis,
        text: bytes,
        literals: Sequence[object],
        failure: ParseFailure,
        rules: tuple[str, ...],
        expected: list[str],
    ) -> None:
        self._offset = failure.offset
        self._text = text
        self._failure = failure
        self._rules = rules
        self._expected = expected
        self._diagnosis = diagnosis
        self._around = diagnosis.around
        self._literals = literals
        self._tables = diagnosis.around.tables
        self._fault: Callable[..., SyntaxFault] = lambda offset, rule, words: diagnosis.fault(
            text, literals, offset, (*rules, rule) if rules[-1] != rule else rules, words
        )

    def number(self) -> SyntaxFault | None:
        if not _DIGITS.match(self._text, self._offset):
            return None
        for terminal, rule in (("NUMBER", "number"), ("NZ_NUMBER", "nz-number")):
            if terminal in self._expected and not self._reads(terminal):
                return self._fault(self._offset, rule, (rule,))
        return None

    def _reads(self, terminal: str) -> bool:
        return self._tables.pattern(terminal).match(self._text, self._offset) is not None

    def quoted(self) -> SyntaxFault | None:
        found = QUOTED_SO_FAR.match(self._text, self._offset)
        if found is not None and "QUOTED" in self._expected:
            return self._fault(found.end(), "quoted", ("QUOTED-CHAR", "DQUOTE"))
        if found is not None and "DELIMITER" in self._expected:
            one = _QUOTED_CHAR.match(self._text, self._offset + 1)
            if one is None:
                return self._fault(self._offset + 1, self._rules[-1], ("QUOTED-CHAR",))
            return self._fault(one.end(), self._rules[-1], ("DQUOTE",))
        return None

    def literal(self) -> SyntaxFault | None:
        text, offset = self._text, self._offset
        if text[offset : offset + 1] != b"{" or "LITERAL" not in self._expected:
            return None
        digits = _DIGITS.match(text, offset + 1)
        if digits is None:
            return self._fault(offset + 1, "literal", ("number",))
        if not self._tables.pattern("NUMBER").match(text, offset + 1):
            return self._fault(offset + 1, "number", ("number",))
        if text[digits.end() : digits.end() + 1] != b"}":
            return self._fault(digits.end(), "literal", ('"}"',))
        return self._fault(digits.end() + 1, "literal", ("CRLF",))

    def comment(self) -> SyntaxFault | None:
        extension = self._around.forbidden_extension(self._failure.stack)
        if extension and self._text.startswith(b" ", self._offset):
            return self._fault(self._offset, extension, ('")"',))
        for terminal, pattern, rule in _COMMENTS:
            if terminal in self._expected and pattern.match(self._text, self._offset):
                shown = [self._around.shown(name) for name in self._expected]
                inside = self._rules[:-1] if self._rules[-1] in _FLAG_RULES else self._rules
                return self._diagnosis.fault(
                    self._text, self._literals, self._offset, (*inside, rule), shown
                )
        return None

    def interrupted(self) -> SyntaxFault | None:
        """An octet that no rule allows, right behind a word: the word's rule is broken."""
        octet = self._text[self._offset : self._offset + 1]
        if not self._failure.tokens or not octet or octet in b"\r\n":
            return None
        if 0x20 <= octet[0] < 0x7F:
            return None
        last = self._failure.tokens[-1]
        rule = self._around.known(self._around.shown(last.terminal))
        if rule is None:
            return None
        before = self._tables.stack_before(self._failure, len(self._failure.tokens) - 1)
        inside = self._around.rules_at(shortened(before))
        octets = self._around.known(f"{rule.upper()}-CHAR") or rule
        return self._diagnosis.fault(
            self._text,
            self._literals,
            self._offset,
            inside if inside[-1] == rule else (*inside, rule),
            (octets,),
        )
