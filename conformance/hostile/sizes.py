"""Servers whose single responses are too large: long, deep, or made of very many parts."""

from __future__ import annotations

from conformance.hostile.behaviour import Behaviour, Link, before, instead, many

_MIB = 1 << 20
_OPENING = "SELECT EXAMINE"
_FETCHING = "FETCH UID"
_ENVELOPE = b'* 1 FETCH (ENVELOPE (NIL "%b" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n'
_ADDRESS = b'(NIL NIL "a" "b")'

SIZES = (
    Behaviour(
        "many-flags", "half a million flags in FLAGS",
        before(_OPENING, lambda _: many(b"f ", 500_000, b"* FLAGS (", b"f)\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "many-flags-of-message", "half a million flags of a message",
        before(_FETCHING, lambda _: many(b"f ", 500_000, b"* 1 FETCH (FLAGS (", b"f))\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "many-permanent-flags", "half a million flags in PERMANENTFLAGS",
        before(
            _OPENING,
            lambda _: many(b"f ", 500_000, b"* OK [PERMANENTFLAGS (", b"f)] can be kept\r\n"),
        ),
        "octets of it are judged",
    ),
    Behaviour(
        "many-literals", "two hundred thousand literals in one response",
        before(
            _FETCHING,
            lambda _: many(b"BODY[1] {1}\r\nx ", 200_000, b"* 1 FETCH (", b"UID 1)\r\n"),
        ),
        "literals are judged",
    ),
    Behaviour(
        "many-empty-literals", "two hundred thousand empty literals in one response",
        before(
            _FETCHING, lambda _: many(b"X {0}\r\n ", 200_000, b"* 1 FETCH (", b"UID 1)\r\n")
        ),
        "literals are judged",
    ),
    Behaviour(
        "many-parentheses", "a hundred thousand parentheses open",
        before(_FETCHING, lambda _: many(b"(", 100_000, b"* 1 FETCH (BODY ", b"\r\n")),
        "does not allow CRLF|recursion",
    ),
    Behaviour(
        "deep-structure", "a BODYSTRUCTURE of twenty thousand levels, all closed again",
        before(
            _FETCHING,
            lambda _: [
                b"* 1 FETCH (BODYSTRUCTURE ", b"(" * 20_000,
                b'"TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1',
                b' "MIXED")' * 20_000, b")\r\n",
            ],
        ),
        "recursion depth",
    ),
    Behaviour(
        "wide-structure", "a BODYSTRUCTURE of fifty thousand parts",
        before(
            _FETCHING,
            lambda _: many(
                b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)', 50_000,
                b"* 1 FETCH (BODYSTRUCTURE (", b' "MIXED"))\r\n',
            ),
        ),
        "octets of it are judged",
    ),
    Behaviour(
        "many-addresses", "an ENVELOPE with a hundred thousand addresses",
        before(
            _FETCHING,
            lambda _: many(
                _ADDRESS, 100_000, b"* 1 FETCH (ENVELOPE (NIL NIL (",
                b") NIL NIL NIL NIL NIL NIL NIL))\r\n",
            ),
        ),
        "octets of it are judged",
    ),
    Behaviour(
        "long-subject", "an ENVELOPE with a subject of a mebibyte",
        before(_FETCHING, lambda _: [_ENVELOPE % (b"s" * _MIB)]), "octets of it are judged",
    ),
    Behaviour(
        "long-envelope-for-all", "a subject of a mebibyte in the answer to each FETCH",
        instead(_FETCHING, lambda moment: [_ENVELOPE % (b"s" * _MIB), moment.tagged]),
        "octets of it are judged",
    ),
    Behaviour(
        "many-backslashes", "a quoted string of four mebibytes of backslashes",
        before(_FETCHING, lambda _: [_ENVELOPE % (b"\\" * 4 * _MIB)]), "octets of it are judged",
    ),
    Behaviour(
        "open-quote", "a quoted string of four mebibytes that nothing closes",
        before(
            _FETCHING,
            lambda _: [b'* 1 FETCH (ENVELOPE (NIL "', b"s" * 4 * _MIB, b"\r\n"],
        ),
        "octets of it are judged",
    ),
    Behaviour(
        "many-open-brackets", "a million brackets open in a code",
        before("NOOP", lambda _: many(b"[", _MIB, b"* OK ", b" text\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "many-braces", "a million braces in a text",
        before("NOOP", lambda _: many(b"{1", _MIB, b"* OK ", b"} text\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "many-quotes", "a million quotation marks in a line",
        before(_FETCHING, lambda _: many(b'"', _MIB, b"* 1 FETCH (", b")\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "many-blanks", "four mebibytes of blanks in a line",
        before(_OPENING, lambda _: many(b" ", 4 * _MIB, b"* FLAGS (", b")\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-number", "a number of five thousand digits",
        before(_OPENING, lambda _: [b"* ", b"9" * 5000, b" EXISTS\r\n"]), "number does not allow",
    ),
    Behaviour(
        "longer-number", "a number of a million digits",
        before(_OPENING, lambda _: [b"* ", b"9" * _MIB, b" EXISTS\r\n"]), "octets of it are judged",
    ),
    Behaviour(
        "long-uidvalidity", "a UIDVALIDITY of a hundred thousand digits",
        before(_OPENING, lambda _: [b"* OK [UIDVALIDITY ", b"7" * 100_000, b"] valid\r\n"]),
        "nz-number does not allow",
    ),
    Behaviour(
        "many-numbers", "a SEARCH with a million numbers",
        before("SEARCH UID", lambda _: many(b" 1234567", _MIB, b"* SEARCH", b"\r\n")),
        "unexpected message list",
    ),
    Behaviour(
        "long-name", "a mailbox name of four mebibytes",
        before("LIST", lambda _: [b'* LIST () "/" ', b"n" * 4 * _MIB, b"\r\n"]),
        "octets of it are judged",
    ),
    Behaviour(
        "many-levels", "a mailbox name of a million levels",
        before("LIST", lambda _: [b'* LIST () "/" "', b"a/" * _MIB, b'a"\r\n']),
        "octets of it are judged",
    ),
    Behaviour(
        "many-attributes", "a LIST with half a million attributes",
        before("LIST", lambda _: many(rb"\A ", 500_000, b"* LIST (", b'\\A) "/" box\r\n')),
        "octets of it are judged",
    ),
    Behaviour(
        "many-capabilities", "a quarter of a million capabilities",
        before("CAPABILITY", lambda _: many(b" X", 250_000, b"* CAPABILITY IMAP4rev1", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "many-different-capabilities", "a hundred thousand capabilities, each another one",
        before(
            "CAPABILITY",
            lambda _: [
                b"* CAPABILITY IMAP4rev1 ", b" ".join(b"X%d" % n for n in range(100_000)), b"\r\n",
            ],
        ),
        "octets of it are judged",
    ),
    Behaviour(
        "long-capability", "a capability of a mebibyte",
        before("CAPABILITY", lambda _: many(b"X", _MIB, b"* CAPABILITY IMAP4rev1 ", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-greeting", "a greeting of four mebibytes",
        instead("GREETING", lambda _: many(b"hello ", 700_000, b"* OK ", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-text", "a text of sixteen mebibytes",
        before("NOOP", lambda _: many(b"text", 4 * _MIB, b"* OK ", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-completion", "a tagged OK of four mebibytes",
        instead("NOOP", lambda m: many(b"text", _MIB, m.tag + b" OK ", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-line", "a line of five hundred megabytes",
        before("NOOP", lambda _: many(b"x" * 1000, 500_000, b"* OK ", b"\r\n")),
        "does not come to an end",
    ),
    Behaviour(
        "long-tag", "a completion under a tag of four mebibytes",
        instead("NOOP", lambda _: many(b"t", 4 * _MIB, b"", b" OK done\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-prompt", "a prompt with four mebibytes of text",
        instead("PROMPT", lambda _: many(b"p", 4 * _MIB, b"+ ", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "long-challenge", "a SASL challenge of four mebibytes",
        instead("AUTHENTICATE", lambda _: many(b"AAAA", _MIB, b"+ ", b"\r\n")),
        "octets of it are judged",
    ),
    Behaviour(
        "large-literal", "a body of a hundred megabytes",
        before(
            _FETCHING,
            lambda _: many(
                b"x" * 1000, 100_000, b"* 1 FETCH (BODY[] {100000000}\r\n", b")\r\n"
            ),
        ),
        "no answer in time|No MUST rule was seen broken",
    ),
    Behaviour(
        "literal-of-4-gb", "a literal of 4,294,967,295 octets is announced, and little comes",
        before(
            _FETCHING, lambda _: (b"* 1 FETCH (BODY[] {4294967295}\r\nabc", Link.HANG)
        ),
        "announces 4294967295 octets",
    ),
    Behaviour(
        "literal-of-many-digits", "a literal whose size has a thousand digits",
        before(_FETCHING, lambda _: [b"* 1 FETCH (BODY[] {", b"9" * 1000, b"}\r\nabc)\r\n"]),
        "number does not allow",
    ),
    Behaviour(
        "literal-without-end", "a literal of 4 GB is announced, and comes",
        before(
            _FETCHING,
            lambda _: many(b"x" * 1000, 4_294_967, b"* 1 FETCH (BODY[] {4294967295}\r\n"),
        ),
        "does not come to an end",
    ),
    Behaviour(
        "nested-mime-header", "a header field of ten mebibytes in a body section",
        before(
            _FETCHING,
            lambda _: [
                b"* 1 FETCH (BODY[HEADER] {%d}\r\n" % (10 * _MIB + 4), b"X:" + b"y" * 10 * _MIB,
                b"\r\n)\r\n",
            ],
        ),
        "has no UID",
    ),
    Behaviour(
        "many-status-items", "a STATUS with a hundred thousand items",
        before(
            "STATUS", lambda _: many(b"MESSAGES 1 ", 100_000, b"* STATUS INBOX (", b"UNSEEN 1)\r\n")
        ),
        "octets of it are judged",
    ),
)  # fmt: skip
"""Sizes."""
