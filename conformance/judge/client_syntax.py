"""The syntax of commands, and whose syntax it is: that of RFC 3501, or of what was announced.

A command of an extension whose grammar is not here is judged only for whether the extension was
announced; arguments that an announced extension may have added to are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.checks.extensions import stems
from conformance.checks.finding import Fault, Rule
from conformance.checks.form import Formal
from conformance.judge.client_rules import Said
from conformance.syntax import grammar
from conformance.syntax.grammar import Grammar, SyntaxFault
from conformance.syntax.modules import available
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

_ACL = frozenset({"ACL"})
_QUOTA = frozenset({"QUOTA"})
_METADATA = frozenset({"METADATA", "METADATA-SERVER"})
_REV2 = "IMAP4REV2"

COMMANDS: Mapping[str, frozenset[str]] = {
    "COMPRESS": frozenset({"COMPRESS"}),
    "CONVERT": frozenset({"CONVERT"}),
    "DELETEACL": _ACL,
    "ENABLE": frozenset({"ENABLE", _REV2}),
    "ESEARCH": frozenset({"MULTISEARCH"}),
    "GENURLAUTH": frozenset({"URLAUTH"}),
    "GETACL": _ACL,
    "GETANNOTATION": frozenset({"ANNOTATEMORE", "ANNOTATEMORE2"}),
    "GETMETADATA": _METADATA,
    "GETQUOTA": _QUOTA,
    "GETQUOTAROOT": _QUOTA,
    "ID": frozenset({"ID"}),
    "IDLE": frozenset({"IDLE", _REV2}),
    "LANGUAGE": frozenset({"LANGUAGE"}),
    "LISTRIGHTS": _ACL,
    "MOVE": frozenset({"MOVE", _REV2}),
    "MYRIGHTS": _ACL,
    "NAMESPACE": frozenset({"NAMESPACE", _REV2}),
    "NOTIFY": frozenset({"NOTIFY"}),
    "REPLACE": frozenset({"REPLACE"}),
    "RESETKEY": frozenset({"URLAUTH"}),
    "SETACL": _ACL,
    "SETANNOTATION": frozenset({"ANNOTATEMORE", "ANNOTATEMORE2"}),
    "SETMETADATA": _METADATA,
    "SETQUOTA": frozenset({"QUOTA", "QUOTASET"}),
    "SORT": frozenset({"SORT"}),
    "THREAD": frozenset({"THREAD"}),
    "UID EXPUNGE": frozenset({"UIDPLUS", _REV2}),
    "UID MOVE": frozenset({"MOVE", _REV2}),
    "UID REPLACE": frozenset({"REPLACE"}),
    "UID SORT": frozenset({"SORT"}),
    "UID THREAD": frozenset({"THREAD"}),
    "UNAUTHENTICATE": frozenset({"UNAUTHENTICATE"}),
    "UNSELECT": frozenset({"UNSELECT", _REV2}),
    "URLFETCH": frozenset({"URLAUTH"}),
}
"""Command of an extension -> capabilities, any one of which brings it."""

_MODSEQ = frozenset({"CONDSTORE", "QRESYNC"})
_SEARCH = _MODSEQ | {
    "ESEARCH", "SEARCHRES", "WITHIN", "FUZZY", "SEARCH", "CONTEXT", "PARTIAL", "FILTERS",
    "OBJECTID", "SAVEDATE", "X-GM-EXT-1", "ANNOTATE-EXPERIMENT-1", "URL-PARTIAL", _REV2,
}  # fmt: skip
_STORE = _MODSEQ | {"SEARCHRES", "ANNOTATE-EXPERIMENT-1", "X-GM-EXT-1", _REV2}
_COPY = frozenset({"SEARCHRES", _REV2})
_FETCH = _MODSEQ | {
    "BINARY", "SEARCHRES", "OBJECTID", "PREVIEW", "SNIPPET", "SAVEDATE", "PARTIAL", "X-GM-EXT-1",
    "ANNOTATE-EXPERIMENT-1", _REV2,
}  # fmt: skip
_SELECT = _MODSEQ | {"ANNOTATE-EXPERIMENT-1", "IMAP4REV2"}
_LIST = frozenset({"LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "LIST-METADATA", _REV2})

ARGUMENTS: Mapping[str, frozenset[str]] = {
    "APPEND": frozenset(
        {"MULTIAPPEND", "CATENATE", "BINARY", "UTF8", "ANNOTATE-EXPERIMENT-1", _REV2}
    ),
    "AUTHENTICATE": frozenset({"SASL-IR", _REV2}),
    "COPY": _COPY,
    "CREATE": frozenset({"CREATE-SPECIAL-USE", "SPECIAL-USE", "UTF8", _REV2}),
    "EXAMINE": _SELECT,
    "FETCH": _FETCH,
    "LIST": _LIST,
    "SEARCH": _SEARCH,
    "SELECT": _SELECT,
    "STATUS": _MODSEQ | {"STATUS", "APPENDLIMIT", "OBJECTID", "QUOTA", _REV2},
    "STORE": _STORE,
    "UID COPY": _COPY,
    "UID FETCH": _FETCH,
    "UID SEARCH": _SEARCH,
    "UID STORE": _STORE,
}
"""Command of RFC 3501 -> capabilities that add to its arguments."""


def _of_framing(fault: FramingFault) -> Formal:
    rule = NUL if fault.kind == "nul" else CRLF
    return Formal("framing", Fault(rule, fault.message, "lines that end in CRLF", fault.kind))


def _everything() -> Grammar:
    return grammar.load(name for module in available() for name in module.capabilities)


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
    strict = _everything() if told is None else grammar.load(told)
    faults = strict.faults("command", frame.text, frame.literals)
    faults = tuple(fault for fault in faults if until is None or fault.offset < until)
    if not faults:
        return
    name = said.command.name
    stemmed = stems(told or ())
    brought = COMMANDS.get(name, frozenset())
    if told is not None:
        if brought and stemmed.isdisjoint(brought):
            yield _unannounced(name, name, brought)
            return
        if not brought and _everything().check("command", frame.text, frame.literals) is None:
            yield _unannounced(f"{name} in this form", name, frozenset())
            return
    added = brought | ARGUMENTS.get(name, frozenset())
    if added and (told is None or not stemmed.isdisjoint(added)):
        return  # what it has to look like is in a grammar that we may not have
    yield from map(_formal, faults)


def unfinished_faults(said: Said, frame: Frame) -> Iterator[Formal]:
    """Say what a command lacks at its end, whatever was announced: no extension brings it."""
    if not frame.complete or said.command.stray:
        return
    for fault in _everything().faults("command", frame.text, frame.literals):
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
