"""Servers whose lines, literals, tags, texts and names are not what they should be."""

from __future__ import annotations

import base64

from conformance.hostile.behaviour import Behaviour, Link, TurnAnswer, amid, before, instead

_FETCHING = "FETCH UID"

FRAMING = (
    Behaviour("bare-lf", "ends its lines in LF", instead(
        "*", lambda m: [d.replace(b"\r\n", b"\n") if isinstance(d, bytes) else d for d in m.usual]),
        "ends in LF without CR"),
    Behaviour("bare-cr", "ends a line in CR", instead(
        "NOOP", lambda m: [m.tag + b" OK done\r", Link.HANG]), "no answer in time"),
    Behaviour("double-crlf", "ends its lines twice", before("*", [b"\r\n"]), "an empty line"),
    Behaviour("nul", "has NULs in its texts", before("NOOP", [b"* OK a\0b\0\r\n"]),
        "a NUL stands outside of a literal"),
    Behaviour("nothing-but-nul", "a mebibyte of NULs", before("NOOP", [b"\0" * (1 << 20)]),
        "a NUL stands outside of a literal"),
    Behaviour("all-octets", "has every octet in a text",
              before("NOOP", [b"* OK " + bytes(range(256)) + b"\r\n"]),
        "a NUL stands outside of a literal"),
    Behaviour("short-literal", "announces ten octets and sends three", before(
        _FETCHING, [b"* 1 FETCH (BODY[] {10}\r\nabc)\r\n"]), "no response goes on like this"),
    Behaviour("longer-literal", "announces three octets and sends ten", before(
        _FETCHING, [b"* 1 FETCH (BODY[] {3}\r\nabcdefghij)\r\n"]), "no response goes on like this"),
    Behaviour("negative-literal", "announces minus one octet", before(
        _FETCHING, [b"* 1 FETCH (BODY[] {-1}\r\nabc)\r\n"]), "answered|unexpected response"),
    Behaviour("literal-in-text", "has what looks like a literal at the end of a text", before(
        "NOOP", [b"* OK see {10}\r\n"]), "No MUST rule was seen broken"),
    Behaviour("literal-as-completion", "completes with a literal that never comes", instead(
        "NOOP", lambda m: [m.tag + b" OK {100}\r\n", Link.HANG]), "no answer in time"),
    Behaviour("line-in-line", "wraps a FETCH in the middle", before(
        _FETCHING, [b"* 1 FETCH (FLAGS\r\n ())\r\n"]), "does not allow CRLF"),
    Behaviour("rubbish", "a mebibyte of rubbish before the answer", before(
        "NOOP", [base64.b85encode(bytes(range(256)) * 4000) + b"\r\n"]), "octets of it are judged"),
    Behaviour("stray-prompt", "prompts where nobody waits", before("NOOP", [b"+ go on\r\n"]),
        "no command waits for one"),
    Behaviour("no-space", "says * alone", before("NOOP", [b"*\r\n", b"* \r\n", b"+\r\n"]),
        "continue-req does not allow"),
)  # fmt: skip
"""Framing."""

TAGS = (
    Behaviour("wrong-tag", "completes under another tag", instead(
        "NOOP", [b"zz99 OK done\r\n"]), "not that of a command in progress"),
    Behaviour("tag-in-capitals", "writes tags in capitals", instead(
        "NOOP", lambda m: [m.tag.swapcase() + b" OK done\r\n"]),
        "not that of a command in progress"),
    Behaviour("completed-twice", "completes everything twice", instead(
        "*", lambda m: [*m.usual, m.usual[-1]]), "completed a second time"),
    Behaviour("completed-before", "completes first and says the rest after", instead(
        "*", lambda m: [m.usual[-1], *m.usual[:-1]]), "no untagged CAPABILITY"),
    Behaviour("untagged-completion", "completes without a tag", instead(
        "NOOP", [b"* OK done\r\n"]), "an untagged OK, and no completion"),
    Behaviour("no-status", "completes without a status", instead(
        "NOOP", lambda m: [m.tag + b"\r\n"]), "without OK, NO or BAD"),
    Behaviour("other-status", "completes with PREAUTH", instead(
        "NOOP", lambda m: [m.tag + b" PREAUTH done\r\n"]), "PREAUTH where OK"),
    Behaviour("tags-of-the-future", "completes commands that are still to come", amid(
        "NOOP", [b"a%d OK done\r\n" % n for n in range(1, 50)]),
        "not that of a command in progress"),
    Behaviour("swapped-completions", "gives each command the tag of the one before", instead(
        "NOOP", [b"c1 OK done\r\n", b"a1 OK done\r\n"]), "not that of a command in progress"),
)  # fmt: skip
"""Wrong tags."""

