"""What matches what: a table of patterns and responses."""

from __future__ import annotations

import pytest

from conformance.casefile.bindings import Bound, astring, nstring, verbatim
from conformance.casefile.pattern import compile_pattern
from conformance.casefile.script import ServerText
from conformance.play.match import Matcher
from conformance.play.match_values import Differs
from conformance.play.received import Received
from conformance.syntax import grammar
from conformance.syntax.responses import read_response

GLOBAL = (
    '* 1 FETCH (BODYSTRUCTURE ("message" "global" NIL NIL NIL "8bit" 9 '
    '({*} ...) ("text" "plain" ("charset" "utf-8") NIL NIL "8bit" 3 1) 2))'
)
GLOBAL_IN_CAPITALS = (
    b'* 1 FETCH (BODYSTRUCTURE ("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 9 '
    b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
    b'("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "8BIT" 3 1) 2))'
)
ENVELOPE = b"* 1 FETCH (ENVELOPE (NIL %s NIL NIL NIL NIL NIL NIL NIL NIL))"
NAMES = {"uid": Bound(b"7", b"7"), "words": verbatim(b"not this one"), "box": astring(b"in box")}
GIVEN = {
    "delim": nstring(b"/"),
    "flat": nstring(None),
    "user": astring(b"fred"),
    "mailbox": astring(b"Own-1"),
    "name.mailbox": verbatim(b"Own-1"),
    "inbox/x": astring(b"INBOX/Own-1-x"),
}


def match(
    pattern: str, text: bytes, *literals: bytes, exact_base64: bool = False
) -> dict[str, Bound]:
    kind = "exact" if pattern.startswith("=") else "must"
    compiled = compile_pattern(ServerText(1, pattern.removeprefix("=")), kind)
    received = Received(read_response(text + b"\r\n", literals), text + b"\r\n", literals)
    matcher = Matcher(
        grammar.load(), NAMES, GIVEN, flags={b"\\SEEN", b"$MINE"}, exact_base64=exact_base64
    )
    return matcher.match(compiled, received)


