"""What a response tells of messages, and how a session is told of them: by number or by UID.

A session that has enabled UIDONLY (RFC 9586) knows no numbers. The model counts for it all the
same, and what is awaited of it is put into its words here, once for all commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.model.view import Disagreement, SessionView
from conformance.syntax.values import Group, Leaf, members
from conformance.wire.dialogue import Arrival

UIDFETCH = "UIDFETCH"
FETCHED = ("FETCH", UIDFETCH)
"""The responses that tell of the items of a message."""

INSTEAD = {"FETCH": UIDFETCH, "EXPUNGE": "VANISHED"}
"""What comes in place of a response with a number once UIDONLY is enabled."""

_VANISHED = re.compile(rb"\* VANISHED ([\d:,]+)\r\n", re.IGNORECASE)
_NUMBERED = re.compile(r"^([:!]) \* (\d+) (FETCH|EXPUNGE)")
_NAMED = re.compile(r"(?<=untagged )(FETCH|EXPUNGE)\b")


def vanished(arrival: Arrival) -> frozenset[int]:
    """Return the UIDs of VANISHED (RFC 7162); none of what vanished while nobody was there."""
    found = _VANISHED.match(arrival.frame.text)
    return (members(found[1]) if found else None) or frozenset()


def see_flags_once(arrival: Arrival) -> None:
    """See that no flag stands twice in a FETCH response: they are a set (RFC 3501 section 2.3.2).

    Raises:
        Disagreement: one does.
    """
    group = arrival.response.items.get(b"FLAGS")
    flags = (
        [bytes(f.octets) for f in group.items if isinstance(f, Leaf)]
        if isinstance(group, Group)
        else []
    )
    once = list(dict.fromkeys(flags))
    if len(once) < len(flags):
        shown = b" ".join(once).decode("ascii", "replace")
        response = arrival.response
        raise Disagreement(
            "3501-2.3.2-set",
            "a flag stands twice among the flags of a message",
            expected=[f": * {response.count} {response.name} (FLAGS ({shown}))", ": TAG OK"],
            received=arrival.frame.text.decode("latin-1"),
            deviation="a flag twice",
        )


def see_kind(arrival: Arrival, *, uid_only: bool) -> None:
    """See that a response about a message has a number where there are numbers, and else a UID.

    Raises:
        Disagreement: it has not.
    """
    name = arrival.response.name
    if uid_only and name in INSTEAD:
        raise Disagreement(
            "9586-3-no-numbers",
            f"{name} comes to a session that has enabled UIDONLY",
            expected=[f"! * {{:nz_number}} {name}", ": TAG OK"],
            received=arrival.frame.text.decode("latin-1"),
            deviation=f"{name} instead of {INSTEAD[name]}",
        )
    if not uid_only and name == UIDFETCH:
        raise Disagreement(
            "9586-3.1-enable",
            "UIDFETCH comes to a session that has not enabled UIDONLY",
            expected=["! * {:nz_number} UIDFETCH", ": TAG OK"],
            received=arrival.frame.text.decode("latin-1"),
            deviation="UIDFETCH instead of FETCH",
        )


def by_uid(line: str, view: SessionView, name: Callable[[int], str]) -> str:
    """Put a line of what is awaited into the words of a session without numbers.

    `name` says how a case file names the UID of the message at a number, empty if it can not. Of
    what is to vanish no UID is named: one response may tell of several.
    """

    def told(found: re.Match[str]) -> str:
        mark, number, kind = found.groups()
        uid = name(int(number)) if 0 < int(number) <= len(view.slots) else ""
        if kind == "FETCH":
            return f"{mark} * {uid or '{:nz_number}'} {UIDFETCH}"
        return f"{mark} * VANISHED {uid if uid and mark == '!' else '{*}'}"

    return _NUMBERED.sub(told, line)


def in_its_words(deviation: str) -> str:
    """Name a deviation as it is in a session without numbers: there it has another cause."""
    return _NAMED.sub(lambda found: INSTEAD[found[1]], deviation)
