"""How a run generates sessions: profile, seed, budget, and where failing examples are kept."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from conformance.fuzz.profiles import PHASES, PROFILES, Profile
from conformance.secrecy import process

NONE = "none"
"""The name of the profile that draws nothing."""
EXAMPLES = "examples"
"""Folder below a run's output where failing examples are kept unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What the options say of it. `seconds` is the most that a phase takes; None: no bound.

    `name` is that of a profile, empty where none was told: then it is `quick`.
    `examples` is a folder, or the URL of a Redis that several machines share.
    """

    name: str = ""
    seed: int = 0
    seconds: float | None = None
    examples: str = ""
    shards: int = 1
    """How many items each phase is split into, each with a seed of its own."""

    @property
    def told(self) -> bool:
        """Whether somebody has asked for a profile."""
        return bool(self.name)

    @property
    def profile(self) -> Profile:
        """The profile; that of quick searches where none was told."""
        return PROFILES.get(self.name, PROFILES["quick"])

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases, `commands#2` for the second shard of one."""
        if self.name == NONE:
            return ()
        if self.shards == 1:
            return PHASES
        return tuple(f"{phase}#{n}" for n in range(1, self.shards + 1) for phase in PHASES)

    def number(self, phase: str) -> int:
        """Give the seed of a phase."""
        return zlib.crc32(f"{self.seed} {phase}".encode()) if self.seed or "#" in phase else 0

    def check(self) -> None:
        """See that the examples can be had.

        Raises:
            ValueError: see `database`.
        """
        if "://" in self.examples:
            process.KNOWN.add(self.password)
            _redis(self.examples)

    def database(self, output: Path) -> ExampleDatabase:
        """Open the database of examples that failed; `output` is the folder of the run.

        Raises:
            ValueError: a URL that is no Redis, or the package `redis` is not installed.
        """
        if "://" not in self.examples:
            folder = Path(self.examples) if self.examples else output / EXAMPLES
            return DirectoryBasedExampleDatabase(folder)
        process.KNOWN.add(self.password)
        return _redis(self.examples)

    @property
    def password(self) -> str:
        """The password in the URL of a Redis; "" where there is none."""
        return unquote(urlsplit(self.examples).password or "") if "://" in self.examples else ""


def _redis(url: str) -> ExampleDatabase:
    try:
        import redis  # noqa: PLC0415  # needed where several machines share examples
        from hypothesis.extra.redis import RedisExampleDatabase  # noqa: PLC0415  # the same
    except ImportError:
        raise ValueError(
            f"{url} needs the package redis: pip install 'imap-conformance[redis]'"
        ) from None
    try:
        client = redis.Redis.from_url(url)
        client.ping()
    except (ValueError, redis.RedisError) as error:
        raise ValueError(f"{url}: {error}") from None
    return RedisExampleDatabase(client)
