"""Reads recordings of any format and judges them: what the verb `lint` does.

Which format a file has is seen from its content; a rawlog from the names of its two files.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.passive.capture import MAGICS, read_capture
from conformance.passive.exchanges import Refused
from conformance.passive.pop3 import WatchedPop3, greets_by
from conformance.passive.rawlog import is_rawlog, pairs_in, read_rawlog
from conformance.passive.recording import (
    LARGEST,
    RecordedSession,
    Recording,
    RecordingError,
    ServerSessions,
)
from conformance.passive.text import read_results, read_text
from conformance.passive.verdicts import Verdicts
from conformance.passive.watch import SessionsJudge, Watched
from conformance.results.reader import ResultsError
from conformance.results.summary import unread
from conformance.results.text import counted
from conformance.secrecy.secrets import Secrets
from conformance.transcripts.plausible import is_greeting, is_response, opens
from conformance.transcripts.table import BY_NAME
from conformance.wire.pop3.dialogue import speaks_pop3

FORMATS: tuple[str, ...] = ("results", "rawlog", "pcap", *BY_NAME)
"""What `--format` takes."""

_LOOKED_AT = 64 * 1024  # octets from which a record or a capture is seen


@dataclass(slots=True)
class Read:
    """One recording as it was judged."""

    file: str
    format: str
    sessions: int = 0
    commands: int = 0
    responses: int = 0
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}

    def line(self) -> str:
        """Return one line for people."""
        return f"{self.file}  {self.format}, {counts(self.sessions, self.commands, self.responses)}"


def counts(sessions: int, commands: int, responses: int) -> str:
    """Say how much was judged."""
    said = (counted(sessions, "session"), counted(commands, "command"))
    return ", ".join((*said, counted(responses, "response")))


def lint(
    paths: Sequence[Path], verdicts: Verdicts, *, form: str | None = None, port: int = 0
) -> list[Read]:
    """Judge recordings into `verdicts`; folders stand for the rawlogs in them.

    Raises:
        RecordingError: One of them can not be read; nothing is judged then.
    """
    recordings = [_read(path, form, port) for path in _spread(paths)]
    return [judge(recording, verdicts) for recording in recordings]


def _spread(paths: Sequence[Path]) -> list[Path]:
    """Replace folders by what is in them, and pairs of files by the first of them."""
    spread: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = pairs_in(path)
            if not inside:
                raise RecordingError(f"{path}: no pair of .in and .out files is in this folder")
            spread.update(dict.fromkeys(inside))
        elif is_rawlog(path) and path.with_suffix(".in").exists():
            spread[path.with_suffix(".in")] = None
        else:
            spread[path] = None
    return list(spread)


def _read(path: Path, form: str | None, port: int) -> Recording:
    try:
        if form == "rawlog" or (form is None and is_rawlog(path)):
            return read_rawlog(path, LARGEST)
        if path.stat().st_size > LARGEST:
            raise RecordingError(f"{path}: larger than {LARGEST} octets")
        with path.open("rb") as file:
            form = form or _format_of(file.read(_LOOKED_AT))
            file.seek(0)
            if form == "pcap":
                return read_capture(str(path), file, port)
            if form == "results":
                return read_results(path)
            return read_text(str(path), file.read(), form)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}") from None
    except (ResultsError, UnicodeDecodeError) as error:
        raise RecordingError(str(error)) from None


def read_octets(name: str, octets: bytes, *, form: str | None = None, port: int = 0) -> Recording:
    """Read a capture or a text; `name` is what places and errors call it.

    Raises:
        RecordingError: It can not be read.
    """
    form = form or _format_of(octets[:_LOOKED_AT])
    if form == "pcap":
        return read_capture(name, io.BytesIO(octets), port)
    if form == "results":
        raise RecordingError(f"{name}: the record of a run, which `lint FILE` reads")
    return read_text(name, octets, form)


def _format_of(head: bytes) -> str:
    """See whether a file is a capture or a record of a run; empty: it is some text."""
    if head.startswith(MAGICS):
        return "pcap"
    try:
        record = json.loads(head.split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return ""
    return "results" if isinstance(record, dict) and "type" in record else ""


# -- judging -----------------------------------------------------------------------------


def judge(recording: Recording, verdicts: Verdicts, secrets: Secrets | None = None) -> Read:
    """Judge a recording into `verdicts`; the passwords that are found in it go to `secrets`."""
    read = Read(recording.file, recording.format, notes=list(recording.remarks))
    for group in recording.groups:
        exchanges = recording.format != "results"  # the suite has itself refused on purpose
        refused = verdicts.add_refused if exchanges else _unheeded
        shared = SessionsJudge(verdicts.add, refused, secrets)
        for watched in _play(group, shared):
            read.sessions += 1
            read.commands += watched.commands
            read.responses += watched.responses
            if watched.unfinished:
                read.notes.append(f"session {watched.name} stops in the middle of a response")
            if watched.encrypted:
                read.notes.append(f"session {watched.name} can not be read from STARTTLS on")
        read.notes += [unread(name, count) for name, count in shared.monitor.unread.items()]
    return read


def _unheeded(_: Refused) -> None:
    """Take a refusal of which nothing is said."""


def _play(group: ServerSessions, judge: SessionsJudge) -> list[Watched | WatchedPop3]:
    """Let the sessions of a group go by, each in the protocol that its server greets in."""
    firsts = _firsts(group)
    watched: dict[str, Watched | WatchedPop3] = {}
    chunk = None
    for chunk in group.said():
        one = watched.get(chunk.session)
        if one is None:
            kept = group.sessions[chunk.session]
            one = _begun(judge, kept, firsts.get(chunk.session, _First()), chunk.when)
            watched[chunk.session] = one
        if chunk.doubtful and not chunk.octets:
            one.skip()
            continue
        take = one.client if chunk.direction == "C" else one.server
        take(chunk.octets, chunk.when, chunk.place, doubtful=chunk.doubtful)
    for one in watched.values():
        by = group.sessions[one.name].ended_by
        if by and chunk is not None:
            one.ended(by, chunk.when, chunk.place)
    return list(watched.values())


@dataclass(frozen=True, slots=True)
class _First:
    """How a session begins: what either side says first, and whether that is the server."""

    server: bytes = b""
    client: bytes = b""
    served: bool = False

    @property
    def greets(self) -> bool:
        """Whether the server's first line is meant to be a greeting."""
        if is_greeting(self.server) or not self.served:
            return is_greeting(self.server)
        line = self.server.removesuffix(b"\r\n")
        return not is_response(line) or (line.startswith(b"* ") and opens(self.client))


