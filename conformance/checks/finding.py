"""What a check has to say: a rule, a fault against it, and the finding that leaves this layer.

How findings are counted, written or shown is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from conformance.wire.transcript import Line

Source = Literal["syntax", "framing", "ambient", "case"]

SHOWN = 200
"""Octets of a response that a message shows."""
KEPT = 4096
"""Octets of a response that a finding keeps."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an RFC: requirement id, level (MUST or SHOULD), section, our own sentence."""

    requirement: str
    level: str
    section: str
    sentence: str


class Fault(NamedTuple):
    """One breach of a rule as a check saw it, before it is tied to a session and a transcript.

    `variant` tells apart kinds of breach of the same rule; it holds nothing that a server chose.
    `deviation` says what deviated, as in `Breach`, where the rule and the variant do not, or
    where cases may meet the same one.
    """

    rule: Rule
    message: str
    expected: str
    variant: str = ""
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach of a requirement with the octets that prove it.

    Findings with the same `requirement` and `shape` are the same breach seen again; so are those of
    one `deviation`, where whoever found them can say what deviated (see `results.records`).
    `excerpt` is the end of the session's transcript, empty when the same breach was reported before
    in the same case. `label` and `session` say where it was seen. Text that stems from the server
    is escaped in `message` and `received`, raw in `offending`.
    """

    requirement: str
    level: str
    section: str
    message: str
    expected: str
    received: str
    shape: str
    source: Source
    excerpt: tuple[Line, ...]
    offending: bytes
    label: str = ""
    session: str = ""
    deviation: str = ""


def show(octets: bytes | bytearray, limit: int = SHOWN) -> str:
    r"""Return octets as printable ASCII, others as `\xNN`, shortened in the middle to `limit`."""
    if len(octets) > limit:
        half = limit // 2
        left, right = len(octets) - 2 * half, octets[-half:]
        return f"{show(octets[:half])} ...{left} octets... {show(right)}"
    text = bytes(octets).decode("latin-1")
    text = text.removesuffix("\r\n")
    return "".join(c if " " <= c <= "~" else f"\\x{ord(c):02x}" for c in text)


def received(octets: bytes) -> str:
    """Say what was received; without octets it was the end of the connection."""
    return show(octets) or ("an empty line" if octets else "the end of the connection")
