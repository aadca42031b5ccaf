"""Messages that users append: each says in its Message-ID which one it is, for ever.

That id is how a message is known again under whatever UID, in whatever mailbox, by any machine.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from random import Random
from typing import Final

_HOST: Final = "load.example"
_TOKEN: Final = re.compile(rb"^Message-ID: <([0-9a-f]{16})@load\.example>\r?$", re.MULTILINE)
_HEADER: Final = 2048  # octets in which the Message-ID is looked for
WORDS: Final = (
    "apple", "bridge", "cloud", "door", "evening", "flower", "garden", "harbour", "island", "juice",
    "kettle", "ladder", "meadow", "needle", "orchard", "pencil", "river", "stone", "table",
    "window",
)  # fmt: skip
"""What bodies and subjects are made of, and what searches ask for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: its token and its octets."""

    token: str
    octets: bytes


def letter(rng: Random) -> Letter:
    """Make a message that was never made before; its size and words are those of `rng`.

    Most are short, some have many lines, some are multipart.
    """
    token = secrets.token_hex(8)
    subject = " ".join(rng.choices(WORDS, k=3))
    head = [
        f"Message-ID: <{token}@{_HOST}>",
        f"Date: Mon, {rng.randint(1, 28):02} Jan 2024 {rng.randint(0, 23):02}:12:45 +0000",
        f"From: Sender {rng.randint(1, 99)} <sender@{_HOST}>",
        f"To: receiver@{_HOST}",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
    ]
    lines = _lines(rng, rng.choice((1, 3, 5, 10, 30, 200)))
    if rng.random() < 0.3:
        mark = f"part-{token}"
        head.append(f'Content-Type: multipart/mixed; boundary="{mark}"')
        lines = [
            f"--{mark}", "Content-Type: text/plain; charset=us-ascii", "", *lines,
            f"--{mark}", "Content-Type: application/octet-stream", "", *_lines(rng, 3),
            f"--{mark}--",
        ]  # fmt: skip
    else:
        head.append("Content-Type: text/plain; charset=us-ascii")
    return Letter(token, "".join(f"{line}\r\n" for line in (*head, "", *lines)).encode("ascii"))


def _lines(rng: Random, count: int) -> list[str]:
    return [" ".join(rng.choices(WORDS, k=8)) for _ in range(count)]


def token_of(octets: bytes | bytearray | memoryview) -> str:
    """Return which message this is, of a header or a whole message; "" if it is none of ours."""
    found = _TOKEN.search(bytes(octets[:_HEADER]))
    return found[1].decode("ascii") if found else ""
