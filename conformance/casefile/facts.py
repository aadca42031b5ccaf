"""What a run learns about a server that is no rule: shown in reports, consulted by later cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so on this server.

    `name` is short and stable, such as `logins.refused`; `sentence` says it to a person.
    """

    name: str
    sentence: str
