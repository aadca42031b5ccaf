"""Rows of `checks_rows` for what is told of messages (RFC 3501 sections 2.3 and 7.4.2)."""

from __future__ import annotations

from checks_talk import logged_in, select

BROKEN: list[tuple[str, list[str], list[str]]] = [
    (
        "a date that does not exist",
        ["3501-9-real-date"],
        [
            "C: a1 FETCH 1 INTERNALDATE",
            'S: * 1 FETCH (INTERNALDATE "31-Feb-2021 00:00:00 +0000")',
            "S: a1 OK done",
        ],
    ),
    (
        "another internal date",
        ["3501-2.3.1.1-immutable"],
        [
            "C: a1 FETCH 1 (UID INTERNALDATE)",
            'S: * 1 FETCH (UID 20 INTERNALDATE "17-Jul-1996 02:44:25 -0700")',
            'S: * 1 FETCH (UID 20 INTERNALDATE "17-Jul-1997 02:44:25 -0700")',
            "S: a1 OK done",
        ],
    ),
    (
        "another text, told under the equivalent name",
        ["3501-2.3.1.1-immutable"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            "C: a2 FETCH 1 (BODY[HEADER] RFC822.HEADER)",
            'S: * 1 FETCH (BODY[HEADER] "To: a")',
            'S: * 1 FETCH (RFC822.HEADER "To: b")',
            "S: a2 OK done",
        ],
    ),
    (
        "another structure, in another session",
        ["3501-2.3.1.1-immutable"],
        [
            "C: a1 FETCH 1 (UID BODY)",
            'S: * 1 FETCH (UID 20 BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 30 2))',
            "S: a1 OK done",
            *logged_in("two"),
            *select(name="two"),
            "two C: a1 FETCH 1 (UID BODY)",
            'two S: * 1 FETCH (UID 20 BODY ("TEXT" "HTML" NIL NIL NIL "7BIT" 30 2))',
            "two S: a1 OK done",
        ],
    ),
    (
        "a size that is not that of the text",
        ["3501-2.3.4-size"],
        [
            "C: a1 FETCH 1 (UID RFC822.SIZE)",
            "S: * 1 FETCH (UID 20 RFC822.SIZE 6)",
            "S: a1 OK done",
            "C: a2 FETCH 1 BODY.PEEK[]",
            "S: * 1 FETCH (BODY[] {5}\r\nhello)",
            "S: a2 OK done",
        ],
    ),
    (
        "an origin octet nobody asked for",
        ["3501-7.4.2-origin"],
        ["C: a1 FETCH 1 BODY[]", 'S: * 1 FETCH (BODY[]<0> "hi")', "S: a1 OK done"],
    ),
    (
        "a keyword from before SELECT that FLAGS does not list",
        ["3501-7.2.6-listed"],
        ["C: a1 FETCH 1 FLAGS", r"S: * 1 FETCH (FLAGS (\Seen $Old))", "S: a1 OK done"],
    ),
    (
        "a new keyword that FLAGS does not list",
        ["3501-7.2.6-updated"],
        ["C: a1 STORE 1 +FLAGS ($New)", r"S: * 1 FETCH (FLAGS ($New))", "S: a1 OK done"],
    ),
    (
        "a flag with a backslash that nobody has defined",
        ["3501-9-no-flag-extension"] * 3,
        [
            r"S: * FLAGS (\Seen \Junk)",
            r"S: * OK [PERMANENTFLAGS (\Seen \Junk \*)] more",
            "C: a1 FETCH 1 FLAGS",
            r"S: * 1 FETCH (FLAGS (\Junk))",
            "S: a1 OK done",
        ],
    ),
    (
        "a value behind the location of a body, in a part of a multipart",
        ["3501-9-no-body-extension"],
        [
            "C: a1 FETCH 1 BODYSTRUCTURE",
            (
                'S: * 1 FETCH (BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1 NIL NIL NIL'
                ' NIL "x") "MIXED" NIL NIL NIL NIL))'
            ),
            "S: a1 OK done",
        ],
    ),
    (
        "a value behind the location of a multipart",
        ["3501-9-no-body-extension"],
        [
            "C: a1 FETCH 1 BODYSTRUCTURE",
            (
                'S: * 1 FETCH (BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)'
                ' "MIXED" ("a" "b") NIL NIL NIL ("x" 1)))'
            ),
            "S: a1 OK done",
        ],
    ),
    *(
        (
            f"a flag that STORE shows and FETCH does not: {store}",
            ["3501-7.4.2-flags-stand"],
            [
                f"C: a1 STORE 1 {store}",
                f"S: * 1 FETCH (FLAGS ({before}))",
                "S: a1 OK done",
                "C: a2 NOOP",
                "S: a2 OK done",
                "C: a3 FETCH 1 FLAGS",
                f"S: * 1 FETCH (FLAGS ({after}))",
                "S: a3 OK done",
            ],
        )
        for store, before, after in (
            (r"+FLAGS (\Draft)", r"\Draft \Seen", r"\Seen"),
            (r"-FLAGS (\Draft)", r"\Seen", r"\Draft \Seen"),
            (r"FLAGS (\Seen)", r"\Seen", r"\Flagged \Seen"),
        )
    ),
    (
        "a flag that one FETCH shows and the next does not, numbers moved between them",
        ["3501-7.4.2-flags-stand"],
        [
            "C: a1 FETCH 2 FLAGS",
            r"S: * 2 FETCH (FLAGS (\Seen))",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 FETCH 1 FLAGS",
            "S: * 1 FETCH (FLAGS ())",
            "S: a3 OK done",
        ],
    ),
]

