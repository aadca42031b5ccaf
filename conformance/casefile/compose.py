"""Writing a case file from a session: commands with their placeholders, and what is awaited.

The other way round is `document` and `script`. What the session shows, and which rule it breaks, is
for whoever had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.casefile.document import slug
from conformance.casefile.script import PROOF

_SPECIAL = re.compile(rb"\{|[^\x20-\x7e]+")
_USED = re.compile(r"(?<!\{)\{([a-z][a-z0-9]*)\}")
_KEPT = re.compile(r"\{([a-z][a-z0-9]*):([a-z][a-z0-9_-]*)\}")


@dataclass(frozen=True, slots=True)
class Named:
    """A value that a case file names by a placeholder: a mailbox, or what a line has kept."""

    name: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Payload:
    """A literal of the client's; `name` is the placeholder for all of it, if there is one."""

    octets: bytes
    name: str = ""


ComposedPiece: TypeAlias = bytes | Named | Payload


@dataclass(slots=True)
class Exchange:
    """One command of one connection, and what is awaited from the server.

    `pieces` are the command without its tag and line end. `expects` are server lines without the
    connection and the side, the tag written `TAG` (`: TAG OK`). `done` is what the client sends
    when the server has asked for more (IDLE). `polls`: the command is repeated until all has come.
    """

    who: str
    pieces: tuple[ComposedPiece, ...]
    expects: list[str] = field(default_factory=list)
    done: bytes = b""
    polls: bool = False
    raw: tuple[tuple[ComposedPiece, ...], ...] = ()
    """What is sent as it stands, tag and line end included, each part when the one before it was
    answered or asked for more; `pieces` are then for people."""

    @property
    def shown(self) -> str:
        """The command in one line for people."""
        words = [
            f"{{{len(piece.octets)}}}..." if isinstance(piece, Payload) else _piece(piece)
            for piece in self.pieces
        ]
        return "".join(words)


def compose(
    title: str,
    labels: Sequence[str],
    prose: str,
    exchanges: Iterable[Exchange],
    *,
    heading: str,
    all_prove: bool = False,
) -> str:
    """Write a case file of one case. `labels` stand on its labels line; `heading` is the title.

    `all_prove`: nothing in it only leads to the proof.
    """
    proof = [PROOF] if all_prove else []
    lines = [f"# {heading}", "", f"## {title}", "", " ".join(f"`{label}`" for label in labels), ""]
    lines += [prose.strip(), "", "```imap", *proof, *script(exchanges), "```", ""]
    return "\n".join(lines)


def file_name(section: str, title: str) -> str:
    """Return the name of a case file: the section of the RFC, then words of the title."""
    words = slug(title).split("-")
    return f"{section}-{'-'.join(words[:9])}.md"


def script(exchanges: Iterable[Exchange]) -> list[str]:
    """Write the lines of a case's block; what a server line keeps and nobody uses is not kept."""
    exchanges = list(exchanges)
    who = list(dict.fromkeys(exchange.who for exchange in exchanges))
    counts = dict.fromkeys(who, 0)
    lines: list[str] = []
    for exchange in exchanges:
        counts[exchange.who] += 1
        tag = f"{chr(ord('a') + who.index(exchange.who))}{counts[exchange.who]}"
        prefix = "" if who == ["main"] else f"{exchange.who} "
        lines += [prefix + line for line in _exchange(exchange, tag)]
    text = "\n".join(lines)
    used = set(_USED.findall(text))
    return [_KEPT.sub(lambda m: m[0] if m[1] in used else f"{{:{m[2]}}}", line) for line in lines]


def _exchange(exchange: Exchange, tag: str) -> list[str]:
    if exchange.raw:
        return [*_raw(exchange.raw), *(f"S{line}" for line in exchange.expects)]
    mark = "C*" if exchange.polls else "C:"
    text = f"{tag} "
    lines: list[str] = []
    for piece in exchange.pieces:
        if isinstance(piece, Payload):
            count, payload = _payload(piece)
            lines += [f"{mark} {text}{count}", "S: +", *payload]
            mark, text = "C:", ""
        else:
            text += _piece(piece)
    lines.append(f"{mark} {text}" if text else mark)
    if exchange.done:
        lines += ["S: +", f"C: {_text(exchange.done)}"]
    return lines + [f"S{line}".replace("TAG", tag, 1) for line in exchange.expects]


def _raw(parts: tuple[tuple[ComposedPiece, ...], ...]) -> list[str]:
    """Write octets that are no command: a line where it ends in CRLF, fragments otherwise."""
    lines: list[str] = []
    for index, part in enumerate(parts):
        lines += ["S: +"] if index else []
        *before, last = part
        if isinstance(last, bytes) and last.endswith(b"\r\n"):
            pieces, mark = (*before, last.removesuffix(b"\r\n")), "C:"
        else:
            pieces, mark = part, "C~"
        text = "".join(map(_piece, pieces))
        lines.append(f"{mark} {text}" if text else mark)
    return lines


def _payload(payload: Payload) -> tuple[str, list[str]]:
    """Write a literal's count and octets, as lines where they are lines."""
    octets = payload.octets
    if payload.name:
        return f"{{#{payload.name}}}", [f"C~ {{{payload.name}}}"]
    if octets.endswith(b"\r\n"):
        lines = octets.removesuffix(b"\r\n").split(b"\r\n")
        return "{#}", [f"C| {_text(line)}" if line else "C|" for line in lines]
    return f"{{{len(octets)}}}", [f"C~ {_text(octets)}"] if octets else []


def _piece(piece: ComposedPiece) -> str:
    if isinstance(piece, Named):
        return f"{{{piece.name}}}"
    return _text(piece.octets if isinstance(piece, Payload) else piece)


def _text(octets: bytes) -> str:
    """Write octets as the text of a client line."""
    return _SPECIAL.sub(
        lambda m: b"{{" if m[0] == b"{" else b"{0x%s}" % m[0].hex().encode(), octets
    ).decode("ascii")
