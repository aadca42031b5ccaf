"""ESEARCH (RFC 4731): whose result a response is, what is in it, and how its items agree."""

from __future__ import annotations

import re
from typing import NamedTuple

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Doubt, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.esearch import parts
from conformance.syntax.responses import Response
from conformance.syntax.values import Leaf, Mapping, members
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str, level: str = "MUST", section: str = "3.1") -> Rule:
    return Rule(f"4731-{section}-{slug}", level, section, sentence)


TAG = _rule("tag", "The tag in an ESEARCH response is that of a search in progress.")
CORRELATOR = _rule("correlator", "The ESEARCH response to a command has its tag.", "SHOULD")
SINGLE = _rule("single", "A search with return options brings one ESEARCH response.")
INSTEAD = _rule("instead", "ESEARCH comes in the place of SEARCH, not besides.")
UID = _rule("uid", "The ESEARCH response to a UID SEARCH has the word UID.")
NUMBERS = _rule("numbers", "Without the word UID the numbers in ESEARCH are message numbers.")
MIN = _rule("min", "MIN is the lowest number of all that match.")
MAX = _rule("max", "MAX is the highest number of all that match.")
ALL = _rule("all", "ALL has the numbers of all messages that match.")
COUNT = _rule("count", "COUNT is how many messages match.")
ALWAYS = _rule("count-always", "COUNT is in the response whenever it was asked for.")
NOTHING = _rule("nothing", "If nothing matches there is no MIN, MAX and ALL.")
ASKED = _rule("asked", "ESEARCH has what was asked for and nothing else.", "SHOULD")
ONCE = _rule("once", "No item stands twice in an ESEARCH response.", "SHOULD")
MODSEQ = _rule("modseq", "The result of a search by MODSEQ has MODSEQ.", section="3.2")

SEARCHES = frozenset({"SEARCH", "UID SEARCH"})
_RETURNS = re.compile(r"SEARCH|SORT|THREAD")
"""Names of commands whose result may be an ESEARCH response (RFCs 4731, 5267, 7377)."""
_UPDATES = frozenset({b"ADDTO", b"REMOVEFROM"})
"""Items that tell of a search that was done before (RFC 5267)."""
_OPTIONS = {b"MIN": MIN, b"MAX": MAX, b"ALL": ALL, b"COUNT": COUNT}
_RETURN = re.compile(rb"RETURN \(([^()]*)\) (MODSEQ (?=\d))?", re.IGNORECASE)
_KEPT = 1_000


class Results:
    """How many ESEARCH responses came for each command in flight, by its number."""

    def __init__(self) -> None:
        self.came: dict[int, int] = {}
        self.nameless = 0
        """Responses without a tag since the last completion."""


class EsearchResult(NamedTuple):
    """What an ESEARCH response says."""

    tag: bytes | None
    by_uid: bool
    items: Mapping
    numbers: dict[bytes, int]
    """MIN, MAX and COUNT, as far as they are there and numbers."""
    found: frozenset[int] | None
    """What ALL has, None where it is missing, no set, or too long."""


def read(response: Response) -> EsearchResult:
    """Read an ESEARCH response."""
    correlator, uid, items = parts(response.values)
    named = correlator.get(b"TAG") if correlator is not None else None
    numbers = {}
    for key in (b"MIN", b"MAX", b"COUNT"):
        leaf = items.get(key)
        if isinstance(leaf, Leaf) and leaf.number is not None:
            numbers[key] = leaf.number
    found = items.get(b"ALL")
    return EsearchResult(
        bytes(named.octets) if isinstance(named, Leaf) else None,
        uid is not None,
        items,
        numbers,
        members(found.octets) if isinstance(found, Leaf) else None,
    )


def asked(command: Command) -> frozenset[bytes]:
    """Return which of the four options a search asks for; none if it asks for others as well."""
    found = _RETURN.match(command.arguments) if command.name in SEARCHES else None
    if found is None:
        return frozenset()
    options = frozenset(found[1].upper().split()) or frozenset({b"ALL"})
    return options if options <= _OPTIONS.keys() else frozenset()


