"""For each rule a conversation that breaks it, and look-alikes that do not.

Each conversation goes on after a login and the selection of `box`: five messages, UIDVALIDITY 7,
UIDNEXT 100.
"""

from __future__ import annotations

from checks_talk import logged_in, select

# (what happens, requirements reported, lines)
BROKEN: list[tuple[str, list[str], list[str]]] = [
    ("a code without text", ["3501-7.1-code-with-text"], ["S: * OK [UIDNEXT 105]"]),
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
        "a tag nobody sent",
        ["3501-2.2.2-tag"],
        ["C: a1 NOOP", "S: a7 OK done", "S: a1 OK done"],
    ),
    ("a tag while nothing is in flight", ["3501-2.2.2-tag"], ["S: a1 OK done"]),
    (
        "two completions",
        ["3501-2.2.2-one-completion"],
        ["C: a1 NOOP", "S: a1 OK done", "S: a1 OK done"],
    ),
    (
        "no completion before that of LOGOUT",
        ["3501-2.2.2-one-completion"],
        ["C: a1 NOOP", "C: a2 LOGOUT", "S: * BYE out", "S: a2 OK out", "S/ closed"],
    ),
    (
        "a completion behind that of LOGOUT",
        ["3501-6.1.3-close"],
        [
            "C: a1 NOOP",
            "C: a2 LOGOUT",
            "S: * BYE out",
            "S: a2 OK out",
            "S: a1 OK done",
            "S/ closed",
        ],
    ),
    (
        "a connection that ends in the middle of a line",
        ["3501-3.4-bye"],
        ["C: a1 NOOP", "S~ * 3 FETCH (FLAGS", "S/ closed"],
    ),
    ("a continuation request for nothing", ["3501-7.5-awaited"], ["S: + ready"]),
    (
        "a continuation request for a command without literal",
        ["3501-7.5-awaited"],
        ["C: a1 NOOP", "S: + ready", "S: a1 OK done"],
    ),
    (
        "EXISTS falls",
        ["3501-5.2-exists-shrinks"],
        ["C: a1 NOOP", "S: * 4 EXISTS", "S: a1 OK done"],
    ),
    (
        "EXISTS falls by more than was expunged",
        ["3501-5.2-exists-shrinks"],
        ["C: a1 NOOP", "S: * 2 EXPUNGE", "S: * 3 EXISTS", "S: a1 OK done"],
    ),
    (
        "more recent messages than messages",
        ["3501-7.3.2-count"],
        ["C: a1 NOOP", "S: * 6 RECENT", "S: a1 OK done", "C: a2 NOOP", "S: a2 OK done"],
    ),
    (
        "FETCH of a message that is not there",
        ["3501-2.3.1.2-range"],
        ["C: a1 FETCH 1:* FLAGS", "S: * 6 FETCH (FLAGS ())", "S: a1 OK done"],
    ),
    (
        "EXPUNGE of a message that is not there",
        ["3501-2.3.1.2-range"],
        ["C: a1 NOOP", "S: * 6 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "SEARCH finds a message that is not there",
        ["3501-2.3.1.2-range"],
        ["C: a1 SEARCH ALL", "S: * SEARCH 1 2 3 4 5 6", "S: a1 OK done"],
    ),
    (
        "UNSEEN behind the last message",
        ["3501-2.3.1.2-range"],
        [*select(tag="s1")[:-1], "S: * OK [UNSEEN 6] first", "S: s1 OK [READ-WRITE] done"],
    ),
    ("EXPUNGE between commands", ["3501-7.4.1-no-command"], ["S: * 1 EXPUNGE"]),
    (
        "EXPUNGE while a literal is awaited",
        ["3501-7.4.1-no-command"],
        [r"C: a1 APPEND box {5}", "S: * 1 EXPUNGE", "S: + go", "C: hello", "S: a1 OK done"],
    ),
    (
        "EXPUNGE during FETCH",
        ["3501-7.4.1-during"],
        ["C: a1 FETCH 1 FLAGS", "S: * 2 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "EXPUNGE during STORE and SEARCH",
        ["3501-7.4.1-during"],
        [
            "C: a1 STORE 1 +FLAGS (x)",
            "C: a2 SEARCH ALL",
            "S: * 2 EXPUNGE",
            "S: a1 OK done",
            "S: * SEARCH",
            "S: a2 OK done",
        ],
    ),
    (
        "EXPUNGE during CLOSE",
        ["3501-6.4.2-silent"],
        ["C: a1 CLOSE", "S: * 2 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "UIDs that do not ascend",
        ["3501-2.3.1.2-ascending"],
        [
            "C: a1 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 2 FETCH (UID 20)",
            "S: a1 OK done",
        ],
    ),
    (
        "UIDs that do not ascend, told backwards and with a gap",
        ["3501-2.3.1.2-ascending"],
        [
            "C: a1 FETCH 5,1 UID",
            "S: * 5 FETCH (UID 20)",
            "S: * 1 FETCH (UID 21)",
            "S: a1 OK done",
        ],
    ),
    (
        "another UID",
        ["3501-2.3.1.1-uid-stays"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            "C: a2 FETCH 1 UID",
            "S: * 1 FETCH (UID 21)",
            "S: a2 OK done",
        ],
    ),
    (
        "a number that counts a removal before it is told",
        ["3501-7.4.1-in-step"],
        [
            "C: a1 FETCH 1:5 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 4 FETCH (UID 23)",
            "S: * 5 FETCH (UID 24)",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 UID FETCH 23 UID",
            "S: * 2 FETCH (UID 23)",
            "S: a3 OK done",
        ],
    ),
    (
        "where the numbers are not those of the session the UIDs say nothing",
        ["3501-5.2-exists-shrinks"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 4 EXISTS",
            "S: a2 OK done",
            "C: a3 FETCH 1 UID",
            "S: * 1 FETCH (UID 21)",
            "S: a3 OK done",
        ],
    ),
    (
        "a UID does not move with EXPUNGE",
        ["3501-2.3.1.1-uid-stays"],
        [
            "C: a1 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 2 FETCH (UID 21)",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a3 OK done",
        ],
    ),
    (
        "UIDNEXT falls at the next selection",
        ["3501-2.3.1.1-uidnext-falls"],
        select(uidnext=99, tag="s1"),
    ),
    (
        "UIDNEXT falls in STATUS",
        ["3501-2.3.1.1-uidnext-falls"],
        [
            "C: a1 CLOSE",
            "S: a1 OK done",
            "C: a2 STATUS box (UIDNEXT UIDVALIDITY)",
            "S: * STATUS box (UIDVALIDITY 7 UIDNEXT 99)",
            "S: a2 OK done",
        ],
    ),
    (
        "UIDNEXT falls for another session",
        ["3501-2.3.1.1-uidnext-falls"],
        [*logged_in("two"), *select(uidnext=99, name="two")],
    ),
    (
        "UIDNEXT is not above a UID that was given",
        ["3501-2.3.1.1-uidnext-falls"],
        [
            "C: a1 NOOP",
            "S: * 6 EXISTS",
            "S: * 6 FETCH (UID 105)",
            "S: a1 OK done",
            *select(exists=6, uidnext=105, tag="s1"),
        ],
    ),
    (
        "a new message gets a UID below UIDNEXT",
        ["3501-2.3.1.1-new-uid"],
        [
            "C: a1 NOOP",
            "S: * 6 EXISTS",
            "S: a1 OK done",
            "C: a2 FETCH 6 UID",
            "S: * 6 FETCH (UID 99)",
            "S: a2 OK done",
        ],
    ),
    (
        "a new message gets a UID below UIDNEXT, where an expunged one stood",
        ["3501-2.3.1.1-new-uid"],
        [
            "C: a1 NOOP",
            "S: * 1 EXPUNGE",
            "S: * 5 EXISTS",
            "S: * 5 FETCH (UID 99)",
            "S: a1 OK done",
        ],
    ),
    (
        "an envelope changes after it came the same and was spelt otherwise",
        ["3501-2.3.1.1-immutable"],
        [
            "C: a1 FETCH 1 (UID ENVELOPE)",
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "x" {" ".join(["NIL"] * 8)}))',
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "x" {" ".join(["NIL"] * 8)}))',
            f"S: * 1 FETCH (UID 20 ENVELOPE (NIL {{1}}\r\nx {' '.join(['NIL'] * 8)}))",
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "X" {" ".join(["NIL"] * 8)}))',
            "S: a1 OK done",
        ],
    ),
    (
        "UIDVALIDITY changes in a selected mailbox",
        ["3501-2.3.1.1-uidvalidity-stays"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * OK [UIDVALIDITY 8] new",
            "S: * 1 FETCH (UID 5)",
            "S: a1 OK done",
        ],
    ),
    (
        "UIDVALIDITY falls",
        ["3501-2.3.1.1-uidvalidity-rises"],
        select(uidvalidity=6, tag="s1"),
    ),
    (
        "UID FETCH without UID",
        ["3501-6.4.8-uid-item"],
        ["C: a1 UID FETCH 20 ENVELOPE", f"S: * 1 FETCH (ENVELOPE ({' '.join(['NIL'] * 10)}))"],
    ),
    (
        "UID FETCH of flags without UID",
        ["3501-6.4.8-uid-item"],
        ["C: a1 UID FETCH 1:* FLAGS", "S: * 1 FETCH (FLAGS ())", "S: a1 OK done"],
    ),
    (
        "UID STORE without UID",
        ["3501-6.4.8-uid-item"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            r"C: a2 UID STORE 20 +FLAGS (\Seen)",
            r"S: * 1 FETCH (FLAGS (\Seen))",
            "S: a2 OK done",
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
        "CAPABILITY without a response",
        ["3501-6.1.1-response"],
        ["C: a1 CAPABILITY", "S: a1 OK done"],
    ),
    (
        "STATUS without a response",
        ["3501-6.3.10-response"],
        ["C: a1 STATUS x (MESSAGES)", "S: a1 OK done"],
    ),
    ("SEARCH without a response", ["3501-6.4.4-response"], ["C: a1 SEARCH ALL", "S: a1 OK done"]),
    (
        "UID SEARCH without a response of its own",
        ["3501-6.4.4-response"],
        [
            "C: a1 UID SEARCH ALL",
            "S: * SEARCH 20",
            "S: a1 OK done",
            "C: a2 UID SEARCH ALL",
            "S: a2 OK done",
        ],
    ),
    ("LOGOUT without BYE", ["3501-6.1.3-bye"], ["C: a1 LOGOUT", "S: a1 OK done", "S/ closed"]),
    (
        "something after LOGOUT",
        ["3501-6.1.3-close"],
        ["C: a1 LOGOUT", "S: * BYE out", "S: a1 OK done", "S: * 6 EXISTS"],
    ),
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
    ("the connection ends without BYE", ["3501-3.4-bye"], ["C: a1 NOOP", "S/ closed"]),
    (
        "LOGOUT without OK",
        ["3501-3.4-logout-ok"],
        ["C: a1 LOGOUT", "S: * BYE out", "S/ closed"],
    ),
    (
        "a command is answered after BYE",
        ["3501-7.1.5-close"],
        ["C: a1 NOOP", "S: * BYE out", "S: a1 OK done", "C: a2 NOOP", "S: a2 OK done"],
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
        "a code has a capability more than CAPABILITY tells",
        ["3501-6.2.2-capability-code-same"],
        [
            "S: * OK [CAPABILITY IMAP4rev1 IDLE] caps",
            "C: a1 CAPABILITY",
            "S: * CAPABILITY IMAP4rev1",
            "S: a1 OK done",
        ],
    ),
    (
        "a code that came with the login leaves something out",
        ["3501-6.2.2-capability-code-same"],
        [
            "two S: * OK hello",
            "two C: a1 LOGIN u p",
            "two S: a1 OK [CAPABILITY IMAP4rev1] done",
            "two C: a2 CAPABILITY",
            "two S: * CAPABILITY IMAP4rev1 IDLE",
            "two S: a2 OK done",
        ],
    ),
    (
        "a code before login leaves a mechanism out",
        ["3501-6.2.2-capability-code-same"],
        [
            "two S: * OK [CAPABILITY IMAP4rev1] hello",
            "two C: a1 CAPABILITY",
            "two S: * CAPABILITY IMAP4rev1 AUTH=PLAIN",
            "two S: a1 OK done",
        ],
    ),
    (
        "an experimental response that nobody asked for",
        ["3501-6.5.1-unasked"],
        ["C: a1 NOOP", "S: * XPIG-LATIN ow-nay", "S: a1 OK done"],
    ),
    (
        "a response of an extension that was not announced",
        ["3501-7.2.1-conform"],
        ["S: * OK [CAPABILITY IMAP4rev1 IDLE] caps", 'S: * NAMESPACE (("" "/")) NIL NIL'],
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
    (
        "IMAP4 behind IMAP4rev1",
        ["3501-9-imap4-first"],
        ["C: a1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 IMAP4", "S: a1 OK done"],
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
    (
        "BAD for a charset",
        ["3501-6.4.4-charset-no"],
        [
            "C: a1 SEARCH CHARSET X-NONE SUBJECT x",
            "S: a1 BAD [BADCHARSET (US-ASCII)] no such charset",
        ],
    ),
    *(
        (f"BAD to {line}", ["3501-7.1.3-well-formed"], [f"C: a1 {line}", "S: a1 BAD no"])
        for line in (
            "NOOP",
            "CAPABILITY",
            'LIST "" abc-*',
            "CHECK",
            "FETCH 1:5 (FLAGS BODY.PEEK[HEADER.FIELDS (Subject)]<0.9>)",
            "UID FETCH 900 FULL",
            r"STORE 5 +FLAGS.SILENT (\Seen \Deleted)",
            'SEARCH OR SUBJECT "9" UID 7:900 NOT 2 SINCE 29-Feb-2024 LARGER 70',
        )
    ),
    (
        "BAD to commands of extensions that were announced",
        ["3501-7.1.3-well-formed"] * 2,
        [
            "S: * OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] c",
            "C: a1 IDLE",
            "S: a1 BAD what",
            "C: a2 NOOP",
            "S: a2 OK done",
            "C: a3 UID EXPUNGE 4:9",
            "S: a3 BAD what",
        ],
    ),
    (
        "BAD behind a refused UNSELECT, and an answer that shows the mailbox still open",
        ["3501-7.1.3-well-formed"],
        [
            "S: * OK [CAPABILITY IMAP4rev1 UNSELECT] c",
            "C: a1 UNSELECT",
            "S: a1 NO not now",
            "C: a2 FETCH 1 FLAGS",
            "S: * 1 FETCH (FLAGS ())",
            "S: a2 OK done",
            "C: a3 FETCH 1 FLAGS",
            "S: a3 BAD what",
        ],
    ),
    (
        "two UIDs for one message that was appended, one for two",
        ["4315-4-append-uid"] * 2,
        [
            "S: * OK [CAPABILITY IMAP4rev1 UIDPLUS LITERAL+] c",
            "C: a1 APPEND box {2+}\r\nhi",
            "S: a1 OK [APPENDUID 7 100:101] done",
            "C: a2 APPEND box {2+}\r\nhi {2+}\r\nho",
            "S: a2 OK [APPENDUID 7 102] done",
        ],
    ),
]

# (what happens, lines)
KEPT: list[tuple[str, list[str]]] = [
    *(
        (
            f"BAD behind {status} to {line}, which may have left the mailbox",
            [
                "S: * OK [CAPABILITY IMAP4rev1 UNSELECT] c",
                f"C: a1 {line}",
                f"S: a1 {status} not so",
                f"C: a2 {then}",
                "S: a2 BAD nothing is selected",
            ],
        )
        for line, status, then in (
            ("UNSELECT", "NO", "FETCH 1 FLAGS"),
            ("UNSELECT", "BAD", "CHECK"),
            ("CLOSE", "NO", "SEARCH ALL"),
        )
    ),
    *(
        (
            f"BAD where another session has since sent {line}",
            [
                "two S: * OK hello",
                f"two C: b1 {line}",
                "two S: b1 OK done",
                "C: a1 FETCH 1 FLAGS",
                "S: a1 BAD no such mailbox",
            ],
        )
        for line in ("DELETE box", "RENAME box other")
    ),
    (
        "a brief greeting",
        [
            "two S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello",
            "two C: a1 CAPABILITY",
            "two S: * CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE",
            "two S: a1 OK done",
        ],
    ),
    (
        "a code and the answer to CAPABILITY in another order and spelling",
        [
            "S: * OK [CAPABILITY IMAP4rev1 IDLE] caps",
            "C: a1 CAPABILITY",
            "S: * CAPABILITY Idle IMAP4REV1",
            "S: a1 OK done",
        ],
    ),
    (
        "other capabilities after a login than before",
        [
            "two S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] caps",
            "two C: a1 LOGIN u p",
            "two S: * CAPABILITY IMAP4rev1 IDLE",
            "two S: a1 OK done",
            "two C: a2 CAPABILITY",
            "two S: * CAPABILITY IMAP4rev1 IDLE",
            "two S: a2 OK done",
        ],
    ),
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
    (
        "an experimental response after its command",
        ["C: a1 XPIG-LATIN", "S: * XPIG-LATIN ow-nay", "S: a1 OK done"],
    ),
    (
        "pipelined commands answered in another order",
        ["C: a1 NOOP", "C: a2 NOOP", "S: a2 OK done", "S: a1 OK done"],
    ),
    (
        "the same tag used again",
        ["C: a1 NOOP", "S: a1 OK done", "C: a1 NOOP", "S: a1 OK done"],
    ),
    (
        "a continuation request for a literal, while another command is answered",
        ["C: a0 NOOP", "C: a1 APPEND box {5}", "S: a0 OK done", "S: + go", "C: hello"],
    ),
    ("IDLE", ["C: a1 IDLE", "S: + idling", "S: * 1 EXPUNGE", "C: DONE", "S: a1 OK done"]),
    (
        "a continuation request for a command of some extension",
        ["C: a1 XCHAT", "S: + hello", "S: a1 OK done"],
    ),
    (
        "EXISTS after EXPUNGE, and then new messages",
        ["C: a1 NOOP", "S: * 5 EXPUNGE", "S: * 4 EXISTS", "S: * 9 EXISTS", "S: a1 OK done"],
    ),
    ("a smaller mailbox is selected", select(exists=2, mailbox="other", tag="s1")),
    (
        "old RECENT after EXPUNGE",
        [
            *select(exists=2, mailbox="b2", tag="s1")[:-1],
            "S: * 2 RECENT",
            "S: s1 OK [READ-WRITE] done",
            "C: a1 NOOP",
            "S: * 1 EXPUNGE",
            "S: a1 OK done",
        ],
    ),
    (
        "RECENT before EXISTS",
        ["C: a1 NOOP", "S: * 6 RECENT", "S: * 6 EXISTS", "S: a1 OK done"],
    ),
    (
        "FETCH before the EXISTS that announces the message",
        ["C: a1 NOOP", "S: * 6 FETCH (FLAGS ())", "S: * 6 EXISTS", "S: a1 OK done"],
    ),
    (
        "UID SEARCH finds high numbers",
        ["C: a1 UID SEARCH ALL", "S: * SEARCH 77 99", "S: a1 OK done"],
    ),
    (
        "SEARCH and UID SEARCH at once: whose numbers?",
        [
            "C: a1 SEARCH ALL",
            "C: a2 UID SEARCH ALL",
            "S: * SEARCH 77",
            "S: * SEARCH 1",
            "S: a1 OK done",
            "S: a2 OK done",
        ],
    ),
    (
        "EXPUNGE while FETCH and NOOP are in flight",
        ["C: a1 FETCH 1 FLAGS", "C: a2 NOOP", "S: * 2 EXPUNGE", "S: a1 OK done", "S: a2 OK done"],
    ),
    (
        "EXPUNGE during a FETCH that was not understood",
        ["C: a1 FETCH 1", "S: * 2 EXPUNGE", "S: a1 BAD arguments"],
    ),
    ("EXPUNGE during EXPUNGE", ["C: a1 EXPUNGE", "S: * 2 EXPUNGE", "S: a1 OK done"]),
    (
        "EXPUNGE after NOTIFY",
        [
            "C: a1 NOTIFY SET (SELECTED (MessageExpunge))",
            "S: a1 OK done",
            "S: * 2 EXPUNGE",
        ],
    ),
    (
        "UIDs move down with EXPUNGE",
        [
            "C: a1 FETCH 1:3 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 3 FETCH (UID 22)",
            "S: * 2 FETCH (UID 21)",
            "S: a1 OK done",
            "C: a2 NOOP",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 21)",
            "S: * 2 FETCH (UID 22)",
            "S: a3 OK done",
        ],
    ),
    (
        "UIDNEXT as reported before another session's newer report",
        [
            "C: s1 SELECT box",
            *logged_in("two"),
            *select(uidnext=101, name="two"),
            *select(uidnext=100, tag="s1")[1:],
        ],
    ),
    (
        "UIDVALIDITY as reported before another session's newer report",
        [
            "C: s1 SELECT box",
            *logged_in("two"),
            *select(uidvalidity=8, name="two"),
            *select(tag="s1")[1:],
        ],
    ),
    (
        "STATUS of the selected mailbox as this session knows it",
        [
            *logged_in("two"),
            *select(uidnext=101, uidvalidity=8, name="two"),
            "C: a1 STATUS box (UIDNEXT UIDVALIDITY)",
            "S: * STATUS box (UIDNEXT 100 UIDVALIDITY 7)",
            "S: a1 OK done",
        ],
    ),
    (
        "EXISTS after VANISHED",
        [
            "S: * OK [CAPABILITY IMAP4rev1 QRESYNC ENABLE] caps",
            *("C: e1 ENABLE QRESYNC", "S: * ENABLED QRESYNC", "S: e1 OK on"),
            "C: a1 NOOP",
            "S: * VANISHED 20:22",
            "S: * 2 EXISTS",
            "S: a1 OK done",
        ],
    ),
    ("UIDNEXT falls with a new UIDVALIDITY", select(uidnext=1, uidvalidity=8, tag="s1")),
    ("UIDNEXT of another user's mailbox", [*logged_in("two", "eve"), *select(1, 2, name="two")]),
    (
        "UIDVALIDITY falls with another mailbox under the name",
        [
            "C: a1 RENAME box old",
            "S: a1 OK done",
            "C: a2 RENAME older box",
            "S: a2 OK done",
            *select(uidvalidity=6, uidnext=1, tag="s1"),
        ],
    ),
    (
        "UIDVALIDITY told again",
        ["C: a1 NOOP", "S: * OK [UIDVALIDITY 7] same", "S: a1 OK done"],
    ),
    (
        "UID FETCH, with flags of other messages in between",
        [
            "C: a1 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 2 FETCH (UID 21)",
            "S: a1 OK done",
            "C: a2 UID FETCH 20 FLAGS",
            r"S: * 2 FETCH (FLAGS (\Seen))",
            r"S: * 1 FETCH (UID 20 FLAGS (\Seen))",
            "S: a2 OK done",
        ],
    ),
    (
        "UID FETCH, with news of the same message without UID",
        [
            "C: a1 UID FETCH 1:* FLAGS",
            r"S: * 1 FETCH (FLAGS (\Seen))",
            r"S: * 1 FETCH (UID 20 FLAGS (\Seen))",
            "S: a1 OK done",
        ],
    ),
    (
        "UID FETCH, with numbers that move",
        [
            "C: a1 UID FETCH 1:* FLAGS",
            r"S: * 2 FETCH (FLAGS (\Seen))",
            "S: * 1 EXPUNGE",
            r"S: * 1 FETCH (UID 21 FLAGS (\Seen))",
            "S: a1 OK done",
        ],
    ),
    (
        "UID FETCH and FETCH at once",
        [
            "C: a1 UID FETCH 20 RFC822.SIZE",
            "C: a2 FETCH 1 RFC822.SIZE",
            "S: * 1 FETCH (RFC822.SIZE 5)",
            "S: * 1 FETCH (RFC822.SIZE 5 UID 20)",
            "S: a1 OK done",
            "S: a2 OK done",
        ],
    ),
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
        "SEARCH with another form of result",
        ["C: a1 SEARCH RETURN (SAVE) ALL", "S: a1 OK done"],
    ),
    ("SEARCH refused", ["C: a1 SEARCH CHARSET x ALL", "S: a1 NO [BADCHARSET] no"]),
    ("an unsolicited SEARCH, STATUS and LIST", ["S: * SEARCH", "S: * STATUS x (MESSAGES 1)"]),
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
    ("LOGOUT", ["C: a1 LOGOUT", "S: * BYE out", "S: a1 OK done", "S/ closed"]),
    (
        "commands in flight are answered after BYE",
        ["C: a1 NOOP", "S: * BYE down", "S: a1 NO down", "S/ closed"],
    ),
    ("the server shuts down", ["S: * BYE down", "S/ closed"]),
    ("we close", ["C: a1 NOOP", "S/ local"]),
    ("a reset may have destroyed the BYE", ["C: a1 NOOP", "S/ reset"]),
    (
        "a response of an extension that was announced",
        [
            "S: * OK [CAPABILITY IMAP4rev1 NAMESPACE CONDSTORE QUOTA=RES-STORAGE] caps",
            'S: * NAMESPACE (("" "/")) NIL NIL',
            "S: * 1 FETCH (FLAGS () MODSEQ (12))",
            "S: * SEARCH 1 2 (MODSEQ 917162500)",
            "S: * STATUS x (HIGHESTMODSEQ 7)",
            'S: * QUOTA "" (STORAGE 10 512)',
        ],
    ),
    ("a response of an extension, nothing announced yet", ['S: * ID ("name" "x")']),
    (
        "IMAP4 at the head of the capabilities",
        ["C: a1 CAPABILITY", "S: * CAPABILITY IMAP4 IMAP4rev1 XIMAP4", "S: a1 OK done"],
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
    ("a code of an extension as its RFC shows it", ["S: * OK [HIGHESTMODSEQ 7]"]),
    (
        "the last day of February",
        [
            "C: a1 FETCH 1 INTERNALDATE",
            'S: * 1 FETCH (INTERNALDATE "29-Feb-2024 00:00:00 +0000")',
            "S: a1 OK done",
        ],
    ),
]
