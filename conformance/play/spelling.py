"""Values in other spellings than the page has: as quoted strings or as literals.

RFC 3501 lets a client write an astring in three ways (section 4.3, and RFC 7888 a fourth). What a
server does must not depend on it, so the verdicts of a run in another spelling have to be the
same. What a case writes out itself, to test just that spelling, stays as it is. Messages named by
UID are in `by_uid`.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias, get_args

from conformance.casefile.bindings import Bound, quoted
from conformance.casefile.placeholders import Placeholder, TextPiece
from conformance.casefile.script import ClientLine

Style: TypeAlias = Literal["page", "quoted", "literal", "literal+"]
STYLES: tuple[Style, ...] = get_args(Style)
NON_SYNCHRONIZING = frozenset({"LITERAL+", "LITERAL-"})
"""Capabilities that allow `literal+` (RFC 7888); no value is near the 4096 octets of LITERAL-."""

_VALUES = re.compile(r"(?:mailbox|inbox|user|password)\b.*")
_QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]*")


def spell(bound: Bound, placeholder: int, send: ClientLine, style: Style) -> list[bytes]:
    """Spell the value of `send.pieces[placeholder]`, in parts between which a prompt is awaited."""
    if style == "page" or not _free(send, placeholder):
        return [bound.spelling]
    octets = bound.octets
    if style == "quoted" or send.kind == "poll":  # a command that is repeated goes out whole
        return [quoted(octets) if _QUOTABLE.fullmatch(octets) else bound.spelling]
    if style == "literal+":
        return [b"{%d+}\r\n" % len(octets) + octets]
    return [b"{%d}\r\n" % len(octets), octets]


def _free(send: ClientLine, placeholder: int) -> bool:
    """Whether the value is an argument of its own in a line that is sent as a line."""
    value = send.pieces[placeholder]
    if (
        send.kind not in ("line", "poll")
        or not isinstance(value, Placeholder)
        or value.kind != "value"
    ):
        return False
    before = send.pieces[placeholder - 1] if placeholder else b""
    behind: TextPiece = send.pieces[placeholder + 1] if placeholder + 1 < len(send.pieces) else b" "
    return (
        _VALUES.fullmatch(value.name) is not None
        and isinstance(before, bytes)
        and before.endswith(b" ")
        and isinstance(behind, bytes)
        and behind.startswith((b" ", b")"))
    )
