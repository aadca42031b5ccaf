"""Flaws of what cases about something else lean on, when they are about messages.

APPEND, SEARCH, STORE, COPY, the news of other sessions. Each breaks one thing that most cases need
on their way; `attribution` says which findings may come of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.flaws.acts import alter, answer, command, drop, payload, replace, send_as
from conformance.flaws.flaw import Saying, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_INTO = rb'\A\S+ APPEND (?:"(?:[^"\\]|\\.)*"|\{\d+\+?\}\r\n[^ ]*|[^ "{(]+) '
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n")
_FOLDED = re.compile(rb'(?:"|\{34\}\r\n)(=\?ISO-8859-1\?Q\?Gr=FC=DFe\?= aus) Ulm"?')
_ITEM = re.compile(rb"(?<=\()UID \d+ ?| UID \d+(?=[ )])")


def _of_this_session_only(*own: str) -> Saying:
    """Keep news back unless one of these commands is under way, which are about them."""

    def function(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        return octets if any(command.name in own for command in arrival.in_flight) else b""

    return function


def _stored_as(request: Request, change: Callable[[bytes], bytes]) -> bytes | None:
    """Return an APPEND of one message with another in its place; None for other commands."""
    literals = request.literals
    if not literals or not request.octets.endswith(b"}\r\n%s\r\n" % literals[-1]):
        return None
    message = change(literals[-1])
    place = [*_LITERAL.finditer(request.octets[: -len(literals[-1]) - 2])][-1]
    return request.octets[: place.start()] + b"{%d%s}\r\n%s\r\n" % (
        len(message),
        place[2],
        message,
    )


def _with_a_field(_talk: Talk, request: Request) -> bytes | None:
    return _stored_as(
        request, lambda message: message and b"X-Received-By: this server\r\n" + message
    )


def _without_last_line_end(_talk: Talk, request: Request) -> bytes | None:
    return _stored_as(request, lambda message: message.removesuffix(b"\r\n"))


def _without_uid(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Leave the UID out, and the response if nothing else is in it."""
    head, brace, rest = octets.partition(b"{")
    left = _ITEM.sub(b"", head, count=1)
    return b"" if left.endswith(b"FETCH ()\r\n") else left + brace + rest


