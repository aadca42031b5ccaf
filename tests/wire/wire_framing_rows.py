"""Input of the framer and what comes out of it, as tables."""

from __future__ import annotations

from conformance.wire.limits import Limits

Expected = list[tuple[bytes, list[bytes], str]]
"""For each frame: skeleton, literals, kinds of its faults; a final ":" marks it incomplete."""

ROWS: list[tuple[str, bytes, Expected]] = [
    ("a line", b"* OK hi\r\n", [(b"* OK hi\r\n", [], "")]),
    (
        "two lines",
        b"* 1 EXISTS\r\na1 OK done\r\n",
        [(b"* 1 EXISTS\r\n", [], ""), (b"a1 OK done\r\n", [], "")],
    ),
    ("an empty line", b"\r\n", [(b"\r\n", [], "")]),
    (
        "a literal",
        b"* 1 FETCH (BODY[] {5}\r\nhello)\r\n",
        [(b"* 1 FETCH (BODY[] {5}\r\n)\r\n", [b"hello"], "")],
    ),
    (
        "two literals",
        b"* 1 FETCH (A {2}\r\nab B {3}\r\ncde)\r\n",
        [(b"* 1 FETCH (A {2}\r\n B {3}\r\n)\r\n", [b"ab", b"cde"], "")],
    ),
    (
        "an empty literal",
        b"* 1 FETCH (A {0}\r\n)\r\n",
        [(b"* 1 FETCH (A {0}\r\n)\r\n", [b""], "")],
    ),
    (
        "a literal that ends the line",
        b"* LIST () NIL {3}\r\nfoo\r\n",
        [(b"* LIST () NIL {3}\r\n\r\n", [b"foo"], "")],
    ),
    (
        "a literal of line ends",
        b"* LIST () NIL {4}\r\n\r\n\r\n\r\n",
        [(b"* LIST () NIL {4}\r\n\r\n", [b"\r\n\r\n"], "")],
    ),
    (
        "a literal that looks like responses",
        b"* 1 FETCH (A {12}\r\na1 OK done\r\n)\r\n",
        [(b"* 1 FETCH (A {12}\r\n)\r\n", [b"a1 OK done\r\n"], "")],
    ),
    (
        "NUL in a literal is the grammar's affair",
        b"* 1 FETCH (A {3}\r\na\0b)\r\n",
        [(b"* 1 FETCH (A {3}\r\n)\r\n", [b"a\0b"], "")],
    ),
    (
        "leading zeros in a count",
        b"* 1 FETCH (A {003}\r\nabc)\r\n",
        [(b"* 1 FETCH (A {003}\r\n)\r\n", [b"abc"], "")],
    ),
    (
        "a client's marker from a server",
        b"* 1 FETCH (A {3+}\r\nabc)\r\n",
        [(b"* 1 FETCH (A {3+}\r\n)\r\n", [b"abc"], "")],
    ),
    (
        "a binary literal",
        b"* 1 FETCH (BINARY[1] ~{3}\r\na\0c)\r\n",
        [(b"* 1 FETCH (BINARY[1] ~{3}\r\n)\r\n", [b"a\0c"], "")],
    ),
    (
        "an unknown response takes literals too",
        b"* XTHING {3}\r\nabc\r\n",
        [(b"* XTHING {3}\r\n\r\n", [b"abc"], "")],
    ),
    (
        "a marker in untagged text",
        b"* OK see {5}\r\n* 1 EXISTS\r\n",
        [(b"* OK see {5}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a marker in tagged text",
        b"a1 NO no {3}\r\n* 1 EXISTS\r\n",
        [(b"a1 NO no {3}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a marker in lower-case status text",
        b"* ok see {5}\r\n* 1 EXISTS\r\n",
        [(b"* ok see {5}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a marker behind BYE",
        b"* BYE {1}\r\n* 1 EXISTS\r\n",
        [(b"* BYE {1}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a marker in a continuation",
        b"+ send {5}\r\n* 1 EXISTS\r\n",
        [(b"+ send {5}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "OKAY is no status",
        b"* OKAY {2}\r\nab\r\n",
        [(b"* OKAY {2}\r\n\r\n", [b"ab"], "")],
    ),
    (
        "a literal in an open code",
        b"* NO [BADCHARSET ({5}\r\nUTF-8)] text\r\n",
        [(b"* NO [BADCHARSET ({5}\r\n)] text\r\n", [b"UTF-8"], "")],
    ),
    (
        "a literal in an open code of a tagged response",
        b"a1 NO [BADCHARSET ({2}\r\nab {2}\r\ncd)] text {1}\r\n",
        [(b"a1 NO [BADCHARSET ({2}\r\n {2}\r\n)] text {1}\r\n", [b"ab", b"cd"], "")],
    ),
    (
        "a literal that ends a code",
        b"a1 NO [X {2}\r\nab] text\r\n",
        [(b"a1 NO [X {2}\r\n] text\r\n", [b"ab"], "")],
    ),
    (
        "a bracket in a quoted string of a code",
        b'* NO [X ("]" {2}\r\nab)] text\r\n',
        [(b'* NO [X ("]" {2}\r\n)] text\r\n', [b"ab"], "")],
    ),
    (
        "a closed code",
        b"* OK [UIDNEXT 3] {5}\r\n* 1 EXISTS\r\n",
        [(b"* OK [UIDNEXT 3] {5}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a marker in an open quoted string",
        b'* LIST () "/" "foo{3}\r\n* 1 EXISTS\r\n',
        [(b'* LIST () "/" "foo{3}\r\n', [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a quote that was not escaped",
        b'* 1 FETCH (A "x"y" B {3}\r\nabc)\r\n',
        [(b'* 1 FETCH (A "x"y" B {3}\r\n)\r\n', [b"abc"], "")],
    ),
    (
        "an escaped quote",
        b'* LIST () "\\"" x{3}\r\nabc\r\n',
        [(b'* LIST () "\\"" x{3}\r\n\r\n', [b"abc"], "")],
    ),
    (
        "braces that are no marker",
        b"* X {}\r\n* X {a}\r\n* X 5}\r\n* X {-1}\r\n* X {5} \r\n",
        [
            (b"* X {}\r\n", [], ""),
            (b"* X {a}\r\n", [], ""),
            (b"* X 5}\r\n", [], ""),
            (b"* X {-1}\r\n", [], ""),
            (b"* X {5} \r\n", [], ""),
        ],
    ),
    (
        "a count that is none",
        b"* X {99999999999999999999}\r\n* 1 EXISTS\r\n",
        [(b"* X {99999999999999999999}\r\n", [], ""), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "bare LF",
        b"* OK hi\n* 1 EXISTS\na1 OK done\n",
        [
            (b"* OK hi\r\n", [], "bare-lf"),
            (b"* 1 EXISTS\r\n", [], "bare-lf"),
            (b"a1 OK done\r\n", [], "bare-lf"),
        ],
    ),
    ("an empty line of bare LF", b"\n", [(b"\r\n", [], "bare-lf")]),
    (
        "bare LF behind a marker",
        b"* 1 FETCH (A {3}\nabc)\r\n",
        [(b"* 1 FETCH (A {3}\r\n)\r\n", [b"abc"], "bare-lf")],
    ),
    (
        "bare LF around a literal is one fault",
        b"* 1 FETCH (A {3}\nabc)\n",
        [(b"* 1 FETCH (A {3}\r\n)\r\n", [b"abc"], "bare-lf")],
    ),
    (
        "bare CR in a line",
        b"* OK a\rb\rc\r\n",
        [(b"* OK a?b?c\r\n", [], "bare-cr")],
    ),
    (
        "CR CR LF",
        b"* SEARCH 1 2\r\r\na1 OK done\r\n",
        [(b"* SEARCH 1 2\r\n", [], "bare-cr"), (b"a1 OK done\r\n", [], "")],
    ),
    (
        "LF CR is a bare LF, and the CR begins the next line",
        b"* OK a\n\r* OK b\r\n",
        [(b"* OK a\r\n", [], "bare-lf"), (b"?* OK b\r\n", [], "bare-cr")],
    ),
    (
        "bare CR and bare LF",
        b"* OK a\rb\n",
        [(b"* OK a?b\r\n", [], "bare-lf bare-cr")],
    ),
    (
        "NUL in a line",
        b"* OK a\0b\0\r\n* 1 EXISTS\r\n",
        [(b"* OK a?b?\r\n", [], "nul"), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "NUL and a literal",
        b"* \0 (A {3}\r\nabc)\r\n",
        [(b"* ? (A {3}\r\n)\r\n", [b"abc"], "nul")],
    ),
    (
        "eight-bit octets",
        b"* OK \xe2\x82\xac\xff\r\n",
        [(b"* OK \xe2\x82\xac\xff\r\n", [], "")],
    ),
    (
        "a count that is too small",
        b"* 1 FETCH (A {3}\r\nabcdef)\r\na1 OK done\r\n",
        [(b"* 1 FETCH (A {3}\r\n", [b"abc"], "literal-count:"), (b"a1 OK done\r\n", [], "")],
    ),
    (
        "a count that is too small, over lines of mail",
        b"* 1 FETCH (A {3}\r\nabcdef\r\n* a list\r\n+ more\r\n)\r\n* 2 EXISTS\r\n",
        [(b"* 1 FETCH (A {3}\r\n", [b"abc"], "literal-count:"), (b"* 2 EXISTS\r\n", [], "")],
    ),
    (
        "a count that is too large",
        b"* 1 FETCH (A {12}\r\nabc)\r\na1 OK done\r\n* 2 EXISTS\r\n",
        [
            (b"* 1 FETCH (A {12}\r\n", [b"abc)\r\na1 OK "], "literal-count:"),
            (b"a1 OK done\r\n", [], ""),
            (b"* 2 EXISTS\r\n", [], ""),
        ],
    ),
    (
        "octets are put back once only",
        b"* X {34}\r\nq\r\n* 1 FETCH (A {12}\r\na\r\na2 NO x\r\nYz\r\na1 OK done\r\n",
        [
            (b"* X {34}\r\n", [b"q\r\n* 1 FETCH (A {12}\r\na\r\na2 NO x\r\n"], "literal-count:"),
            (b"* 1 FETCH (A {12}\r\n", [b"a\r\na2 NO x\r\n"], "literal-count:"),
            (b"a1 OK done\r\n", [], ""),
        ],
    ),
]

CLIENT_ROWS: list[tuple[str, bytes, Expected]] = [
    ("a command", b"a1 NOOP\r\n", [(b"a1 NOOP\r\n", [], "")]),
    (
        "a literal",
        b"a1 LOGIN {2}\r\nme {3}\r\nyou\r\n",
        [(b"a1 LOGIN {2}\r\n {3}\r\n\r\n", [b"me", b"you"], "")],
    ),
    (
        "a literal sent at once",
        b"a1 LOGIN {2+}\r\nme you\r\na2 NOOP\r\n",
        [(b"a1 LOGIN {2+}\r\n you\r\n", [b"me"], ""), (b"a2 NOOP\r\n", [], "")],
    ),
    (
        "what follows a client's literal is not judged",
        b"a1 LOGIN {2+}\r\nme!you\r\n",
        [(b"a1 LOGIN {2+}\r\n!you\r\n", [b"me"], "")],
    ),
    (
        "a marker in an open quoted string",
        b'a1 LOGIN "me {2}\r\na2 NOOP\r\n',
        [(b'a1 LOGIN "me {2}\r\n', [], ""), (b"a2 NOOP\r\n", [], "")],
    ),
    ("bare LF", b"a1 NOOP\n", [(b"a1 NOOP\r\n", [], "bare-lf")]),
    ("a literal in any command", b"a1 OK {1}\r\nx\r\n", [(b"a1 OK {1}\r\n\r\n", [b"x"], "")]),
]

SMALL = Limits(line=40, literal=8, frame=12)

LIMIT_ROWS: list[tuple[str, bytes, Expected]] = [
    (
        "a line at the limit",
        b"* OK " + b"x" * 35 + b"\r\n",
        [(b"* OK " + b"x" * 35 + b"\r\n", [], "")],
    ),
    (
        "a line over the limit",
        b"* OK " + b"x" * 100 + b"\r\n* 1 EXISTS\r\n",
        [(b"* OK " + b"x" * 35 + b"\r\n", [], "line-too-long:"), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "a literal at the limit",
        b"* X {8}\r\n12345678\r\n",
        [(b"* X {8}\r\n\r\n", [b"12345678"], "")],
    ),
    (
        "a literal over the limit",
        b"* X {10}\r\n1234567890 a\r\n* 1 EXISTS\r\n",
        [(b"* X {10}\r\n a\r\n", [b"12345678"], "literal-too-long:"), (b"* 1 EXISTS\r\n", [], "")],
    ),
    (
        "literals over the limit together",
        b"* X {8}\r\n12345678 {6}\r\nabcdef {1}\r\nx\r\n",
        [(b"* X {8}\r\n {6}\r\n {1}\r\n\r\n", [b"12345678", b"abcd", b""], "literal-too-long:")],
    ),
    (
        "a wrong count over the limit is not read again",
        b"* X {10}\r\n12\r\na1 OK yX\r\n* 1 EXISTS\r\n",
        [
            (b"* X {10}\r\n", [b"12\r\na1 O"], "literal-too-long literal-count:"),
            (b"* 1 EXISTS\r\n", [], ""),
        ],
    ),
]

# The last column is the requirement that the fault counts for.
ENDINGS: list[tuple[str, bytes, Expected, str]] = [
    ("nothing", b"", [], ""),
    ("after a line", b"* OK hi\r\n", [(b"* OK hi\r\n", [], "")], ""),
    ("in a line", b"a1 OK Log", [(b"a1 OK Log\r\n", [], "truncated:")], "3501-2.2-crlf"),
    ("between CR and LF", b"a1 OK x\r", [(b"a1 OK x\r\n", [], "truncated:")], "3501-2.2-crlf"),
    (
        "in a literal",
        b"* X {5}\r\nab",
        [(b"* X {5}\r\n", [b"ab"], "truncated:")],
        "3501-4.3-count",
    ),
    ("before a literal", b"* X {5}\r\n", [(b"* X {5}\r\n", [b""], "truncated:")], "3501-4.3-count"),
    (
        "behind a literal",
        b"* X {2}\r\nab",
        [(b"* X {2}\r\n\r\n", [b"ab"], "truncated:")],
        "3501-2.2-crlf",
    ),
]
