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


def env(date: str = '"Mon, 2 Sep 2024 10:00:00 +0000"', **places: str) -> str:
    """An envelope of Ann's: NIL where nothing else is given."""
    order = ("subject", "author", "sender", "reply", "to", "cc", "bcc", "parent", "id")
    usual = dict.fromkeys(order, "NIL") | dict.fromkeys(("author", "sender", "reply"), ANN)
    return f"({date} {' '.join((usual | places).values())})"


BOB = '((NIL NIL "b" "example.com"))'
ENVELOPES = {
    "bare": (b"", env(), env(subject='""')),
    "empty subject": (b"Subject:\n", env(subject='""'), env(subject='" "')),
    "empty subject as NIL": (b"Subject: \n", env(), env(subject='"NIL"')),
    "fold": (b"Subject: a\n  b\n", env(subject='"a  b"'), env(subject='"ab"')),
    "fold as a space": (b"Subject: a\n  b\n", env(subject='"a b"'), env(subject='"A b"')),
    "sender": (b"Sender: b@example.com\n", env(sender=BOB), env()),
    "case of a host": (
        b"To: b@Example.COM\n",
        env(to=BOB),
        env(to='((NIL NIL "B" "example.com"))'),
    ),
    "group": (
        b"To: A b: b@example.com;\n",
        env(to='((NIL NIL "A b" NIL)(NIL NIL "b" "example.com")(NIL NIL NIL NIL))'),
        env(to=BOB),
    ),
    "quoting": (
        b'Cc: "a \\"b\\"" <"c d"@e>\n',
        env(cc='(("a \\"b\\"" NIL "c d" "e"))'),
        env(cc='(("a \\"b\\"" NIL "\\"c d\\"" "e"))'),
    ),
    "route": (
        b"Bcc: <@a,@b:c@d>\n",
        env(bcc='((NIL "@a,@b" "c" "d"))'),
        env(bcc='((NIL NIL "@a,@b:c" "d"))'),
    ),
    "route left out": (
        b"Bcc: <@a,@b:c@d>\n",
        env(bcc='((NIL NIL "c" "d"))'),
        env(bcc='((NIL "@b" "c" "d"))'),
    ),
    "comment as name": (
        b"To: a@b (Bob)\n",
        env(to='(("Bob" NIL "a" "b"))'),
        env(to='(("(Bob)" NIL "a" "b"))'),
    ),
    "encoded-word": (
        b"To: =?UTF-8?Q?a?= <a@b>\n",
        env(to='(("=?UTF-8?Q?a?=" NIL "a" "b"))'),
        env(to='(("a" NIL "a" "b"))'),
    ),
    "twice": (
        b"To: a@b\nTo: c@d\n",
        env(to='((NIL NIL "a" "b")(NIL NIL "c" "d"))'),
        env(),
    ),
    "twice the same": (
        b"To: a@b\nTo: a@b\n",
        env(to='((NIL NIL "a" "b")(NIL NIL "a" "b"))'),
        env(to='((NIL NIL "a" "b")(NIL NIL "a" "b")(NIL NIL "a" "b"))'),
    ),
    "ids": (
        b"In-Reply-To: <a@b>\nMessage-ID:<C@d>\n",
        env(parent='"<a@b>"', id='"<C@d>"'),
        env(parent='"<a@b>"', id='"<c@d>"'),
    ),
}


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
        assert expected.differs(value("ENVELOPE", env(to=said)), "") is None


MIME = HEAD + b"MIME-Version: 1.0\n"
MIXED = MIME + b"Content-Type: multipart/mixed; boundary=b\n\n"


def text(rest: str, parameters: str = "NIL") -> str:
    return f'("text" "plain" {parameters} NIL NIL "7bit" {rest})'


def image(parameters: str = "NIL", encoding: str = "7bit") -> str:
    return f'("image" "x" {parameters} NIL NIL "{encoding}" 0)'


