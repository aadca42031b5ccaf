"""Flaws of THREAD=REFS (draft-ietf-morg-inthread): what it threads and sorts by."""

from __future__ import annotations

import re

from conformance.flaws.acts import replace, send_as
from conformance.flaws.flaw import flaw

_THREADS = "THREAD, UID THREAD"
_REFS = rb"THREAD REFS"


def _apart(found: re.Match[bytes]) -> bytes:
    """Make every message a thread of its own."""
    return b"".join(b"(%s)" % number for number in re.findall(rb"\d+", found[0]))


def _first_becomes_last(found: re.Match[bytes]) -> bytes:
    return found[2] + found[1]


FLAWS = (
    flaw(
        "refs-is-references",
        "REFS threads as REFERENCES does, by subjects too",
        "",
        "draft-ietf-morg-inthread-4-subject draft-ietf-morg-inthread-4-latest",
        send_as(_REFS, b"THREAD REFERENCES", name=_THREADS),
    ),
    flaw(
        "refs-does-not-thread",
        "Every message is a thread of its own by REFS",
        "",
        "draft-ietf-morg-inthread-4-references",
        replace(rb"\(.*\)", _apart, only="THREAD", where=_REFS),
    ),
    flaw(
        "refs-by-first-message",
        "REFS sorts threads by when their first messages arrived",
        "",
        "draft-ietf-morg-inthread-4-latest",
        replace(rb"(\(2\))(\(1 3\))", _first_becomes_last, only="THREAD", where=_REFS),
    ),
    flaw(
        "refs-by-sent-date",
        "REFS sorts threads by the sent dates of their messages",
        "",
        "draft-ietf-morg-inthread-4-arrival",
        replace(rb"(\(2\))(\(6\))", _first_becomes_last, only="THREAD", where=_REFS),
        backend="cyrus",
    ),
    flaw(
        "refs-siblings-by-arrival",
        "REFS sorts siblings by when they arrived",
        "",
        "draft-ietf-morg-inthread-4-siblings",
        replace(rb"(\(4\))(\(3\))", _first_becomes_last, only="THREAD", where=_REFS),
    ),
)