def search_begins(view: View, command: Command) -> None:
    """Begin to count what comes for a search."""
    results = view.attached.of(Results)
    if len(results.came) < _KEPT:
        results.came[command.number] = 0


def whose(view: View, arrival: Arrival, report: Report) -> None:
    """Report a tag of no search in flight, or numbers of the other kind; count what comes."""
    result = read(arrival.response)
    results = view.attached.of(Results)
    if result.tag is None:
        results.nameless += 1
        return
    if view.muddled or not _UPDATES.isdisjoint(result.items.keys()):
        return
    command = next((each for each in arrival.in_flight if each.tag == result.tag), None)
    if command is None or not _RETURNS.search(command.name):
        message = "ESEARCH has the tag of no search that is in progress."
        report(Fault(TAG, message, "the tag of the command that it answers"))
        return
    if command.number in results.came:
        results.came[command.number] += 1
    if command.name == "UID SEARCH" and not result.by_uid:
        message = "ESEARCH for a UID SEARCH has no UID."
        report(Fault(UID, message, "UID behind the tag"), Doubt(refused=True))
    elif command.name == "SEARCH" and result.by_uid:
        report(Fault(NUMBERS, "ESEARCH for a SEARCH has UID.", "message numbers, without UID"))


def agree(view: View, arrival: Arrival, report: Report) -> None:
    """Report items of one response that contradict each other, or the mailbox."""
    result = read(arrival.response)
    command = _answered(arrival, result)
    if command is None or view.muddled:
        return
    least, most, count = (result.numbers.get(key) for key in (b"MIN", b"MAX", b"COUNT"))
    if least is not None and most is not None and least > most:
        report(Fault(MIN, f"MIN is {least}, and MAX {most}.", f"at most {most}"))
    elif result.found:
        if least not in (None, min(result.found)):
            expected = f"MIN {min(result.found)}"
            report(Fault(MIN, f"MIN is {least}, which is not the first of ALL.", expected))
        if most not in (None, max(result.found)):
            expected = f"MAX {max(result.found)}"
            report(Fault(MAX, f"MAX is {most}, which is not the last of ALL.", expected))
    if count == 0:
        extra = [key.decode("ascii") for key in (b"MIN", b"MAX", b"ALL") if _has(result, key)]
        if extra:
            report(Fault(NOTHING, f"{extra[0]} is there, and COUNT is 0.", "COUNT 0 alone"))
    elif count is not None and result.found is not None and count != len(result.found):
        message = f"COUNT is {count}, and ALL has {len(result.found)} messages."
        report(Fault(COUNT, message, f"COUNT {len(result.found)}"))
    _within(view, result, report)


def _within(view: View, result: EsearchResult, report: Report) -> None:
    """Report message numbers behind the last one, and more messages than there are."""
    exists = view.current.exists if view.current is not None else None
    if exists is None or result.by_uid:
        return
    count = result.numbers.get(b"COUNT", 0)
    if count > exists:
        message = f"COUNT is {count} of {exists} messages."
        report(Fault(COUNT, message, f"at most {exists}", "exists"), Doubt(exists=count))
    ends = {result.numbers.get(b"MIN", 0), result.numbers.get(b"MAX", 0), *(result.found or ())}
    if max(ends) > exists:
        message = f"ESEARCH names message {max(ends)} of {exists}."
        report(Fault(NUMBERS, message, f"at most {exists}", "range"), Doubt(exists=max(ends)))


