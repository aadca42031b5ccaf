"""What a case adds to `junit.xml`, which pytest itself writes.

pytest escapes the values and takes characters out that XML cannot hold.
"""

from __future__ import annotations

import re

from conformance.results.records import Result

_DOTS = re.compile(r"[^A-Za-z0-9_-]+")


def class_name(result: Result) -> str:
    """Return folder and file of a case as package and class: `rfc3501.6-3-1-select`.

    CI systems take what stands before the last dot for the package, so the file's own name has to
    go without dots. An ambient check is in the package `ambient`.
    """
    package, _, rest = result.id.partition("/")
    file = rest.partition("/")[0] if result.kind == "case" else "checks"
    return f"{package}.{_DOTS.sub('-', file)}"


def skipped_at(result: Result, reason: str) -> tuple[str, int, str]:
    """Return where and why a case was skipped, as pytest's reports have it."""
    return result.file, result.line, reason


def properties(result: Result) -> list[tuple[str, str]]:
    """Return name and value pairs for pytest's `item.user_properties`."""
    pairs = [
        ("verdict", result.verdict.value),
        ("level", result.level.value),
        ("section", f"RFC {result.rfc} section {result.section}"),
    ]
    pairs += [("requirement", requirement) for requirement in result.requirements]
    if result.cause:
        pairs.append(("cause", result.cause))
    if result.known:
        pairs.append(("known", result.known.reason))
    if result.repeat:
        pairs.append(("repeat", result.repeat))
    return pairs