SAME = [
    ("a1 OK", b"a1 OK whatever"),
    ("a1 OK", b"a1 ok [READ-ONLY] whatever"),
    ("a1 NO|BAD", b"a1 BAD no"),
    ("a1 OK [READ-WRITE]", b"a1 OK [read-write] x"),
    ("a1 OK [UIDNEXT]", b"a1 OK [UIDNEXT 5] x"),
    ("* OK [UIDNEXT {n:nz_number}]", b"* OK [UIDNEXT 5] x"),
    ("* OK [PERMANENTFLAGS (\\Seen ...)]", b"* OK [PERMANENTFLAGS (\\* \\Seen)] x"),
    ("* OK [PERMANENTFLAGS (\\Seen \\*)]", b"* OK [PERMANENTFLAGS (\\* \\seen)] x"),
    ("* BYE", b"* BYE bye"),
    ("a1 NO {said:text}", b"a1 NO [ALERT] no {5} such \"user"),
    ("a1 NO {words}", b"a1 NO [AUTHENTICATIONFAILED] not this one"),
    ("* 3 EXISTS", b"* 3 EXISTS"),
    ("* 3|4 EXPUNGE", b"* 4 EXPUNGE"),
    ("* {n:number} EXISTS", b"* 0 EXISTS"),
    ("* {*} EXISTS", b"* 0 EXISTS"),
    (GLOBAL, GLOBAL_IN_CAPITALS),
    ("* SEARCH", b"* SEARCH"),
    ("* SEARCH 1 2", b"* SEARCH 2 1"),
    ("* SEARCH 2 ...", b"* SEARCH 1 2 3"),
    ("* SEARCH {uid}", b"* SEARCH 7"),
    ("* CAPABILITY IMAP4rev1 ...", b"* CAPABILITY IDLE imap4REV1"),
    ("* FLAGS (\\Seen $x)", b"* FLAGS ($X \\SEEN)"),
    ('* LIST () {delim} foo', b'* LIST () "/" foo'),
    ("* LIST () {flat} foo", b"* LIST () nil foo"),
    ("* LIST (...) {delim} foo", b'* LIST (\\HasChildren) "/" "foo"'),
    ("* LIST () {delim} INBOX", b'* LIST () "/" inBox'),
    ("* LIST () {delim} {box}", b'* LIST () "/" "in box"'),
    ("* LIST () {delim} NIL", b'* LIST () "/" "NIL"'),
    ("* STATUS foo (MESSAGES 1 UNSEEN {:number})", b"* STATUS foo (UNSEEN 0 MESSAGES 01)"),
    ("* STATUS foo (MESSAGES 1 ...)", b"* STATUS foo (UNSEEN 0 MESSAGES 1)"),
    ("* 1 FETCH (FLAGS (\\Seen))", b"* 1 FETCH (FLAGS (\\Seen \\Recent))"),
    ("* 1 FETCH (FLAGS (\\Seen \\Recent))", b"* 1 FETCH (FLAGS (\\Seen \\Recent))"),
    ("* 1 FETCH (FLAGS (\\Seen))", b"* 1 FETCH (FLAGS ($NotJunk \\seen NonJunk))"),
    ("* 1 FETCH (FLAGS ())", b"* 1 FETCH (FLAGS ($HasNoAttachment))"),
    ("* 1 FETCH (FLAGS ($Mine))", b"* 1 FETCH (FLAGS ($mine \\XServer))"),
    ("* FLAGS (\\Seen)", b"* FLAGS (\\Seen $Junk)"),
    ("* OK [PERMANENTFLAGS (\\Seen)]", b"* OK [PERMANENTFLAGS (\\Seen $Junk)] x"),
    ("* LIST () {delim} {mailbox}", b'* LIST () "/" OWN-1'),
    ("* LIST () {delim} {inbox/x}", b'* LIST () "/" Inbox/own-1-X'),
    ('* LIST () {*} a ("CHILDINFO" ("SUBSCRIBED"))',
     b'* LIST () "/" a ("childinfo" ("subscribed"))'),
    ('* LIST () {*} a ("CHILDINFO" ("SUBSCRIBED"))', b'* LIST () "/" a (ChildInfo ("Subscribed"))'),
    ('* LIST () {*} a ("CHILDINFO" ("SUBSCRIBED" "RECENT"))',
     b'* LIST () "/" a ("CHILDINFO" ("RECENT" "SUBSCRIBED"))'),
    ('* LIST () {*} a ("CHILDINFO" ("SUBSCRIBED") ...)',
     b'* LIST () "/" a ("X-MORE" (1) "CHILDINFO" ("SUBSCRIBED"))'),
    ('* LIST () {*} a ("CHILDINFO" ...)', b'* LIST () "/" a ("x" (1) "childinfo" ("SUBSCRIBED"))'),
    ('* LIST () {*} b ("OLDNAME" ({mailbox}))', b'* LIST () "/" b ("oldname" ("OWN-1"))'),
    ('* STATUS "{name.mailbox}-Sub" (MESSAGES 1)', b"* STATUS own-1-sUB (MESSAGES 1)"),
    ('* LIST () {delim} "{name.mailbox}&AOk-x"', b'* LIST () "/" "OWN-1&AMk-X"'),
    ('* LIST () {delim} "{name.mailbox}&U,BTFw-"', b'* LIST () "/" "OWN-1&U,BTFw-"'),
    ("* 1 FETCH (FLAGS ({:flag} ...))", b"* 1 FETCH (FLAGS (a b))"),
    ("* 1 FETCH (FLAGS {:flag_list})", b"* 1 FETCH (FLAGS ())"),
    ("* 1 FETCH ...", b"* 1 FETCH (FLAGS () UID 7)"),
    ("* 1 FETCH ...", b"* 1 FETCH ()"),
    ("* 1 FETCH (UID {uid})", b"* 1 FETCH (FLAGS () UID 7)"),
    ("* 1 FETCH (UID {u:uniqueid} RFC822.SIZE 5)", b"* 1 FETCH (RFC822.SIZE 5 UID 3)"),
    (
        '* 1 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 -0700")',
        b'* 1 FETCH (INTERNALDATE "17-Jul-1996 09:44:25 +0000")',
    ),
    ('* 1 FETCH (BODY[HEADER.FIELDS (From "To")] "x")',
     b'* 1 FETCH (BODY[HEADER.FIELDS (FROM TO)] "x")'),
    ('* 1 FETCH (BODY[]<0> "a")', b'* 1 FETCH (BODY[]<0> "a")'),
    ('* 1 FETCH (BODY[] "a{0x0d0a}b")', b"* 1 FETCH (BODY[] {4}\r\n)", b"a\r\nb"),
    ("* 1 FETCH (BODY ({*} ...))", b'* 1 FETCH (BODY ("a" "b" NIL NIL NIL "7BIT" 1))'),
    ('* 1 FETCH (BODY ("TEXT" "PLAIN" ("charset" "UTF-8") NIL NIL "7bit" 5 1))',
     b'* 1 FETCH (BODY ("text" "plain" ("CHARSET" "utf-8") NIL NIL "7BIT" 5 1))'),
    ('* 1 FETCH (BODY ("a" "b" ("x" "1" "y" "2") NIL NIL "7BIT" 5))',
     b'* 1 FETCH (BODY ("a" "b" ("y" "2" "x" "1") NIL NIL "7BIT" 5))'),
    # The grammar has no empty list here, and says so.
    ('* 1 FETCH (BODY ("a" "b" NIL NIL NIL "7BIT" 5))',
     b'* 1 FETCH (BODY ("a" "b" () NIL NIL "7BIT" 5))'),
    ("* 1 FETCH (ENVELOPE (NIL NIL NIL ...))", b"* 1 FETCH (ENVELOPE (NIL NIL () NIL))"),
    ("+", b"+ go ahead"),
    ("+", b"+"),
    ("+ {c:base64}", b"+ YWJj"),
    ("=* OK [X] exactly", b"* OK [X] exactly"),
    ("=* {user}", b"* fred"),
    ('* ESEARCH (TAG "a1") MIN 2 COUNT 3', b'* ESEARCH (TAG "a1") COUNT 3 MIN 2'),
    ('* ESEARCH (TAG "a1") MIN 2 ...', b'* ESEARCH (TAG "a1") MIN 2 MODSEQ 7'),
    ('* ESEARCH (TAG "a1") UID ALL 2:3,5', b'* esearch (tag "a1") uid all 5,3:2'),
    ('* ESEARCH (TAG "a1") UID', b'* ESEARCH (TAG "a1") UID'),
]  # fmt: skip

