"""Has one phase of generated sessions and writes all that the client has said in them.

    python tests/fuzz/fuzz_said.py PHASE SEED LATE FILE

LATE is how many seconds later everything comes from the server. Names of runs are blanked, the
length of what stands for them is kept.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

from conformance.casefile.suite import Suite
from conformance.fuzz.profiles import PROFILES
from conformance.fuzz.search import Search
from conformance.play.connections import Way
from conformance.targets.pymap import PymapTarget
from conformance.wire.session import Session
from conformance.wire.transport import Gone, Transport

FEW = replace(PROFILES["quick"], every_mutant=4001, broken=2, programs=4, messages=5, shrinks=3)
_RUN = re.compile(rb"imapconf-[0-9a-f]{4}-[0-9a-f]{7}-[0-9a-f]{8}-[0-9a-f]{10}-[0-9a-f]{4}")


def main(phase: str, seed: int, late: float, file: Path) -> None:
    """Have the phase."""
    said: list[bytes] = []
    send, receive = Session.send, Transport._receive

    def noted(self: Session, data: bytes) -> None:
        said.append(self.name.encode() + b" " + data)
        send(self, data)

    def later(self: Transport, view: memoryview, timeout: float) -> int | Gone:
        answer = receive(self, view, timeout)
        time.sleep(late)
        return answer

    with (
        mock.patch.object(Session, "send", noted),
        mock.patch.object(Transport, "_receive", later),
        PymapTarget() as target,
    ):
        passwords = [account.password.encode() for account in target.accounts]
        report = Search(target, Way(timeout=60.0), Suite().fixtures, FEW, number=seed).run(phase)
    text = b"".join(said)
    for password in passwords:
        text = text.replace(password, b"*" * len(password))
    text = _RUN.sub(lambda found: b"*" * len(found[0]), text)
    found = [f"{f.shape} | {f.deviation} | {f.seen}\n" for f in report.tally.failures]
    file.write_bytes(text + "".join(found).encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
