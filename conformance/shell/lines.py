"""Where lines come from: an editor on a terminal, or a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

Complete = Callable[[str], tuple[str, list[str]]]

LONGEST = 1 << 20
"""Characters of a line from a pipe."""


class Anew(Exception):
    """Ctrl-C was pressed: what is being typed, or waited for, is given up."""


class Lines(Protocol):
    """Gives lines, one at a time."""

    def __call__(self, prompt: str, *, secret: bool = False) -> str | None:
        """Return the next line without its end; None when there are no more."""


class Piped:
    """Lines from a pipe or a file, without prompts."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __call__(self, prompt: str, *, secret: bool = False) -> str | None:  # noqa: ARG002  # nobody looks
        """Return the next line."""
        line = self._file.readline(LONGEST)
        return line.rstrip("\r\n") if line else None


class _Completer(Completer):
    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002  # the name is prompt_toolkit's
    ) -> Iterator[Completion]:
        """Return the completions before the cursor."""
        word, found = self._complete(document.text_before_cursor)
        for each in found:
            yield Completion(each, start_position=-len(word))


class Edited:
    """Lines typed on a terminal, with history and completion.

    The history is not written anywhere: passwords may be in it.
    """

    def __init__(self, complete: Complete) -> None:
        self._prompts: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=_Completer(complete),
            complete_while_typing=False,
            interrupt_exception=Anew,
        )
        self._secrets: PromptSession[str] = PromptSession(
            is_password=True, interrupt_exception=Anew
        )

    def __call__(self, prompt: str, *, secret: bool = False) -> str | None:
        """Return the next line; Ctrl-C begins the line anew, Ctrl-D ends."""
        prompts = self._secrets if secret else self._prompts
        while True:
            try:
                return prompts.prompt(prompt)
            except EOFError:
                return None
            except Anew:
                continue