OTHER = [
    ("a1 NO {words}", b"a1 NO [AUTHENTICATIONFAILED] not that one"),
    ("a1 NO {words}", b"a1 NO"),
    ("a1 OK", b"a2 OK x"),
    ("a1 OK", b"a1 NO x"),
    ("a1 OK", b"* OK x"),
    ("a1 OK [READ-WRITE]", b"a1 OK x"),
    ("a1 OK [READ-WRITE]", b"a1 OK [READ-ONLY] x"),
    ("* OK [UIDNEXT {n:nz_number}]", b"* OK [UIDNEXT 0] x"),
    ("* OK [UIDNEXT 5]", b"* OK [UIDNEXT 6] x"),
    ("* OK [PERMANENTFLAGS (\\Seen)]", b"* OK [PERMANENTFLAGS (\\Seen \\*)] x"),
    ("* 3 EXISTS", b"* 4 EXISTS"),
    ("* 3 EXISTS", b"* 3 RECENT"),
    ("* {n:nz_number} EXISTS", b"* 0 EXISTS"),
    ("* SEARCH", b"* SEARCH 1"),
    ("* SEARCH 1 2", b"* SEARCH 1"),
    ("* SEARCH 1", b"* SEARCH 1 2"),
    ("* FLAGS (\\Seen)", b"* FLAGS (\\Seen \\Recent)"),
    ("* LIST () {delim} foo", b'* LIST () "/" FOO'),
    ("* LIST () {delim} foo", b'* LIST () NIL foo'),
    ("* LIST () {flat} foo", b'* LIST () "NIL" foo'),
    ("* LIST () {delim} foo", b'* LIST (\\Noselect) "/" foo'),
    ('* LIST () {*} a ("CHILDINFO" ("SUBSCRIBED"))', b'* LIST () "/" a'),
    ('* LIST () {*} a ("CHILDINFO" ("SUBSCRIBED"))',
     b'* LIST () "/" a ("CHILDINFO" ("SUBSCRIBED") "x" (1))'),
    ('* LIST () {*} a ("CHILDINFO" ...)', b'* LIST () "/" a ("OLDNAME" ("b"))'),
    ('* LIST () {*} b ("OLDNAME" (foo))', b'* LIST () "/" b ("OLDNAME" ("FOO"))'),
    ("* STATUS foo (MESSAGES 1)", b"* STATUS foo (MESSAGES 1 UNSEEN 1)"),
    ("* STATUS foo (MESSAGES 1)", b"* STATUS foo (UNSEEN 1)"),
    ("* 1 FETCH (FLAGS (\\Seen \\Recent))", b"* 1 FETCH (FLAGS (\\Seen))"),
    ("* 1 FETCH (FLAGS (\\Seen))", b"* 1 FETCH (FLAGS (\\Seen \\Draft))"),
    ("* 1 FETCH (FLAGS ())", b"* 1 FETCH (FLAGS ($Mine))"),
    ("* 1 FETCH (FLAGS (\\Seen))", b"* 1 FETCH (FLAGS ($NotJunk))"),
    ("* 1 FETCH (FLAGS (\\Seen))", b"* 1 FETCH (FLAGS (\\Seen 7))"),
    ("* FLAGS (\\Seen)", b"* FLAGS (\\Seen \\*)"),
    ("* SEARCH 1", b"* SEARCH 1 $NotJunk"),
    ("* LIST () {delim} {mailbox}", b'* LIST () "/" Own-2'),
    ("* LIST () {delim} {user}", b'* LIST () "/" FRED'),
    ('* LIST () {delim} "{name.mailbox}&AOk-"', b'* LIST () "/" "Own-1&AOK-"'),
    ('* LIST () {delim} "{name.mailbox}&AOk-"', b'* LIST () "/" "Own-1{0xe9}"'),
    ('* LIST () {delim} "{name.mailbox}&U,BTFw-"', b'* LIST () "/" "own-1&u,btfw-"'),
    ("* 1 FETCH (UID 5)", b"* 1 FETCH (FLAGS ())"),
    ("* 1 FETCH (UID 5)", b"* 2 FETCH (UID 5)"),
    ('* 1 FETCH (BODY[] NIL)', b'* 1 FETCH (BODY[] "NIL")'),
    ('* 1 FETCH (BODY ("a" "b" NIL NIL NIL "7BIT" 5))',
     b'* 1 FETCH (BODY ("a" "b" ("x" "1") NIL NIL "7BIT" 5))'),
    ('* 1 FETCH (BODY ("a" "b" ("x" "1") NIL NIL "7BIT" 5))',
     b'* 1 FETCH (BODY ("a" "b" () NIL NIL "7BIT" 5))'),
    ('* 1 FETCH (BODY[] "a")', b'* 1 FETCH (BODY[] "A")'),
    ('* 1 FETCH (BODY[] "a")', b'* 1 FETCH (BODY[]<0> "a")'),
    (
        '* 1 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 -0700")',
        b'* 1 FETCH (INTERNALDATE "17-Jul-1997 02:44:25 -0700")',
    ),
    ('* 1 FETCH (ENVELOPE (NIL "Abc" ...))', b'* 1 FETCH (ENVELOPE (NIL "ABC" NIL))'),
    ("* 1 FETCH (BODY ({*} {*}))", b'* 1 FETCH (BODY ("a" "b" NIL))'),
    ('* 1 FETCH (BODY ("a" "b" ("x" "1") NIL NIL "7BIT" 5))',
     b'* 1 FETCH (BODY ("a" "b" ("x" "1" "y" "2") NIL NIL "7BIT" 5))'),
    ('* 1 FETCH (BODY ("a" "b" NIL NIL NIL "7BIT" 5))',
     b'* 1 FETCH (BODY ("a" "b" NIL NIL NIL "7BIT" "5"))'),
    ("+ {c:base64}", b"+ not base64"),
    ("=* OK [X] exactly", b"* OK [X] Exactly"),
    ("* SEARCH {later}", b"* SEARCH 7"),
    ('* ESEARCH (TAG "a1") MIN 2 ...', b'* ESEARCH (TAG "a2") MIN 2'),
    ('* ESEARCH (TAG "a1") MIN 2 ...', b'* ESEARCH (TAG "a1") UID MIN 2'),
    ('* ESEARCH (TAG "a1") MIN 2', b'* ESEARCH (TAG "a1") MIN 2 COUNT 1'),
    ('* ESEARCH (TAG "a1")', b'* ESEARCH (TAG "a1") ALL'),
    ('* ESEARCH (TAG "a1") ALL 2:3,5', b'* ESEARCH (TAG "a1") ALL 2:5'),
    ('* ESEARCH (TAG "a1") ALL 2:3', b'* ESEARCH (TAG "a1") ALL 2:4294967295'),
]  # fmt: skip


