"""What a server did otherwise in a generated session, in a few words that hold for every seed.

A deviation begins with the command, as far as it does not change with what was generated: its name,
and of FETCH the item. Numbers, strings, and which of several ways was taken to ask the same (by
UID, without an answer) are left out, for behind them there is one cause. Ambient checks name their
own.
"""

from __future__ import annotations

import re

from conformance.message.expected import ENDS_EARLY
from conformance.model.view import Disagreement

_VERB = re.compile(r"(?:UID )?([A-Za-z]+)")
_DIFFERENCE = re.compile(
    r"(?:no item )?(?P<place>[A-Z][^:]*?)(?:: | did not come|$)(?P<rest>.*)", re.S
)
_SECTION = re.compile(r"BODY\[|RFC822(?:\.HEADER|\.TEXT)?$")
_STRUCTURE = ("BODY", "BODYSTRUCTURE")


def deviation_of(wrong: Disagreement, shown: str) -> str:
    """Name what came otherwise to a command, which is `shown` without its tag."""
    if ": " in wrong.deviation:
        return wrong.deviation  # of a command that came before
    verb = _VERB.match(shown)
    return f"{verb[1].upper() if verb else 'a command'}: {wrong.deviation or _rule(wrong)}"


def completion(status: str, allowed: str, rule: str) -> str:
    """Name the completion of a command that should have had one of those `allowed`.

    A case says it in the same words of what it proves the `rule` by.
    """
    if "OK" in allowed:
        return status
    refusal = "NO or BAD" if status == "OK" else " or ".join(allowed.split("|"))
    return f"{status} instead of {refusal} ({rule})"


def of_value(difference: str) -> str:
    """Name in what the value of an item is otherwise; `difference` says where, and how.

    The place is that of the innermost value: which address of a field or part of a structure it
    stands in was generated.
    """
    found = _DIFFERENCE.match(difference)
    if found is None:
        return "other data"
    item, *places = found["place"].split(", ")
    if difference.endswith(": expected NIL, received ''"):
        return "the empty string for NIL"
    if ENDS_EARLY in found["rest"]:
        return "a text ends early"
    if difference.startswith("no item ") and item.endswith(">"):
        return "other name of a piece"
    if _SECTION.match(item):
        return f"other octets of {_section(item)}"
    name = "BODYSTRUCTURE" if item in _STRUCTURE else item
    words = [word for word in places[-1].split() if not word.isdecimal()] if places else []
    wrong = "nothing" if not found["rest"] else "another"
    return f"{wrong} {name} {' '.join(words)}".rstrip()


def of_search(rule: str) -> str:
    """Name that other messages are found than should be, by the rule for the search key."""
    return f"other messages by {rule.rpartition('6.4.4-')[2]}"


def _section(item: str) -> str:
    """Name the kind of a section: part numbers, names of fields and the piece were generated."""
    spec = item.partition("[")[2].partition("]")[0]
    words = [word for word in spec.split(" ")[0].split(".") if not word.isdecimal()]
    if words or not spec:
        return f"BODY[{'.'.join(words)}]" if "[" in item else item
    return "BODY[part]"


def _rule(wrong: Disagreement) -> str:
    """Name a deviation by its rule, where it has no words of its own."""
    return wrong.group.partition("-")[2]