DIGEST = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: s\n\nt\n--b--"
ISSUE = env("NIL", subject='"s"')
PIECES = b"Content-Type: image/x; a*1=c; a*0=b\n\n"
CODED = b"Content-Type: image/x; a*=utf-8'en'b%20c\n\n"
LONG = b"Content-Type: image (i) / x (x)\nContent-Transfer-Encoding: (b) Base64\n\n"
STRUCTURES = {
    "no MIME": (HEAD + b"\na\nb\n", text("6 2"), text("6 3")),
    "default charset": (
        HEAD + b"\na\n",
        text("3 1", '("CHARSET" "US-ASCII")'),
        text("3 1", '("charset" "utf-8")'),
    ),
    "last line counted": (HEAD + b"\na\nb", text("4 2"), text("4 3")),
    "last line not counted": (HEAD + b"\na\nb", text("4 1"), text("4 0")),
    "empty": (HEAD + b"\n", text("0 0"), text("0 1")),
    "parameters": (
        MIME + b'Content-Type: Image/X; A="b c"; d=E\n\n',
        image('("D" "E" "a" "b c")'),
        image('("a" "b c")'),
    ),
    "parameter case": (
        MIME + b"Content-Type: image/x; a=B\n\n",
        image('("a" "B")'),
        image('("a" "b")'),
    ),
    "comments": (MIME + LONG, image(encoding="base64"), image()),
    "id and description": (
        MIME + b"Content-ID: <a@b>\nContent-Description: c\n d\n\n",
        '("text" "plain" NIL "<a@b>" "c d" "7bit" 0 0)',
        '("text" "plain" NIL "<a@b>" NIL "7bit" 0 0)',
    ),
    "pieces joined": (MIME + PIECES, image('("a" "bc")'), image('("a" "cb")')),
    "pieces as written": (
        MIME + PIECES,
        image('("a*0" "b" "a*1" "c")'),
        image('("a*0" "b")'),
    ),
    "charset as written": (
        MIME + CODED,
        image("""("a*" "utf-8'en'b%20c")"""),
        image('("a*" "b%20c")'),
    ),
    "charset decoded": (MIME + CODED, image('("a" "b c")'), image('("a" "b%20c")')),
    "parts": (
        MIXED + b"--b\n\na\n--b\nContent-Type: image/x\n\n\n--b--\n",
        f'({text("1 0")}{image()} "mixed")',
        f'({text("3 1")}{image()} "mixed")',
    ),
    "padding": (
        MIXED + b"pre\n--b \t\n\na\n\n--b--  \nepi\n--b\n",
        f'({text("3 1")} "mixed")',
        f'({text("3 1")}{text("0 0")} "mixed")',
    ),
    "digest": (
        MIME + DIGEST,
        f'(("message" "rfc822" NIL NIL NIL "7bit" 15 {ISSUE} {text("1 0")} 2) "digest")',
        f'({text("15 2")} "digest")',
    ),
    "message": (
        MIME + b"Content-Type: message/rfc822\n\n" + HEAD + b"\nt\n",
        f'("message" "rfc822" NIL NIL NIL "7bit" 72 {env()} {text("3 1")} 4)',
        f'("message" "rfc822" NIL NIL NIL "7bit" 72 {env()} {text("3 1")} 1)',
    ),
}


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
        '"abc=" ("inline" ("filename" "y")) ("en") "z"',
    ],
)
def test_extension_data_may_end_anywhere(tail: str) -> None:
    expected = structure(message(EXTENSION), extension=True)
    assert expected.differs(value("BODYSTRUCTURE", f"({PLAIN} {tail})"), "") is None


@pytest.mark.parametrize(
    "tail",
    [
        "NIL",
        '("inline" ("filename" "y"))',
        '"abc=" ("inline" NIL)',
        '"abc=" "inline"',
        '"abc=" ("inline" ("filename" "y")) "en" "z" NIL',
        '"abc=" ("inline" ("filename" "y")) "z"',
    ],
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
