"""Rows of `checks_rows` for INPROGRESS (RFC 9585)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 INPROGRESS", "S: c1 OK done"]


def told(*details: str, tag: str = "a1") -> list[str]:
    """Return a command that is still in progress, and notifications with these details."""
    return [*CAPS, f"C: {tag} NOOP", *(f"S: * OK [INPROGRESS ({each})] x" for each in details)]


BROKEN = [
    (
        "INPROGRESS in the answer",
        ["9585-4-untagged"],
        [*CAPS, "C: a1 NOOP", "S: a1 OK [INPROGRESS] still at it"],
    ),
    (
        "INPROGRESS in a warning",
        ["9585-4-ok"],
        [*CAPS, "C: a1 NOOP", "S: * NO [INPROGRESS] it takes long"],
    ),
    ("the tag of no command", ["9585-4-tag"], told('"a2" 1 2')),
    (
        "the tag of a command that is answered",
        ["9585-4-tag"],
        [*told('"a1" 1 3'), "S: a1 OK done", 'S: * OK [INPROGRESS ("a1" 2 3)] x'],
    ),
    ("a tag with a bracket", ["9585-4-bracket"], told('"a]1" 1 2', tag="a]1")),
    ("less than before", ["9585-4-increasing"], told('"a1" 7 NIL', '"a1" 5 NIL')),
    ("less than before, with GOAL", ["9585-4-increasing"], told('"a1" 7 9', '"a1" 5 9')),
    ("another GOAL", ["9585-4-constant"], told('"a1" 7 9', '"a1" 8 10')),
    ("more than GOAL", ["9585-4-goal"], told('"a1" 10 9')),
    ("as much as GOAL", ["9585-4-equal"], told("NIL 9 9")),
]

KEPT = [
    ("no details", [*CAPS, "C: a1 NOOP", "S: * OK [INPROGRESS] x", "S: a1 OK done"]),
    ("all NIL", told("NIL NIL NIL", '"a1" NIL NIL')),
    ("on and on", told('"a1" 0 9', '"a1" 3 9', '"a1" 3 9', '"a1" 8 9')),
    ("the end comes to be known", told('"a1" 7 NIL', '"a1" 5 100', '"a1" 6 NIL')),
    ("a tag with a bracket as NIL", told("NIL 1 2", tag="a]1")),
    (
        "two commands, each with numbers of its own",
        [*told('"a1" 7 9'), "C: a2 NOOP", 'S: * OK [INPROGRESS ("a2" 1 4)] x'],
    ),
    (
        "the same tag again",
        [*told('"a1" 7 9'), "S: a1 OK done", "C: a1 NOOP", 'S: * OK [INPROGRESS ("a1" 1 4)] x'],
    ),
]
