"""Flaws of the options of GETMETADATA, and of notes that are renamed (RFC 5464 section 4)."""

from __future__ import annotations

from conformance.flaws.acts import command, number, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk


def _messages_only(talk: Talk, request: Request) -> bytes | None:
    """Create the new mailbox and move what is in INBOX, and nothing else."""
    name = request.arguments.partition(b" ")[2]
    *_, last = talk.ask(b"CREATE " + name, "none")
    if b" OK" not in last:
        return None
    talk.ask(b"SELECT INBOX", "none")
    talk.ask(b"MOVE 1:* " + name, "none")
    talk.ask(b"UNSELECT", "none")
    talk.say(request.tag + b" OK Renamed\r\n")
    return b""


FLAWS = (
    flaw(
        "maxsize-passed-over",
        "MAXSIZE is passed over",
        "",
        "5464-4.2.1-maxsize",
        send_as(rb"\(MAXSIZE \d+\) ", b"", name="GETMETADATA"),
    ),
    flaw(
        "maxsize-excludes",
        "A value of just the size of MAXSIZE is too large",
        "",
        "5464-4.2.1-maxsize",
        send_as(
            rb"MAXSIZE (\d+)", lambda m: b"MAXSIZE %d" % (int(m[1]) - 1 or 1), name="GETMETADATA"
        ),
    ),
    flaw(
        "longentries-unsaid",
        "What MAXSIZE has kept back is not told",
        "",
        "5464-4.2.1-longentries",
        replace(rb"\[METADATA LONGENTRIES \d+\] ", b"", to="GETMETADATA"),
    ),
    flaw(
        "longentries-of-the-limit",
        "LONGENTRIES has a size that no value has",
        "",
        "5464-4.2.1-largest 5464-4.2.1-longentries",
        number(rb"LONGENTRIES (\d+)", lambda n: n - 1, to="GETMETADATA"),
    ),
    flaw(
        "longentries-always",
        "LONGENTRIES comes though nothing was too large",
        "",
        "5464-4.2.1-largest",
        replace(rb"OK (?!\[)", b"OK [METADATA LONGENTRIES 9] ", kind="tagged", where=rb"MAXSIZE"),
    ),
    flaw(
        "depth-passed-over",
        "DEPTH is passed over",
        "",
        "5464-4.2.2-one 5464-4.2.2-infinity",
        send_as(rb"\(DEPTH \w+\) ", b"", name="GETMETADATA"),
    ),
    flaw(
        "depth-never-zero",
        "Without DEPTH all that is below comes",
        "",
        "5464-4.2.2-zero",
        send_as(rb"GETMETADATA (?!\()", b"GETMETADATA (DEPTH infinity) ", name="GETMETADATA"),
    ),
    flaw(
        "depth-one-is-all",
        "DEPTH 1 brings all that is below",
        "",
        "5464-4.2.2-one",
        send_as(rb"\(DEPTH 1\)", b"(DEPTH infinity)", name="GETMETADATA"),
    ),
    flaw(
        "depth-infinity-is-one",
        "DEPTH infinity brings the next level",
        "",
        "5464-4.2.2-infinity",
        send_as(rb"\(DEPTH infinity\)", b"(DEPTH 1)", name="GETMETADATA"),
    ),
    flaw(
        "inbox-renamed-without-its-notes",
        "RENAME of INBOX leaves its notes behind, and copies none",
        "",
        "5464-4.1-inbox",
        command(_messages_only, name="RENAME", where=rb"RENAME INBOX "),
    ),
)
