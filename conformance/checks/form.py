"""The form of a response: its octets as the framing saw them, its syntax by the grammar.

The fault of a line end or a NUL is one finding: the framing repairs the line, and the grammar
then looks at the repaired one. A response of which octets are missing is not parsed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.checks.extensions import RESPONSES, foreign, stems
from conformance.checks.finding import Fault, Rule, Source
from conformance.checks.view import View
from conformance.syntax import grammar
from conformance.syntax.grammar import Grammar, SyntaxFault
from conformance.syntax.modules import available
from conformance.syntax.remarks import SyntaxRemark
from conformance.syntax.responses import NUMBERED_NAMES, STATUS_NAMES
from conformance.wire.commands import first_string
from conformance.wire.dialogue import Arrival
from conformance.wire.frames import MODERATE
from conformance.wire.framing import FramingFault

CONFORM = Rule(
    "3501-7.2.1-conform",
    "MUST",
    "7.2.1",
    "Responses keep to RFC 3501 unless the server has announced an extension that adds to them.",
)

EXPERIMENTAL = Rule(
    "3501-6.5.1-unasked",
    "MUST",
    "6.5.1",
    "No experimental response is sent before the client has used an experimental command.",
)


UNQUOTED = {
    place: Rule(f"3501-9-{rule}", "MUST", "9", "A name is an atom, or in quotes, or a literal.")
    for place, rule in (
        ("STATUS", "mailbox-data"), ("LIST", "mailbox-list"), ("LSUB", "mailbox-list"),
    )
}  # fmt: skip
"""How the rest of a line reads behind a name without its quotes is no fault of its own."""


_DEBATABLE = {
    "resp-text": Rule(
        "3501-7.1-code-with-text",
        "SHOULD",
        "7.1",
        "Behind a response code follows text, and other text does not begin like one.",
    ),
    "date-time": Rule(
        "3501-9-real-date", "SHOULD", "9", "A date-time is a day, a time and a zone that exist."
    ),
}
"""Where octets conform by one reading of the RFC and not by another: one level down."""

_OTHER_CODE = re.compile(
    rb"\A\S+ (?:OK|NO|BAD|BYE|PREAUTH) \[(?!(?:ALERT|BADCHARSET|CAPABILITY|PARSE|PERMANENTFLAGS"
    rb"|READ-ONLY|READ-WRITE|TRYCREATE|UIDNEXT|UIDVALIDITY|UNSEEN)[ \]])[A-Z][A-Z0-9-]*[ \]]",
    re.IGNORECASE,
)
"""A status response with a code that is none of RFC 3501's."""

_BEGINS = re.compile(rb"\* |\+|[^\s(){%*\"\\+\x00-\x1f\x7f-\xff]+ (?:OK|NO|BAD) ", re.IGNORECASE)
"""How a line begins that is a response of its own, not the rest of one with line ends in it."""

_NO_ATOM = re.compile(rb'[\x00-\x20\x7f(){%*"\\]')
"""An octet that no ASTRING-CHAR is, other than 8-bit ones, which are a fault in any form."""
_LISTED_BARE = re.compile(
    rb'\* (?:LIST|LSUB) \([^()]*\) (?:"(?:[^"\\]|\\.)"|NIL) ((?![ "({])[^\r]+)\r\n\Z', re.IGNORECASE
)
"""A name that stands behind attributes and delimiter and is neither quoted nor a literal."""

# A character of more than one octet, as RFC 3629 section 4 has it.
_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}"
    rb"|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)


def _stand_in(found: re.Match[bytes]) -> bytes:
    """Return as many octets that every string and text may hold, so that places stay."""
    return b"x" * len(found[0])


_PLACES: Mapping[str, str] = {"+": "a continuation"} | {
    name: name
    for name in (
        *STATUS_NAMES, *NUMBERED_NAMES, *RESPONSES,
        "CAPABILITY", "FLAGS", "LIST", "LSUB", "SEARCH", "STATUS",
    )
}  # fmt: skip
"""Name of a response -> how a deviation says where it was; others have names of a server's own."""

