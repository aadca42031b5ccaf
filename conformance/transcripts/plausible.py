"""What looks like IMAP: enough to tell the two sides apart, and a session from other text.

Broken lines still have to be known for what they are, so this is looser than the grammar.
"""

from __future__ import annotations

import re

from conformance.wire.transcript import Direction

# fmt: off
COMMANDS = (
    "APPEND", "AUTHENTICATE", "CANCELUPDATE", "CAPABILITY", "CHECK", "CLOSE", "COMPARATOR",
    "COMPRESS", "CONVERSIONS", "CONVERT", "COPY", "CREATE", "DELETE", "DELETEACL", "ENABLE",
    "ESEARCH", "EXAMINE", "EXPUNGE", "FETCH", "GENURLAUTH", "GETACL", "GETANNOTATION",
    "GETJMAPACCESS", "GETMETADATA", "GETQUOTA", "GETQUOTAROOT", "ID", "IDLE", "LANGUAGE", "LIST",
    "LISTRIGHTS", "LOGIN", "LOGOUT", "LSUB", "MOVE", "MYRIGHTS", "NAMESPACE", "NOOP", "NOTIFY",
    "RENAME", "REPLACE", "RESETKEY", "SEARCH", "SELECT", "SETACL", "SETANNOTATION", "SETMETADATA",
    "SETQUOTA", "SORT", "STARTTLS", "STATUS", "STORE", "SUBSCRIBE", "THREAD", "UID",
    "UIDBATCHES", "UNAUTHENTICATE", "UNSELECT", "UNSUBSCRIBE", "URLFETCH", "XAPPLEPUSHSERVICE",
    "XATOM", "XLIST", "XYZZY",
)
_DATA = (
    "ACL", "ANNOTATION", "CAPABILITY", "COMPARATOR", "CONVERSION", "CONVERTED", "ENABLED",
    "ESEARCH", "FLAGS", "GENURLAUTH", "ID", "LANGUAGE", "LIST", "LISTRIGHTS", "LSUB", "METADATA",
    "MYRIGHTS", "NAMESPACE", "QUOTA", "QUOTAROOT", "SEARCH", "SORT", "STATUS", "THREAD",
    "UIDBATCHES", "URLFETCH", "VANISHED", "XLIST",
)
# fmt: on
# A word with a colon at its end is rather a mark than a tag.
_TAG = rb'[^\x00-\x20\x7f-\xff(){%*"\\+]{1,64}(?<!:)'
_COMMAND = re.compile(
    rb"(" + _TAG + rb") +(" + "|".join(COMMANDS).encode() + rb")(?: |\Z)", re.IGNORECASE
)
_CONTINUED = re.compile(rb"DONE\Z", re.IGNORECASE)
_UNTAGGED = re.compile(
    rb"\* +(?:(?:OK|NO|BAD|BYE|PREAUTH)\b|\d+ +(?:EXISTS|RECENT|EXPUNGE|FETCH|UIDFETCH|X)"
    rb"|(?:" + "|".join(_DATA).encode() + rb")(?: |\Z))",
    re.IGNORECASE,
)
_TAGGED = re.compile(rb"(" + _TAG + rb") +(?:OK|NO|BAD)(?: |\Z)", re.IGNORECASE)
_GREETING = re.compile(
    rb"\* (?:OK|PREAUTH|BYE)(?: \[(?:CAPABILITY|ALERT|REFERRAL|UNAVAILABLE)\b| (?!\[)|\r|\Z)",
    re.IGNORECASE,
)
_OPENING = frozenset({b"CAPABILITY", b"LOGIN", b"AUTHENTICATE", b"STARTTLS", b"ID", b"LOGOUT"})


def tag_of_command(text: bytes) -> bytes:
    """Return the tag of a line that looks like a command; empty for another."""
    found = _COMMAND.match(text)
    return found[1] if found is not None else b""


def verb_of(text: bytes) -> bytes:
    """Return the name of a command in capitals, empty for what looks like none."""
    found = _COMMAND.match(text)
    return found[2].upper() if found is not None else b""


def opens(text: bytes) -> bool:
    """Whether a client's line is one that sessions begin with."""
    return verb_of(text) in _OPENING


def tag_of_answer(text: bytes) -> bytes:
    """Return the tag of a line that looks like a tagged response; empty for another."""
    found = _TAGGED.match(text)
    return found[1] if found is not None else b""


def is_response(text: bytes) -> bool:
    """Whether a line looks like the beginning of a response."""
    return (
        _UNTAGGED.match(text) is not None
        or _TAGGED.match(text) is not None
        or text.startswith(b"+ ")
        or text == b"+"
    )


def is_greeting(text: bytes) -> bool:
    """Whether a line looks like a greeting rather than a status response in a session."""
    return _GREETING.match(text) is not None


def side_of(text: bytes) -> Direction | None:
    """Return whose a line looks like."""
    if is_response(text):
        return "S"
    if _COMMAND.match(text) or _CONTINUED.match(text):
        return "C"
    return None
