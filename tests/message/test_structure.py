"""Envelopes and body structures: what is right is accepted, what is nearly right is not."""

from __future__ import annotations

import pytest

from conformance.message.envelope import envelope
from conformance.message.parts import Part, read_message
from conformance.message.structure import structure
from conformance.syntax.responses import read_response
from conformance.syntax.values import Value

HEAD = b"Date: Mon, 2 Sep 2024 10:00:00 +0000\nFrom: Ann <ann@example.com>\n"
ANN = '(("Ann" NIL "ann" "example.com"))'


def message(octets: bytes) -> Part:
    return read_message(octets.replace(b"\n", b"\r\n"))


def value(item: str, text: str) -> Value:
    found = read_response(f"* 1 FETCH ({item} {text})\r\n".encode("latin-1")).items.get(
        item.encode()
    )
    assert found is not None
    return found


def env(fields: str) -> str:
    return f'("Mon, 2 Sep 2024 10:00:00 +0000" {fields})'


ENVELOPES = {
    "bare": (b"", env(f"NIL {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL"), env(f'"" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL')),
    "empty subject": (b"Subject:\n", env(f'"" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL'), env(f'" " {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL')),
    "empty subject as NIL": (b"Subject: \n", env(f"NIL {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL"), env(f'"NIL" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL')),
    "fold": (b"Subject: a\n  b\n", env(f'"a  b" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL'), env(f'"ab" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL')),
    "fold as one space": (b"Subject: a\n  b\n", env(f'"a b" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL'), env(f'"A b" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL')),
    "sender": (b"Sender: b@c\n", env(f'NIL {ANN} ((NIL NIL "b" "c")) {ANN} NIL NIL NIL NIL NIL'), env(f"NIL {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL")),
    "host in another case": (b"To: B@Example.COM\n", env(f'NIL {ANN} {ANN} {ANN} ((NIL NIL "B" "example.com")) NIL NIL NIL NIL'), env(f'NIL {ANN} {ANN} {ANN} ((NIL NIL "b" "example.com")) NIL NIL NIL NIL')),
    "group": (b"To: A b: c@d, e@f;\n", env(f'NIL {ANN} {ANN} {ANN} ((NIL NIL "A b" NIL)(NIL NIL "c" "d")(NIL NIL "e" "f")(NIL NIL NIL NIL)) NIL NIL NIL NIL'), env(f'NIL {ANN} {ANN} {ANN} ((NIL NIL "c" "d")(NIL NIL "e" "f")) NIL NIL NIL NIL')),
    "quoting": (b'Cc: "a \\"b\\"" <"c d"@e>\n', env(f'NIL {ANN} {ANN} {ANN} NIL (("a \\"b\\"" NIL "c d" "e")) NIL NIL NIL'), env(f'NIL {ANN} {ANN} {ANN} NIL (("a \\"b\\"" NIL "\\"c d\\"" "e")) NIL NIL NIL')),
    "route": (b"Bcc: <@a,@b:c@d>\n", env(f'NIL {ANN} {ANN} {ANN} NIL NIL ((NIL "@a,@b" "c" "d")) NIL NIL'), env(f'NIL {ANN} {ANN} {ANN} NIL NIL ((NIL NIL "c" "d")) NIL NIL')),
    "comment as name": (b"To: a@b (Bob)\n", env(f'NIL {ANN} {ANN} {ANN} (("Bob" NIL "a" "b")) NIL NIL NIL NIL'), env(f'NIL {ANN} {ANN} {ANN} (("(Bob)" NIL "a" "b")) NIL NIL NIL NIL')),
    "encoded-word": (b"To: =?UTF-8?Q?a?= <a@b>\n", env(f'NIL {ANN} {ANN} {ANN} (("=?UTF-8?Q?a?=" NIL "a" "b")) NIL NIL NIL NIL'), env(f'NIL {ANN} {ANN} {ANN} (("a" NIL "a" "b")) NIL NIL NIL NIL')),
    "twice": (b"To: a@b\nTo: c@d\n", env(f'NIL {ANN} {ANN} {ANN} ((NIL NIL "a" "b")(NIL NIL "c" "d")) NIL NIL NIL NIL'), env(f"NIL {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL")),
    "ids": (b"In-Reply-To: <a@b>\nMessage-ID:<C@d>\n", env(f'NIL {ANN} {ANN} {ANN} NIL NIL NIL "<a@b>" "<C@d>"'), env(f'NIL {ANN} {ANN} {ANN} NIL NIL NIL "<a@b>" "<c@d>"')),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "right", "wrong"), ENVELOPES.values(), ids=ENVELOPES)