_LINE = "3501-2.2-crlf"
_MODERATE = Rule(
    MODERATE, "SHOULD", "4", "No response is larger than any client can be expected to take."
)
_NUMBERS = re.compile(rb"\* (?:E?SEARCH|SORT|THREAD|VANISHED)(?: |\Z)", re.IGNORECASE)
"""Responses that have a number for each message of a mailbox."""

_NAME = 40  # octets that are kept of the name of a response
_NAMES = 100  # such names that are told apart

REMARKS = tuple(_DEBATABLE.values())


@dataclass(frozen=True, slots=True)
class Formal:
    """A breach of form and where it was seen: by the framing or by the grammar."""

    source: Source
    fault: Fault


class Form:
    """Judges the form of every response of a run, by the capabilities that its server announced.

    What one session was told counts for all: a list sent before LOGIN is mostly shorter than the
    one after it, and no session has to ask twice.
    """

    def __init__(self) -> None:
        self.announced: frozenset[str] = frozenset()
        self.partial = False
        """Some list of capabilities was not heard in full: what was announced is not known."""
        self._seen: frozenset[str] | None = None
        self._grammars: dict[frozenset[str], Grammar] = {}
        """By what a session has enabled; made anew when more is announced."""
        self._broken: set[str] = set()
        """Connections whose last line ended in LF only: what follows may be the rest of it."""
        self.unread: Counter[str] = Counter()
        """Responses judged in part or not at all, by the name that no grammar here describes."""

    def faults(self, view: View, arrival: Arrival) -> Iterable[Formal]:
        """Return what is wrong with the form of a response, in a session that was told `view`."""
        told = view.session.dialogue.capabilities
        if told is not None and told is not self._seen:
            self._learn(told)
        frame, text = arrival.frame, arrival.frame.text
        rules = self._rules(view.enabled)
        if (
            frame.complete
            and not (frame.faults or self._broken)
            and (text.isascii() or not view.native_utf8)
            and rules.conforms(arrival.start, text, frame.literals)
        ):
            return _debatable(text, rules.lint(text)) if b"[" in text or b"-" in text else ()
        return self._faults(view, arrival, rules)

    def _faults(self, view: View, arrival: Arrival, rules: Grammar) -> Iterator[Formal]:
        frame = arrival.frame
        for framing in frame.faults:
            if not (_is_long_by_nature(framing, frame.text) or _ends_with_all(framing)):
                yield Formal("framing", _of_framing(framing))
        session = view.session
        rest = session.name in self._broken and not _BEGINS.match(frame.text)
        if any(framing.kind == "bare-lf" for framing in frame.faults):
            self._broken.add(session.name)
        else:
            self._broken.discard(session.name)
        if rest or not frame.complete:
            return
        text = _UTF8.sub(_stand_in, frame.text) if view.native_utf8 else frame.text
        faults = rules.faults(arrival.start, text, frame.literals)
        if not faults:
            yield from _debatable(text, rules.lint(text))
            return
        response = arrival.response
        if _lacks_quotes(arrival):
            place = response.name
            message = f"{place} returns a name without the quotes that it needs."
            deviation = f"syntax mailbox: a name without its quotes in {place}"
            expected = "the name in quotes or as a literal"
            yield Formal("syntax", Fault(UNQUOTED[place], message, expected, "name", deviation))
            return
        if response.kind == "data" and response.name.startswith("X"):
            # Its own command says what it looks like.
            self._leave(response.name[:_NAME])
            if not view.experimental:
                message = f"{response.name} comes unasked."
                fault_of = Fault(EXPERIMENTAL, message, "nothing of the kind", response.name)
                yield Formal("syntax", fault_of)
            return
        yield from self._of_syntax(faults, arrival, rules)

    def _rules(self, enabled: frozenset[str]) -> Grammar:
        """Return the grammar of a session that has enabled this."""
        rules = self._grammars.get(enabled)
        if rules is None:
            rules = self._grammars[enabled] = grammar.load(self.announced, enabled)
        return rules

    def _leave(self, name: str) -> None:
        """Know that something of this name was not judged."""
        known = name in self.unread or len(self.unread) < _NAMES
        self.unread[name if known else "other names"] += 1

    def _learn(self, told: frozenset[str]) -> None:
        self._seen = told
        if not told <= self.announced:
            self.announced |= told
            self._grammars.clear()

    def _of_syntax(
        self, faults: Sequence[SyntaxFault], arrival: Arrival, rules: Grammar
    ) -> Iterator[Formal]:
        added = foreign(arrival.response)
        covered = any(_is_covered(capabilities, rules) for capabilities in added.values())
        if added and self.announced and not self.partial:
            stemmed = stems(self.announced)
            for name, capabilities in added.items():
                if stemmed.isdisjoint(capabilities):
                    message = f"{name} belongs to an extension that was never announced."
                    expected = "one of " + ", ".join(sorted(capabilities)) + " in CAPABILITY"
                    yield Formal("syntax", Fault(CONFORM, message, expected, name))
                    covered = False
                    break
        if added and not covered:
            # What that has to look like is in a grammar that we do not have.
            for name in added:
                self._leave(name)
            faults = () if arrival.response.name in added else _beside(faults, added)
        place = _PLACES.get(arrival.response.name, "another response")
        for deviation, fault in {fault.deviation: fault for fault in reversed(faults)}.items():
            # What a vendor has written down nobody has to keep.
            level = "MUST" if fault.rfc.isdecimal() else "SHOULD"
            rule = Rule(
                fault.requirement, level, fault.section, f"The formal syntax of {fault.rule}."
            )
            expected = " or ".join(fault.expected) or "nothing more"
            yield Formal(
                "syntax",
                Fault(rule, fault.message, expected, fault.shape, f"{deviation} in {place}"),
            )