_TEXTS = {
    "terminal": b"\x1b[2J\x1b]0;owned\x07\x1b[31mred\x9b2J\x08\x08",
    "terminal-link": b"\x1b]8;;https://example.org\x07here\x1b]8;;\x07\x1b]52;c;aGk=\x07",
    "html": b"<script>alert(1)</script><img src=x onerror=alert(1)>\"'><!--",
    "html-entities": b"&lt;script&gt;&#x3c;b&#62;&nbsp;</style></script>",
    "xml": b']]><failure/><![CDATA[ <!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]>&b;',
    "markdown": b"| a | [click](javascript:alert(1)) `code` **bold** <b> ![x](http://e.org/x.png)",
    "markdown-fence": b"``` ~~~ ````imap",
    "csv": b"=cmd|' /C calc'!A0,+1,-1,@sum(1)",
    "github": b"::error file=x::owned ::set-output name=a::b ::add-mask::pass ::stop-commands::x",
    "azure": b"##vso[task.setvariable variable=x]owned ##[error]owned",
    "gitlab": b"\x1b[0Ksection_start:1:owned[collapsed=true]\r\x1b[0K",
    "teamcity": b"##teamcity[buildStatus status='SUCCESS' text='owned']",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \ufeff \u200b".encode(),
    "broken-utf8": b"\xff\xfe \xc3\x28 \xed\xa0\x80 \xf5\x80\x80\x80",
    "json": b'"}, {"type": "end", "exit_code": 0} \\u0000 \\',
    "rich-markup": b"[bold red]owned[/] [link=http://e.org]x[/link] [/]",
    "percent": b"%s%n%x %(a)s {0} {a} ${HOME} $(id) `id`",
    "jinja": b"{{ 7*7 }} {% raw %} {{ self.__init__ }}",
}


def _showing(text: bytes) -> TurnAnswer:
    """Have NOOP fail, with this in everything that is said."""
    return instead(
        "NOOP",
        lambda moment: [
            b"* OK [ALERT] " + text + b"\r\n",
            b"* X-" + text + b"\r\n",
            moment.tag + b" NO " + text + b"\r\n",
        ],
    )


TEXTS = tuple(
    Behaviour(
        f"text-{name}",
        f"attacks with its texts whoever shows them: {name}",
        _showing(text),
        "answered NO, not OK",
    )
    for name, text in _TEXTS.items()
)
"""Texts that attack what shows them; a case about NOOP fails and shows them."""

_NAMES = {
    "up": b"../../../../tmp/owned",
    "absolute": b"/etc/passwd",
    "nul": b"a\0b",
    "newline": b"a\r\n* BYE owned",
    "device": b"CON",
    "dots": b"...",
    "long": b"n" * 5000,
    "dash": b"-rf",
    "blank": b" ",
    "empty": b"",
    "shell": b"$(touch owned);`id`",
    "wildcards": b"a*b%c",
    "utf7": b"&AGEAYgBj&-&2D3eAA-",
    "broken-utf7": b"&AOk &!!- &",
    "8bit": "p\u00f6st \u202e".encode(),
    "surrogate": b"\xed\xa0\x80",
    "html": b"<script>alert(1)</script>",
}

_UNSEEN = ("long", "empty")  # the name of the root is empty, and of what is so long nobody tells

NAMES = tuple(
    Behaviour(
        f"name-{name}", f"has a mailbox whose name attacks file systems or pages: {name}",
        before("LIST LSUB", [b'* LIST () "/" {%d}\r\n%b\r\n' % (len(octets), octets)]),
        "No MUST rule was seen broken" if name in _UNSEEN else "LIST returns",
    )
    for name, octets in _NAMES.items()
)  # fmt: skip
"""Names of mailboxes that attack."""