@pytest.mark.parametrize("row", SAME, ids=lambda row: f"{row[0]} ~ {row[1]!r}")
def test_matches(row: tuple[str, bytes, *tuple[bytes, ...]]) -> None:
    pattern, text, *literals = row
    match(pattern, text, *literals)


def test_coded_parts_count_where_a_case_is_about_them() -> None:
    pattern = '* LIST () {delim} "{name.mailbox}&AOk-x"'
    match(pattern, b'* LIST () "/" OWN-1&AOk-X', exact_base64=True)
    with pytest.raises(Differs):
        match(pattern, b'* LIST () "/" Own-1&AMk-x', exact_base64=True)


@pytest.mark.parametrize("row", OTHER, ids=lambda row: f"{row[0]} ~ {row[1]!r}")
def test_differs(row: tuple[str, bytes]) -> None:
    with pytest.raises(Differs):
        match(*row)


def test_keeps_what_was_captured_as_it_was_spelt() -> None:
    kept = match("* LIST () {*} {name:mailbox}", b'* LIST () "/" "in \\"box"')
    assert kept == {"name": Bound(b'in "box', b'"in \\"box"')}
    assert match("* 1 FETCH (UID {u:uniqueid})", b"* 1 FETCH (UID 9)") == {"u": Bound(b"9", b"9")}
    literal = match("* LIST () NIL {n:mailbox}", b"* LIST () NIL {3}\r\n", b"a b")
    assert literal["n"].octets == b"a b"


