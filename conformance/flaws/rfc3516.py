"""Flaws of BINARY (RFC 3516)."""

from __future__ import annotations

from conformance.flaws.acts import answer, number, replace, send_as
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "binary-append-refused",
        "BINARY is announced, and APPEND refuses a literal8",
        "G13",
        "3516-4.4-append",
        answer(b"{tag} BAD Invalid literal8\r\n", name="APPEND", where=rb"~\{\d+\+?\}\r\n"),
    ),
    flaw(
        "binary-not-decoded",
        "BINARY returns what BODY returns",
        "",
        "3516-4.2-decoded",
        send_as(rb"BINARY(\.PEEK)?\[1\]", rb"BODY\1[1]", name="FETCH"),
        replace(rb"BODY\[1\]", b"BINARY[1]", to="FETCH", where=rb"BINARY"),
    ),
    flaw(
        "binary-of-nothing",
        "A part without content comes as a literal without its line end",
        "D61",
        "3516-4.2-decoded 3501-9-msg-att-static",
        replace(rb'(BINARY\[1\]) (?:"|~?\{0\}\r\n|NIL)"?', rb"\1 ~{0}", only="FETCH"),
    ),
    flaw(
        "binary-partial-from-one",
        "A partial BINARY begins one octet too early",
        "",
        "3516-4.2-partial",
        send_as(rb"(BINARY\[1\]<)10\.", rb"\g<1>9.", name="FETCH"),
        replace(rb"<9>", b"<10>", only="FETCH"),
    ),
    flaw(
        "binary-sees-nothing",
        "BINARY does not set the Seen flag",
        "",
        "3516-4.2-seen",
        send_as(rb"BINARY\[", b"BINARY.PEEK[", name="FETCH"),
    ),
    flaw(
        "binary-peek-sees",
        "BINARY.PEEK sets the Seen flag",
        "",
        "3516-4.2-peek",
        send_as(rb"BINARY\.PEEK\[", b"BINARY[", name="FETCH"),
    ),
    flaw(
        "binary-size-off-by-one",
        "BINARY.SIZE is one octet too much",
        "",
        "3516-4.3-size",
        number(rb"BINARY\.SIZE\[[\d.]*\] (\d+)", lambda size: size + 1, only="FETCH", count=0),
    ),
    flaw(
        "binary-unknown-cte-without-code",
        "BINARY of an unknown encoding is refused without UNKNOWN-CTE",
        "",
        "3516-4.3-unknown-cte",
        replace(rb"\[UNKNOWN-CTE\] ", b"", to="FETCH"),
    ),
    flaw(
        "binary-bare-lines",
        "What BINARY has decoded has LF for line ends",
        "",
        "3516-6-crlf",
        replace(rb"\{18\}\r\none = 1\r\ntwo = 2\r\n", b"{16}\r\none = 1\ntwo = 2\n", only="FETCH"),
    ),
    flaw(
        "binary-decodes-headers",
        "Encoded words in a header are decoded",
        "",
        "3516-5-headers",
        replace(rb"=\?iso-8859-1\?Q\?Gr=FC=DFe\?=", b"Gruesse".ljust(27), only="FETCH"),
    ),
    flaw(
        "binary-loses-nul",
        "A NUL in data that were appended comes back as a space",
        "",
        "3516-4.4-lossless 3516-4.3-literal8",
        replace(rb"\x00bin\x00ary\x00", b" bin ary ", only="FETCH"),
    ),
    flaw(
        "binary-append-without-code",
        "An APPEND of data with NUL is answered NO without UNKNOWN-CTE",
        "",
        "3516-4.4-unknown-cte",
        answer(b"{tag} NO Not so\r\n", name="APPEND", where=rb"(?s)~\{\d+\}\r\n.*\x00"),
    ),
    flaw(
        "binary-body-is-decoded",
        "BODY of data that were appended with NUL returns them as they are",
        "",
        "3516-6-body",
        send_as(rb"BODY\.PEEK\[1\]", b"BINARY.PEEK[1]", name="FETCH"),
        replace(
            rb"BINARY\[1\] ~?", b"BODY[1] ", to="FETCH", where=rb"BODY\.PEEK\[1|BINARY\.PEEK\[1"
        ),
    ),
    flaw(
        "binary-always-literal8",
        "Decoded text comes as a literal8, with a NUL in it and without",
        "",
        "3516-4.3-string",
        replace(rb"(BINARY\[[\d.]*\]) \{", rb"\1 ~{", only="FETCH"),
        backend="cyrus",
    ),
)
