"""Lines typed on a terminal, through prompt_toolkit: editing, history, completion.

Imported only where somebody types: it takes longer to load than the rest of the shell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from conformance.shell.lines import Anew

Complete = Callable[[str], tuple[str, list[str]]]
"""Gives the word before the cursor and what it may become."""


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