@pytest.mark.parametrize(
    ("pattern", "text", "reason"),
    [
        ("* 1 FETCH (RFC822.SIZE 5)", b"* 1 FETCH (RFC822.SIZE 6)", "RFC822.SIZE: expected 5"),
        ("* FLAGS (\\Seen)", b"* FLAGS (\\Draft)", "\\Seen is missing"),
        ("* FLAGS (\\Seen)", b"* FLAGS (\\Seen \\Draft)", "too much"),
        ("a1 OK", b"a1 NO x", "expected OK, received NO"),
    ],
)
def test_says_where_they_differ(pattern: str, text: bytes, reason: str) -> None:
    with pytest.raises(Differs) as differs:
        match(pattern, text)
    assert reason in str(differs.value)


def test_a_list_that_was_kept_is_compared_as_a_list() -> None:
    kept = match("* 1 FETCH (ENVELOPE {e:envelope})", ENVELOPE % b'"x"')
    for spelling, literals in ((b'"x"', ()), (b"{1}\r\n", (b"x",))):
        later = compile_pattern(ServerText(1, "* 1 FETCH (ENVELOPE {e})"), "must")
        text = ENVELOPE % spelling + b"\r\n"
        received = Received(read_response(text, literals), text, literals)
        Matcher(grammar.load(), kept, GIVEN).match(later, received)
    text = ENVELOPE % b'"X"' + b"\r\n"
    with pytest.raises(Differs, match="of before"):
        Matcher(grammar.load(), kept, GIVEN).match(later, Received(read_response(text), text))
