"""Recordings as text in any format, and the transcripts in results.jsonl, as chunks to judge.

How text is read is in `transcripts`; here it gets its places and its sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from conformance.passive.recording import Chunk, Place, Recording, RecordingError, ServerSessions
from conformance.results.reader import read
from conformance.results.records import RecordedLine
from conformance.transcripts import pop3, table
from conformance.transcripts.assemble import Piece, assemble
from conformance.transcripts.left_out import is_ellipsis
from conformance.transcripts.said import Utterance
from conformance.wire.pop3.dialogue import speaks_pop3
from conformance.wire.transcript import Direction


def read_text(path: str, octets: bytes, form: str = "") -> Recording:
    """Read a text; `form` names the format that it has, empty: see which it is.

    In a page of Markdown each fenced block is a conversation by itself.

    Raises:
        RecordingError: It has no format that is known, or not the one that is named.
    """
    if form in ("", pop3.FORM) and pop3.is_pop3(octets):
        return _read_pop3(path, octets)
    try:
        reading = table.read(octets, form)
    except table.UnreadableError as error:
        raise RecordingError(f"{path}: {error}") from None
    recording = Recording(path, reading.format.name)
    made = assemble(reading.said, trimmed=reading.fenced)
    if made.strange:
        passed = "1 line of" if made.strange == 1 else f"{made.strange} lines of"
        recording.notes.append(f"{passed} neither side were passed over")
    if made.skipped:
        recording.notes.append(
            f"{made.skipped} lines before the first whole line of both were passed over"
        )
    blocks: dict[int, list[Piece]] = {}
    for piece in made.pieces:
        blocks.setdefault(piece.block, []).append(piece)
    for block, pieces in blocks.items():
        name = f" of block {block}" if block else ""
        recording.groups.append(_group(pieces, name, partial(_line, path)))
    recording.lost = [_line(path, number) for number in made.lost]
    recording.left_out = [_line(path, number) for number in made.left_out]
    return recording


def _read_pop3(path: str, octets: bytes) -> Recording:
    """Read sessions of POP3: what is not there is not made up, as it is for literals of IMAP."""
    recording = Recording(path, f"{pop3.FORM} of POP3")
    place = partial(_line, path)
    blocks: dict[int, list[Piece]] = {}
    for line in pop3.said_in(octets):
        if is_ellipsis(line.text):
            recording.left_out.append(place(line.number))
        if line.way:
            blocks.setdefault(line.block, []).append(_piece(line))
    for block, pieces in blocks.items():
        recording.groups.append(_group(pieces, f" of block {block}" if block else "", place))
    return recording


def _piece(line: Utterance) -> Piece:
    """Return a line of POP3 as it stands; one that stands for others has no octets."""
    missing = is_ellipsis(line.text)
    octets = b"" if missing else line.text + b"\r\n"
    way: Direction = "C" if line.way == "C" else "S"
    return Piece(line.session, way, octets, line.number, line.block, missing)


def _of_pop3(said: Iterable[Utterance]) -> frozenset[str]:
    """Return the sessions whose server speaks POP3."""
    firsts: dict[str, bytes] = {}
    for line in said:
        if line.way == "S":
            firsts.setdefault(line.session, line.text)
    return frozenset(name for name, first in firsts.items() if speaks_pop3(first))


def read_results(path: Path) -> Recording:
    """Read the transcripts in the record of a run, each by itself.

    Raises:
        ResultsError: It is no such record.
        OSError: It can not be read.
    """
    kept = read(path)
    recording = Recording(str(path), "results")
    if kept.truncated:
        recording.notes.append("the run was cut short: what there is of it is judged")
    shown = [(result.id, result.transcript) for result in kept.results]
    for number, (case, transcript) in enumerate(shown, 2):  # the first record is the run's
        if not transcript:
            continue
        said = list(_of_record(case, transcript))
        others = _of_pop3(said)
        made = assemble([line for line in said if line.session not in others], exact=True)
        place = _line(str(path), number)
        recording.groups.append(_group(made.pieces, "", partial(_always, place)))
        if others:
            pieces = map(_piece, (line for line in said if line.session in others))
            recording.groups.append(_group(pieces, "", partial(_always, place)))
        recording.lost += [place] * bool(made.lost)
    return recording


def _line(path: str, number: int) -> Place:
    return Place(path, "line", number)


def _of_record(case: str, transcript: Iterable[RecordedLine]) -> Iterator[Utterance]:
    for number, line in enumerate(transcript):
        name = case if line.session == "main" else f"{case} {line.session}"
        if line.direction != "-":
            yield Utterance(name, line.direction, line.text.encode("latin-1", "replace"), number)


def _always(place: Place, _number: int) -> Place:
    return place


def _group(pieces: Iterable[Piece], suffix: str, place: Callable[[int], Place]) -> ServerSessions:
    """Take the sessions of one block; their clock counts lines."""
    group = ServerSessions()
    for piece in pieces:
        name = piece.session + suffix
        group.session(name)
        group.chunks.append(
            Chunk(
                name,
                piece.way,
                piece.octets,
                float(piece.number),
                place(piece.number),
                piece.doubtful,
            )
        )
    return group