def _is_covered(capabilities: frozenset[str], rules: Grammar) -> bool:
    """Whether one of the grammar files in use describes what these capabilities bring."""
    return any(
        not capabilities.isdisjoint(stems(module.capabilities))
        for module in available()
        if module.name in rules.modules
    )


def _lacks_quotes(arrival: Arrival) -> bool:
    """Whether a response has a name that is no atom as if it were one.

    In STATUS that can only be told of the name that was asked for; in LIST and LSUB it is the rest
    of the line.
    """
    text, place = arrival.frame.text, arrival.response.name
    if place in UNQUOTED:
        listed = _LISTED_BARE.match(text)
        if listed is not None:
            return _NO_ATOM.search(listed[1]) is not None
    for command in arrival.in_flight if place == "STATUS" else ():
        name = first_string(command.arguments, command.literals) or b""
        if command.name == "STATUS" and _NO_ATOM.search(name) and not name.startswith(b'"'):
            return text[len(b"* STATUS ") :].startswith(name + b" (")
    return False


def _beside(
    faults: Sequence[SyntaxFault], added: Mapping[str, frozenset[str]]
) -> Sequence[SyntaxFault]:
    """Return the faults that are none of `added`, none at all unless each of those is seen."""
    theirs = {fault.offender for fault in faults} & added.keys()
    return [f for f in faults if f.offender not in added] if theirs == added.keys() else ()


def _debatable(text: bytes, remarks: Sequence[SyntaxRemark]) -> Iterator[Formal]:
    """Return what may be debated; only text with a bracket or a date has any."""
    for remark in remarks:
        if _OTHER_CODE.search(text):
            continue  # RFC 6851 and RFC 7162 show codes of theirs without text
        expected = {
            "resp-text": "[code] text, or text without brackets",
            "date-time": "a real date",
        }
        fault = Fault(_DEBATABLE[remark.rule], remark.message, expected[remark.rule], remark.rule)
        yield Formal("ambient", fault)


def _is_long_by_nature(framing: FramingFault, text: bytes) -> bool:
    """Whether a large mailbox, or a large message, makes a response as long as it is."""
    if framing.kind == "literal-too-long":
        return True
    return framing.kind == "line-too-long" and _NUMBERS.match(text) is not None


def _ends_with_all(framing: FramingFault) -> bool:
    """Whether a line was cut short by the end of the connection, which is judged by itself."""
    return framing.kind == "truncated" and framing.requirement == _LINE


def _of_framing(framing: FramingFault) -> Fault:
    if framing.requirement == MODERATE:
        return Fault(_MODERATE, framing.message, "a response that a client can take", framing.kind)
    section = framing.requirement.split("-")[1]
    rule = Rule(framing.requirement, "MUST", section, "The octets form lines and literals.")
    return Fault(rule, framing.message, "lines that end in CRLF, literals of the stated size")
