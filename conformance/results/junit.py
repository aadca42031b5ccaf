"""What a case adds to `junit.xml`, which pytest itself writes.

pytest escapes the values and takes characters out that XML cannot hold.
"""

from __future__ import annotations

from conformance.results.records import Result


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
