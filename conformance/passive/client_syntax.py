"""The syntax of commands, and whose syntax it is: that of RFC 3501, or of what was announced.

A command of an extension whose grammar is not here is judged only for whether the extension was
announced; so are arguments that such an extension may have added to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.checks.extensions import stems
from conformance.checks.finding import Fault, Rule
from conformance.checks.form import Formal
from conformance.passive.client_rules import Said
from conformance.syntax import grammar
from conformance.syntax.grammar import SyntaxFault
from conformance.syntax.modules import BASE, available, commands
from conformance.wire.frames import KEPT_SHORT, Frame, FramingFault

UNANNOUNCED = Rule(
    "3501-2.2.1-client-unannounced",
    "MUST",
    "2.2.1",
    "A client keeps strictly to the syntax of RFC 3501 and of the extensions that are announced.",
)
CRLF = Rule(
    "3501-2.2-client-crlf",
    "MUST",
    "2.2",
    "Every line of a client ends in CRLF, and has neither CR nor LF elsewhere.",
)
NUL = Rule("3501-9-client-nul", "MUST", "9", "A client sends no NUL.")

RULES = (UNANNOUNCED, CRLF, NUL)

_UNWRITTEN: Mapping[str, frozenset[str]] = {
    "CONVERT": frozenset({"CONVERT"}),
    "GETANNOTATION": frozenset({"ANNOTATEMORE", "ANNOTATEMORE2"}),
    "SETANNOTATION": frozenset({"ANNOTATEMORE", "ANNOTATEMORE2"}),
}
"""Command of an extension of which there is no grammar -> capabilities, any of which brings it."""

_ANNOTATE = frozenset({"ANNOTATE-EXPERIMENT-1"})
ADDED: Mapping[str, frozenset[str]] = {
    "APPEND": _ANNOTATE,
    "EXAMINE": _ANNOTATE,
    "FETCH": _ANNOTATE | {"SNIPPET"},
    "SEARCH": _ANNOTATE | {"URL-PARTIAL"},
    "SELECT": _ANNOTATE,
    "SORT": _ANNOTATE,
    "STORE": _ANNOTATE,
    "URLFETCH": frozenset({"URLAUTH"}),
}
"""Command, `UID` left out -> capabilities that add arguments of which there is no grammar."""

_REV2 = "IMAP4REV2"

_ENABLED = frozenset({"QRESYNC"})
"""What a client may have enabled, though that is not in the recording."""


def brought_by(command: str) -> frozenset[str]:
    """Give the stems of the capabilities any one of which brings a command; none for RFC 3501's."""
    known = commands().get(command)
    if known is None:
        return _UNWRITTEN.get(command, frozenset())
    module, _ = known
    bringing = {module.name, *(m.name for m in available() if module.name in m.includes)}
    return stems(
        name
        for each in available()
        if each.name in bringing
        for name in each.capabilities
        if module.name != BASE
    )


def _of_framing(fault: FramingFault) -> Formal:
    rule = NUL if fault.kind == "nul" else CRLF
    return Formal("framing", Fault(rule, fault.message, "lines that end in CRLF", fault.kind))


def formal_faults(said: Said, frame: Frame, until: int | None = None) -> Iterator[Formal]:
    """Say what is wrong with the octets and the syntax of one command.

    `until` is how much of the skeleton was sent: what follows was never said.
    """
    for framing in frame.faults:
        if framing.kind not in KEPT_SHORT:
            yield _of_framing(framing)
    if not frame.complete or said.command.stray:
        return
    told = said.announced
    on = said.enabled | (told or frozenset()) & _ENABLED
    strict = grammar.everything() if told is None else grammar.load(told, on)
    faults = strict.faults("command", frame.text, frame.literals)
    faults = tuple(fault for fault in faults if until is None or fault.offset < until)
    if not faults:
        return
    name = said.command.name
    stemmed = stems(told or ())
    if _REV2 in stemmed and _REV2 not in said.enabled:
        # That the server speaks it was announced; whether it was turned on may not be recorded.
        revised = grammar.load(told or (), said.enabled | {_REV2})
        if revised.conforms("command", frame.text, frame.literals):
            return
    brought = brought_by(name)
    if told is not None:
        if brought and stemmed.isdisjoint(brought):
            yield _unannounced(name, name, brought)
            return
        if (
            not brought
            and grammar.everything().check("command", frame.text, frame.literals) is None
        ):
            if _REV2 in said.enabled and grammar.load().conforms(
                "command", frame.text, frame.literals
            ):
                yield _gone(name)
            else:
                yield _unannounced(f"{name} in this form", name, frozenset())
            return
    added = ADDED.get(name.removeprefix("UID "), frozenset()) | _UNWRITTEN.get(name, frozenset())
    if added and (told is None or not stemmed.isdisjoint(added)):
        return  # what it has to look like is in a grammar that we do not have
    yield from map(_formal, faults)


def unfinished_faults(said: Said, frame: Frame) -> Iterator[Formal]:
    """Say what a command lacks at its end, whatever was announced: no extension brings it."""
    if not frame.complete or said.command.stray:
        return
    for fault in grammar.everything().faults("command", frame.text, frame.literals):
        if fault.offset >= len(frame.text.removesuffix(b"\r\n")):
            yield _formal(fault)


def _formal(fault: SyntaxFault) -> Formal:
    rule = Rule(fault.requirement, "MUST", fault.section, f"The formal syntax of {fault.rule}.")
    expected = " or ".join(fault.expected) or "nothing more"
    return Formal("syntax", Fault(rule, fault.message, expected, fault.shape))


def _unannounced(what: str, name: str, brought: frozenset[str]) -> Formal:
    message = f"{what} belongs to an extension that was not announced."
    expected = f"one of {', '.join(sorted(brought))} in CAPABILITY" if brought else "RFC 3501"
    return Formal("syntax", Fault(UNANNOUNCED, message, expected, name))


def _gone(name: str) -> Formal:
    message = f"{name} in this form is none of IMAP4rev2, which is turned on."
    return Formal("syntax", Fault(UNANNOUNCED, message, "RFC 9051", name))
