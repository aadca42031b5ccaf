"""What the lines of a transcript show of commands: their forms, and which was refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.wire.forms import form_of
from conformance.wire.transcript import Line

_COMMAND = re.compile(r"\S+ (?P<name>(?:UID )?[A-Z]+)\b ?(?P<rest>.*)", re.IGNORECASE)
_REFUSED = re.compile(r"(?P<tag>[^ *+]+) (?P<status>NO|BAD)\b")


def commands_in(lines: Sequence[Line]) -> list[str]:
    """Return the forms of the commands that clients sent, in whichever letters; see `form_of`."""
    found = (_COMMAND.match(line.text) for line in lines if line.direction == "C")
    return [form_of(sent["name"].upper(), sent["rest"].upper()) for sent in found if sent]


def last_refused(lines: Sequence[Line]) -> str:
    """Return the deviation of the last command that was refused, empty where none was."""
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        refused = _REFUSED.match(line.text) if line.direction == "S" else None
        if refused is None:
            continue
        for sent in reversed(lines[:index]):
            if (sent.direction, sent.session) == ("C", line.session) and sent.text.startswith(
                f"{refused['tag']} "
            ):
                command = _COMMAND.match(sent.text)
                if command is not None:
                    form = form_of(command["name"], command["rest"])
                    return f"{form}: {refused['status']} instead of OK"
    return ""