def _firsts(group: ServerSessions) -> dict[str, _First]:
    """Find how each session of a group begins."""
    firsts: dict[str, _First] = {}
    missing = len(group.sessions)
    for chunk in group.said():
        first = firsts.get(chunk.session, _First())
        if chunk.direction == "S" and chunk.octets and not first.server:
            served = not first.client
            firsts[chunk.session] = replace(first, server=chunk.octets, served=served)
            missing -= bool(first.client)
        elif chunk.direction == "C" and chunk.octets and not first.client:
            firsts[chunk.session] = replace(first, client=chunk.octets)
            missing -= bool(first.server)
        if not missing:  # both sides of all sessions have spoken
            break
    return firsts


def _begun(
    judge: SessionsJudge, kept: RecordedSession, first: _First, when: float
) -> Watched | WatchedPop3:
    """Begin where the recording does: with the greeting, with a login's answer, or anywhere."""
    if speaks_pop3(first.server.split(b"\n", 1)[0].rstrip()):
        talk = WatchedPop3(judge, kept.name, started=when)
        if not (first.served and greets_by(first.server, first.client)):
            talk.join()
        return talk
    one = Watched(judge, kept.name, exact=kept.exact, started=when)
    if kept.logs_in:
        one.join_at_login(first.server.split(b" ", 1)[0])
    elif not first.greets:
        one.join()
    return one
