"""Which flags a case has named: others that a server shows are its own.

See `conformance.syntax.flags`; the words of all commands count, whatever they stand for.
"""

from __future__ import annotations

import re

from conformance.casefile.fixtures import Fixture
from conformance.casefile.plan import Step

_WORD = re.compile(rb'[^\x00-\x20()"{}]+')


def named_flags(steps: tuple[Step, ...], fixture: Fixture) -> frozenset[bytes]:
    """Return in capitals what a fixture and the client lines of a case may have set."""
    words = {flag.upper().encode() for message in fixture.messages for flag in message.flags}
    for step in steps:
        for send in step.sends:
            for piece in send.pieces:
                if isinstance(piece, bytes):
                    words.update(_WORD.findall(piece.upper()))
    return frozenset(words)
