"""The sent date of a message (RFC 5256 section 2.2): its Date field as an instant.

Where the section leaves a choice there are several. What is no date is left open: it may be the
earliest one and the internal date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

from conformance.message.header import Field, Header
from conformance.syntax.values import instant

Instants: TypeAlias = frozenset[datetime]
"""The readings of a date, one of which the server has to take; none is not known."""

_COMMENT = re.compile(rb"\([^()\\]*\)")
_DATE = re.compile(
    rb"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun) ?,)? ?"
    rb"(?P<day>\d{1,2}) (?P<month>[a-z]{3}) (?P<year>\d{4})"
    rb"(?: (?P<hour>\d\d) ?: ?(?P<minute>\d\d)(?: ?: ?(?P<second>\d\d))?(?: (?P<zone>\S+))?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(rb"(?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>[0-5]\d)")
_WEEKDAYS = (b"MON", b"TUE", b"WED", b"THU", b"FRI", b"SAT", b"SUN")
_ZONES = {
    b"UT": 0, b"GMT": 0, b"Z": 0, b"EDT": -4, b"EST": -5, b"CDT": -5, b"CST": -6,
    b"MDT": -6, b"MST": -7, b"PDT": -7, b"PST": -8,
}  # fmt: skip
"""Zones that RFC 5322 section 4.3 gives a meaning, in hours."""


def sent_dates(header: Header, internal: bytes | None) -> Instants:
    """Return what a sent date may be; `internal` is the internal date, if that is known."""
    fields = header.all(b"DATE")
    kept = instant(internal or b"")
    fallback = frozenset({kept.astimezone(UTC)}) if kept else frozenset()
    if not fields:
        return fallback
    found: set[datetime] = set()
    for field in (fields[0], fields[-1]):
        read = _read(field)
        if read is None:
            # What is not valid may be midnight or the earliest date, and the internal one.
            return frozenset()
        found |= read
    return frozenset(found)


def _read(field: Field) -> Instants | None:
    """Read one Date field; None where it has no valid date."""
    texts = {b" ".join(_COMMENT.sub(b" ", text).split()) for text in field.texts}
    match = _DATE.fullmatch(texts.pop()) if len(texts) == 1 else None
    if match is None:
        return None
    try:
        day = datetime.strptime(
            b" ".join(match.group("day", "month", "year")).decode(), "%d %b %Y"
        ).replace(tzinfo=UTC)
    except ValueError:
        return None
    if match["weekday"] and match["weekday"].upper() != _WEEKDAYS[day.weekday()]:
        return None
    hours, minutes, seconds = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if match["hour"] is None or hours > 23 or minutes > 59 or seconds > 59:
        return None  # "the time is also invalid", which is midnight, or "can not be parsed"
    time = day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return frozenset(_shifted(time, offset) for offset in _offset(match["zone"]))


def _shifted(time: datetime, offset: timedelta) -> datetime:
    return (time.replace(tzinfo=timezone(offset))).astimezone(UTC)


def _offset(zone: bytes | None) -> set[timedelta]:
    """Return what a zone may mean; one that is not valid is UTC."""
    zone = (zone or b"").upper()
    if numeric := _OFFSET.fullmatch(zone):
        size = timedelta(hours=int(numeric["hours"]), minutes=int(numeric["minutes"]))
        # No place is a day away, and servers may not count so far.
        if size < timedelta(hours=24):
            return {-size if numeric["sign"] == b"-" else size}
    if zone in _ZONES:
        return {timedelta(hours=_ZONES[zone])}
    if len(zone) == 1 and zone.isalpha():
        # RFC 822 gave them meanings and got them wrong (RFC 5322 section 4.3).
        number = b"ABCDEFGHIKLMNOPQRSTUVWXY".find(zone)
        hours = number + 1 if number < 12 else 11 - number
        return {timedelta(0), timedelta(hours=hours), timedelta(hours=-hours)}
    return {timedelta(0)}
