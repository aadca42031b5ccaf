"""Rows of `checks_rows` for SELECT, LIST, LSUB and INBOX (RFC 3501 sections 6.3 and 7.2)."""

from __future__ import annotations

from checks_talk import select

BROKEN: list[tuple[str, list[str], list[str]]] = [
    *(
        (
            f"SELECT without {key}",
            [f"3501-6.3.1-{slug}"],
            [line for line in select(tag="s1") if key not in line],
        )
        for key, slug in (
            ("* FLAGS", "flags"),
            ("EXISTS", "exists"),
            ("RECENT", "recent"),
            ("PERMANENTFLAGS", "permanentflags"),
            ("UIDNEXT", "uidnext"),
            ("UIDVALIDITY", "uidvalidity"),
        )
    ),
    (
        "the second of two SELECTs at once brings no FLAGS",
        ["3501-6.3.1-flags"],
        [
            "C: s1 SELECT box",
            "C: s2 SELECT other",
            *select(tag="s1")[1:],
            *select(tag="s2", uidvalidity=3)[2:],
        ],
    ),
    (
        "the OK to SELECT does not say what access",
        ["3501-6.3.1-access"],
        [*select(tag="s1")[:-1], "S: s1 OK done"],
    ),
    (
        "the OK to EXAMINE does not say READ-ONLY",
        ["3501-6.3.2-read-only"],
        [line.replace("SELECT", "EXAMINE") for line in select(tag="s1")],
    ),
    (
        "LIST returns a name below the level of a percent sign",
        ["3501-6.3.8-match"],
        ['C: a1 LIST "" box%', 'S: * LIST () "/" box/sub', "S: a1 OK done"],
    ),
    (
        "LIST returns INBOX for every pattern",
        ["3501-6.3.8-match"],
        ['C: a1 LIST "" "box*"', 'S: * LIST () "/" INBOX', "S: a1 OK done"],
    ),
    (
        "LIST takes a literal for the beginning of a name",
        ["3501-6.3.8-match"],
        ['C: a1 LIST "" {3}', "S: + go", "C: box", 'S: * LIST () "/" boxes', "S: a1 OK done"],
    ),
    (
        "LSUB returns what is below in place of the level",
        ["3501-6.3.9-wildcards"],
        ['C: a1 LSUB "" box/%', 'S: * LSUB () "/" box/a/b', "S: a1 OK done"],
    ),
    (
        "INBOX and inbox as two names",
        ["3501-5.1-inbox"],
        [
            'C: a1 LSUB "" *',
            'S: * LSUB () "/" INBOX',
            'S: * LSUB () "/" "inbox"',
            "S: a1 OK done",
        ],
    ),
    (
        "flags of messages as attributes of a mailbox",
        ["3501-7.2.2-attributes"] * 2,
        [
            'C: a1 LIST "" box',
            r'S: * LIST (\Seen \HasNoChildren) "/" box',
            "S: a1 OK done",
            'C: a2 LSUB "" box',
            r'S: * LSUB (\deleted) "/" box',
            "S: a2 OK done",
        ],
    ),
    (
        "EXISTS after CLOSE, and an update before LOGIN",
        ["3501-7.3-selected"] * 2,
        [
            "C: a1 CLOSE",
            "S: a1 OK done",
            "C: a2 APPEND box {5}\r\nhello",
            "S: * 6 EXISTS",
            "S: a2 OK done",
            "two S: * OK hello",
            "two C: a1 NOOP",
            "two S: * 1 RECENT",
            "two S: a1 OK done",
        ],
    ),
]

KEPT: list[tuple[str, list[str]]] = [
    (
        "LIST returns what the pattern matches",
        [
            'C: a1 LIST "" "b%x*"',
            'S: * LIST () "/" box',
            'S: * LIST () "/" BOXES/sub',
            'S: * LIST () "." b/x.y',
            "S: * LIST () NIL bx/y",
            "S: a1 OK done",
        ],
    ),
    (
        "LIST of a reference is put together by the server",
        ["C: a1 LIST box/ %", 'S: * LIST () "/" box/sub', "S: a1 OK done"],
    ),
    (
        "LIST of a name that ends in the delimiter",
        ['C: a1 LIST "" box/', 'S: * LIST () "/" box', "S: a1 OK done"],
    ),
    (
        "LIST of the delimiter",
        ['C: a1 LIST "" ""', 'S: * LIST (\\Noselect) "/" ""', "S: a1 OK done"],
    ),
    (
        "a LIST response that no LIST asked for",
        ["C: a1 NOOP", 'S: * LIST () "/" new', "S: a1 OK x"],
    ),
    (
        "two LIST commands at once",
        [
            'C: a1 LIST "" a%',
            'C: a2 LIST "" b%',
            'S: * LIST () "/" b1',
            "S: a1 OK done",
            "S: a2 OK done",
        ],
    ),
    (
        "INBOX in another case",
        ['C: a1 LIST "" inbox', 'S: * LIST () "/" INBOX', "S: a1 OK done"],
    ),
    (
        "LIST with return options",
        ['C: a1 LIST "" a RETURN (CHILDREN)', 'S: * LIST () "/" b', "S: a1 OK done"],
    ),
    ("SELECT refused", ["C: a1 SELECT x", "S: * 1 EXISTS", "S: a1 NO none"]),
    (
        "SELECT twice at once",
        [
            "C: s1 SELECT box",
            "C: s2 SELECT other",
            *select(tag="s1")[1:],
            *select(tag="s2", exists=2, uidvalidity=3, uidnext=4)[1:],
            "C: a1 FETCH 2 UID",
            "S: * 2 FETCH (UID 3)",
            "S: a1 OK done",
        ],
    ),
]
