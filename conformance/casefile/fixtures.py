"""Fixtures: the mailboxes that cases start from, as `cases/fixtures.toml` describes them.

Only their description; who fills a mailbox with them is `workspace`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from conformance.catalogue.errors import CaseError
from conformance.catalogue.requirements import line_of, read_toml
from conformance.message.parts import Part, read_message
from conformance.syntax.values import instant

_FORMS = ({"summary", "messages"}, {"summary", "like"})
NONE = "none"
"""The fixture that is no mailbox: the name is free."""


@dataclass(frozen=True, slots=True)
class FixtureMessage:
    """One message of a fixture: its octets (CRLF), flags and internal date."""

    octets: bytes = field(repr=False)
    flags: tuple[str, ...] = ()
    date: str = ""

    @property
    def parsed(self) -> Part:
        """The message as the tree of its parts."""
        return _parsed(self.octets)


@dataclass(frozen=True, slots=True)
class Fixture:
    """A mailbox's contents, in order."""

    name: str
    summary: str
    messages: tuple[FixtureMessage, ...] = ()
    gone: int = 0
    """How many messages it held before these and holds no longer: so many lower UIDs are used."""
    recent: bool = True
    """Whether its messages are new to everybody, as far as that is in our hands."""
    exact: bool = True
    """Whether the server stores its messages as they are, without lines of its own."""


_parsed = lru_cache(maxsize=256)(read_message)


def load_fixtures(path: Path, messages: Path) -> dict[str, Fixture]:
    """Load the fixtures of a file; `messages` is the folder of their message files.

    Each message file is a fixture too, by its file name.

    Raises:
        CaseError: an entry with unknown, missing or wrong fields, or a name that occurs twice.
    """
    found = {NONE: Fixture(NONE, "No mailbox: the name is free")}
    for name, entry in read_toml(path).items():
        if name in found:
            raise CaseError(path, line_of(path, f"[{name}]"), f"fixture {name} occurs twice")
        found[name] = _read(path, name, entry, messages, found)
    for file in sorted(messages.glob("*.eml")):
        found[file.name] = message_fixture(path, file)
    return found


def message_fixture(reader: Path, file: Path) -> Fixture:
    """Make the fixture that a message file is by itself; `reader` is the file that needs it.

    Raises:
        CaseError: the file can not be read, or its line ends are no LF.
    """
    message = FixtureMessage(_octets(reader, file))
    return Fixture(file.name, f"The message {file.name} alone", (message,))


def _read(path: Path, name: str, entry: Any, folder: Path, others: dict[str, Fixture]) -> Fixture:
    def fail(message: str) -> CaseError:
        return CaseError(path, line_of(path, f"[{name}]"), f"fixture {name}: {message}")

    if not isinstance(entry, dict) or set(entry) - {"gone"} not in _FORMS:
        raise fail(
            "a fixture has a summary and messages, or is like another; it may have gone ones"
        )
    gone = entry.get("gone", 0)
    if not isinstance(gone, int) or gone < 0:
        raise fail("gone is how many messages are gone")
    if "like" in entry:
        other = others.get(str(entry["like"]))
        if other is None:
            raise fail(f"no fixture above is called {entry['like']!r}")
        return Fixture(name, entry["summary"], other.messages, gone)
    messages = []
    for item in entry["messages"]:
        if not isinstance(item, dict) or not {"file"} <= set(item) <= {"file", "flags", "date"}:
            raise fail("a message has a file, and may have flags and a date")
        octets = _octets(path, folder / item["file"], line_of(path, f"[{name}]"))
        date = item.get("date", "")
        if date and instant(date.encode()) is None:
            raise fail(f"{date!r} is not a date-time")
        flags = tuple(item.get("flags", ()))
        messages.append(FixtureMessage(octets, flags, date))
    return Fixture(name, entry["summary"], tuple(messages), gone)


def _octets(fixtures: Path, file: Path, line: int = 0) -> bytes:
    """Read a message file: LF there, CRLF on the wire."""
    try:
        octets = file.read_bytes()
    except OSError as error:
        raise CaseError(fixtures, line, str(error)) from None
    if b"\r" in octets:
        raise CaseError(fixtures, line, f"{file.name} holds CR: message files have LF line ends")
    return octets.replace(b"\n", b"\r\n")
