"""How a run goes about it, as options say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.fuzz.generation import Generation
from conformance.play.connections import DEFAULT_WAY, Way
from conformance.play.protocol import Protocol
from conformance.results.known import KnownDeviations
from conformance.results.reader import RunRecording


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run goes about it.

    `rfcs` and `levels` are those whose cases are played, all if there are none.
    `repeat` is the command line that runs the suite on this target again, without the ids of
    cases; `options` is what the record says of the way the run was made. `transcripts`: the record
    has what went over the wire in cases that pass, too.
    """

    output: Path
    repeat: tuple[str, ...]
    way: Way = DEFAULT_WAY
    rfcs: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    known: KnownDeviations = field(default_factory=KnownDeviations)
    strict_known: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    generation: Generation = field(default_factory=Generation)
    """How sessions are generated."""
    kept: Path | None = None
    """Folder for what outlives the process, if it is not `output`."""
    transcripts: bool = False
    by_itself: bool = False
    """Each case is judged by itself: nothing that others lean on explains what it comes to."""
    before: RunRecording | None = None
    """An earlier run; what changed since is told with what was found."""
    name: str = ""
    """What the reports call the server; empty: what it says itself, or its host."""
    formats: tuple[str, ...] = ()
    """Names of further formats that the results are written in (see `results.formats`)."""
    verbose: bool = False
    """Whether what is known, and warnings, are told at length."""
    durations: int = 0
    """How many of the slowest cases are named at the end."""
    run_timeout: float | None = None
    """Seconds after which the run is ended, wherever it is."""

    def repeat_under(self, protocol: Protocol | None) -> tuple[str, ...]:
        """Return the command that runs the suite again under one revision of those it is about.

        None: under all of them.
        """
        if protocol is None:
            return self.repeat
        words = list(self.repeat)
        if "--protocol" in words:
            at = words.index("--protocol")
            del words[at : at + 2]
        return (*words, "--protocol", protocol)

    @property
    def keeps(self) -> Path:
        """Folder for what generated sessions have found, and for the examples that failed."""
        return self.kept or self.output
