"""A conversation written down line by line, watched on both sides.

Lines are `C: text` and `S: text` (CRLF added), `C~ text` and `S~ text` (text as it is, latin-1),
`end client` and `end server`.
"""

from __future__ import annotations

from conformance.passive.recording import Place
from conformance.passive.watch import Seen, SessionsJudge, Watched

GREETING = ["S: * OK ready"]
LOGGED_IN = [*GREETING, "C: l0 LOGIN fred secret", "S: l0 OK in"]


def told(*capabilities: str) -> list[str]:
    """Log in and be told these capabilities."""
    code = " ".join(("IMAP4rev1", *capabilities))
    return [*GREETING, "C: l0 LOGIN fred secret", f"S: l0 OK [CAPABILITY {code}] in"]


def selected(*capabilities: str, mailbox: str = "box") -> list[str]:
    return [
        *told(*capabilities),
        f"C: s0 SELECT {mailbox}",
        "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
        "S: * OK [PERMANENTFLAGS (\\Seen)] limited",
        "S: * 5 EXISTS",
        "S: * 0 RECENT",
        "S: * OK [UIDVALIDITY 7] valid",
        "S: * OK [UIDNEXT 100] next",
        "S: s0 OK [READ-WRITE] selected",
    ]


def watch(lines: list[str], *, exact: bool = True) -> list[Seen]:
    """Return everything that is found in a conversation."""
    found: list[Seen] = []
    watched = Watched(SessionsJudge(found.append), "main", exact=exact)
    for number, line in enumerate(lines, 1):
        kind, _, text = line.partition(" ")
        place = Place("talk", "line", number)
        if kind == "end":
            assert text in {"client", "server"}
            watched.ended("client" if text == "client" else "server", float(number), place)
            continue
        octets = text.encode("latin-1") + (b"" if kind.endswith("~") else b"\r\n")
        take = watched.client if kind[0] == "C" else watched.server
        take(octets, float(number), place)
    return found


def of_client(lines: list[str], *, exact: bool = True) -> list[str]:
    return [s.finding.requirement for s in watch(lines, exact=exact) if s.side == "C"]


def of_server(lines: list[str], *, exact: bool = True) -> list[str]:
    return [s.finding.requirement for s in watch(lines, exact=exact) if s.side == "S"]
