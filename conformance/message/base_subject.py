"""The base subject of a message (RFC 5256 section 2.1): its subject without Re:, Fwd: and tags.

The steps are those of the section and go by its formal syntax (section 5). They work on text in
which encoded-words are undone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACES = re.compile(r"[\t ]+|\r\n[\t ]*")
_RUNS = re.compile(r" {2,}")
_BLOB = r"\[[^\[\]\x00]*\][ \t]*"
_TRAILER = re.compile(r"(?P<fwd>\(fwd\))\Z|[ \t]\Z", re.IGNORECASE)
_LEADER = re.compile(rf"(?P<refwd>(?:{_BLOB})*(?:re|fwd?)[ \t]*(?:{_BLOB})?:)|[ \t]", re.IGNORECASE)
_BLOBS = re.compile(_BLOB)
_FWD = re.compile(r"\[fwd:(?P<inside>.*)\]\Z", re.IGNORECASE | re.DOTALL)


class BaseSubject(NamedTuple):
    """A base subject; `answers`: what was removed makes the message a reply or a forward."""

    text: str
    answers: bool


def base_subject(subject: str) -> BaseSubject:
    """Extract the base subject of an unfolded and decoded subject."""
    text = _RUNS.sub(" ", _SPACES.sub(" ", subject))  # step 1
    answers = False
    while True:
        text, forwarded = _without_trailers(text)  # step 2
        text, replied = _without_leaders(text)  # steps 3 to 5
        answers = answers or forwarded or replied
        wrapped = _FWD.match(text)
        if wrapped is None:
            return BaseSubject(text, answers)  # step 7
        text, answers = wrapped["inside"], True  # step 6


def _without_trailers(text: str) -> tuple[str, bool]:
    forwarded = False
    while found := _TRAILER.search(text):
        forwarded = forwarded or found["fwd"] is not None
        text = text[: found.start()]
    return text, forwarded


def _without_leaders(text: str) -> tuple[str, bool]:
    replied = False
    while True:
        if leader := _LEADER.match(text):
            replied = replied or leader["refwd"] is not None
            text = text[leader.end() :]
        elif (blob := _BLOBS.match(text)) and text[blob.end() :]:
            text = text[blob.end() :]
        else:
            return text, replied
