"""A conversation written down line by line, put through real dialogues and one monitor.

Lines are `[name ]C: text` and `[name ]S: text` (CRLF added), `C~`/`S~` (text as it is),
`C+` (a command begun, the server has it before the client reads on: no difference here) and
`[name ]S/ reason` for the end of the connection. Text is latin-1. Without a name: `main`.
"""

from __future__ import annotations

from collections import defaultdict

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.session import Ending
from conformance.wire.transcript import Transcript


class Party:
    """As much of a session as a monitor sees."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dialogue = Dialogue()
        self.transcript = Transcript()


class Talk:
    """Sessions by name, one monitor, and what it found."""

    def __init__(self, **options) -> None:
        self.findings: list[Breach] = []
        self.monitor = Monitor(self.findings.append, **options)
        self.parties: dict[str, Party] = {}
        self.clock = 0.0

    def party(self, name: str) -> Party:
        if name not in self.parties:
            self.parties[name] = Party(name)
        return self.parties[name]

    def say(self, *lines: str) -> Talk:
        for line in lines:
            name, kind, text = _split(line)
            party = self.party(name)
            self.clock += 1.0
            if kind == "S/":
                self.monitor.ended(party, Ending(text, party.dialogue.bye))
                continue
            octets = text.encode("latin-1") + (b"" if kind.endswith("~") else b"\r\n")
            party.transcript.add(kind[0], octets, self.clock)
            if kind[0] == "C":
                for command in party.dialogue.sent(octets, self.clock):
                    self.monitor.command(party, command)
                continue
            party.dialogue.received(octets)
            while isinstance(arrival := party.dialogue.next_arrival(self.clock), Arrival):
                self.monitor.arrival(party, arrival)
        return self

    @property
    def ids(self) -> list[str]:
        return [finding.requirement for finding in self.findings]

    @property
    def by_shape(self) -> dict[str, list[Breach]]:
        found = defaultdict(list)
        for finding in self.findings:
            found[finding.shape].append(finding)
        return found


def _split(line: str) -> tuple[str, str, str]:
    first, _, rest = line.partition(" ")
    if first[:1] in "CS" and first[1:] in (":", "~", "/"):
        return "main", first, rest
    kind, _, text = rest.partition(" ")
    return first, kind, text


def greeted(name: str = "main") -> list[str]:
    return [f"{name} S: * OK ready"]


def logged_in(name: str = "main", user: str = "fred") -> list[str]:
    return [*greeted(name), f"{name} C: l0 LOGIN {user} secret", f"{name} S: l0 OK in"]


def select(
    exists: int = 5,
    uidnext: int = 100,
    uidvalidity: int = 7,
    mailbox: str = "box",
    name: str = "main",
    flags: str = r"(\Answered \Flagged \Deleted \Seen \Draft)",
    tag: str = "s0",
) -> list[str]:
    return [
        f"{name} C: {tag} SELECT {mailbox}",
        f"{name} S: * FLAGS {flags}",
        rf"{name} S: * OK [PERMANENTFLAGS {flags}] limited",
        f"{name} S: * {exists} EXISTS",
        f"{name} S: * 0 RECENT",
        f"{name} S: * OK [UIDVALIDITY {uidvalidity}] valid",
        f"{name} S: * OK [UIDNEXT {uidnext}] next",
        f"{name} S: {tag} OK [READ-WRITE] selected",
    ]


def converse(*lines: str, **options) -> list[str]:
    """Return the requirements broken in a conversation, in order."""
    return Talk(**options).say(*lines).ids


def selected(*lines: str, **options) -> list[str]:
    """As `converse`, in a session that has selected a mailbox of five messages."""
    return converse(*logged_in(), *select(), *lines, **options)