def _with_its_fold(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Give a subject back as it stands in the header, over two lines."""
    return _FOLDED.sub(
        lambda found: b"{%d}\r\n%s" % (len(folded := found[1] + b"\r\n Ulm"), folded), octets
    )


def _copied_bare(talk: Talk, request: Request) -> bytes:
    """Copy messages whose flags are taken away for the time being."""
    uid = request.by_uid
    messages = request.arguments.partition(b" ")[0]
    said = b"".join(talk.ask(b"%sFETCH %s (FLAGS)" % (uid, messages), "none"))
    kept = re.findall(rb"\* (\d+) FETCH \((?:UID \d+ )?FLAGS \(([^)]*)\)", said)
    talk.ask(b"%sSTORE %s FLAGS.SILENT ()" % (uid, messages), "none")
    answered = talk.exchange(request)
    for number, flags in kept:
        lasting = b" ".join(flag for flag in flags.split() if flag.lower() != rb"\recent")
        talk.ask(b"STORE %s FLAGS.SILENT (%s)" % (number, lasting), "none")
    talk.say(b"".join(answered))
    return b""


FLAWS = (
    flaw(
        "search-never-answers",
        "SEARCH is answered OK without a SEARCH response, whatever it finds",
        "",
        "3501-6.4.4-response",
        drop(only="SEARCH"),
    ),
    flaw(
        "text-search-refused",
        "SEARCH for a text is refused as malformed, however the text is written",
        "",
        "3501-6.4.4-answered",
        answer(
            b"{tag} BAD Something went wrong\r\n",
            name="SEARCH, UID SEARCH",
            where=rb" (?:BCC|BODY|CC|FROM|HEADER|SUBJECT|TEXT|TO) ",
        ),
    ),
    flaw(
        "append-never-answered",
        "APPEND is never answered",
        "",
        "3501-2.2.2-one-completion 3501-6.3.11-appended",
        answer(b"", name="APPEND"),
    ),
    flaw(
        "unknown-status-item-unanswered",
        "STATUS with an item that the server does not know is never answered",
        "",
        "3501-2.2.2-one-completion",
        answer(b"", name="STATUS", where=rb"NOSUCHITEM"),
    ),
    flaw(
        "folds-left-in-subjects",
        "The line end of a fold stays in the subject of an envelope",
        "",
        "3501-7.4.2-field-spelling",
        alter(_with_its_fold, only="FETCH"),
    ),
    flaw(
        "uid-search-refused",
        "UID SEARCH is refused",
        "",
        "3501-6.4.8-search 3501-2.2.2-bad",
        answer(b"{tag} BAD Unknown command\r\n", name="UID SEARCH"),
    ),
    flaw(
        "append-wants-flags",
        "APPEND without a list of flags is refused",
        "",
        "3501-6.3.11-appended 3501-2.2.2-bad 3501-6.3.11-no-flags",
        answer(b"{tag} BAD Flags expected\r\n", name="APPEND", where=_INTO + rb"(?!\()"),
    ),
    flaw(
        "append-wants-no-flags",
        "APPEND with flags is refused",
        "",
        "3501-6.3.11-flags 3501-2.2.2-bad 3501-6.3.11-appended",
        answer(b"{tag} BAD Message expected\r\n", name="APPEND", where=_INTO + rb"\([^)]"),
    ),
    flaw(
        "append-wants-no-date",
        "APPEND with a date is refused",
        "",
        "3501-6.3.11-date 3501-2.2.2-bad 3501-6.3.11-appended 3501-2.3.3-append",
        answer(
            b"{tag} BAD Message expected\r\n",
            name="APPEND",
            where=_INTO + rb'(?:\([^)]*\) )?"',
        ),
    ),
    flaw(
        "append-wants-a-date-field",
        "APPEND of a message without a Date field is refused",
        "",
        "3501-6.3.11-appended 3501-6.3.11-no-date-field",
        answer(b"{tag} NO No date\r\n", name="APPEND", where=rb"(?ms)\A(?!.*^Date:)"),
    ),
    flaw(
        "append-adds-a-field",
        "APPEND puts a header field in front of the message",
        "",
        "3501-6.3.11-appended 3501-6.4.5-whole",
        command(_with_a_field, name="APPEND"),
    ),
    flaw(
        "append-loses-the-last-line-end",
        "APPEND drops the line end of the last line",
        "",
        "3501-6.3.11-appended 3501-6.4.5-whole",
        command(_without_last_line_end, name="APPEND"),
    ),
    flaw(
        "texts-with-bare-line-feeds",
        "The lines of messages end in LF alone when they are fetched",
        "",
        "3501-6.4.5-whole 3501-6.3.11-appended 3501-2.3.4-size",
        payload(lambda text: text.replace(b"\r\n", b"\n"), only="FETCH"),
    ),
    flaw(
        "whole-message-refused",
        "BODY[] is refused, parts of it and RFC822 are not",
        "",
        "3501-6.4.5-whole 3501-2.2.2-bad",
        answer(
            b"{tag} BAD Section expected\r\n",
            name="FETCH, UID FETCH",
            where=rb"BODY(?:\.PEEK)?\[\]",
        ),
    ),
    flaw(
        "uid-is-no-item",
        "FETCH responses never hold the UID",
        "",
        "3501-6.4.5-each 3501-6.4.8-uid-item 3501-6.4.5-forms",
        alter(_without_uid, only="FETCH"),
    ),
    flaw(
        "keywords-refused-though-promised",
        "PERMANENTFLAGS promises new keywords, and STORE and APPEND refuse them",
        "",
        "3501-7.1-new-keywords 3501-2.2.2-bad",
        answer(
            b"{tag} BAD Unknown flag\r\n",
            name="STORE, UID STORE",
            where=rb"FLAGS(?:\.SILENT)? \(?(?:\\\w+ )*[^\\ ()\r\n]",
        ),
        answer(
            b"{tag} BAD Unknown flag\r\n", name="APPEND", where=_INTO + rb"\((?:\\\w+ )*[^\\ ()]"
        ),
    ),
    flaw(
        "uid-copy-copies-nothing",
        "UID COPY is answered OK and copies nothing",
        "",
        "3501-6.4.8-set 3501-6.4.7-copies",
        send_as(rb"( UID COPY )[\d:*,]+ ", rb"\g<1>4294967294 ", name="UID COPY"),
    ),
    flaw(
        "copy-loses-flags",
        "Copies have no flags",
        "",
        "3501-6.4.7-preserve",
        command(_copied_bare, name="COPY, UID COPY", state="selected"),
    ),
    flaw(
        "new-mail-not-told-to-others",
        "A session is not told of messages that came by another",
        "",
        "3501-5.2-size 3501-7.3.1-change 3501-6.1.2-poll",
        alter(_of_this_session_only("SELECT", "EXAMINE", "APPEND"), only="EXISTS RECENT"),
    ),
    flaw(
        "removals-not-told-to-others",
        "A session is not told of messages that another has removed",
        "",
        "3501-5.2-size 3501-7.4.1-in-step 3501-6.1.2-poll",
        alter(_of_this_session_only("EXPUNGE", "MOVE", "UID MOVE"), only="EXPUNGE"),
    ),
    flaw(
        "noop-is-unknown",
        "NOOP is refused in every state",
        "",
        "3501-6.1.2-ok 3501-6.1-any-state 3501-6.1.2-poll",
        answer(b"{tag} BAD Unknown command\r\n", name="NOOP"),
    ),
    flaw(
        "idle-announced-and-refused",
        "IDLE is announced and refused",
        "",
        "2177-3-continuation 2177-3-authenticated 3501-2.2.2-bad",
        answer(b"{tag} BAD Unknown command\r\n", name="IDLE"),
    ),
    flaw(
        "unselect-announced-and-refused",
        "UNSELECT is announced and refused",
        "",
        "3501-2.2.2-bad",
        answer(b"{tag} BAD Unknown command\r\n", name="UNSELECT"),
    ),
    flaw(
        "bad-for-no",
        "What fails is answered BAD instead of NO",
        "",
        "3501-2.2.2-bad 3501-6.3.3-error-no 3501-6.3.1-nonexistent 3501-6.2.3-rejected",
        replace(rb"\A(\S+) NO ", rb"\1 BAD ", kind="tagged"),
    ),
    flaw(
        "no-for-bad",
        "What is wrong is answered NO instead of BAD",
        "",
        "3501-2.2.2-strict 3501-6.2.2-cancel",
        replace(rb"\A(\S+) BAD ", rb"\1 NO ", kind="tagged"),
    ),
)
