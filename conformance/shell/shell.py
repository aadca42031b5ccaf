"""The loop of the shell: lines in, commands of the protocol or of the shell itself out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from conformance.casefile.labels import Start
from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError
from conformance.explain.show import print_explained
from conformance.shell.bench import Bench
from conformance.shell.lines import Anew, LineSource
from conformance.shell.load import load
from conformance.shell.save import save
from conformance.shell.talk import ShellTalk
from conformance.shell.tutor import OWN as TUTORED
from conformance.shell.tutor import Tutor
from conformance.shell.typed import TypedError
from conformance.shell.watch import Watch
from conformance.syntax.shown import clip
from conformance.wire.errors import TargetError
from conformance.wire.transcript import escape

_LONGEST_WAIT: Final = 3600.0
_PROMPT: Final = 40  # characters of a mailbox in the prompt

OWN: Final[dict[str, tuple[str, str]]] = {
    "/help": ("", "what there is"),
    "/tree": ("[N]", "the rules of the last line, or of the last but N"),
    "/send": ("", "send what the grammar rejects all the same"),
    "/raw": ("TEXT", "send a line as it is, without a tag"),
    "/mailbox": ("[FIXTURE]", "make a mailbox to try things in: {mailbox}"),
    "/load": ("FILE", "send the commands of a recorded session"),
    "/wait": ("SECONDS", "show what comes meanwhile"),
    "/state": ("", "where the connection is"),
    "/save": ("FILE [TITLE]", "save the session as a case: 6.3.1-mine.md"),
    "/quit": ("", "log out and end, as Ctrl-D does"),
}
"""The shell's own commands: what they take, and what they do."""


class Quit(Exception):
    """The person has had enough."""


class Shell:
    """One session, from the first line that is typed to the last."""

    def __init__(
        self,
        talk: ShellTalk,
        watch: Watch,
        bench: Bench,
        lines: LineSource,
        suite: Suite,
        start: Start,
        tutor: Tutor | None = None,
    ) -> None:
        self._talk = talk
        self._watch = watch
        self._bench = bench
        self._lines = lines
        self._suite = suite
        self._start = start
        self._own: dict[str, Callable[[str], None]] = {
            "/help": self._help,
            "/tree": self._tree,
            "/send": self._send,
            "/raw": self._talk.send_raw,
            "/mailbox": self._mailbox,
            "/load": self._load,
            "/wait": self._wait,
            "/state": self._state,
            "/save": self._save,
            "/quit": self._quit,
        }
        self._tutor = tutor
        if tutor is not None:
            self._own |= {
                "/hint": tutor.hint,
                "/skip": tutor.skip,
                "/lesson": tutor.lesson,
                "/lessons": tutor.list_lessons,
            }

    def run(self) -> None:
        """Take lines until there are no more."""
        self._watch.say("a command, or /help; Tab completes")
        if self._tutor is not None:
            self._tutor.begin()
        with contextlib.suppress(Quit):
            while (line := self._lines(self.prompt, secret=self._is_secret)) is not None:
                try:
                    self._take(line)
                    if self._tutor is not None:
                        self._tutor.look()
                except (TypedError, TargetError) as error:
                    self._watch.say(escape(str(error).encode()), "bold")
                except Anew:
                    self._watch.say("not waiting any more")

    @property
    def prompt(self) -> str:
        """What stands before the cursor: the state, or the mailbox that is selected."""
        if self._talk.session.ending is not None:
            return "closed> "
        if self._talk.asked is not None:
            return f"{self._talk.asked.name}> "
        dialogue = self._talk.session.dialogue
        mailbox = dialogue.mailbox
        return f"{clip(escape(mailbox), _PROMPT) if mailbox else dialogue.state.value}> "

    @property
    def _is_secret(self) -> bool:
        return self._talk.asked is not None and self._talk.asked.name == "AUTHENTICATE"

    def _take(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word in self._own:
            self._own[word](rest.strip())
        elif word.startswith("/") and self._talk.asked is None:
            raise TypedError(f"no command of the shell is called {word}: see /help")
        elif line or self._is_secret:
            self._talk.say(line, self._lines)
        else:
            self._talk.look()

    # -- the shell's own commands ------------------------------------------------------

    def _help(self, _rest: str) -> None:
        for word, (argument, text) in (OWN | (TUTORED if self._tutor else {})).items():
            self._watch.say(f"{f'{word} {argument}':22}{text}")
        self._watch.say("{mailbox}, {user}, {0x00}, {#} and other braces are those of case files;")
        self._watch.say("{#} at the end of a line begins a literal that ends with a single dot")

    def _tree(self, rest: str) -> None:
        back = int(rest) if rest.isdigit() else 0 if not rest else -1
        shown = self._watch.shown
        if not 0 <= back < len(shown):
            raise TypedError(f"/tree takes a number below {len(shown)}")
        print_explained(self._watch.console, shown[-1 - back])

    def _send(self, _rest: str) -> None:
        self._talk.send_held()

    def _mailbox(self, rest: str) -> None:
        if self._bench.names and self._talk.record.events:
            self._talk.record.unsaved = "it uses one {mailbox} after the other"
        name = self._bench.make(rest or "empty")
        summary = self._suite.fixtures[self._bench.fixture].summary
        self._watch.say(f"{{mailbox}} is {escape(name)}: {summary}")

    def _load(self, rest: str) -> None:
        if not rest:
            raise TypedError("/load takes the name of a file: a log of any client or server")
        for text in load(Path(rest)):
            if self._talk.session.ending is not None:
                raise TypedError("the connection has ended")
            is_done = text.upper() == "DONE"
            if is_done and self._talk.asked is None:
                continue  # the IDLE that it ends was refused
            self._watch.say(self._talk.mask(f"{self.prompt}{text}"))
            self._talk.say(text if is_done else f"!{text}", self._lines)

    def _wait(self, rest: str) -> None:
        try:
            seconds = float(rest)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= _LONGEST_WAIT:
            raise TypedError(f"/wait takes seconds, {_LONGEST_WAIT:g} at most")
        self._talk.look(seconds)

    def _state(self, _rest: str) -> None:
        dialogue = self._talk.session.dialogue
        self._watch.say(f"{dialogue.state.value}{', read-only' if dialogue.read_only else ''}")
        announced = " ".join(sorted(dialogue.capabilities or ())) or "nothing yet"
        self._watch.say(f"announced: {escape(announced.encode())}")
        modules = " ".join(self._watch.grammar(self._talk.session).modules)
        self._watch.say(f"grammar: {modules}")

    def _save(self, rest: str) -> None:
        name, _, title = rest.partition(" ")
        if not name:
            raise TypedError("/save takes the name of a file: 6.3.1-mine.md")
        try:
            case = save(
                Path(name),
                title.strip(),
                self._talk.record,
                self._bench,
                self._suite,
                self._start,
                self._talk.mask,
            )
        except CaseError as error:
            raise TypedError(str(error)) from None
        self._watch.say(f"saved {case.id}; imap-conformance run TARGET {name} plays it")

    def _quit(self, _rest: str) -> None:
        raise Quit
