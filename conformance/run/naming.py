"""What the server of a URL is called in reports: by what it says in its answer to ID (RFC 2971)."""

from __future__ import annotations

from conformance.results.text import visible
from conformance.syntax.shown import clip
from conformance.syntax.values import Group, Leaf
from conformance.wire.session import Session

_LONGEST = 40
"""Characters of a name or version that are taken from a server."""


def says_of_itself(session: Session) -> tuple[str, str]:
    """Ask a server for its name and version; both are empty where it does not say."""
    reply = session.command(b"ID NIL")
    for arrival in reply.untagged:
        if arrival.response.name == "ID" and arrival.response.values:
            return _read(arrival.response.values[0])
    return "", ""


def _read(value: object) -> tuple[str, str]:
    if not isinstance(value, Group):
        return "", ""
    leaves = [each for each in value.items if isinstance(each, Leaf)]
    fields = {
        bytes(name.octets).lower(): said
        for name, said in zip(leaves[::2], leaves[1::2], strict=False)
    }
    return _text(fields.get(b"name")), _text(fields.get(b"version"))


def _text(leaf: Leaf | None) -> str:
    if leaf is None or leaf.is_nil:
        return ""
    return clip(visible(bytes(leaf.octets).decode("utf-8", "replace")), _LONGEST)