def test_envelope(fields: bytes, right: str, wrong: str) -> None:
    expected = envelope(message(HEAD + fields + b"\nText.\n").header)
    assert expected.differs(value("ENVELOPE", right), "") is None
    assert expected.differs(value("ENVELOPE", wrong), "")


@pytest.mark.parametrize(
    "field", [b"To: bob\n", b"To: a@b,\n", b'To: "a\n', b"To: Gr\xfc\xdfe <a@b>\n"]
)
def test_addresses_that_are_none_are_left_open(field: bytes) -> None:
    expected = envelope(message(HEAD + field + b"\n").header)
    for said in ("NIL", '((NIL NIL "bob" "MISSING_DOMAIN"))'):
        text = env(f"NIL {ANN} {ANN} {ANN} {said} NIL NIL NIL NIL")
        assert expected.differs(value("ENVELOPE", text), "") is None


MIME = HEAD + b"MIME-Version: 1.0\n"
MIXED = MIME + b"Content-Type: multipart/mixed; boundary=b\n\n"
STRUCTURES = {
    "no MIME": (HEAD + b"\na\nb\n", '("text" "plain" NIL NIL NIL "7bit" 6 2)', '("text" "plain" NIL NIL NIL "7bit" 6 3)'),
    "default charset": (HEAD + b"\na\n", '("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3 1)', '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 3 1)'),
    "last line counted": (HEAD + b"\na\nb", '("text" "plain" NIL NIL NIL "7bit" 4 2)', '("text" "plain" NIL NIL NIL "7bit" 4 3)'),
    "last line not counted": (HEAD + b"\na\nb", '("text" "plain" NIL NIL NIL "7bit" 4 1)', '("text" "plain" NIL NIL NIL "7bit" 4 0)'),
    "empty": (HEAD + b"\n", '("text" "plain" NIL NIL NIL "7bit" 0 0)', '("text" "plain" NIL NIL NIL "7bit" 0 1)'),
    "parameters": (MIME + b'Content-Type: Text/X; A="b c"; d=E\n\n', '("text" "x" ("D" "E" "a" "b c") NIL NIL "7bit" 0 0)', '("text" "x" ("a" "b c") NIL NIL "7bit" 0 0)'),
    "parameter case": (MIME + b"Content-Type: image/x; a=B\n\n", '("image" "x" ("a" "B") NIL NIL "7bit" 0)', '("image" "x" ("a" "b") NIL NIL "7bit" 0)'),
    "comments": (MIME + b"Content-Type: image (i) / x (x)\nContent-Transfer-Encoding: (b) Base64\n\n", '("image" "x" NIL NIL NIL "base64" 0)', '("image" "x" NIL NIL NIL "7bit" 0)'),
    "id and description": (MIME + b"Content-ID: <a@b>\nContent-Description: c\n d\n\n", '("text" "plain" NIL "<a@b>" "c d" "7bit" 0 0)', '("text" "plain" NIL "<a@b>" NIL "7bit" 0 0)'),
    "pieces joined": (MIME + b"Content-Type: image/x; a*1=c; a*0=b\n\n", '("image" "x" ("a" "bc") NIL NIL "7bit" 0)', '("image" "x" ("a" "cb") NIL NIL "7bit" 0)'),
    "pieces as written": (MIME + b"Content-Type: image/x; a*1=c; a*0=b\n\n", '("image" "x" ("a*0" "b" "a*1" "c") NIL NIL "7bit" 0)', '("image" "x" ("a*0" "b") NIL NIL "7bit" 0)'),
    "parts": (MIXED + b"--b\n\na\n--b\nContent-Type: image/x\n\n\n--b--\n", '(("text" "plain" NIL NIL NIL "7bit" 1 0)("image" "x" NIL NIL NIL "7bit" 0) "mixed")', '(("text" "plain" NIL NIL NIL "7bit" 3 1)("image" "x" NIL NIL NIL "7bit" 0) "mixed")'),
    "padding": (MIXED + b"pre\n--b \t\n\na\n\n--b--  \nepi\n--b\n", '(("text" "plain" NIL NIL NIL "7bit" 3 1) "mixed")', '(("text" "plain" NIL NIL NIL "7bit" 3 1)("text" "plain" NIL NIL NIL "7bit" 0 0) "mixed")'),
    "digest": (MIME + b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: s\n\nt\n--b--", f'(("message" "rfc822" NIL NIL NIL "7bit" 15 (NIL "s" {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" 1 0) 2) "digest")', '(("text" "plain" NIL NIL NIL "7bit" 15 2) "digest")'),
    "message": (MIME + b"Content-Type: message/rfc822\n\n" + HEAD + b"\nt\n", f'("message" "rfc822" NIL NIL NIL "7bit" 72 {env(f"NIL {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL")} ("text" "plain" NIL NIL NIL "7bit" 3 1) 4)', f'("message" "rfc822" NIL NIL NIL "7bit" 72 {env(f"NIL {ANN} {ANN} {ANN} NIL NIL NIL NIL NIL")} ("text" "plain" NIL NIL NIL "7bit" 3 1) 1)'),
}  # fmt: skip


