"""A facade of a narrow METADATA server (RFC 5464), and its flaws: limits, changes that are told.

The Dovecot behind it keeps the entries. The facade has no private ones, takes ten entries of 1024
octets, and tells sessions that have enabled METADATA what others have changed.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, command, drop, replace
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_BEHIND = "metadata-facade"
_ENTRY = re.compile(rb"[( ](/[!-~]+) ")


def _enable(talk: Talk, request: Request) -> bytes | None:
    """Enable METADATA, which the server behind does not know."""
    if b"METADATA" not in request.arguments.upper().split():
        return None
    talk.memory["metadata"] = len(talk.shared.setdefault("changed", []))
    talk.say(b"* ENABLED METADATA\r\n" + request.tag + b" OK Done\r\n")
    return b""


def _set(talk: Talk, request: Request) -> bytes:
    """Set entries, and keep for others what has changed."""
    *data, last = talk.exchange(request)
    name = b'"%s"' % request.first
    if b" OK" in last:
        for entry in _ENTRY.findall(request.arguments):
            talk.shared.setdefault("changed", []).append((id(talk), name, entry))
    talk.say(b"".join(data) + last)
    return b""


def _news(talk: Talk, _request: Request) -> None:
    """Say what others have changed since."""
    since = talk.memory.get("metadata")
    if since is None:
        return
    changed = talk.shared["changed"]
    talk.memory["metadata"] = len(changed)
    for who, name, entry in changed[since:]:
        if who != id(talk):
            talk.say(b"* METADATA %s %s\r\n" % (name, entry))


FACADES = (
    facade(
        _BEHIND,
        "METADATA is narrow, without private entries, and tells of changes",
        command(_enable, name="ENABLE"),
        answer(
            b"{tag} NO [METADATA NOPRIVATE] Not here\r\n",
            name="SETMETADATA",
            where=rb"\A\S+ \S+ (?!\"\" )\S+ \(/private",
        ),
        answer(
            b"{tag} NO [METADATA MAXSIZE 1024] Too large\r\n",
            name="SETMETADATA",
            where=rb'"[^"]{1025}',
        ),
        answer(
            b"{tag} NO [METADATA TOOMANY] Too many\r\n", name="SETMETADATA", where=rb'/k "11"\)'
        ),
        command(_set, name="SETMETADATA"),
        command(_news, name="NOOP"),
    ),
)

FLAWS = (
    flaw(
        "metadata-change-untold",
        "METADATA is enabled, and no change is told",
        "",
        "5464-4.4-third-party",
        drop(only="METADATA", to="NOOP"),
        facade=_BEHIND,
    ),
    flaw(
        "metadata-change-with-value",
        "A change is told with the value",
        "",
        "5464-4.4-names",
        replace(rb"(/shared/\w+)\r\n\Z", rb'(\1 "new")\r\n', only="METADATA", to="NOOP"),
        facade=_BEHIND,
    ),
    flaw(
        "metadata-too-large-without-limit",
        "A value that is too large is refused without the limit",
        "",
        "5464-4.3-maxsize",
        replace(rb"\[METADATA MAXSIZE \d+\] ", b"", to="SETMETADATA"),
        facade=_BEHIND,
    ),
    flaw(
        "metadata-too-many-without-code",
        "An entry that is one too many is refused without TOOMANY",
        "",
        "5464-4.3-toomany",
        replace(rb"\[METADATA TOOMANY\] ", b"", to="SETMETADATA"),
        facade=_BEHIND,
    ),
    flaw(
        "metadata-no-private-without-code",
        "A private entry is refused without NOPRIVATE",
        "",
        "5464-4.3-noprivate",
        replace(rb"\[METADATA NOPRIVATE\] ", b"", to="SETMETADATA"),
        facade=_BEHIND,
    ),
)
