"""A facade of IMAP4rev2 (RFC 9051) that refuses what a server may refuse, and says what it may say.

Dovecot takes most of what it can make sense of, and says little that it is not asked for. This one
answers BAD to what the formal syntax does not have, deletes no mailbox with children, calls a level
that is no mailbox NonExistent, wants TLS before LOGIN, and has extensions in LIST and NAMESPACE.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, command, drop, replace
from conformance.flaws.flaw import facade
from conformance.flaws.request import Request
from conformance.flaws.rfc9051 import ENABLED, once_enabled
from conformance.flaws.rfc9051_facade import SPEAKS_REV2
from conformance.flaws.rfc9051_names import quoted
from conformance.flaws.talk import Talk
from conformance.syntax import grammar

REV2_STRICT = "rev2-strict-facade"
"""Dovecot with IMAP4rev2, taking what the RFC wants taken."""

_OF_ONE = re.compile(rb"(?i)FETCH (\d+) \(?BINARY(?:\.PEEK|\.SIZE)?\[([\d.]+)\][^ ]*\r\n")
_NO_LEAF = re.compile(rb"(?i)Content-Type: *(?:multipart|message)/")
_NO_MAILBOX = rb'\\Noselect(?=[^)]*\) \S+ (?!""))'
_LEVEL = rb"(?<=\()\\NonExistent(?![^)]*HasChildren)"
_UNSELECTED = rb'LIST (?:\(\) )?""'
_PLAIN_LIST = rb'\A(\* LIST \([^)]*\) \S+ (?:"[^"\\]+"|[^\s"(]+))(?=\r\n\Z)'
_IMAP4REV2 = frozenset({"IMAP4REV2"})


def _strict(talk: Talk, request: Request) -> bytes | None:
    """Refuse what is not in the formal syntax of what this session can use."""
    announced = talk.dialogue.capabilities
    if announced is None:
        return None
    enabled = talk.dialogue.enabled | (_IMAP4REV2 if talk.memory.get(ENABLED) else frozenset())
    strict = grammar.load(announced | _IMAP4REV2, enabled)
    if strict.conforms("command", request.command.text, request.literals):
        return None
    talk.say(request.tag + b" BAD Not in the formal syntax\r\n")
    return b""


def _childless(talk: Talk, request: Request) -> bytes | None:
    """Refuse to delete a mailbox with children."""
    listed = talk.ask(b'LIST "" ' + quoted(request.first + b"/%"), "none")
    if not any(line.startswith(b"* LIST ") for line in listed):
        return None
    talk.say(request.tag + b" NO [HASCHILDREN] Its children first\r\n")
    return b""


def _no_level(talk: Talk, request: Request) -> bytes | None:
    """Say of a level that is no mailbox that it does not exist."""
    listed = talk.ask(b'LIST "" ' + quoted(request.first), "none")
    if not any(rb"\Noselect" in line for line in listed):
        return None
    talk.say(request.tag + b" NO [NONEXISTENT] There are only names below it\r\n")
    return b""


def _read_only(talk: Talk, request: Request) -> bytes | None:
    """Refuse to remove messages from what was opened with EXAMINE."""
    if not talk.dialogue.read_only:
        return None
    talk.say(request.tag + b" NO It is read-only\r\n")
    return b""


def _leaves_only(talk: Talk, request: Request) -> bytes | None:
    """Return nothing of a part that has no encoding of its own."""
    asked = _OF_ONE.search(request.octets)
    if asked is None:
        return None
    found = talk.ask(b"FETCH " + asked[1] + b" BODY.PEEK[" + asked[2] + b".MIME]", "none")
    if not any(_NO_LEAF.search(line) for line in found):
        return None
    talk.say(request.tag + b" OK There is nothing to decode\r\n")
    return b""


FACADES = (
    facade(
        REV2_STRICT,
        "IMAP4rev2 is spoken where it is enabled, and what may be refused is",
        command(_strict),
        command(_read_only, name="EXPUNGE, UID EXPUNGE"),
        once_enabled(command(_no_level, name="SELECT, EXAMINE", state="authenticated")),
        once_enabled(command(_leaves_only, name="FETCH")),
        replace(rb"STARTTLS", b"STARTTLS LOGINDISABLED", only="CAPABILITY OK", tls=False),
        answer(b"{tag} NO [PRIVACYREQUIRED] Not in the clear\r\n", name="LOGIN", tls=False),
        once_enabled(replace(_NO_MAILBOX, rb"\\NonExistent", only="LIST")),
        once_enabled(replace(_LEVEL, rb"\\NonExistent \\HasChildren", where=_UNSELECTED)),
        once_enabled(replace(_PLAIN_LIST, rb'\1 ("X-COLOUR" ("blue"))', only="LIST")),
        once_enabled(
            replace(rb'(\(\("[^"]*" "[^"]*")\)', rb'\1 "X-COLOUR" ("blue"))', only="NAMESPACE")
        ),
        once_enabled(drop(code="PERMANENTFLAGS", kind="untagged", to="STORE")),
        *SPEAKS_REV2,
        once_enabled(command(_childless, name="DELETE")),
    ),
)
