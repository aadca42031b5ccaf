"""For each rule a conversation that breaks it, and look-alikes that do not.

`BROKEN` has what happens, the requirements that are reported, and the lines; `KEPT` what happens,
and the lines. Each conversation goes on after a login and the selection of `box`: five messages,
UIDVALIDITY 7, UIDNEXT 100. Here are tags and completions, codes, capabilities, and how connections
end; other subjects of RFC 3501 are in `checks_rfc3501_*.py`.
"""

from __future__ import annotations

BROKEN: list[tuple[str, list[str], list[str]]] = [
    ("a code without text", ["3501-7.1-code-with-text"], ["S: * OK [UIDNEXT 105]"]),
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
        "IMAP4 behind IMAP4rev1",
        ["3501-9-imap4-first"],
        ["C: a1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 IMAP4", "S: a1 OK done"],
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
]

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
        "SEARCH with another form of result",
        ["C: a1 SEARCH RETURN (SAVE) ALL", "S: a1 OK done"],
    ),
    ("SEARCH refused", ["C: a1 SEARCH CHARSET x ALL", "S: a1 NO [BADCHARSET] no"]),
    ("an unsolicited SEARCH, STATUS and LIST", ["S: * SEARCH", "S: * STATUS x (MESSAGES 1)"]),
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
    ("a code of an extension as its RFC shows it", ["S: * OK [HIGHESTMODSEQ 7]"]),
]
