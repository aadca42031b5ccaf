"""HTML that cannot be injected into: what is not an `Html` is escaped on its way in.

Also where control characters become visible, since they are as little welcome in a page
as on a terminal.
"""

from __future__ import annotations

import re
from html import escape

from conformance.results.text import visible

_PLAIN = re.compile(r"[ !$%(-9;=?-~]*(?:[:#](?![:#])[ !$%(-9;=?-~]*)*")
"""Text of which nothing needs another spelling: most of all that is told."""
_VOID = frozenset({"br", "col", "hr"})


class Html(str):
    """Text that is HTML already. Made by `tag` and `join`, or from a constant."""

    __slots__ = ()


def text(value: object) -> Html:
    """Return `value` as HTML text: itself if it is `Html`, else escaped."""
    if isinstance(value, Html):
        return value
    said = str(value)
    return Html(said if _PLAIN.fullmatch(said) else escape(visible(said), quote=True))


def join(*parts: object, by: str = "") -> Html:
    """Return the parts as HTML, one after the other; None and empty ones are left out."""
    return Html((text(by) if by else "").join(_kept(parts)))


def tag(name: str, /, *parts: object, **attributes: str | bool | None) -> Html:
    """Return an element; `class_` stands for class, None and False leave an attribute out."""
    written = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        written += f" {attribute}" if value is True else f' {attribute}="{text(value)}"'
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{''.join(_kept(parts))}</{name}>")


def _kept(parts: tuple[object, ...]) -> list[Html]:
    return [text(part) for part in parts if part is not None and part != ""]
