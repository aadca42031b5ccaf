"""What is recorded of the flaws: the cases that find each, and the rules reported there.

`found.toml` is written by `imap-conformance selfcheck --record`. It makes the next self-check
short, and says which rules have been seen failing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RECORD = Path(__file__).with_name("found.toml")

_HEAD = """\
# Which cases find each flaw, and the rules that are reported there: first those of the flaw itself,
# then others that it breaks as well; `alone` are rules with a case that a run blocks, as it has
# reported the cause by then, and that fails when it is judged by itself.
# Written by `imap-conformance selfcheck --record`.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """How one flaw is found. `requirements` are its own, `besides` are other rules reported.

    `alone` has further rules of its own, each with a case that fails under it when it is judged by
    itself: in a run that case is blocked, by what is reported of the flaw already.
    """

    cases: tuple[str, ...]
    requirements: tuple[str, ...]
    besides: tuple[str, ...] = ()
    alone: Mapping[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that was seen to fail."""
        return (*self.requirements, *self.besides, *self.alone)


def load_found(path: Path = RECORD) -> dict[str, Found]:
    """Read the record, by the ids of flaws; empty where there is none."""
    if not path.exists():
        return {}
    return {
        name: Found(
            tuple(row["cases"]),
            tuple(row["requirements"]),
            tuple(row.get("besides", ())),
            row.get("alone", {}),
        )
        for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


def save_found(found: Mapping[str, Found], path: Path = RECORD) -> None:
    """Write the record, sorted."""
    parts = [_HEAD]
    for name in sorted(found):
        row = found[name]
        parts.append(f'\n["{name}"]\n')
        keys = ("cases", "requirements", "besides")
        parts += [f"{key} = {_array(getattr(row, key))}\n" for key in keys if getattr(row, key)]
        parts += [f'alone."{rule}" = "{case}"\n' for rule, case in sorted(row.alone.items())]
    path.write_text("".join(parts), encoding="utf-8")


def _array(values: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def seen_failing(path: Path = RECORD) -> dict[str, tuple[str, ...]]:
    """Return the rules that have been seen failing, each with the ids of the flaws that did it."""
    by_rule: dict[str, list[str]] = {}
    for name, row in load_found(path).items():
        for rule in row.rules:
            by_rule.setdefault(rule, []).append(name)
    return {rule: tuple(names) for rule, names in sorted(by_rule.items())}
