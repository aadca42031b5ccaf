"""A paste, read and judged: the lines of both sides explained, and what was found beside them.

What is no session, such as a single response, is explained line by line and not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from conformance.explain.explained import Explained
from conformance.explain.session import explain_all
from conformance.explain.source import SourceLine, read, spoken_in
from conformance.passive.lint import Read, judge, read_octets
from conformance.passive.recording import Recording, RecordingError
from conformance.passive.secrets import Overheard
from conformance.passive.verdicts import DistinctFinding, Verdicts
from conformance.secrecy.secrets import Secrets
from conformance.transcripts.assemble import Piece
from conformance.transcripts.page import read_page
from conformance.wire.transcript import Transcript

EXPLAINED = 1000
"""Lines that are explained; those behind them are judged all the same."""

_NAMELESS = ""  # a paste is no file: places in it are "line 3"


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One line of the session, or a place where lines are missing (`explained` is None).

    `number` is that of the line of the paste, or of the packet. `pasted` is what stands there where
    it is not what was said. `findings` count from 0 in `Study.entries`.
    """

    number: int
    explained: Explained | None
    left_out: bool = False
    pasted: str = ""
    findings: Sequence[int] = ()


@dataclass(slots=True)
class Study:
    """What there is to say of one paste.

    `read` is None where it is no session; `why` says so. `unit` is what `number` of a row counts.
    """

    secrets: Secrets
    verdicts: Verdicts = field(default_factory=Verdicts)
    read: Read | None = None
    why: str = ""
    unit: str = "line"
    rows: list[StudyRow] = field(default_factory=list)
    unexplained: int = 0
    """Lines beyond those that are explained."""

    @property
    def entries(self) -> Sequence[DistinctFinding]:
        """The distinct findings."""
        return self.verdicts.entries


def study(octets: bytes, form: str = "") -> Study:
    """Read and judge a paste; `form` names its format, empty: see which it is.

    Raises:
        RecordingError: it is empty, or has not the format that is named.
    """
    made = Study(Secrets())
    try:
        recording = read_octets(_NAMELESS, octets, form=form or None)
    except RecordingError as error:
        said = read(octets)
        if form or not said or not octets.strip(b"\0 \t\r\n"):
            raise RecordingError(_without_name(error)) from None
        made.why = _without_name(error)
        _overhear(made, said)
        _explain(made, said)
        return made
    made.read = judge(recording, made.verdicts, made.secrets)
    said = list(spoken_in(_pieces(recording)))
    if any(chunk.place.unit == "packet" for group in recording.groups for chunk in group.said()):
        made.unit = "packet"
    _explain(made, said)
    if made.unit == "line":
        _mark(made, octets, {place.number for place in recording.left_out})
    return made


def _overhear(made: Study, said: Sequence[SourceLine]) -> None:
    """Learn the passwords of lines that nobody judges."""
    overheard = Overheard(made.secrets, Transcript())
    for spoken in said:
        if spoken.side == "client":
            overheard.client(spoken.frame.octets)
    overheard.ended()


def _without_name(error: RecordingError) -> str:
    return str(error).removeprefix(f"{_NAMELESS}: ")


def _pieces(recording: Recording) -> Iterator[Piece]:
    """Give the octets of a recording; each group is a block."""
    for block, group in enumerate(recording.groups):
        for chunk in group.said():
            yield Piece(
                chunk.session,
                chunk.direction,
                chunk.octets,
                chunk.place.number,
                block,
                chunk.doubtful,
            )


def _explain(made: Study, said: Sequence[SourceLine]) -> None:
    made.unexplained = max(0, len(said) - EXPLAINED)
    for explained in explain_all(said[:EXPLAINED]):
        spoken = explained.spoken
        made.rows.append(StudyRow(spoken.number, explained, findings=_findings(made, spoken)))


def _findings(made: Study, spoken: SourceLine) -> tuple[int, ...]:
    """Return the findings that a line was seen to make, of the first five places of each."""
    return tuple(
        number
        for number, entry in enumerate(made.entries)
        if entry.side == spoken.side
        and any(place.number == spoken.number for place in entry.places)
    )


def _mark(made: Study, octets: bytes, left_out: set[int]) -> None:
    """Put the places where something is missing, and what was pasted there, into the rows."""
    pasted = {line.number: line.text for line in read_page(octets).lines}

    def shown(number: int) -> str:
        return pasted.get(number, b"").decode("utf-8", "replace").strip()

    spoken = {row.number for row in made.rows}
    rows = [
        StudyRow(row.number, row.explained, True, shown(row.number), row.findings)
        if row.number in left_out or (row.explained and row.explained.spoken.cut)
        else row
        for row in made.rows
    ]
    rows += [StudyRow(at, None, True, shown(at)) for at in left_out - spoken]
    made.rows = sorted(rows, key=lambda row: row.number)