@pytest.mark.parametrize(("octets", "right", "wrong"), STRUCTURES.values(), ids=STRUCTURES)
def test_body(octets: bytes, right: str, wrong: str) -> None:
    expected = structure(message(octets), extension=False)
    assert expected.differs(value("BODY", right), "BODY") is None
    assert expected.differs(value("BODY", wrong), "BODY")


EXTENSION = MIME + (
    b"Content-Type: image/x\nContent-MD5: abc=\nContent-Language: en\n"
    b"Content-Disposition: Inline; FileName=y\nContent-Location: z\n\n"
)
PLAIN = '"image" "x" NIL NIL NIL "7bit" 0'


@pytest.mark.parametrize(
    "tail",
    [
        "",
        '"abc="',
        '"abc=" ("inline" ("filename" "y"))',
        '"abc=" ("inline" ("filename" "y")) "EN" "z"',
    ]
    + ['"abc=" ("inline" ("filename" "y")) ("en") "z"'],
)
def test_extension_data_may_end_anywhere(tail: str) -> None:
    expected = structure(message(EXTENSION), extension=True)
    assert expected.differs(value("BODYSTRUCTURE", f"({PLAIN} {tail})"), "") is None


@pytest.mark.parametrize(
    "tail",
    ["NIL", '("inline" ("filename" "y"))', '"abc=" ("inline" NIL)', '"abc=" "inline"']
    + ['"abc=" ("inline" ("filename" "y")) "en" "z" NIL', '"abc=" ("inline" ("filename" "y")) "z"'],
)
def test_extension_data_has_its_order(tail: str) -> None:
    expected = structure(message(EXTENSION), extension=True)
    assert expected.differs(value("BODYSTRUCTURE", f"({PLAIN} {tail})"), "")


@pytest.mark.parametrize(
    "octets",
    [
        HEAD + b"Content-Type: text/html\n\nno MIME-Version",
        MIME + b"Content-Type: multipart/mixed\n\nno boundary",
        MIXED + b"--b\n\nnot closed\n",
        MIXED + b"no part at all\n--b--\n",
        MIXED + b"--b\n--b\n\ntwo boundaries share a line end\n--b--\n",
        MIXED + b"--b\n\n--bc\n\na line that begins like a boundary\n--b--\n",
        MIME + b"Content-Type: text\n\nno subtype",
        MIME + b"Content-Type: text/a\nContent-Type: text/b\n\ntwice",
        MIME + b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDo=\n",
        MIME + b"no field\n\ntext",
    ],
)
def test_what_mime_does_not_settle_is_left_open(octets: bytes) -> None:
    assert structure(message(octets), extension=True).open