def complete(view: View, arrival: Arrival, report: Report) -> None:
    """Report what was asked for and is missing, what was not, and what stands twice."""
    result = read(arrival.response)
    command = _answered(arrival, result)
    keys = list(result.items.keys())
    if any(keys.count(key) > 1 for key in _OPTIONS):
        report(Fault(ONCE, "An item stands twice in ESEARCH.", "each once"))
    options = asked(command) if command is not None else frozenset()
    if not options or view.muddled:
        return
    if b"COUNT" in options and b"COUNT" not in keys:
        report(Fault(ALWAYS, "COUNT was asked for and is missing.", "COUNT"))
    if _finds(result):
        for key in sorted(options - {b"COUNT"} - set(keys)):
            message = f"{key.decode('ascii')} was asked for and is missing, and something is found."
            report(Fault(_OPTIONS[key], message, f"{key.decode('ascii')} as well", "missing"))
    extra = sorted((_OPTIONS.keys() & set(keys)) - options)
    if extra:
        message = f"{extra[0].decode('ascii')} is returned and was not asked for."
        report(Fault(ASKED, message, "only what was asked for"))


def modseq(view: View, arrival: Arrival, report: Report) -> None:
    """Report a search by MODSEQ that has found something and returns no MODSEQ."""
    result = read(arrival.response)
    command = _answered(arrival, result)
    if command is None or view.muddled or not asked(command):
        return
    criteria = _RETURN.match(command.arguments)
    if criteria and criteria[2] and _finds(result) and not _has(result, b"MODSEQ"):
        message = "A search by MODSEQ found something, and ESEARCH has no MODSEQ."
        report(Fault(MODSEQ, message, "MODSEQ as well"))


def plain_search(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SEARCH response while every search in flight wants ESEARCH."""
    searches = [each for each in arrival.in_flight if "SEARCH" in each.name]
    if searches and all(asked(each) for each in searches) and not view.muddled:
        message = "SEARCH comes for a search that wants ESEARCH."
        report(Fault(INSTEAD, message, "no SEARCH response"), Doubt(refused=True))


def one_came(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to a search with return options before which not one ESEARCH came."""
    command = arrival.answers
    results = view.attached.of(Results)
    if command is None or command.number not in results.came:
        return
    came, nameless = results.came.pop(command.number), results.nameless
    results.nameless = 0
    if arrival.status != "OK" or view.muddled or not asked(command) or came == 1:
        return
    if came == 0 and nameless:
        message = "ESEARCH came without a tag."
        report(Fault(CORRELATOR, message, f'(TAG "{command.tag.decode("latin-1")}")'))
    else:
        message = f"OK to {command.name} behind {came} ESEARCH responses with its tag."
        report(Fault(SINGLE, message, "one ESEARCH before the OK", "several" if came else "none"))


def _answered(arrival: Arrival, result: EsearchResult) -> Command | None:
    """Return the SEARCH or UID SEARCH that a response is the result of."""
    searches = [each for each in arrival.in_flight if each.name in SEARCHES]
    if result.tag is None:
        return searches[0] if len(searches) == 1 else None
    return next((each for each in searches if each.tag == result.tag), None)


def _finds(result: EsearchResult) -> bool:
    some = any(_has(result, key) for key in (b"MIN", b"MAX", b"ALL"))
    return some or result.numbers.get(b"COUNT", 0) > 0


def _has(result: EsearchResult, key: bytes) -> bool:
    return result.items.get(key) is not None


CHECKS = (
    Check("esearch-tag", ("ESEARCH",), whose, (TAG, UID, NUMBERS), needs="ESEARCH"),
    Check("esearch-agree", ("ESEARCH",), agree, (MIN, MAX, COUNT, NOTHING), needs="ESEARCH"),
    Check(
        "esearch-complete",
        ("ESEARCH",),
        complete,
        (ALWAYS, MIN, MAX, ALL, ASKED, ONCE),
        needs="ESEARCH",
    ),
    Check("esearch-modseq", ("ESEARCH",), modseq, (MODSEQ,), needs="ESEARCH&CONDSTORE"),
    Check("esearch-instead", ("SEARCH",), plain_search, (INSTEAD,), needs="ESEARCH"),
    Check("esearch-single", (TAGGED,), one_came, (SINGLE, CORRELATOR), needs="ESEARCH"),
)

FOLLOWERS = (Follower(SEARCHES, search_begins),)
