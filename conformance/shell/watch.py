"""Shows what a server says, as it says it: each response with its meaning and what is wrong.

An observer of the session, told after the monitor of ambient checks, whose findings it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import IO

from rich.console import Console
from rich.text import Text

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.explain.explained import Explained, explain
from conformance.explain.show import brief, print_faults, print_said
from conformance.explain.source import SourceLine
from conformance.results.text import unheeded
from conformance.secrecy.secrets import Secrets
from conformance.syntax.grammar import Grammar, load
from conformance.syntax.meanings import Meaning
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Ending, Session

_MOST_FINDINGS = 1000
_ENDINGS = {
    "closed": "the server closed the connection",
    "reset": "the server reset the connection",
    "tls": "TLS broke down",
    "deflate": "what came is not compressed as it should be",
    "timeout": "the server takes no more octets",
    "flood": "the server sends without end",
    "local": "the connection is closed",
}


class Masked:
    """A file that neither secrets reach nor what a CI system would take for a command.

    Secrets may be learnt on the way.
    """

    def __init__(self, file: IO[str], secrets: Secrets) -> None:
        self._file = file
        self._secrets = secrets

    def write(self, text: str) -> int:
        """Write text without the secrets."""
        return self._file.write(unheeded(self._secrets.mask(text)))

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


class Watch:
    """What is shown of one session, and all that was found in it."""

    def __init__(self, console: Console, secrets: Secrets) -> None:
        self.console = console
        self._secrets = secrets
        self.monitor = Monitor(self._found)
        self.monitor.begin("shell")
        self.hidden: Callable[[Arrival], bool] | None = None
        """Says which responses are not shown: those to questions that nobody typed."""
        self.shown: list[Explained] = []
        """Everything that was said, for its trees; the last are kept."""
        self.findings: list[Breach] = []
        self._new: list[Breach] = []
        self._told: set[Meaning] = set()

    def grammar(self, session: Session) -> Grammar:
        """Return the grammar for what the server has announced, and what is on in the session."""
        return load(session.dialogue.capabilities or (), session.dialogue.enabled)

    def explain(self, session: Session, spoken: SourceLine) -> Explained:
        """Explain what was said, without the secrets in it."""
        explained = explain(self.grammar(session), spoken)
        frame, blank = spoken.frame, self._secrets.blank
        text, literals = blank(frame.text), tuple(map(blank, frame.literals))
        if text == frame.text and literals == frame.literals:
            return explained
        if explained.tree is not None:
            explained.tree.source.mask(blank)
        return replace(
            explained,
            spoken=replace(spoken, frame=replace(frame, text=text, literals=literals)),
            # What was found may be a piece of a password.
            faults=[replace(fault, found=fault.kind) for fault in explained.faults],
        )

    def forget(self) -> None:
        """Begin anew to say what words mean: another command was sent."""
        self._told.clear()

    def say(self, text: str, style: str = "") -> None:
        """Print a line of the shell's own."""
        self.console.print(Text(f"-- {text}", style), soft_wrap=True, highlight=False)

    def show(self, explained: Explained) -> None:
        """Print what was said, by either side, and what its words mean."""
        self.shown = [*self.shown[-199:], explained]
        print_said(self.console, explained)
        known = [meaning for meaning in explained.meanings if meaning in self._told]
        for line in brief(explained, known):
            self.console.print(Text(f"   {line}", "dim"), soft_wrap=True, highlight=False)
        self._told.update(explained.meanings)

    # -- what a session tells ----------------------------------------------------------

    def command(self, session: Session, command: Command) -> None:
        """See `wire.session.Observer`."""
        self.monitor.command(session, command)

    def arrival(self, session: Session, arrival: Arrival) -> None:
        """See `wire.session.Observer`."""
        # What a response to CAPABILITY announces holds from the next response on.
        self.monitor.arrival(session, arrival)
        new, self._new = self._new, []
        if self.hidden is not None and not new and self.hidden(arrival):
            return
        spoken = SourceLine("server", arrival.start, arrival.frame)
        explained = self.explain(session, spoken)
        self.show(explained)
        if explained.faults:
            print_faults(self.console, explained)
            if not any(finding.source == "syntax" for finding in new):
                self.say("perhaps an extension that has no grammar here: not counted")
        self._print(finding for finding in new if finding.source == "ambient")

    def ended(self, session: Session, ending: Ending) -> None:
        """See `wire.session.Observer`."""
        self.monitor.ended(session, ending)
        if ending.reason != "local":
            self.say(_ENDINGS[ending.reason], "bold")
        new, self._new = self._new, []
        self._print(new)

    def _found(self, finding: Breach) -> None:
        self._new.append(finding)
        self.findings = [*self.findings[-_MOST_FINDINGS:], finding]

    def _print(self, findings: Iterable[Breach]) -> None:
        for finding in findings:
            line = f"   {finding.level}: {finding.message} ({finding.requirement})"
            self.console.print(Text(line, "bold red"), soft_wrap=True, highlight=False)
