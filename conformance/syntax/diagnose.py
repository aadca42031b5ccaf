"""What a syntax fault is, and how the place where the parser stopped becomes one.

The parser's stack holds every rule that was begun: from its item sets follow the innermost
rule, the rules around it and what could have stood there. No grammar is loaded here and
nothing is decided: that a text does not conform is known before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lark.lexer import PatternStr

from conformance.syntax.limits import Breach
from conformance.syntax.modules import Origin, abnf_name
from conformance.syntax.tables import Failure, Item, Stack, Tables

_MARKER = re.compile(rb"\{[0-9]+\+?\}\r\n")
_QUOTED_SO_FAR = re.compile(
    rb'"[\x01-\x09\x0b\x0c\x0e-!#-\[\]-\x7f]*(?:\\["\\][\x01-\x09\x0b\x0c\x0e-!#-\[\]-\x7f]*)*'
)
_QUOTED_CHAR = re.compile(rb'[\x01-\x09\x0b\x0c\x0e-!#-\[\]-\x7f]|\\["\\]')
_DIGITS = re.compile(rb"[0-9]+")
_WORD = re.compile(rb"[^\s(){}\[\]]+|.", re.S)
_MAX_FOUND = 24
_DEEP = 300
_MAX_RULES = 32
# Rules for any text: that one of them fails to begin says less than the rule it stands in.
_GENERAL = frozenset({"string", "nstring", "astring"})
_MAX_EXPECTED = 8
_TELLING = 2
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
_EXTENSIONS = {"body_plain_1part": "body-ext-1part", "body_plain_mpart": "body-ext-mpart"}
_ADDRESSES = frozenset(
    f"env-{field}" for field in ("from", "sender", "reply-to", "to", "cc", "bcc")
)
"""Rules that say the same of six fields: one fault in them has one cause."""
_FLAG_RULES = frozenset({"flag", "mbx-list-oflag"})


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """One place where a response or command does not follow the grammar.

    `rule` and `inside` have the spelling of the ABNF. `offset` counts from 0 in the
    skeleton, `column` from 1 in the octets as sent, payloads of literals included.
    """

    rule: str
    rfc: str
    section: str
    offset: int
    column: int
    found: str
    expected: tuple[str, ...]
    inside: tuple[str, ...]
    kind: str
    """What `found` is, without its octets: "SP", "digits", "8-bit octet", ..."""
    offender: str
    """What `found` is, in words that are the same whatever the data: a word of the grammar itself,
    else the name of a character or kind."""

    @property
    def requirement(self) -> str:
        """The id of the rule that is broken, `3501-9-env-from`."""
        return f"{self.rfc}-{self.section}-{self.rule.lower()}"

    @property
    def message(self) -> str:
        """Say in one sentence what is wrong and where."""
        wanted = list(self.expected[:_MAX_EXPECTED])
        if len(self.expected) > _MAX_EXPECTED:
            wanted.append("...")
        return (
            f"{self.rule} does not allow {self.found} at column {self.column}: "
            f"expected {' or '.join(wanted) or 'nothing more'}"
        )

    @property
    def shape(self) -> str:
        """A key that is the same when the same fault comes again with other data."""
        return f"{self.rule}: {self.kind} for {' / '.join(self.expected)}"

    @property
    def deviation(self) -> str:
        """Say in short what deviates: the same for the same fault with other data.

        What was expected tells places of one rule apart. Where that is much it says little and
        hangs on what the server has announced.
        """
        wanted = self.expected if len(self.expected) <= _TELLING else ()
        rule = "addresses" if self.rule in _ADDRESSES else self.rule
        if not wanted or wanted == (self.rule,):
            return f"syntax {rule}: {self.offender}"
        return f"syntax {rule}: {self.offender} for {' or '.join(wanted)}"


def column_of(text: bytes, offset: int, literals: Sequence[object]) -> int:
    """Count the octet `offset` of a skeleton as it was sent, from 1, payloads included."""
    column = offset + 1
    for marker, payload in zip(_MARKER.finditer(text), literals, strict=False):
        if marker.end() > offset:
            break
        column += len(payload)  # type: ignore[arg-type]
    return column


def describe(text: bytes, offset: int) -> tuple[str, str]:
    """Say what stands at `offset`: shortly with its octets, and as a kind without them."""
    rest = text[offset:]
    if not rest:
        return "the end", "the end"
    if rest.startswith(b"\r\n"):
        return "CRLF", "CRLF"
    octet = rest[0]
    if octet == 0x20:
        return "SP", "SP"
    if octet >= 0x80 or octet < 0x20 or octet == 0x7F:
        kind = "8-bit octet" if octet >= 0x80 else "control character"
        return f"octet 0x{octet:02X}", kind
    if octet == 0x22:
        found = _QUOTED_SO_FAR.match(rest)
        word = rest[: found.end() + 1 if found else 1].rstrip(b"\r\n")
        kind = "quoted string"
    else:
        found = _WORD.match(rest)
        word = found.group() if found else rest[:1]
        if word.isdigit():
            kind = "digits"
        elif word[:1].isalnum() or octet == 0x5C:
            kind = "atom"
        else:
            kind = f'"{chr(octet)}"'
    shown = word[:_MAX_FOUND].decode("ascii", "backslashreplace")
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    shown += "..." if len(word) > _MAX_FOUND else ""
    return shown if octet == 0x22 else f'"{shown}"', kind


def _shortened(stack: Stack) -> Stack:
    """Cut the middle out of a stack that is very deep, where it passes one state twice.

    What is left is a stack that the parser could have, with the same top: nesting without
    end, which nobody sends in good faith, must not cost a walk through all of it.
    """
    if len(stack) <= 2 * _DEEP:
        return stack
    bottom = {state: index for index, state in enumerate(stack[:_DEEP])}
    for index in range(len(stack) - _DEEP, len(stack)):
        if stack[index] in bottom:
            return [*stack[: bottom[stack[index]]], *stack[index:]]
    return stack


class Diagnosis:
    """Turns failures of one set of tables into faults."""

    def __init__(
        self,
        tables: Tables,
        rules: Mapping[str, Origin],
        lexical: frozenset[str],
        stands_for: Mapping[str, str],
    ) -> None:
        self.tables = tables
        self._rules = rules
        self._lexical = lexical
        self._stands_for = stands_for
        values = (terminal.pattern for terminal in tables.terminals.values())
        fixed = [str(pattern.value) for pattern in values if isinstance(pattern, PatternStr)]
        self._vocabulary = {word.upper().encode("latin-1"): word for word in fixed}

    # ------------------------------------------------------------------ names

    def _rule_name(self, rule: str) -> str | None:
        """Give the ABNF name of a rule of the grammar, None for helpers."""
        name = self._stands_for.get(rule, abnf_name(rule))
        return name if name.lower().replace("-", "_") in self._rules else None

    def known(self, name: str) -> str | None:
        """Give `name` back if it is a rule of the grammar."""
        return name if name.lower().replace("-", "_") in self._rules else None

    def forbidden_extension(self, stack: Stack) -> str | None:
        """Name the rule whose data BODY may not carry, when a body without it ends here."""
        before = {i.symbols[i.index - 1] for i in self.tables.items[stack[-1]] if i.index}
        return _EXTENSIONS.get(before.pop()) if len(before) == 1 else None

    def shown(self, terminal: str) -> str:
        """Give a terminal as the ABNF would write it."""
        if terminal in self._stands_for:
            return self._stands_for[terminal]
        if terminal.isupper() and terminal.lower() in self._lexical:
            return abnf_name(terminal)
        if terminal in ("_SP", "_CRLF", "_DQUOTE"):
            return terminal[1:]
        return f'"{self.tables.terminals[terminal].pattern.value}"'

    # ------------------------------------------------------------------ rules around a place

    def _chain(self, stack: Stack, item: Item) -> tuple[str, ...]:
        """Name the rules from the start symbol down to the one of `item`."""
        items = self.tables.items
        begin = (len(stack) - 1 - item.index, item.rule)
        came_from: dict[tuple[int, str], tuple[int, str] | None] = {begin: None}
        queue = [begin]
        for place in queue:
            position, rule = place
            if rule.startswith("$root_"):
                names: list[str] = []
                step: tuple[int, str] | None = place
                while step is not None:
                    name = self._rule_name(step[1])
                    if name is not None:
                        names.append(name)
                    step = came_from[step]
                return tuple(names)
            parents = [i for i in items[stack[position]] if i.next == rule]
            for parent in sorted(parents, key=lambda i: (-i.index, i.rule, i.symbols)):
                above = (position - parent.index, parent.rule)
                if above not in came_from:
                    came_from[above] = place
                    queue.append(above)
        return ()

    def rules_read(self, stack: Stack) -> tuple[str, ...]:
        """Name the rules that the last symbol on `stack` is part of, outermost first."""
        return tuple(self._common(stack, self._kernel(stack)))

    def _kernel(self, stack: Stack) -> set[Item]:
        state = self.tables.items[stack[-1]]
        return {i for i in state if i.index} or {i for i in state if i.rule.startswith("$root_")}

    def _common(self, stack: Stack, kernel: set[Item]) -> list[str]:
        """Name the rules that all items of `kernel` agree upon, outermost first."""
        chains = [self._chain(stack, item) for item in kernel]
        common = list(chains[0])
        for chain in chains[1:]:
            same = [a == b for a, b in zip(common, chain, strict=False)]
            del common[same.index(False) if False in same else len(same) :]
        return common

    def rules_at(self, stack: Stack) -> tuple[str, ...]:
        """Name the rules that are being read at the top of `stack`, outermost first."""
        kernel = self._kernel(stack)
        common = self._common(stack, kernel)
        self._descend(self.tables.items[stack[-1]], kernel, common)
        if len(common) > _MAX_RULES:
            del common[_MAX_RULES // 2 : -_MAX_RULES // 2]
        return tuple(common)

    def _descend(self, state: frozenset[Item], kernel: set[Item], names: list[str]) -> None:
        """Go on into the rule that must begin here, if it is only one."""
        seen: set[str] = set()
        while True:
            begins = {i.next for i in kernel} - seen
            only = begins.pop() if len(begins) == 1 else None
            if only is None or only in self.tables.terminals or only in _GENERAL:
                return
            name = self._rule_name(only)
            if name is not None:
                names.append(name)
            seen.add(only)
            kernel = {i for i in state if i.rule == only and i.index == 0}

    # ------------------------------------------------------------------ faults

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
        origin = self._rules[rule.lower().replace("-", "_")]
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
        self, start: str, text: bytes, literals: Sequence[object], failure: Failure
    ) -> SyntaxFault:
        """Say what the failure is."""
        failure = replace(failure, stack=_shortened(failure.stack))
        rules = self.rules_at(failure.stack) or (self._rule_name(start) or start,)
        expected = self.tables.expected(failure.stack)
        make = _Within(self, text, literals, failure, rules, expected)
        for special in (make.number, make.quoted, make.literal, make.comment, make.interrupted):
            fault = special()
            if fault is not None:
                return fault
        shown = [self.shown(terminal) for terminal in expected]
        if self.tables.ends(failure.stack, start):
            shown.append("the end")
        return self.fault(text, literals, failure.offset, rules, shown)

    def locate(
        self,
        pieces: Sequence[Failure],
        text: bytes,
        literals: Sequence[object],
        breach: Breach,
    ) -> SyntaxFault:
        """Say where in the rules a breach of a limit lies, by the tokens of the text."""
        before = [p for p in pieces if p.tokens and p.tokens[0].start < breach.offset]
        piece = before[-1] if before else pieces[0]
        count = sum(token.start < breach.offset for token in piece.tokens)
        inside = self.rules_at(_shortened(self.tables.stack_before(piece, count)))
        if breach.rule in inside:
            inside = inside[: inside.index(breach.rule)]
        found = (breach.found, breach.kind)
        rules = (*inside, breach.rule)
        fault = self.fault(text, literals, breach.offset, rules, (breach.expected,), found)
        return replace(fault, column=fault.column + breach.beyond)

    def blamed(self, start: str, text: bytes, failure: Failure) -> Failure:
        """Say where the failure comes from.

        Go back to a number that had to be an nz-number, as a later word has shown.
        """
        for index in range(max(0, len(failure.tokens) - 2), len(failure.tokens)):
            token = failure.tokens[index]
            if token.terminal != "NUMBER":
                continue
            before = self.tables.stack_before(failure, index)
            if "NZ_NUMBER" not in self.tables.expected(before):
                continue
            behind = self.tables.stack_on(before, "NZ_NUMBER")
            mended = self.tables.resume(start, behind, text, token.end)
            if not isinstance(mended, Failure) or mended.offset > failure.offset:
                return Failure(before, token.start, failure.tokens[:index], failure.base)
        return failure


class _Within:
    """The failures that lie inside a lexical rule, where the tables see only its beginning."""

    def __init__(
        self,
        diagnosis: Diagnosis,
        text: bytes,
        literals: Sequence[object],
        failure: Failure,
        rules: tuple[str, ...],
        expected: list[str],
    ) -> None:
        self._offset = failure.offset
        self._text = text
        self._failure = failure
        self._rules = rules
        self._expected = expected
        self._diagnosis = diagnosis
        self._literals = literals
        self._tables = diagnosis.tables
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
        found = _QUOTED_SO_FAR.match(self._text, self._offset)
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
        extension = self._diagnosis.forbidden_extension(self._failure.stack)
        if extension and self._text.startswith(b" ", self._offset):
            return self._fault(self._offset, extension, ('")"',))
        for terminal, pattern, rule in _COMMENTS:
            if terminal in self._expected and pattern.match(self._text, self._offset):
                shown = [self._diagnosis.shown(name) for name in self._expected]
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
        rule = self._diagnosis.known(self._diagnosis.shown(last.terminal))
        if rule is None:
            return None
        before = self._tables.stack_before(self._failure, len(self._failure.tokens) - 1)
        inside = self._diagnosis.rules_at(_shortened(before))
        octets = self._diagnosis.known(f"{rule.upper()}-CHAR") or rule
        return self._diagnosis.fault(
            self._text,
            self._literals,
            self._offset,
            inside if inside[-1] == rule else (*inside, rule),
            (octets,),
        )