KEPT: list[tuple[str, list[str]]] = [
    (
        "the same internal date in another zone",
        [
            "C: a1 FETCH 1 (UID INTERNALDATE)",
            'S: * 1 FETCH (UID 20 INTERNALDATE "17-Jul-1996 02:44:25 -0700")',
            'S: * 1 FETCH (UID 20 INTERNALDATE "17-Jul-1996 09:44:25 +0000")',
            "S: a1 OK done",
        ],
    ),
    (
        "the same structure spelled otherwise",
        [
            "C: a1 FETCH 1 (UID BODY)",
            'S: * 1 FETCH (UID 20 BODY ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 30 2))',
            (
                'S: * 1 FETCH (UID 20 BODY ("text" "plain" ("charset" {5}\r\nUTF-8) NIL NIL "7bit"'
                " 30 2))"
            ),
            "S: a1 OK done",
        ],
    ),
    (
        "substrings of different length",
        [
            "C: a1 FETCH 1 (UID BODY[]<0.2> BODY[]<0.3>)",
            'S: * 1 FETCH (UID 20 BODY[]<0> "he")',
            'S: * 1 FETCH (UID 20 BODY[]<0> "hel")',
            "S: a1 OK done",
        ],
    ),
    (
        "nothing left of a message that another session expunged",
        [
            "C: a1 FETCH 1 (UID RFC822.SIZE BODY[] ENVELOPE)",
            (
                'S: * 1 FETCH (UID 20 RFC822.SIZE 5 BODY[] "hello" ENVELOPE (NIL "x"'
                f" {' '.join(['NIL'] * 8)}))"
            ),
            f'S: * 1 FETCH (UID 20 RFC822.SIZE 0 BODY[] "" ENVELOPE ({" ".join(["NIL"] * 10)}))',
            "S: * 1 FETCH (UID 20 RFC822.TEXT NIL)",
            "S: a1 OK done",
        ],
    ),
    (
        "nothing of a message at first, and then what it is",
        [
            "C: a1 FETCH 1 (UID ENVELOPE)",
            f"S: * 1 FETCH (UID 20 ENVELOPE ({' '.join(['NIL'] * 10)}))",
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "x" {" ".join(["NIL"] * 8)}))',
            f"S: * 1 FETCH (UID 20 ENVELOPE (NIL {{1}}\r\nx {' '.join(['NIL'] * 8)}))",
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "x" {" ".join(["nil"] * 8)}))',
            "S: a1 OK done",
        ],
    ),
    (
        "another message under another UIDVALIDITY",
        [
            "C: a1 FETCH 1 (UID RFC822.SIZE)",
            "S: * 1 FETCH (UID 20 RFC822.SIZE 5)",
            "S: a1 OK done",
            *select(uidvalidity=8, tag="s1"),
            "C: a2 FETCH 1 (UID RFC822.SIZE)",
            "S: * 1 FETCH (UID 20 RFC822.SIZE 6)",
            "S: a2 OK done",
        ],
    ),
    (
        "messages shown in UTF-8 after ENABLE",
        [
            "C: a1 FETCH 1 (UID RFC822.SIZE)",
            "S: * 1 FETCH (UID 20 RFC822.SIZE 5)",
            "S: a1 OK done",
            "C: a2 ENABLE UTF8=ACCEPT",
            "S: * ENABLED UTF8=ACCEPT",
            "S: a2 OK done",
            "C: a3 FETCH 1 (UID RFC822.SIZE)",
            "S: * 1 FETCH (UID 20 RFC822.SIZE 6)",
            "S: a3 OK done",
        ],
    ),
    (
        "an origin octet that was asked for",
        ["C: a1 FETCH 1 BODY[]<0.9>", 'S: * 1 FETCH (BODY[]<0> "hi")', "S: a1 OK done"],
    ),
    (
        "an origin octet that was asked for behind a space, which the server let pass",
        ["C: a1 FETCH 1 BODY[] <0.9>", 'S: * 1 FETCH (BODY[]<0> "hi")', "S: a1 OK done"],
    ),
    (
        "a keyword that FLAGS lists in another letter case",
        [
            "C: a1 NOOP",
            r"S: * FLAGS (\Seen $new)",
            "S: * 1 FETCH (FLAGS ($New))",
            "S: a1 OK done",
        ],
    ),
    (
        "system flags are no keywords, nor is one that the client has made up",
        [
            r"C: a1 STORE 1 FLAGS (\XStar)",
            r"S: * 1 FETCH (FLAGS (\Recent \xstar))",
            "S: a1 OK done",
            r"S: * OK [PERMANENTFLAGS (\Seen \*)] more",
        ],
    ),
    (
        "all extension data of a message in a message",
        [
            "C: a1 FETCH 1 BODYSTRUCTURE",
            (
                'S: * 1 FETCH (BODYSTRUCTURE ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 90 (NIL NIL'
                ' NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" ("CHARSET" "x") NIL NIL "7BIT"'
                ' 9 1 "md5" ("INLINE" NIL) ("en" "de") "loc") 5 NIL NIL NIL NIL))'
            ),
            "S: a1 OK done",
        ],
    ),
    (
        "the last day of February",
        [
            "C: a1 FETCH 1 INTERNALDATE",
            'S: * 1 FETCH (INTERNALDATE "29-Feb-2024 00:00:00 +0000")',
            "S: a1 OK done",
        ],
    ),
]
