"""What other servers do about a rule: from the runs that are published, as one small file.

`publish` writes it beside their page, the report of a run reads it. A letter stands for what a
server was seen to do: one for each server, in the order of their names.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.data import REPORTS
from conformance.results.matrix import CellState, Matrix

NAME = "rules.json"
"""Name of the file in the folder of published results."""

_LETTERS = {
    CellState.BROKEN: "b",
    CellState.UNMET: "b",
    CellState.KEPT: "k",
    CellState.YES: "y",
    CellState.NO: "n",
}
_NOT_SAID = "-"
_WORDS = {"b": "not kept by", "k": "kept by", "y": "done by", "n": "not done by"}


@dataclass(frozen=True, slots=True)
class Others:
    """The published servers, and a letter of each for every rule."""

    servers: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)

    def of(self, rule: str, besides: str = "") -> str:
        """Return in words what they do about a rule; nothing is said of the server `besides`."""
        said: dict[str, list[str]] = {letter: [] for letter in _WORDS}
        for server, letter in zip(self.servers, self.rules.get(rule, ""), strict=False):
            if letter in said and server != besides:
                said[letter].append(server)
        parts = (
            f"{_WORDS[letter]} {', '.join(servers)}" for letter, servers in said.items() if servers
        )
        return "; ".join(parts)


def others_of(compared: Matrix, names: Sequence[str]) -> str:
    """Return the file of the servers of a matrix.

    `names` are those of their folders, in the order of the columns, for servers whose version their
    run does not know.
    """
    rules = {
        row.id: "".join(_LETTERS.get(cell.state, _NOT_SAID) for cell in row.cells)
        for row in compared.rules
    }
    told = {id_: letters for id_, letters in rules.items() if set(letters) != {_NOT_SAID}}
    servers = [
        column.label if column.run.target.version else name
        for column, name in zip(compared.columns, names, strict=False)
    ]
    head = json.dumps({"servers": servers})[:-1]
    lines = ",\n".join(f"{json.dumps(id_)}: {json.dumps(letters)}" for id_, letters in told.items())
    return f'{head},\n"rules": {{\n{lines}\n}}}}\n'


@functools.cache
def published(path: Path = REPORTS / NAME) -> Others:
    """Return what is published; nobody where no such file was installed."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return Others()
    return Others(tuple(said["servers"]), said["rules"])
