"""Commands that are refused: with BAD though nothing is wrong with them, or with the wrong word.

BAD is for a command that is malformed, unknown or not allowed in this state (RFC 3501 section
7.1.3). Of most commands a server may also call the arguments invalid. So only those count here
that keep to the grammar of what the server announces, and that name nothing that could be missing,
closed or too much: no mailbox, no keyword, no part, no charset, no message behind the last one. The
state has to be sure as well: not behind a refused UNSELECT, nor in a mailbox that may be gone.
"""

from __future__ import annotations

import datetime
import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax import grammar
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival, State

WELL_FORMED = Rule(
    "3501-7.1.3-well-formed",
    "MUST",
    "7.1.3",
    "A BAD with a tag is for a command that is malformed, unknown, or not allowed in the state.",
)
CHARSET = Rule(
    "3501-6.4.4-charset-no",
    "MUST",
    "6.4.4",
    "A charset that the server does not support is answered with NO, not with BAD.",
)

_LONGEST = 400
"""Octets of a command that is surely not too long."""
_DEEPEST = 4
"""Parentheses in parentheses that are surely not too deep."""

_PLAIN_LIST = re.compile(rb'"" (?:"[\w./*%-]*"|[\w./*%-]+)')
_FETCH = re.compile(rb"([\d:,*]+) ([^{\\\x80-\xff]+)")
_PART = re.compile(rb"\[\d")
_CONDITIONAL = re.compile(rb"\b(?:MODSEQ|CHANGEDSINCE|VANISHED)\b", re.IGNORECASE)
"""Words of RFC 7162 that a server has to answer with BAD in mailboxes without mod-sequences."""
_STORE = re.compile(
    rb"([\d:,*]+) [+-]?FLAGS(?:\.SILENT)? \(?"
    rb"((?: ?\\(?:ANSWERED|FLAGGED|DELETED|SEEN|DRAFT))+)\)?",
    re.IGNORECASE,
)
_SEARCH_OPEN = re.compile(rb"\{|\\|KEYWORD|CHARSET|RETURN|FILTER|[\x80-\xff]", re.IGNORECASE)
_FILTER = re.compile(rb"(?:^|[ (])FILTER ", re.IGNORECASE)
_SEARCH_WORD = re.compile(rb'"[^"]*"|[^ ()]+')
_SET = re.compile(rb"(?=[\d*])[\d:,*]+")
_DATE = re.compile(rb"(\d{1,2})-([A-Z]{3})-(\d{4})", re.IGNORECASE)
_MONTHS = b"JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_TAKES_NUMBERS = frozenset({b"UID", b"LARGER", b"SMALLER"})
# fmt: off
_TAKES_TEXT = frozenset({b"BCC", b"BODY", b"CC", b"FROM", b"HEADER", b"SUBJECT", b"TEXT", b"TO"})
# fmt: on

_ANYWHERE = frozenset({"CAPABILITY", "NOOP", "LOGOUT"})
_BARE = frozenset({"CHECK", "CLOSE", "EXPUNGE", "IDLE"})


def bad_without_fault(view: View, arrival: Arrival, report: Report) -> None:
    """Report a BAD to a command that is alone, well-formed, in its state, and names nothing."""
    command = arrival.answers
    if command is None or arrival.status != "BAD" or view.muddled or view.bye_after is not None:
        return
    if arrival.in_flight != (command,) or len(command.text) > _LONGEST:
        return
    if "UIDONLY" in view.enabled:
        return  # what has numbers is refused then (RFC 9586 section 3)
    if not _may_be_sent(view, command, arrival.state) or not _names_nothing(view, command):
        return
    strict = grammar.load(view.session.dialogue.capabilities or (), view.enabled)
    if strict.check("command", command.text, command.literals) is None:
        message = f"{command.name} is answered with BAD, and nothing is wrong with it."
        expected = "OK, or NO where it can not be done"
        report(
            Fault(
                WELL_FORMED, message, expected, command.name, f"{command.name}: BAD instead of OK"
            )
        )


