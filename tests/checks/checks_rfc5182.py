"""Rows of `checks_rows` for SEARCHRES (RFC 5182)."""

from __future__ import annotations

from checks_talk import logged_in, select

CAPS = [
    "C: c1 CAPABILITY",
    "S: * CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE ESEARCH SEARCHRES UIDPLUS MOVE",
    "S: c1 OK done",
]


def save(options: str, *lines: str, name: str = "SEARCH", end: str = "OK done") -> list[str]:
    """Return a search with SAVE under the tag a1, what comes for it, and how it ends."""
    said = [f"S: * {line}" for line in lines]
    return [f"C: a1 {name} RETURN ({options}) SEEN", *said, f"S: a1 {end}"]


def use(command: str, *lines: str, tag: str = "a2") -> list[str]:
    """Return a command that uses the marker, what comes for it, and its OK."""
    return [f"C: {tag} {command}", *(f"S: * {line}" for line in lines), f"S: {tag} OK done"]


TWO = save("SAVE ALL", 'ESEARCH (TAG "a1") ALL 2,4')
GONE = ["C: x1 NOOP", "S: * 1 EXPUNGE", "S: x1 OK done"]

BROKEN = [
    (
        "SAVE alone brings ESEARCH",
        ["5182-1-silent"],
        [*CAPS, *save("SAVE", 'ESEARCH (TAG "a1") ALL 2')],
    ),
    (
        "SAVE alone brings SEARCH",
        ["5182-1-silent"],
        [*CAPS, *save("SAVE", "SEARCH 2")],
    ),
    ("SAVE beside ALL brings nothing", ["5182-2.4-save-returns"], [*CAPS, *save("ALL SAVE")]),
    (
        "SAVE beside COUNT and nothing is counted",
        ["5182-2.4-save-returns"],
        [*CAPS, *save("SAVE COUNT", 'ESEARCH (TAG "a1")')],
    ),
    (
        "a message is saved in a mailbox that was just selected",
        ["5182-2.1-select-resets"],
        [*CAPS, *use("SEARCH $", "SEARCH 3")],
    ),
    (
        "a search with NO leaves what was saved",
        ["5182-2.1-failed-empties"],
        [*CAPS, *TWO, *save("SAVE", end="NO not now"), *use("SEARCH $", "SEARCH 2 4")],
    ),
    (
        "the saved result keeps its numbers over an EXPUNGE",
        ["5182-2.1-expunged"],
        [*CAPS, *TWO, *GONE, *use("SEARCH $", "SEARCH 2 4")],
    ),
    (
        "one of two is saved",
        ["5182-2.4-save-all"],
        [*CAPS, *TWO, *use("SEARCH RETURN (COUNT) $", 'ESEARCH (TAG "a2") COUNT 1')],
    ),
    (
        "one of two is fetched",
        ["5182-2.4-save-all"],
        [*CAPS, *TWO, *use("FETCH $ (FLAGS)", "2 FETCH (FLAGS ())")],
    ),
    (
        "fewer are saved than were counted",
        ["5182-2.4-save-all"],
        [*CAPS, *save("SAVE COUNT", 'ESEARCH (TAG "a1") COUNT 3'), *use("SEARCH $", "SEARCH 2")],
    ),
    (
        "more is saved than MIN",
        ["5182-2.4-save-min-max"],
        [*CAPS, *save("SAVE MIN", 'ESEARCH (TAG "a1") MIN 2'), *use("SEARCH $", "SEARCH 2 4")],
    ),
    (
        "NOTSAVED with OK",
        ["5182-2.5-notsaved"],
        [*CAPS, *save("SAVE", end="OK [NOTSAVED] found, and forgotten")],
    ),
]

KEPT = [
    ("SAVE alone brings nothing", [*CAPS, *save("SAVE")]),
    ("SAVE alone, refused with BAD", [*CAPS, *save("SAVE", "SEARCH 2", end="BAD unknown")]),
    (
        "a search without SAVE beside one with SAVE",
        [
            *(*CAPS, "C: b1 SEARCH RETURN (SAVE) ALL", "C: b2 SEARCH SEEN", "S: * SEARCH 1"),
            *("S: b1 OK done", "S: b2 OK done"),
        ],
    ),
    ("nothing is found beside SAVE", [*CAPS, *save("SAVE ALL", 'ESEARCH (TAG "a1")')]),
    ("two are saved, and found", [*CAPS, *TWO, *use("SEARCH $", "SEARCH 4 2")]),
    (
        "a search is answered with ESEARCH, as IMAP4rev2 has it",
        [
            *("C: e1 ENABLE IMAP4rev2", "S: * ENABLED IMAP4rev2", "S: e1 OK done"),
            *(*CAPS, *TWO, *use("SEARCH $", 'ESEARCH (TAG "a2") ALL 2,4')),
        ],
    ),
    ("a search without SAVE keeps it", [*CAPS, *TWO, *use("SEARCH SEEN", "SEARCH 1", tag="b1")]),
    (
        "numbers move over an EXPUNGE",
        [*CAPS, *TWO, *GONE, *use("UID SEARCH RETURN () $", 'ESEARCH (TAG "a2") UID ALL 21,99')],
    ),
    (
        "what another session has removed is not found",
        [
            *(*CAPS, *logged_in("two"), *select(name="two"), *TWO),
            *("two C: b1 EXPUNGE", "two S: * 2 EXPUNGE", "two S: b1 OK done"),
            *use("SEARCH $", "SEARCH 4"),
        ],
    ),
    (
        "SAVE alone: what is saved is not known",
        [*CAPS, *save("SAVE"), *use("SEARCH RETURN (ALL) $", 'ESEARCH (TAG "a2") ALL 1:3')],
    ),
    (
        "the marker beside another key",
        [*CAPS, *TWO, *use("SEARCH $ SEEN", "SEARCH 4")],
    ),
    (
        "the marker goes out with the search",
        [
            *(*CAPS, *TWO, "C: b1 SEARCH RETURN (SAVE) ALL", "C: b2 SEARCH $", "S: b1 OK done"),
            *("S: * SEARCH 1", "S: b2 OK done"),
        ],
    ),
    (
        "the one message of MAX is saved, and fetched by its unique identifier",
        [
            *(*CAPS, *save("SAVE MAX", 'ESEARCH (TAG "a1") MAX 4')),
            *use("UID FETCH $ (FLAGS)", "4 FETCH (FLAGS () UID 23)"),
        ],
    ),
    ("NOTSAVED with NO", [*CAPS, *save("SAVE", end="NO [NOTSAVED] too many")]),
    (
        "a message of the saved result is moved; whether it was named is not known",
        [
            *(*CAPS, "C: b1 FETCH 2 (UID)", "S: * 2 FETCH (UID 21)", "S: b1 OK done"),
            *use("UID MOVE $ other", "2 EXPUNGE"),
        ],
    ),
]
