"""The verdicts of a run, compared with those of runs that write the same in other ways.

`python tests/whole/whole_spellings.py SERVER [CASE ...]` compares all ways with a server that the
tool starts, over the whole suite or the cases whose ids begin so, and prints what differs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from whole_runs import Ran, run

WAYS: tuple[tuple[str, ...], ...] = (
    ("--spelling=quoted",),
    ("--spelling=literal",),
    ("--spelling=literal+",),
    ("--by-uid",),
)

# Where Dovecot refuses the command that announced a non-synchronising literal, it runs the octets
# of the literal as another command (RFC 7888): true, and to be seen in no other way.
GENUINE: Mapping[tuple[str, str], frozenset[str]] = {
    ("dovecot", "--spelling=literal+"): frozenset(
        {
            "ambient/3501-2.2.2-tag",
            "rfc3501/3-states/a-rejected-command-leaves-the-state-alone",
            "rfc3501/3-states/a-selected-mailbox-is-no-place-to-log-in/login-again",
            "rfc3501/3-states/after-login-there-is-no-second-login/login-again",
        }
    ),
}


def run_in(server: str, output: Path, *words: str) -> Ran:
    """Run on a server; two processes, and short patience for those that never answer."""
    return run(output, "--server", server, "--quiet", "-n", "2", "--timeout", "4", *words)


def accused_falsely(server: str, plain: Ran, ran: Ran, way: tuple[str, ...]) -> list[str]:
    """The ids whose verdicts differ for no fault of the server, each with both verdicts."""
    before, after = plain.verdicts(), ran.verdicts()
    genuine = frozenset[str]().union(*(GENUINE.get((server, word), ()) for word in way))
    return [
        f"{id_}: {before.get(id_)}, with {' '.join(way)} {after.get(id_)}"
        for id_ in sorted(before.keys() | after.keys())
        if before.get(id_) != after.get(id_) and id_ not in genuine
    ]


def main(server: str, *cases: str) -> int:
    """Compare all ways; 1 if any verdict differs."""
    differs = 0
    with tempfile.TemporaryDirectory() as folder:
        plain = run_in(server, Path(folder) / "plain", *cases)
        for way in WAYS:
            ran = run_in(server, Path(folder) / way[0].strip("-"), *way, *cases)
            found = accused_falsely(server, plain, ran, way)
            print(f"{' '.join(way)}: {len(found)} of {len(ran.verdicts())} verdicts differ")
            print(*(f"  {each}\n" for each in found), sep="", end="", flush=True)
            differs |= bool(found)
    return differs


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} SERVER [CASE ...]")
    sys.exit(main(*sys.argv[1:]))