def _may_be_sent(view: View, command: Command, state: State) -> bool:
    """Whether the command is one that is judged, and of this state (section 6)."""
    name = command.name
    if name in _ANYWHERE:
        return state is not State.GREETING
    if name in ("LIST", "LSUB"):  # of IDLE RFC 2177 does not say so
        return state in (State.AUTHENTICATED, State.SELECTED)
    return state is State.SELECTED and _surely_open(view)


def _surely_open(view: View) -> bool:
    """Whether the mailbox is there as it was selected, by all that any session has sent since."""
    current = view.current
    return current is not None and not view.left and current.since > view.ledger.names_moved


def _names_nothing(view: View, command: Command) -> bool:
    """Whether its arguments name only what is surely there."""
    name, arguments = command.name, command.arguments
    current = view.current
    if name in _ANYWHERE or name in _BARE:
        return not arguments.partition(b"\r\n")[0]
    if name in ("LIST", "LSUB"):
        return _PLAIN_LIST.fullmatch(arguments) is not None
    if current is None or not current.exists:
        return False
    by_uid = name.startswith("UID ")
    kind = name.removeprefix("UID ")
    if kind == "FETCH":
        found = _FETCH.fullmatch(arguments)
        return (
            found is not None
            and not _PART.search(found[2])
            and not _CONDITIONAL.search(found[2])
            and (by_uid or _within(found[1], current.exists))
        )
    if kind == "STORE":
        found = _STORE.fullmatch(arguments)
        known = current.flags or frozenset()
        if found is None or view.session.dialogue.read_only:
            return False
        return known >= set(found[2].upper().split()) and (
            by_uid or _within(found[1], current.exists)
        )
    if name == "UID EXPUNGE":
        return not view.session.dialogue.read_only
    if kind != "SEARCH" or _CONDITIONAL.search(arguments):
        return False
    return _is_plain_search(arguments, current.exists)


def _within(numbers: bytes, exists: int) -> bool:
    return all(int(n) <= exists for n in re.findall(rb"\d+", numbers) if len(n) <= 10)


def _is_plain_search(arguments: bytes, exists: int) -> bool:
    """Whether a SEARCH has keys that every server knows, real dates and messages that exist."""
    if _SEARCH_OPEN.search(arguments) or arguments.count(b"(") > _DEEPEST:
        return False
    before = b""
    for word in _SEARCH_WORD.findall(arguments):
        if before in _TAKES_TEXT:
            before = b""
            continue
        if _SET.fullmatch(word) and before not in _TAKES_NUMBERS and not _within(word, exists):
            return False
        date = _DATE.fullmatch(word.strip(b'"'))
        if date is not None and not _is_real(date):
            return False
        before = word.upper()
    return True


def _is_real(date: re.Match[bytes]) -> bool:
    month, rest = divmod(_MONTHS.find(date[2].upper()), 3)
    try:
        datetime.date(int(date[3]), month + 1 if not rest else 0, int(date[1]))
    except ValueError:
        return False
    return True


def charset_with_no(view: View, arrival: Arrival, report: Report) -> None:
    """Report the code BADCHARSET in a BAD: the server knows what is wrong, and takes NO for it."""
    command, code = arrival.answers, arrival.response.code
    if command is None or arrival.status != "BAD" or code is None or code.name != "BADCHARSET":
        return
    if _FILTER.search(command.arguments) or "UTF8=ACCEPT" in view.enabled:
        return  # BAD is wanted there (RFC 5466 section 3.1, RFC 9755 section 3)
    message = f"{command.name} is answered with BAD for its charset."
    report(Fault(CHARSET, message, "NO [BADCHARSET ...]"))


CHECKS = (
    Check("well-formed", (TAGGED,), bad_without_fault, (WELL_FORMED,)),
    Check("badcharset", (TAGGED,), charset_with_no, (CHARSET,)),
)
