"""Allowed: a server that takes its time, and one that does not do everything."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    command,
    hang_up_on,
    late,
    pieces,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.following import PRESENT, connections
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_AT_ONCE = 3
"""Connections that a server with few of them lets in."""
_NAMES = rb'\A\S+ \w+(?: (?:"[^"]*"|[^ "{(\r\n]+))%b\r\n\Z'
"""A command with so many names, of which none is a literal."""
_KEYWORD_IN_LIST = re.compile(rb" [^\\ ()]+(?=[ )])|(?<=\()[^\\ ()]+ ?")


def _few(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    if len(connections(talk)) >= _AT_ONCE:
        talk.say(b"* BYE Too many connections\r\n")
        talk.close()
    return octets


def _refused_and_over(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.say(octets + b"* BYE Too many tries\r\n")
    talk.close()
    return b""


def _every_second(talk: Talk, request: Request) -> bytes | None:
    """Answer every second NOOP without looking for news."""
    talk.memory["noops"] = talk.memory.get("noops", 0) + 1
    if talk.memory["noops"] % 2 == 0:
        return None
    talk.say(request.tag + b" OK Nothing new\r\n")
    return b""


def _without_keywords(found: re.Match[bytes]) -> bytes:
    flags = b" ".join(flag for flag in found[2].split() if flag.startswith(b"\\"))
    return found[1] + b"(" + flags + b")"


def _unknown_and_over(talk: Talk, request: Request) -> bytes:
    talk.say(request.tag + b" BAD Unknown command\r\n* BYE Unknown command\r\n")
    talk.close()
    return b""


def _system_flags(found: re.Match[bytes]) -> bytes:
    return _KEYWORD_IN_LIST.sub(b"", found[0]).replace(b" \\*", b"")


_NO_NEW_KEYWORDS = (
    replace(rb"\([^)]*\)", _system_flags, only="FLAGS"),
    replace(rb"(?<=PERMANENTFLAGS )\([^)]*\)", _system_flags, code="PERMANENTFLAGS"),
)


ROWS = (
    flaw(
        "late-greeting",
        "The greeting takes its time",
        "",
        "3501-2.2-greeting 3501-3-greeting-state 3501-6.1-any-state",
        late(0.1, kind="greeting"),
    ),
    flaw(
        "slow-logins",
        "A login takes its time",
        "",
        "3501-6.2.3-ok 3501-3.2-login 3501-6.2.2-authorization",
        late(0.1, status="OK", to="LOGIN, AUTHENTICATE"),
    ),
    flaw(
        "slow-refusals",
        "A refused login takes longer than one that is not",
        "",
        "3501-6.2.3-rejected 3501-11.2-limit 3501-11.2-login-text",
        late(0.5, status="NO", to="LOGIN, AUTHENTICATE"),
    ),
    flaw(
        "slow-completions",
        "Every completion takes its time",
        "",
        "3501-5.5-pipelining 3501-5.5-in-order 3501-2.2.2-one-completion 3501-5.5-ambiguous",
        late(0.02, kind="tagged"),
    ),
    flaw(
        "octet-by-octet",
        "Everything comes octet by octet",
        "",
        "3501-2.2-crlf 3501-2.2-lines 3501-4.3-count",
        pieces(1),
    ),
    flaw(
        "news-with-every-second-noop",
        "Only every second NOOP brings news of the mailbox",
        "",
        "3501-5.2-size 3501-6.1.2-poll 3501-7.3.1-change 3501-5.2-flags 3501-7.3.2-change",
        command(_every_second, name="NOOP", state="selected"),
    ),
    flaw(
        "three-connections",
        "More than three connections at a time are sent away with a BYE",
        "",
        "3501-5.2-size 3501-7.4.1-in-step 3501-2.3.1.1-triple 3501-5.2-read-only",
        alter(_few, kind="greeting"),
        *PRESENT,
    ),
    flaw(
        "three-tries-to-log-in",
        "The third refused login on a connection ends it, with a BYE",
        "",
        "3501-6.2.3-rejected 3501-6.2.2-cancel 3501-3.4-bye 3501-11.2-limit",
        alter(_refused_and_over, status="NO", to="LOGIN, AUTHENTICATE", since=3),
    ),
    flaw(
        "unknown-command-ends-the-session",
        "A command that is not known is answered BAD, and the session ends with a BYE",
        "",
        "3501-2.2.2-unknown 3501-2.2.2-strict 3501-6.5.1-unknown 3501-3.4-bye",
        command(_unknown_and_over, where=rb"\A[^\s()]+ (?:UID )?X?-?NO-?SUCH"),
    ),
    flaw(
        "no-web-server",
        "What begins like a request of another protocol ends the connection, with a BYE",
        "",
        "3501-2.2.2-tag 3501-2.2.2-one-completion 3501-7.1-code",
        hang_up_on(
            b"* BYE This is no web server\r\n",
            where=rb"\A(?:<|GET |POST |HEAD )",
            state="not authenticated",
        ),
    ),
    flaw(
        "new-keywords-ignored",
        "No keywords can be made, as PERMANENTFLAGS says: STORE and APPEND pass over them",
        "",
        "3501-2.3.2-keywords 3501-7.1-new-keywords 3501-7.1-star 3501-7.1-permanentflags"
        " 3501-6.4.4-keyword 3501-7.2.6-updated",
        *_NO_NEW_KEYWORDS,
        send_as(
            rb"( [+-]?FLAGS(?:\.SILENT)? )\(?([^()\r\n{]*)\)?",
            _without_keywords,
            name="STORE, UID STORE",
        ),
        send_as(
            rb"(\A\S+ APPEND (?:\"[^\"]*\"|[^ \"{]+) )\(([^()\r\n{]*)\)",
            _without_keywords,
            name="APPEND",
        ),
    ),
    flaw(
        "new-keywords-refused",
        "No keywords can be made, as PERMANENTFLAGS says: STORE and APPEND say NO to them",
        "",
        "3501-2.3.2-keywords 3501-7.1-new-keywords 3501-7.1-star 3501-6.4.4-keyword"
        " 3501-7.2.6-updated",
        *_NO_NEW_KEYWORDS,
        answer(
            b"{tag} NO No keywords here\r\n",
            name="STORE, UID STORE",
            where=rb"FLAGS(?:\.SILENT)? \(?(?:\\\w+ )*[^\\ ()\r\n]",
        ),
        answer(
            b"{tag} NO No keywords here\r\n",
            name="APPEND",
            where=rb"\A\S+ APPEND (?:\"[^\"]*\"|[^ \"{]+) \((?:\\\w+ )*[^\\ ()\r\n]",
        ),
    ),
    flaw(
        "large-messages-refused",
        "Messages of 100,000 octets and more are refused before they are sent",
        "",
        "3501-2.2.1-reject 3501-6.3.11-appended 3501-6.4.5-whole 3501-4.3-literal",
        answer(b"{tag} NO Too large\r\n", name="APPEND", where=rb"\{\d{6,}\}\r\n\Z", early=True),
    ),
    flaw(
        "delete-refused",
        "No mailbox can be deleted",
        "",
        "3501-6.3.4-nonexistent 3501-6.3.4-inferiors 3501-6.3.4-uids 3501-6.3.6-keep",
        answer(b"{tag} NO Not here\r\n", name="DELETE", where=_NAMES % rb"{1}"),
    ),
    flaw(
        "rename-refused",
        "No mailbox can be renamed",
        "",
        "3501-6.3.5-nonexistent 3501-6.3.5-inferiors 3501-6.3.6-keep-renamed",
        answer(b"{tag} NO Not here\r\n", name="RENAME", where=_NAMES % rb"{2}"),
    ),
)
