"""Asks a server whether what it announces is there, and what it does not announce.

Nothing that was there is changed: the questions are those of `probes`, on connections of their own,
and those about messages are asked in an empty mailbox that the suite has made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.capabilities.probes import Probe, load_probes
from conformance.casefile.bindings import astring
from conformance.play.connections import Connections
from conformance.play.errors import Blocked, Skip
from conformance.wire.exchange import Reply
from conformance.wire.session import Session

Came: TypeAlias = Literal["works", "NO", "BAD", "silent", "ended", "without data", "not asked"]
"""What became of a question: OK with what belongs to it, another answer, or none."""


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What a server made of the question for one capability.

    `announced`: it was told of to who is logged in. `said` is what came, in one line. `proven`: an
    answer that works has what only this extension brings; servers say OK to much.
    """

    capability: str
    announced: bool
    sent: str
    came: Came
    said: str
    proven: bool = False

    @property
    def broken(self) -> bool:
        """Whether it is announced, and the server does not know it."""
        return self.announced and self.came in ("BAD", "silent", "ended")

    @property
    def doubtful(self) -> bool:
        """Whether it is announced, and OK comes without the data: not each RFC insists on them."""
        return self.announced and self.came == "without data"

    @property
    def unannounced(self) -> bool:
        """Whether it works, and nobody was told."""
        return not self.announced and self.proven and self.came == "works"


def ask(connections: Connections, mailbox: bytes = b"") -> Iterator[ProbeAnswer]:
    """Ask the questions, in the order of the file; `connections` has been surveyed.

    `mailbox` is an empty one that may be written to; without it INBOX is examined.
    """
    announced = connections.announced.after
    opening = b"SELECT " + astring(mailbox).spelling if mailbox else b"EXAMINE INBOX"
    session: Session | None = None
    opened = False
    try:
        for probe in load_probes().values():
            in_place = not announced.isdisjoint({probe.capability, *probe.brings})
            told = probe.capability in announced
            if in_place and not told:
                continue  # another capability brings the same command
            if session is None or session.ending is not None or probe.alone:
                session = _anew(connections, session)
                opened = False
            hindered = ""
            if session is None:
                hindered = "nobody is let in"
            elif probe.writable and not mailbox:
                hindered = "no mailbox could be made"
            elif probe.selected and not opened:
                opened = session.command(opening).ok
                hindered = "" if opened else f"no {opening.decode('ascii')}"
            if session is None or hindered:
                yield ProbeAnswer(probe.capability, told, _shown(probe), "not asked", hindered)
                continue
            yield _answer(session, probe, told=told)
            if probe.alone:
                session.close()
    finally:
        if session is not None and session.ending is None:
            session.logout()


def _anew(connections: Connections, before: Session | None) -> Session | None:
    if before is not None and before.ending is None:
        before.logout()
    try:
        return connections.connect("capabilities", "auth", enabled=False)
    except (Blocked, Skip):
        return None


def _answer(session: Session, probe: Probe, *, told: bool) -> ProbeAnswer:
    idle = probe.send == b"IDLE"
    reply = session.idle() if idle else session.command(probe.send)
    came = _came(probe, reply)
    return ProbeAnswer(
        probe.capability, told, _shown(probe), came, str(reply), proven=probe.wants is not None
    )


def _came(probe: Probe, reply: Reply) -> Came:
    if reply.tagged is None:
        return "silent" if reply.ended == "timeout" else "ended"
    if reply.status == "NO":
        return "NO"
    if not reply.ok:
        return "BAD"
    wants = probe.wants
    if wants is None or any(wants.match(each.frame.text) for each in reply.untagged):
        return "works"
    return "without data"


def _shown(probe: Probe) -> str:
    return probe.send.decode("ascii").replace("\r\n", "\\r\\n")
